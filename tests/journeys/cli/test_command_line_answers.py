"""Answers, decisions and what goes wrong with them, by commands alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import DeadLetter
from tests.journeys.city import wait_until
from tests.journeys.commands import application
from tests.processes import ProcessDomain, run

pytestmark = pytest.mark.broker


def answering_by_hand(city: ProcessDomain) -> tuple[str, list[str]]:
    """A case on the desk of planning, which has no rule; its number, and planning's options for a reply."""
    (city.settings.home / "departments" / "planning" / "rule.py").write_text("def decide(c, t):\n    return None\n")
    lead = city.settings.home / "departments" / "window" / "rule.py"
    lead.write_text("def decide(docket):\n    return None\n")
    (number,) = city.submit(1)
    city.serve_all()
    planning = city.address("planning")
    wait_until(lambda: number in run(city, "inbox", "--as", planning).stdout, 60, "the consultation", every=0.3)
    return number, ["--as", planning, "--officer", "张工"]


def state_of(city: ProcessDomain, number: str) -> str:
    return str(json.loads(run(city, "status", number, "--json").stdout)["state"])


def test_what_a_reply_or_decision_lacks_is_told_as_the_option_that_gives_it(city: ProcessDomain) -> None:
    number, planning = answering_by_hand(city)
    for words, complaint, option in (
        (["agree", *planning[:3], ""], "officer: must not be empty", "give --officer"),
        (["disagree", *planning], "disagree: give reasons", "give --reasons, --basis"),
        (["special-procedure", *planning, "--procedure", "hearing"], "a hearing is announced", "give --days"),
        (["not-competent", *planning], "competent_body: ", "give --competent-body"),
    ):
        done = run(city, "reply", number, *words, code=2)
        assert complaint in done.stderr
        assert done.stderr.rstrip().endswith(option)
    run(city, "reply", number, "disagree", *planning, "--reasons", "占压规划红线", "--basis", "城乡规划法第四十条")
    wait_until(lambda: state_of(city, number) == "ready", 60, "all opinions")
    (waits,) = json.loads(run(city, "inbox", "--as", city.address("window"), "--json").stdout)["decisions"]
    assert (waits["case"], waits["task"]) == (number, "decide")
    assert "no rule has prepared" in run(city, "decide", number, "--confirm", "--officer", "李主任", code=4).stderr
    assert "no outcome is given" in run(city, "decide", number, "--officer", "李主任", code=2).stderr
    both = run(city, "decide", number, "--confirm", "--officer", "李主任", "--reasons", "x", code=2)
    assert "decide by hand" in both.stderr
    reasons = "公共利益" * 100
    decision = ["decide", number, "grant", "--officer", "李主任", "--reasons", reasons]
    for words, complaint in (
        (decision, "overruled: owed to"),
        ([*decision, "--overrule", city.address("planning")], "gives no reasons"),
        ([*decision, "--overrule", "Planning=x"], "only lower-case letters"),
    ):
        done = run(city, *words, code=2)
        assert complaint in done.stderr
        assert "--overrule DEPARTMENT=REASONS" in done.stderr.splitlines()[-1]
        assert "pydantic" not in done.stderr
    told = run(city, *decision, "--overrule", f"{city.address('planning')}=红线已调整", "--json")
    decision_id = json.loads(told.stdout)["message_id"]

    found = json.loads(run(city, "status", number, "--json").stdout)
    by_name = {part["department"]: part for part in found["departments"]}
    assert by_name[city.address("planning")]["reasons"] == "占压规划红线"
    assert (found["decision_id"], found["decision"]["reasons"]) == (decision_id, reasons)
    shown = run(city, "status", number).stdout
    assert "占压规划红线" in shown
    assert "红线已调整" in shown
    wait_until(
        lambda: "红线已调整" in run(city, "show", number, "--as", city.address("planning")).stdout,
        60,
        "the reasons owed to the objector",
        every=0.3,
    )
    here = json.loads(run(city, "show", number, "--json").stdout)
    assert {message["kind"] for message in here} >= {"consultation", "opinion", "decision"}
    assert reasons in run(city, "show", decision_id).stdout


def test_attachments_are_saved_under_their_names_and_nothing_is_overwritten(
    city: ProcessDomain, tmp_path: Path
) -> None:
    (tmp_path / "plan.pdf").write_bytes(b"%PDF plan")
    with_file = '[[materials]]\ncode = "plan"\nfile = "plan.pdf"\n'
    number = json.loads(run(city, "submit", application(tmp_path, materials=with_file), "--json").stdout)["case"]
    folder = tmp_path / "saved"
    for _ in range(2):
        run(city, "show", number, "--save", str(folder))
        assert [path.read_bytes() for path in folder.iterdir()] == [b"%PDF plan"]
    (folder / "plan.pdf").write_bytes(b"another file of that name")
    run(city, "show", number, "--save", str(folder))
    assert (folder / "plan.pdf").read_bytes() == b"another file of that name"
    assert sorted(path.read_bytes() for path in folder.iterdir()) == [b"%PDF plan", b"another file of that name"]


