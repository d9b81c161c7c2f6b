"""Holds, drains and the diagnostics bundle at the console."""

from __future__ import annotations

import base64
import io
import json
import tarfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote_plus

import pytest
from starlette.datastructures import QueryParams

from exchange.approval.rules.states import PartState
from exchange.approval.window.store import Cases
from exchange.approval.window.submit import submit
from exchange.broker.traffic.link import Link
from exchange.console.pages.holds import _holds
from exchange.console.section import Visit
from exchange.errors import Conflict
from exchange.language import Language
from exchange.messaging.holds import Holds
from exchange.operations.health.snapshots import SnapshotTaker
from exchange.operations.troubles.lights import Sign, SystemPart
from exchange.runtime.draining import check_not_drained, drained
from exchange.runtime.home import write_link
from exchange.runtime.settings import Home
from exchange.schemas import Applicant, Application, SubmittedMaterial
from exchange.web import render
from exchange.web.door.permissions import AccountRole
from tests.web.town import BODY, TITLE, Town

APPLICANT, PROJECT, CONTACT = "安徽热电有限公司", "黄山路供热管道工程", "0551-6543210"
PASSWORD = "p4ssw0rd-of-planning"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path)
    yield town
    town.view.close()


def open_case(town: Town) -> str:
    application = Application(
        matter="works",
        applicant=Applicant(name=APPLICANT, identifier="91340100X", contact=CONTACT),
        project=PROJECT,
        materials=(SubmittedMaterial(code="plan", note="on file"),),
        submitted_at=town.settings.clock.now(),
    )
    with town.member("window") as window:
        return submit(window.node, application).number


def test_what_a_hold_endangers_is_shown_before_and_while_it_stands_and_a_reason_is_asked_for(town: Town) -> None:
    number = open_case(town)
    before = town.get("/holds?what=hefei.transport")
    assert number in before
    assert "no term begins" in before
    assert "reason is missing" in unquote_plus(town.post("/holds/hold", what="hefei.transport", reason=""))
    town.post("/holds/hold", what="hefei.transport", reason="its office moves")
    page = town.get("/holds")
    assert all(word in page for word in (number, "its office moves", "tester"))
    assert APPLICANT not in page
    for name in ("window", "monitor", "planning", "transport"):
        with town.member(name) as member, member.store.reading() as tx:
            assert [one.addressee for one in tx[Holds].standing()] == ["hefei.transport"]
    assert "released" in unquote_plus(town.post("/holds/release", what="hefei.transport"))
    assert "Nothing is held" in town.get("/holds")
    assert "never rest" in unquote_plus(town.post("/holds/hold", what="opinion", reason="why"))


def test_the_living_part_of_the_page_is_made_by_itself(town: Town) -> None:
    open_case(town)
    town.post("/holds/hold", what="consultation", reason="why")
    visit = Visit(town.view, town.door.who, Language.ENGLISH, QueryParams(""), {})
    common = {"say": visit.say, "actions": frozenset({"hold"}), "token": "t"}
    assert "no term begins" in render.live_part("holds.html", {**common, **_holds(visit)})


def signs_of(town: Town, member: str) -> list[Sign]:
    """The lights of a member as a role."""
    taker = SnapshotTaker(town.view)
    try:
        return [sign for sign in taker.take().signs if sign.part is SystemPart.ROLE and sign.subject == member]
    finally:
        taker.close()


def test_a_member_is_drained_and_released(town: Town) -> None:
    town.post("/holds/drain", member="hefei.planning", reason="a new machine")
    assert "a new machine" in town.get("/holds")
    assert {sign.finding[1] for sign in signs_of(town, "hefei.planning")} == {
        f"drained by {town.door.who.name}: a new machine"
    }
    with town.member("planning") as planning:
        assert drained(planning.store) is not None
        with pytest.raises(Conflict, match="a new machine"):
            check_not_drained(planning.store, "hefei.planning")
        town.post("/holds/release", what="hefei.planning")
        assert drained(planning.store) is None
    assert {sign.finding[1] for sign in signs_of(town, "hefei.planning")} == {"has never been served"}
    town.sign_in("li", AccountRole.SECURITY)
    town.post("/holds/drain", member="hefei.planning", reason="why")
    assert "a new machine" not in town.get("/holds")
    assert town.door.recorded[-1] == ("li", "drain", "/holds/drain", "denied")


