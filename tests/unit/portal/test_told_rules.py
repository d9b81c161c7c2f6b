"""What applicants are told of, in which words, and which addresses can be written to."""

from __future__ import annotations

import json
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from exchange.errors import BadConfiguration
from exchange.language import Language
from exchange.machine.posting.addresses import counted_as, read_mail_address
from exchange.portal.told.events import AFTERWARDS, events_of, is_over, kept_with_licence, remind_at
from exchange.portal.told.letters import EVENT_WORDS, event_body, letter_of
from exchange.portal.told.records import ContactRow, WordRow
from exchange.portal.told.settings import ToldSettings
from exchange.portal.told.states import ContactState, ToldEvent, ToldWay, WordState
from exchange.schemas import Acceptance, AcceptanceOutcome, Body, CaseProgress, CaseStep, DepartmentProgress, PartStep
from tests.unit.examples import MESSAGES
from tests.unit.facts import at, end

SITE = "https://apply.hefei.example.cn"
WORD = WordRow("0b5d", "c1", "2026-7KQ4-M2XD", ToldEvent.DECIDED, WordState.WAITING, 0, at("03-02"), at("03-02"))
CONTACT = ContactRow(
    "c1", "2026-7KQ4-M2XD", ToldWay.MAIL, "wang@example.cn", Language.CHINESE, ContactState.CONFIRMED, "t" * 43, None,
    at("03-02"), None,
)  # fmt: skip


def example(kind: type[Body]) -> Body:
    return next(one for one in MESSAGES if isinstance(one, kind))


def progress(**fields: object) -> CaseProgress:
    quiet = {"moved": (), "overrun_at": None, "delivered_at": None, "explanation": "", "serial": 1}
    found = example(CaseProgress)
    assert isinstance(found, CaseProgress)
    return found.model_copy(update={**quiet, **fields})


def part(step: PartStep, department: str = "c.transport", **fields: object) -> DepartmentProgress:
    one = progress().parts[0]
    return one.model_copy(
        update={"step": step, "department": department, "verdict": None, "conditions": "", "message_id": None, **fields}
    )


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("wang@example.cn", "wang@example.cn"),
        ("  Wang.Li+case@Example.CN ", "Wang.Li+case@example.cn"),
        ("ｗａｎｇ＠ｅｘａｍｐｌｅ．ｃｎ", "wang@example.cn"),
        ("wang@例子.中国", "wang@xn--fsqu00a.xn--fiqs8s"),
        ("wang@straße.example", "wang@xn--strae-oqa.example"),
        ("o'hara@example.cn", "o'hara@example.cn"),
    ],
)
def test_addresses_are_taken_as_they_are_meant(typed: str, taken: str) -> None:
    assert read_mail_address(typed) == taken


@pytest.mark.parametrize(
    "typed",
    [
        "", "wang", "@example.cn", "wang@", "wang@example", "wang@@example.cn", "a@b@example.cn",
        "wang@example.cn\r\nBcc: all@example.cn", "wang@example.cn\nX: y", "wang@exam\tple.cn", "wang@example.cn\x00",
        "wang@example.cn, li@example.cn", "wang@example.cn;li@example.cn", "王 <wang@example.cn>", "<wang@example.cn>",
        '"wang li"@example.cn', '"wang"@example.cn', "wang..li@example.cn", ".wang@example.cn", "wang.@example.cn",
        "王@example.cn", "wang@[127.0.0.1]", "wang@127.0.0.1", "wang@-a.cn", "wang@a-.cn", "wang@exa_mple.cn",
        "wang@example.cn.", "wang@\u202eexample.cn", "wang\u2028@example.cn", "wang@example.cn%0d%0aBcc",
        "w" * 65 + "@example.cn", "wang@" + "a" * 64 + ".cn", "w@" + ".".join(["abcdefgh"] * 40) + ".cn", "x" * 320,
        "wang(li)@example.cn", "wang\\@example.cn", "wang:li@example.cn",
    ],
)  # fmt: skip
def test_hostile_addresses_are_refused_with_what_to_do(typed: str) -> None:
    found = read_mail_address(typed)
    assert not isinstance(found, str)
    assert all(str(text) for text in found)


def test_one_mailbox_counts_once_however_it_is_written() -> None:
    assert counted_as("Wang+1@example.cn") == counted_as("wang+flood@example.cn") == "wang@example.cn"


def test_every_paper_tells_its_event_and_nothing_twice() -> None:
    acceptance = example(Acceptance)
    outcomes = {
        AcceptanceOutcome.INCOMPLETE: ToldEvent.INCOMPLETE,
        AcceptanceOutcome.NOT_COMPETENT: ToldEvent.REFUSED,
        AcceptanceOutcome.BY_LAW: ToldEvent.ACCEPTED,
    }
    for outcome, event in outcomes.items():
        assert events_of(acceptance.model_copy(update={"outcome": outcome}), None) == (event,)
    first = progress(parts=(part(PartStep.PUT_TO), part(PartStep.PUT_TO, "c.fire")))
    assert events_of(first, None) == ()
    hidden = progress(serial=2, parts=(part(PartStep.ANSWERED, message_id="m1"), part(PartStep.PUT_TO, "c.fire")))
    assert events_of(hidden, first) == (), "an opinion that the applicant may not see is not told of"
    shown = progress().parts[0]
    seen = progress(serial=3, parts=(shown, part(PartStep.DEEMED, "c.fire")))
    assert events_of(seen, hidden) == (ToldEvent.OPINION,)
    assert events_of(seen.model_copy(update={"serial": 4}), seen) == ()
    late = hidden.model_copy(update={"moved": progress().parts[0].moved})
    assert events_of(late, seen) == (), "a paper of a lower serial tells nothing that is not known"