def test_what_an_applicant_writes_is_shown_as_written_and_what_moves_the_cursor_is_refused(
    city: ProcessDomain, tmp_path: Path
) -> None:
    city.serve_all()
    path = Path(application(tmp_path))
    written = path.read_text()
    path.write_text(written.replace('"管道"', '"改造 \\u001b[2J"'))
    assert "U+001B" in run(city, "submit", str(path), code=2).stderr
    path.write_text(written.replace('"管道"', '"改造[/二期] 工程[red]一期"'))
    number = json.loads(run(city, "submit", str(path), "--json").stdout)["case"]
    planning = city.address("planning")
    wait_until(
        lambda: number in run(city, "inbox", "--all", "--as", planning).stdout, 60, "the consultation", every=0.3
    )
    for words in (["status", number], ["inbox", "--all", "--as", planning], ["show", number, "--as", planning]):
        shown = run(city, *words).stdout
        assert "改造[/二期] 工程[red]一期" in shown


def test_dead_letters_are_listed_with_their_reason_and_what_cannot_be_redriven_is_told(city: ProcessDomain) -> None:
    assert json.loads(run(city, "dead", "--json").stdout) == []
    window = city.open("window")
    with window.store.transaction() as tx:
        letter = DeadLetter("malformed", "not an envelope [/x]", "open", f"{city.address('window')}.inbox", b"{}")
        tx[Inbox].dead([letter], city.settings.clock.now())
    [found] = json.loads(run(city, "dead", "--json").stdout)
    assert (found["member"], found["attempts"], found["stage"]) == (city.address("window"), 1, "open")
    shown = run(city, "dead").stdout
    assert found["id"] in shown
    assert "not an envelope [/x]" in shown
    assert "malformed" in run(city, "dead", "--redrive", found["id"], code=5).stderr
    assert "no dead letter" in run(city, "dead", "--redrive", "000000000000", code=3).stderr
    assert "exchange dead" in run(city, "doctor", "--json").stdout
    assert len(json.loads(run(city, "dead", "--json").stdout)) == 1


def test_copies_that_were_abandoned_are_bad_news_until_they_are_resent(city: ProcessDomain) -> None:
    (number,) = city.submit(1)
    window = city.open("window")
    with window.store.transaction() as tx:
        for parcel in tx[Outbox].due(city.settings.clock.now(), 9, ()):
            if parcel.addressee == city.address("monitor"):
                continue  # what it is told of the terms goes out
            tx[Outbox].mark_failed(parcel.id, "unroutable", city.settings.clock.now(), None)
    found = json.loads(run(city, "resend", "--json").stdout)
    assert {copy["addressee"] for copy in found} == {city.address("planning"), city.address("transport")}
    assert "exchange resend" in run(city, "doctor", "--json", code=6).stdout
    message_id = found[0]["message_id"]
    assert message_id in run(city, "resend").stdout
    again = json.loads(run(city, "resend", message_id, "--to", city.address("planning"), "--json").stdout)
    assert again["copies"] == 1
    run(city, "resend", message_id)
    assert json.loads(run(city, "resend", "--json").stdout) == []
    city.serve_all()
    wait_until(lambda: city.decided() == 1, 60, f"the decision on {number}")
    assert "signed for" in run(city, "resend", message_id, code=4).stderr


def test_watching_for_machines_prints_each_change_and_ends_with_the_case(city: ProcessDomain) -> None:
    (number,) = city.submit(1)
    watching = subprocess.Popen(
        [sys.executable, "-m", "exchange", "status", number, "--watch", "--json"],
        env=dict(city.environment()), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert watching.stdout is not None
    assert json.loads(watching.stdout.readline())["state"] == "open"
    city.serve_all()
    states = [json.loads(line)["state"] for line in watching.communicate(timeout=90)[0].splitlines()]
    assert states[-1] == "decided"


def test_machines_are_told_of_a_command_line_that_does_not_hold(city: ProcessDomain) -> None:
    assert json.loads(run(city, "status", "--nonsense", "--json", code=2).stdout)["error"] == "usage"
    assert "--cases" in run(city, "replay", "x.csv", "--cases", "-3", code=2).stderr
    assert run(city, "--version").stdout.startswith("yizhan ")
    help_text = [line.strip() for line in run(city, "submit", "--help").stdout.splitlines()]
    assert help_text[help_text.index("[[materials]]") + 1] == 'code = "plan"'
