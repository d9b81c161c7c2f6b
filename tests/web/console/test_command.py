"""The command `exchange console`, as a process: its first start, its end, its refusals, what it does to the log."""

from __future__ import annotations

import json
import os
import re
import signal
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from exchange.operations.audit.store import AuditLog
from exchange.operations.domain_view import DomainView
from exchange.web.door.gate import gate_of
from tests.journeys.city import wait_until
from tests.warm import WarmProcess, run_warm, start_warm

PASSWORD = "a sentence to get in by"


def environment(view: DomainView) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("EXCHANGE_")}
    return {**kept, "EXCHANGE_HOME": str(view.settings.home)}


@contextmanager
def running(view: DomainView, *words: str) -> Iterator[tuple[WarmProcess, Path]]:
    """The command; what it says is in a file."""
    said = view.settings.home.parent / "said.txt"
    said.unlink(missing_ok=True)
    process = start_warm(["console", *words], environment(view), said, said)
    try:
        wait_until(
            lambda: process.poll() is not None or "http" in (said.read_text() if said.exists() else ""), 60, "it"
        )
        yield process, said
    finally:
        process.kill()
        process.wait(30)


def set_up(url: str, link: str, client: httpx.Client) -> str:
    """Makes the first account and signs it in; the session's cookie."""
    form = {"link": link.rsplit("/", 1)[1], "name": "wang.fang", "password": PASSWORD, "again": PASSWORD}
    assert client.post(f"{url}/set-up", data=form).status_code == 303
    answer = client.post(f"{url}/sign-in", data={"name": "wang.fang", "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return answer.headers["set-cookie"].partition(";")[0]


def test_a_first_start_prints_a_link_and_a_stop_does_not_wait_for_open_pages(view: DomainView) -> None:
    with running(view, "--port", "0") as (process, said):
        wait_until(lambda: "/set-up/" in said.read_text(), 30, "the set-up link")
        url, link = re.findall(r"http://127\.0\.0\.1:\d+(?:/set-up/[\w-]+)?", said.read_text())
        with httpx.Client(timeout=30, trust_env=False) as client:
            cookie = set_up(url, link, client)
            open_page = threading.Event()

            def look() -> None:
                with httpx.stream(
                    "GET", f"{url}/live/", headers={"cookie": cookie}, timeout=60, trust_env=False
                ) as page:
                    for line in page.iter_lines():
                        if line.startswith("event: live"):
                            open_page.set()

            watching = threading.Thread(target=look)
            watching.start()
            assert open_page.wait(30)
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
            watching.join(20)
            assert not watching.is_alive()
        told = said.read_text()
        assert "Traceback" not in told
        assert PASSWORD not in told
        assert cookie.partition("=")[2] not in told


def test_a_second_start_prints_no_link_and_ctrl_c_ends_it(view: DomainView) -> None:
    link = gate_of(view).first_link()
    assert link is not None
    gate_of(view).use_link(link, "wang.fang", PASSWORD)
    with running(view, "--port", "0", "--json") as (process, said):
        wait_until(lambda: "set_up" in said.read_text(), 30, "the address")
        found = json.loads("".join(line for line in said.read_text().splitlines() if not line.startswith('{"entry')))
        assert found["set_up"] is None
        assert httpx.get(f"{found['url']}/sign-in", trust_env=False).status_code == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def test_elsewhere_than_here_it_is_served_with_tls_only(view: DomainView, tmp_path: Path) -> None:
    refused = run_warm(["console", "--host", "0.0.0.0"], environment(view))
    assert refused.returncode == 2
    assert "without TLS" in refused.stderr
    assert "--tls-cert" in refused.stderr
    cert, key = certificate(tmp_path)
    words = ("--host", "0.0.0.0", "--port", "0", "--tls-cert", str(cert), "--tls-key", str(key))
    with running(view, *words) as (_, said):
        port = re.findall(r"https://[^:]+:(\d+)", said.read_text())[0]
        trust = ssl.create_default_context(cafile=str(cert))
        assert httpx.get(f"https://localhost:{port}/sign-in", verify=trust, trust_env=False).status_code == 200


def certificate(folder: Path) -> tuple[Path, Path]:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    kind = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(*kind))
    return folder / "cert.pem", folder / "key.pem"


def test_the_log_is_checked_from_the_command_line(view: DomainView) -> None:
    for number in range(3):
        gate_of(view).record("otto", "redrive", f"letter {number}", "done")
    holds = run_warm(["console", "--check-audit", "--json"], environment(view))
    found = json.loads(holds.stdout)
    assert (holds.returncode, found["entries"]) == (0, 3)
    gate_of(view).record("otto", "redrive", "letter 4", "done")
    assert run_warm(["console", "--check-audit", "--head", found["head"]], environment(view)).returncode == 0
    other = f"3:{'0' * 64}"
    assert run_warm(["console", "--check-audit", "--head", other], environment(view)).returncode == 6
    assert run_warm(["console", "--check-audit", "--head", "x"], environment(view)).returncode == 2


def test_whoever_runs_the_machine_can_let_an_officer_in_again(view: DomainView) -> None:
    link = gate_of(view).first_link()
    assert link is not None
    gate_of(view).use_link(link, "wang.fang", PASSWORD)
    assert run_warm(["console", "--new-link", "nobody"], environment(view)).returncode == 3
    done = run_warm(["console", "--new-link", "Wang.Fang"], environment(view))
    token = re.findall(r"/set-up/([\w-]+)", done.stdout)[0]
    assert gate_of(view).use_link(token, "", "another sentence altogether") == "wang.fang"
    with gate_of(view).store.reading() as tx:
        assert "account.reset" in {entry.action for entry in tx[AuditLog].entries()}


@pytest.mark.parametrize("words", [["--tls-cert", "x"], ["--host", "example.test"]])
def test_refusals_say_what_to_do(view: DomainView, words: list[str]) -> None:
    refused = run_warm(["console", *words], environment(view))
    assert refused.returncode == 2
    assert "→" in refused.stderr


def test_a_folder_without_a_domain_gets_no_console(view: DomainView, tmp_path: Path) -> None:
    refused = run_warm(["console", "--home", str(tmp_path / "mistyped")], environment(view))
    assert refused.returncode == 6
    assert "no domain" in refused.stderr
    assert not (tmp_path / "mistyped").exists()
