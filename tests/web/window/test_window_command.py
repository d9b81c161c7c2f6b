"""The command `exchange window`, as a process: where it listens, what it opens, its end, its refusals."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import httpx
import pytest

from exchange.claims import fetch
from exchange.messaging.documents import Documents
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.operations.domain_view import DomainView
from exchange.portal.drafting import detach, draft_of
from exchange.portal.large_files import claim_of
from exchange.portal.states import DraftState
from exchange.runtime.settings import Home, Settings
from exchange.schemas import Filing
from exchange.schemas.base import ATTACHMENT_LIMIT
from exchange.web.listening import read_state
from tests.journeys.city import wait_until
from tests.warm import WarmProcess, run_warm, start_warm
from tests.web.window.part_sender import OCTETS, PartSender
from tests.web.window.wicket import Applicant, Wicket


@pytest.fixture
def home(tmp_path: Path, window_home: Path) -> Path:
    shutil.copytree(window_home, tmp_path / "home")
    return tmp_path / "home"


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("EXCHANGE_")}
    return {**kept, "EXCHANGE_HOME": str(home), **more}


@contextmanager
def running(home: Path, *words: str, **more: str) -> Iterator[tuple[WarmProcess, Path]]:
    """The command; what it says is in a file."""
    said = home.parent / "said.txt"
    said.unlink(missing_ok=True)
    process = start_warm(["window", *words], environment(home, **more), said, said)
    try:
        wait_until(
            lambda: process.poll() is not None or "http" in (said.read_text() if said.exists() else ""), 60, "it"
        )
        yield process, said
    finally:
        process.kill()
        process.wait(30)


def test_it_says_where_it_is_opens_the_portals_store_alone_and_ends_in_good_order(home: Path) -> None:
    for database in home.rglob("store.db"):
        if "portal" not in str(database):
            database.unlink()
    with running(home, "--listen", "127.0.0.1:0", "--json") as (process, said):
        url = next(json.loads(line)["url"] for line in said.read_text().splitlines() if '"url"' in line)
        served = read_state(Home(home).public_window("hefei.portal"))
        assert served is not None
        assert (served.url, served.pid) == (url, process.pid)
        with httpx.Client(trust_env=False) as client:
            assert client.get(f"{url}/matters/works").status_code == 200
            assert client.post(f"{url}/matters/works/apply").status_code == 303
            assert client.get(f"{url}/", headers={"host": "evil.test"}).status_code == 421
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert "Traceback" not in said.read_text()
    assert [file for file in home.rglob("store.db") if "portal" not in str(file)] == []


def test_it_answers_to_the_names_that_it_is_given_and_keeps_its_port(home: Path) -> None:
    ports = []
    for _ in range(2):
        with running(home, EXCHANGE_WINDOW_HOSTS="window.example.org") as (_, said):
            url = re.findall(r"http://127\.0\.0\.1:\d+", said.read_text())[0]
            ports.append(url)
            assert httpx.get(f"{url}/", headers={"host": "window.example.org"}, trust_env=False).status_code == 200
    assert ports[0] == ports[1]


@pytest.mark.parametrize(
    ("words", "setting", "says"),
    [
        (["--listen", "0.0.0.0:0"], {}, "without TLS"),
        (["--listen", "nowhere"], {}, "no host and port"),
        ([], {"EXCHANGE_CLAMD": "somewhere"}, "no place of clamd"),
        ([], {"EXCHANGE_WINDOW_HOSTS": "a b/c"}, "EXCHANGE_WINDOW_HOSTS"),
    ],
)
def test_refusals_say_what_to_do(home: Path, words: list[str], setting: dict[str, str], says: str) -> None:
    refused = run_warm(["window", *words], environment(home, **setting))
    assert refused.returncode == 2
    assert says in refused.stderr
    assert "→" in refused.stderr


def test_a_domain_without_a_portal_has_no_window(view: DomainView) -> None:
    refused = run_warm(["window"], environment(view.settings.home))
    assert refused.returncode == 3
    assert "'portal'" in refused.stderr
    assert "→" in refused.stderr


def test_a_server_that_is_killed_in_the_midst_of_a_file_goes_on_with_it_and_the_file_is_whole(home: Path) -> None:
    wicket = Wicket.of(Settings.read({}, home=home))
    applicant = wicket.visitor()
    applicant.begin()
    cookie = "; ".join(f"{one.name}={one.value}" for one in applicant.http.cookies.jar)
    data = random.Random(7).randbytes(3_000_000).hex().encode()
    folder = wicket.face.keeping.uploads

    def sender(said: Path) -> PartSender:
        url = re.findall(r"http://127\.0\.0\.1:\d+", said.read_text())[0]
        http = httpx.Client(base_url=url, headers={"cookie": cookie}, trust_env=False, timeout=60)
        return PartSender(Applicant(http, applicant.number), data)  # type: ignore[arg-type]

    with running(home) as (process, said):
        first = sender(said)
        first.announce()
        place = urlsplit(str(first.applicant.http.base_url))
        head = {
            "host": place.netloc, "cookie": cookie, "x-form-token": first.token, "content-type": OCTETS,
            "upload-offset": "0", "tus-resumable": "1.0.0", "content-length": str(len(data)),
        }  # fmt: skip
        with socket.create_connection((place.hostname or "", place.port or 0)) as connection:
            lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
            connection.sendall(f"PATCH {first.path} HTTP/1.1\r\n{lines}\r\n".encode() + data[:2_000_000])
            wait_until(lambda: sum(one.stat().st_size for one in folder.rglob("*.part")) > 1_000_000, 30, "octets")
            process.send_signal(signal.SIGKILL)
            process.wait(20)
    with running(home) as (_, said):
        again = sender(said)
        offset = int(again.announce().headers["upload-offset"])
        assert 1_000_000 < offset <= 2_000_000
        assert again.send(offset).status_code == 204
    (file,) = draft_of(wicket.face.node, applicant.number).files
    assert (file.size, file.digest) == (len(data), hashlib.sha256(data).hexdigest())
    claim = claim_of(file.claim or "")
    assert fetch(claim, home / "fetched", wicket.face.claims()).read_bytes() == data
    wicket.opened.store.close()


def test_a_server_that_is_killed_while_an_application_is_handed_in_loses_nothing_and_files_it_once(home: Path) -> None:
    wicket = Wicket.of(Settings.read({}, home=home))
    applicant = wicket.visitor()
    number = applicant.begin()
    applicant.fill_in()
    applicant.step("materials", **{"promise-pipes": "yes"})
    check, path = f"/drafts/{number}/steps/check", f"/drafts/{number}/hand-in"
    form = urlencode({**applicant.hidden(check), "declared": "yes"}).encode()
    cookie = "; ".join(f"{one.name}={one.value}" for one in applicant.http.cookies.jar)

    def asked(said: Path, sent: bytes) -> socket.socket:
        """A browser that hands in: so much of what it says has been sent, and nothing of the answer read."""
        place = urlsplit(re.findall(r"http://127\.0\.0\.1:\d+", said.read_text())[0])
        connection = socket.create_connection((place.hostname or "", place.port or 0))
        head = {
            "host": place.netloc, "origin": f"http://{place.netloc}", "cookie": cookie,
            "content-type": "application/x-www-form-urlencoded", "content-length": str(len(form)),
        }  # fmt: skip
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        connection.sendall(f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode() + sent)
        return connection

    def state() -> DraftState:
        return draft_of(wicket.face.node, number).state

    with running(home) as (process, said), asked(said, form[:-1]):
        process.kill()
        process.wait(20)
    assert state() is DraftState.OPEN
    with running(home) as (process, said), asked(said, form):
        wait_until(lambda: state() is DraftState.FILED, 30, "what is handed in", every=0.001)
        process.kill()
        process.wait(20)
    with running(home) as (_, said):
        url = re.findall(r"http://127\.0\.0\.1:\d+", said.read_text())[0]
        said_by = {"cookie": cookie, "accept-language": "en"}
        with httpx.Client(base_url=url, headers=said_by, trust_env=False, timeout=60) as back:
            assert f'<span class="moment">{number}</span> has been handed in' in back.get(check).text
            assert "handed in, on its way" in back.get(f"/cases/{number}").text
            again = back.post(path, content=form, headers={"content-type": "application/x-www-form-urlencoded"})
            assert (again.status_code, again.headers["location"]) == (303, f"/cases/{number}")
    with wicket.opened.store.reading() as tx:
        (filing,) = tx[Documents].recent("sent", Filing.KIND)
        (copy,) = tx[Outbox].rows(filing.message_id)
    assert (copy.state, draft_of(wicket.face.node, number).filing_id) == (OutboxState.WRITTEN, filing.message_id)
    wicket.opened.store.close()


def test_the_confined_process_removes_from_the_store_what_a_draft_has_left_behind(home: Path) -> None:
    wicket = Wicket.of(Settings.read({}, home=home))
    applicant = wicket.visitor()
    applicant.begin()
    applicant.upload("plan", "大.txt", b"x" * (ATTACHMENT_LIMIT + 1))
    (file,) = draft_of(wicket.face.node, applicant.number).files
    detach(wicket.face.node, applicant.number, file.file_id)
    store = Home(home).claims
    assert [path for path in store.rglob("*") if path.is_file()] != []
    with running(home) as (process, said):
        wait_until(lambda: not [path for path in store.rglob("*") if path.is_file()], 30, "an empty store")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert "housekeeping.failed" not in said.read_text()
    wicket.opened.store.close()
