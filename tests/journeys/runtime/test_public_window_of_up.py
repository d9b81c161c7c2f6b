"""`exchange up` serves the public window beside the portal, and desks beside members that want them.

Their addresses are said, they are looked after, and they end.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from httpx import Client, Response

from exchange.broker.admin.node_info import NodeInfo
from exchange.runtime.settings import Home
from exchange.web.listening import Served, read_state
from tests.journeys.city import wait_until
from tests.processes import ProcessDomain
from tests.warm import run_warm
from tests.web.alerts.alerting import SECRET
from tests.web.alerts.mail_server import Post, mail_server
from tests.web.api.test_reach import certificate
from tests.web.window.wicket import Applicant

pytestmark = pytest.mark.broker


@pytest.fixture
def town(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[ProcessDomain]:
    with ProcessDomain(tmp_path, domain, broker, ("planning",), portal=True) as town:
        yield town


@pytest.fixture
def post(tmp_path: Path) -> Iterator[tuple[Post, dict[str, str]]]:
    """A mail server that wants a password, and the settings by which it is reached."""
    pem, password = certificate(tmp_path, "localhost"), tmp_path / "mail-password"
    password.write_text(f"{SECRET}\n")
    with mail_server(pem) as (found, port):
        yield found, {
            "EXCHANGE_WINDOW_URL": "http://127.0.0.1:8500", "EXCHANGE_MAIL_FROM": "no-reply@town.test",
            "EXCHANGE_MAIL_URL": f"smtp+starttls://exchange@localhost:{port}",
            "EXCHANGE_MAIL_PASSWORD_FILE": str(password), "SSL_CERT_FILE": str(pem),
        }  # fmt: skip


@pytest.fixture
def command(town: ProcessDomain, post: tuple[Post, dict[str, str]]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Commands as typed in the town's folder, with its broker and a mail server in the environment."""
    environment = {**town.environment(), **post[1], "EXCHANGE_BROKER_URL": town.info.url}
    if town.info.management_url:
        environment["EXCHANGE_MANAGEMENT_URL"] = town.info.management_url
    return lambda *words: run_warm(words, environment)


class Browser(Applicant):
    """Somebody at a public window that is served, with a browser that runs no scripts."""

    @classmethod
    def at(cls, url: str) -> Browser:
        """Open it."""
        http: Any = Client(base_url=url, follow_redirects=False, headers={"accept-language": "en"}, timeout=30)

        def send_cookies(request: Any) -> None:
            """Send them over plain HTTP, too, as browsers do on the own machine."""
            request.headers["cookie"] = "; ".join(f"{one.name}={one.value}" for one in http.cookies.jar)

        http.event_hooks = {"request": [send_cookies]}
        return cls(http)

    def post(self, path: str, data: Mapping[str, object], **more: object) -> Response:
        """Send a form as a browser does."""
        origin = str(self.http.base_url).rstrip("/")
        found: Response = self.http.post(path, data=data, headers={"origin": origin}, **more)  # type: ignore[arg-type]
        return found


def status_of(url: str) -> int:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return int(answer.status)


def want_a_desk(profile: Path) -> None:
    profile.write_text(f"{profile.read_text()}desk = true\n")


def desk_said(home: Home, address: str, said: str) -> Served:
    """The desk of a member, once its address and the link to its first account were said, and lead there."""
    found = read_state(home.desk(address))
    assert found is not None
    assert f"desk of {address}: {found.url}" in said
    link = re.search(rf"{re.escape(found.url)}/set-up/\S+", said)
    assert link is not None
    assert status_of(link[0]) == 200
    assert "member.confined" in (home.logs / f"desk-{address}.log").read_text()
    return found


def test_up_serves_the_public_window_and_says_where(
    town: ProcessDomain,
    command: Callable[..., subprocess.CompletedProcess[str]],
    post: tuple[Post, dict[str, str]],
) -> None:
    home = Home(town.settings.home)
    state = home.public_window(town.address("portal"))

    def served() -> Served:
        found = read_state(state)
        assert found is not None
        return found

    want_a_desk(home.departments / "planning" / "profile.toml")
    begun = command("up", "--detach", "--no-console")
    try:
        assert begun.returncode == 0, begun.stderr
        first = served()
        assert f"public window: {first.url}" in begun.stderr
        assert status_of(first.url) == 200
        assert "member.confined" in (home.logs / "public-window.log").read_text()
        officers = desk_said(home, town.address("planning"), begun.stderr)
        os.kill(first.pid, signal.SIGKILL)
        wait_until(lambda: served().pid != first.pid, 60, "another process in its place")
        again = served()
        assert again.url == first.url
        wait_until(lambda: status_of(again.url) == 200, 30, "its answer")
        assert first.url in command("up", "--detach").stderr, "who asks is told where"

        applicant = Browser.at(again.url)
        applicant.begin()
        told = f"/cases/{applicant.number}/told"
        asked = {**applicant.hidden(told), "way": "mail", "mail": "wang@town.test"}
        assert applicant.post(told, asked).status_code == 303
        wait_until(lambda: len(post[0].letters) == 1, 30, "the letter that the confined process of the portal sends")
        assert post[0].letters[0]["To"] == "wang@town.test"
        assert "member.confined" in (home.logs / f"{town.address('portal')}.log").read_text()
        applicant.step("applicant", name="热电公司", identifier="91340100X", contact="0551-0")
        applicant.step("agent", **{"for": "self"})
        applicant.step("project", project="黄山路供热管道", summary="")
        applicant.upload("plan", "方案.txt", "方案".encode())
        assert applicant.hand_in().status_code == 303
        wait_until(lambda: town.decided() == 1, 60, "a decision")
        page = f"/cases/{applicant.number}"
        wait_until(
            lambda: "Decided: granted" in applicant.get(page), 60, "the decision before the applicant", every=0.5
        )
    finally:
        ended = command("down")
    assert ended.returncode == 0, ended.stderr
    assert not any(Path(f"/proc/{one.pid}").exists() for one in (again, officers))


def test_without_it_nothing_of_it_is_started(
    town: ProcessDomain, command: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    home = Home(town.settings.home)
    try:
        begun = command("up", "--detach", "--no-console", "--no-window")
        assert begun.returncode == 0, begun.stderr
        assert "public window" not in begun.stderr
        assert not home.public_window(town.address("portal")).exists()
        assert not (home.logs / "public-window.log").exists()
    finally:
        command("down")