def test_while_the_monitor_is_drained_the_board_goes_by_the_windows_own_record(town: Town) -> None:
    number = open_case(town)
    with town.member("window") as window, window.store.transaction() as tx:
        part = tx[Cases].parts(number)[0]
        due = town.settings.clock.now() - timedelta(hours=1)
        assert tx[Cases].move_part(number, part.department, {part.state}, PartState.SIGNED, due_at=due)
    town.post("/holds/drain", member="hefei.monitor", reason="a new disk")
    page = town.get("/deadlines")
    assert "Nobody watches" in page
    assert f"/case/{number}" in page.partition("Nobody watches")[2].partition("</section>")[0]
    overview = town.get("/")
    assert "the deadline monitor is drained" in overview
    assert "1 terms are over" in overview
    assert "`" not in overview.partition("What needs you")[2].partition("</section>")[0]
    assert "exchange release hefei.monitor" in overview


def contents(data: bytes) -> dict[str, str]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as tar:
        files = {entry.name: tar.extractfile(entry) for entry in tar.getmembers()}
        return {name.partition("/")[2]: file.read().decode() for name, file in files.items() if file is not None}


def secrets_of(town: Town) -> list[str]:
    """Every line and octet string of every key file of the domain, as texts that a bundle could hold."""
    home = Home(town.settings.home)
    found: list[str] = []
    for file in [*home.root.glob("members/*/keys/*"), *home.authority.iterdir()]:
        data = file.read_bytes()
        if b"PRIVATE" in data:
            found += [line for line in data.decode().splitlines() if len(line) >= 24 and not line.startswith("-----")]
        elif file.suffix not in (".pem", ".crt", ".cose", ".json"):
            found += [data.hex(), base64.b64encode(data).decode().rstrip("="), base64.urlsafe_b64encode(data).decode()]
    return found


def test_the_diagnostics_bundle_holds_no_key_no_password_and_no_content(town: Town) -> None:
    home, secret = Home(town.settings.home), PASSWORD
    number = open_case(town)
    town.set_aside(2)
    write_link(home.account("hefei.planning"), Link(f"amqp://hefei.planning:{secret}@127.0.0.1:1/v", "hefei.planning"))
    home.logs.mkdir()
    trace = f'Traceback\n  File "/x/exchange/messaging/receive.py", line 7, in take\nValueError: {APPLICANT} {secret}'
    lines = [
        {"event": "message.dead", "stage": "handle", "message_id": "m-1", "reason": PROJECT, "exception": trace},
        {"event": "consume.handler", "code": "broker-unavailable", "reason": f"amqp://x:{secret}@host"},
    ]
    log = "\n".join([json.dumps(one, ensure_ascii=False) for one in lines] + [f"a library prints {secret} {CONTACT}"])
    (home.logs / "hefei.planning.log").write_text(log)

    response = town.client.get("/diagnostics.tar.gz")

    found = contents(response.content)
    everything = "\n".join(found.values())
    keys = secrets_of(town)
    assert len(keys) > 10
    for word in (*keys, secret, "91340100X", CONTACT, APPLICANT, PROJECT, TITLE, BODY, "PRIVATE KEY"):
        assert word not in everything
    assert number in found["journal/hefei.window.jsonl"]
    assert "exchange/messaging/receive.py:7 take" in found["log/hefei.planning.jsonl"]
    assert json.loads(found["members.json"])["hefei.transport"]["inbox"]["dead"] == 2
    assert json.loads(found["directory.json"])["version"] == 1
    assert {"versions.json", "settings.json", "doctor.json", "broker.json"} <= set(found)
    town.sign_in("li", AccountRole.OBSERVER)
    assert town.client.get("/diagnostics.tar.gz").status_code == 403
