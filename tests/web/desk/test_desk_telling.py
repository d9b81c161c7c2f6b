"""What officers are told beyond their pages: deadlines as a calendar, and by mail; ids and matters alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

import pytest
from icalendar import Calendar

from exchange.desk.serve import rounds_of
from exchange.desk.telling.rounds import OfficerRounds
from exchange.machine.posting.outgoing import OutgoingMail
from exchange.messaging.failing.store import FailingWork
from exchange.web.door import managing
from exchange.web.door.permissions import AccountRole
from exchange.web.door.tokens import hashed
from exchange.web.stand_ins.records import StandIn
from exchange.web.stand_ins.store import StandIns
from exchange.web.telling.store import CalendarSubscriptions
from tests.mail_process import MailProcess, mail_process
from tests.unit.facts import at
from tests.web.api.test_reach import certificate
from tests.web.desk.office import HOST, Office, Officer

PAGE = "/account/calendar"
_ADDRESS = re.compile(r'id="address" class="wide" value="([^"]+)"')


@pytest.fixture(scope="module")
def number(office: Office) -> str:
    """A case that both departments are asked about."""
    return office.city.submit().number


def _events(officer: Officer, path: str) -> dict[str, str]:
    """What a calendar says, by case number: the whole of each event."""
    answer = officer.http.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    return {str(one["url"]).rpartition("/")[2]: one.to_ical().decode() for one in events}


def _subscribe(officer: Officer) -> str:
    officer.post(f"{PAGE}/subscribe", officer.hidden(PAGE))
    found = _ADDRESS.search(officer.get(PAGE))
    assert found, "the address is shown once"
    assert found.group(1).startswith(HOST)
    assert not _ADDRESS.search(officer.get(PAGE)), "and never again"
    return found.group(1)


def test_what_is_open_is_in_the_file_without_a_word_of_its_content(office: Office, number: str) -> None:
    event = _events(office.officer("planning"), f"{PAGE}/deadlines.ics")[number]
    assert number in event
    assert "give an opinion" in event
    assert "黄山路" not in event, "what the applicant wrote stays in the house"
    assert "热电公司" not in event
    assert "答复征求意见" in _events(office.officer("planning", language="zh"), f"{PAGE}/deadlines.ics")[number]


def test_what_another_officer_deals_with_or_what_is_answered_is_not_in_it(office: Office) -> None:
    taken, case = office.city.submit().number, office.city.submit()
    clerk, signer = office.officer("planning", AccountRole.CLERK), office.officer("planning")
    clerk.post(f"/case/{taken}/take", clerk.hidden(f"/case/{taken}"))
    assert taken in _events(clerk, f"{PAGE}/deadlines.ics")
    office.city.reply("planning", case)
    events = _events(signer, f"{PAGE}/deadlines.ics")
    assert taken not in events
    away = StandIn(1, "chen", "sun", date(2026, 3, 1), date(2026, 3, 2), (), "su", office.city.clock.now())
    with office.city.node("planning").store.transaction() as tx:
        tx[StandIns].add(away)
    assert taken in _events(signer, f"{PAGE}/deadlines.ics"), "whoever stands in for another has that one's deadlines"
    with office.city.node("planning").store.transaction() as tx:
        tx[StandIns].end(1, "su", office.city.clock.now())
    assert case.number not in events


def test_an_address_is_read_without_signing_in_until_it_is_revoked_replaced_or_its_account_locked(
    office: Office, number: str
) -> None:
    officer, program = office.officer("planning", AccountRole.REVIEWER), office.visitor("planning")
    address = _subscribe(officer)
    assert number in _events(program, address)
    assert "last read" in officer.get(PAGE)
    with office.city.node("planning").store.reading() as tx:
        kept = tx[CalendarSubscriptions].of("ren")
    token = address.split("/")[-2]
    assert kept is not None
    assert kept.token_hash == hashed(token)
    assert not any(token in part for entry in office.logged("planning") for part in entry)

    second = _subscribe(officer)
    assert program.http.get(address).status_code == 404, "a new one makes it void"
    gate = office.desk("planning")[0].gate
    managing.lock(gate, "su", "ren")
    assert program.http.get(second).status_code == 404
    managing.unlock(gate, "su", "ren")
    assert number in _events(program, second)
    officer.sign_in(AccountRole.REVIEWER)
    officer.post(f"{PAGE}/revoke", officer.hidden(PAGE))
    assert program.http.get(second).status_code == 404


def test_whoever_guesses_addresses_is_soon_sent_away(office: Office) -> None:
    stranger = office.visitor("transport")
    answers = [stranger.http.get(f"/calendar/guess-{one}/deadlines.ics").status_code for one in range(31)]
    assert answers == [404] * 30 + [429]
    logged = [entry for entry in office.logged("transport") if entry[1] == "calendar.subscribe"]
    assert 0 < len(logged) < 30, "one by one, then summed"
    assert not any("guess" in entry[2] for entry in logged)


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailProcess]:
    """A mail server whose certificate is trusted."""
    folder = tmp_path_factory.mktemp("post")
    with pytest.MonkeyPatch.context() as patched, mail_process(folder, certificate(folder, "localhost")) as found:
        patched.setenv("SSL_CERT_FILE", str(found.pem))
        yield found


@pytest.fixture(scope="module")
def rounds(office: Office, post: MailProcess) -> OfficerRounds:
    """What tells the officers of planning by mail."""
    mail = OutgoingMail(f"smtp+starttls://localhost:{post.port}", "no-reply@desk.test")
    found = rounds_of(office.desk("planning")[0], mail)
    assert found is not None
    return found


def _give(officer: Officer, address: str, wish: str = "daily") -> int:
    return officer.post(f"{PAGE}/mail", {**officer.hidden(PAGE), "mail": address, "wish": wish}).status_code


def _look(office: Office, rounds: OfficerRounds, moment: datetime) -> int:
    office.city.clock.step_to(moment)
    return rounds.look()


def test_without_a_mail_server_no_address_is_taken(office: Office) -> None:
    officer = office.officer("transport")
    assert "sends no letters" in officer.get(PAGE)
    assert _give(officer, "sun@example.test") == 409


def test_an_address_is_confirmed_by_its_officer_and_told_once_a_working_day_what_is_due(
    office: Office, number: str, rounds: OfficerRounds, post: MailProcess
) -> None:
    officer, other = office.officer("planning"), office.officer("planning", AccountRole.CLERK)
    assert _give(officer, "sun@nowhere") == 422
    assert 'value="sun@nowhere"' in officer.last.text, "what was typed stays"
    assert _give(officer, "sun@example.test") == 303
    assert _look(office, rounds, at("03-02", "10:00")) == 1, "the question, and nothing else before it is answered"
    [question] = post.letters()
    found = re.search(rf"{HOST}(/\S+)", question.get_content())
    assert found
    other.get(found[1])
    assert other.last.status_code == 404, "a link confirms nothing of another account"
    officer.post(found[1], officer.hidden(found[1]))
    assert "confirmed" in officer.get(PAGE)

    assert _look(office, rounds, at("03-02", "10:01")) == 1
    assert _look(office, rounds, at("03-02", "11:00")) == 0, "once a day"
    letter = post.letters()[-1]
    assert letter["To"] == "sun@example.test"
    assert letter["Subject"] == "2 or 3 working days left: 1"
    text = letter.get_content()
    assert f"2026-03-05 24:00  {number}" in text
    assert "Consultations: " in text
    assert "黄山路" not in text + str(letter["Subject"])


def test_no_letter_comes_on_days_off_at_night_or_when_nothing_is_near_for_who_wants_no_other(
    office: Office, rounds: OfficerRounds, post: MailProcess
) -> None:
    officer, before = office.officer("planning"), len(post.letters())
    assert _give(officer, "sun@example.test", "due") == 303, "a confirmed address is not asked again"
    assert _look(office, rounds, at("03-03", "10:00")) == 0, "two working days are left"
    assert _look(office, rounds, at("03-04", "07:59")) == 0
    assert _look(office, rounds, at("03-04", "08:00")) == 1
    assert post.letters()[-1]["Subject"] == "1 working day left: 1"
    assert _look(office, rounds, at("03-05", "08:00")) == 1
    assert post.letters()[-1]["Subject"] == "Due today: 1"
    assert _give(officer, "sun@example.test", "daily") == 303
    assert _look(office, rounds, at("03-07", "10:00")) == 0, "a Saturday"
    assert _look(office, rounds, at("03-09", "10:00")) == 1
    assert "Overdue" in str(post.letters()[-1]["Subject"])
    assert len(post.letters()) == before + 3


def test_what_a_mail_server_does_not_take_comes_later_or_is_given_up_in_the_audit_log(
    office: Office, rounds: OfficerRounds, post: MailProcess
) -> None:
    store, before = office.city.node("planning").store, len(post.letters())
    post.stop()
    assert _look(office, rounds, at("03-10", "09:00")) == 0
    with store.reading() as tx:
        assert [one.item for one in tx[FailingWork].standing()] == ["mail server"]
    post.start()
    assert _look(office, rounds, at("03-10", "09:30")) == 1
    assert _look(office, rounds, at("03-10", "09:40")) == 0
    assert len(post.letters()) == before + 1
    with store.reading() as tx:
        assert not tx[FailingWork].standing()

    post.stop()
    assert _look(office, rounds, at("03-11", "09:00")) == 0
    assert _look(office, rounds, at("03-11", "21:30")) == 0
    post.start()
    assert _look(office, rounds, at("03-11", "22:00")) == 0, "it was abandoned"
    given_up = [entry for entry in office.logged("planning") if entry[1] == "officer.mail" and entry[3] == "failed"]
    assert [entry[0] for entry in given_up] == ["sun"]
    assert "example.test" not in given_up[0][2]


def test_who_is_locked_out_or_has_stopped_it_gets_no_letter(
    office: Office, rounds: OfficerRounds, post: MailProcess
) -> None:
    before, gate = len(post.letters()), office.desk("planning")[0].gate
    managing.lock(gate, "su", "sun")
    assert _look(office, rounds, at("03-12", "09:00")) == 0
    managing.unlock(gate, "su", "sun")
    officer = office.officer("planning")
    officer.post(f"{PAGE}/mail/stop", officer.hidden(PAGE))
    assert "sun@example.test" not in officer.get(PAGE)
    assert _look(office, rounds, at("03-13", "09:00")) == 0
    assert len(post.letters()) == before