def test_terms_extended_and_overrun_are_told_once_and_a_decision_tells_no_opinions() -> None:
    entries = example(CaseProgress).moved  # type: ignore[attr-defined]
    before = progress(parts=(part(PartStep.PUT_TO),))
    longer = before.model_copy(update={"serial": 2, "moved": entries, "overrun_at": at("03-05")})
    assert events_of(longer, before) == (ToldEvent.EXTENDED, ToldEvent.OVERRUN)
    assert events_of(longer.model_copy(update={"serial": 3}), longer) == ()
    decided = progress(serial=4, moved=entries, overrun_at=at("03-05"), step=CaseStep.DECIDED)
    assert events_of(decided, longer) == ()
    assert is_over(decided)
    withdrawn = longer.model_copy(update={"serial": 5, "step": CaseStep.WITHDRAWN})
    assert events_of(withdrawn, longer) == (ToldEvent.WITHDRAWN,)
    assert events_of(withdrawn.model_copy(update={"serial": 6}), withdrawn) == ()


def test_letters_say_number_kind_and_link_and_nothing_else() -> None:
    for language in Language:
        contact = ContactRow(**{**{name: getattr(CONTACT, name) for name in CONTACT.__slots__}, "language": language})
        letter = letter_of(WORD, contact, SITE, "no-reply@hefei.example.cn", ("政务服务网\r\nBcc: x@y.cn", "Window"))
        sent = message_from_bytes(letter.as_bytes(), policy=default)
        assert set(sent.keys()) == {
            "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "List-Unsubscribe",
            "List-Unsubscribe-Post", "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
        }  # fmt: skip
        assert sent["To"] == "wang@example.cn"
        assert sent["Message-ID"] == "<0b5d@hefei.example.cn>"
        assert sent["List-Unsubscribe"] == f"<{SITE}/told/{'t' * 43}/stop>"
        assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert WORD.number in sent["Subject"]
        assert EVENT_WORDS[ToldEvent.DECIDED][language is Language.ENGLISH] in sent["Subject"]
        text = sent.get_content()  # type: ignore[attr-defined]
        assert f"{SITE}/case?number={WORD.number}" in text
        assert letter.as_bytes() == letter_of(WORD, contact, SITE, "no-reply@hefei.example.cn", (
            "政务服务网\r\nBcc: x@y.cn", "Window")).as_bytes()  # fmt: skip
        assert max(map(len, letter.as_bytes().split(b"\r\n"))) < 998


def test_webhooks_are_told_ids_alone() -> None:
    body = json.loads(event_body(WORD, CONTACT, SITE))
    assert body == {
        "id": "0b5d", "type": "filing.decided", "timestamp": at("03-02").isoformat(),
        "data": {
            "filing": WORD.number, "url": f"{SITE}/case?number={WORD.number}", "stop": f"{SITE}/told/{'t' * 43}/stop",
        },
    }  # fmt: skip
    assert set(EVENT_WORDS) == set(ToldEvent)


def test_addresses_are_kept_while_there_is_something_to_tell() -> None:
    now = at("03-02")
    assert kept_with_licence(None, False, now) is None
    assert kept_with_licence(date(2026, 9, 1), False, now) == end("09-01") + AFTERWARDS
    assert kept_with_licence(date(2026, 9, 1), True, now) == now + AFTERWARDS
    assert kept_with_licence(date(9999, 12, 31), False, now) is None


def test_promises_are_reminded_of_ahead_but_never_too_late() -> None:
    now = at("03-02")
    assert remind_at(end("03-20"), now) == end("03-17")
    assert remind_at(end("03-04"), now) == now + timedelta(days=1)
    assert remind_at(end("03-02"), now) == end("03-02")


MAIL = {
    "EXCHANGE_WINDOW_URL": f"{SITE}/", "EXCHANGE_MAIL_URL": "smtp+starttls://user%40a@mail.example.cn",
    "EXCHANGE_MAIL_FROM": "no-reply@example.cn",
}  # fmt: skip


def test_settings_say_where_mails_go_and_where_they_lead() -> None:
    nothing, found = ToldSettings.read({}), ToldSettings.read(MAIL)
    assert not nothing.mails
    assert not nothing.posts
    assert not ToldSettings.read({"EXCHANGE_WINDOW_URL": "http://apply.example.cn"}).posts, "tokens go by TLS alone"
    assert (found.site, found.mails, found.posts) == (SITE, True, True)
    assert found.mail is not None
    server = found.mail.server()
    assert (server.host, server.port, server.user, server.security) == ("mail.example.cn", 587, "user@a", "starttls")


@pytest.mark.parametrize(
    "wrong",
    [
        {"EXCHANGE_WINDOW_URL": ""},
        {"EXCHANGE_WINDOW_URL": "http://apply.example.cn"},
        {"EXCHANGE_WINDOW_URL": "https://apply.example.cn/?a=b"},
        {"EXCHANGE_MAIL_URL": "smtp://mail.example.cn"},
        {"EXCHANGE_MAIL_URL": "smtps://user:secret@mail.example.cn"},
        {"EXCHANGE_MAIL_URL": "smtps://"},
        {"EXCHANGE_MAIL_FROM": ""},
        {"EXCHANGE_MAIL_FROM": "a@b.cn\r\nBcc: c@d.cn"},
    ],
)
def test_settings_that_would_not_work_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(BadConfiguration) as error:
        ToldSettings.read({**MAIL, **wrong})
    assert "secret" not in f"{error.value} {error.value.remedy_text}"
