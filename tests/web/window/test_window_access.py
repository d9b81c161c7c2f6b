"""Coming back with number and code: who may, who may not, and what a flood of guesses costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from exchange.clock import SteppedClock
from exchange.errors import BadConfiguration
from exchange.web.access.door import NumberDoor
from exchange.web.door.passwords import Passwords
from exchange.window.settings import WindowSettings
from tests.web.house import NOON, QUICK
from tests.web.window.wicket import HOST, Applicant, Wicket


class Counting(PasswordHasher):
    """Argon2 that says how often it was asked to compare."""

    compared = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:
        self.compared += 1
        return super().verify(hash, password)


def test_number_and_code_are_shown_before_anything_long_and_the_code_once(wicket: Wicket) -> None:
    visitor = wicket.visitor()
    answer = visitor.post("/matters/works/apply", {})
    page = visitor.get(answer.headers["location"])
    assert page.count('<dd id="key-') == 2
    assert "I have written it down" in page
    visitor.number = answer.headers["location"].split("/")[2]
    path = f"/drafts/{visitor.number}/code"
    assert '<dd id="key-code">' in visitor.get(path), "loaded again before that was said, it is still there"
    visitor.post(path, visitor.hidden(path))
    assert '<dd id="key-code">' not in visitor.get(path)


def test_a_draft_is_found_again_with_number_and_code_from_elsewhere(wicket: Wicket, applicant: Applicant) -> None:
    applicant.step("project", project="黄山路供热管道", summary="")
    elsewhere = wicket.visitor(place="198.51.100.7")
    answer = elsewhere.enter(f" {applicant.number.lower()} ", applicant.code.lower().replace("-", " "))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/drafts/{applicant.number}")
    assert "Secure" in answer.headers["set-cookie"]
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "SameSite=strict" in answer.headers["set-cookie"]
    assert "黄山路供热管道" in elsewhere.get(f"/drafts/{applicant.number}/steps/project")


def test_without_its_code_nobody_sees_a_number(wicket: Wicket, applicant: Applicant) -> None:
    stranger = wicket.visitor()
    number = applicant.number
    for path in (f"/drafts/{number}", f"/drafts/{number}/steps/project", f"/drafts/{number}/code", f"/cases/{number}"):
        page = stranger.get(path)
        assert stranger.last is not None
        assert stranger.last.status_code == 401, path
        assert "Access code" in page
    other = wicket.visitor()
    other.begin()
    other.get(f"/drafts/{number}")
    assert other.last is not None
    assert other.last.status_code == 401, "a session is for one number"


def test_a_wrong_code_and_an_unknown_number_are_answered_alike(wicket: Wicket, applicant: Applicant) -> None:
    visitor = wicket.visitor()
    wrong = visitor.enter(applicant.number, "0000-0000-0000")
    unknown = visitor.enter("2026-0000-0000", "0000-0000-0000")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace(applicant.number, "") == unknown.text.replace("2026-0000-0000", "")


def test_after_five_wrong_codes_nothing_more_is_compared_from_there_and_the_owner_goes_on_elsewhere(
    wicket: Wicket, applicant: Applicant
) -> None:
    hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
    wicket.face.door = NumberDoor(wicket.opened.store, passwords=Passwords(hasher))
    thief = wicket.visitor(place="203.0.113.9")
    for _ in range(5):
        assert thief.enter(applicant.number, "0000-0000-0000").status_code == 401
    before = hasher.compared
    for _ in range(40):
        refused = thief.enter(applicant.number, applicant.code)
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 600
    assert hasher.compared == before, "refused before anything is compared"
    assert "Project" not in thief.get(f"/drafts/{applicant.number}")
    applicant.get(f"/drafts/{applicant.number}")
    assert applicant.last is not None
    assert applicant.last.status_code == 200, "an open session goes on"
    owner = wicket.visitor(place="198.51.100.7")
    assert owner.enter(applicant.number, applicant.code).status_code == 303


def test_one_place_cannot_try_its_luck_on_many_numbers(wicket: Wicket) -> None:
    thief = wicket.visitor(place="203.0.113.9")
    answers = [thief.enter(f"2026-0000-{at:04}", "0000-0000-0000").status_code for at in range(40)]
    assert answers[:30] == [401] * 30
    assert set(answers[30:]) == {429}


def test_one_place_begins_only_so_many_drafts(wicket: Wicket) -> None:
    visitor = wicket.visitor(place="203.0.113.9")
    answers = [visitor.post("/matters/works/apply", {}).status_code for _ in range(22)]
    assert answers[:20] == [303] * 20
    assert set(answers[20:]) == {429}
    assert wicket.visitor(place="198.51.100.7").post("/matters/works/apply", {}).status_code == 303


def test_a_form_of_another_site_does_nothing(wicket: Wicket, applicant: Applicant) -> None:
    path = f"/drafts/{applicant.number}/steps/project"
    hidden = applicant.hidden(path)
    for headers in ({"origin": "https://evil.test"}, {"origin": HOST, "sec-fetch-site": "cross-site"}):
        answer = applicant.http.post(path, data={**hidden, "f-project": "evil"}, headers=headers)
        assert answer.status_code == 403
        assert applicant.http.post("/matters/works/apply", data={}, headers=headers).status_code == 403
    assert "evil" not in applicant.get(path)


def test_a_session_ends_by_itself_and_by_leaving(wicket: Wicket, applicant: Applicant) -> None:
    clock = SteppedClock(NOON)
    door = NumberDoor(wicket.opened.store, clock, QUICK)
    token = door.open(applicant.number)
    assert door.is_open(applicant.number, token)
    for _ in range(9):
        clock.step_to(clock.now() + timedelta(minutes=75))
        assert door.is_open(applicant.number, token), "used, it goes on"
    clock.step_to(clock.now() + timedelta(minutes=75))
    assert not door.is_open(applicant.number, token), "twelve hours are the end"
    idle = door.open(applicant.number)
    clock.step_to(clock.now() + timedelta(hours=2))
    assert not door.is_open(applicant.number, idle)
    left = applicant.post(f"/case/{applicant.number}/leave", applicant.hidden(f"/drafts/{applicant.number}"))
    assert left.headers["location"] == "/case?done=left"
    applicant.get(f"/drafts/{applicant.number}")
    assert applicant.last is not None
    assert applicant.last.status_code == 401


def test_what_is_typed_after_the_session_is_over_is_kept_until_the_code_is_given(
    wicket: Wicket, applicant: Applicant
) -> None:
    path = f"/drafts/{applicant.number}/steps/project"
    hidden = applicant.hidden(path)
    applicant.http.cookies.clear()
    lost = applicant.post(path, {**hidden, "f-project": "黄山路 𠮷 👷", "f-summary": "二\r\n行"})
    assert lost.status_code == 401
    assert "What you have just typed is kept" in lost.text
    sent = {"number": applicant.number, "code": applicant.code, "then": path, "f-project": "黄山路 𠮷 👷"}
    again = applicant.post("/case", {**sent, "revision": hidden["revision"], "f-summary": "二\r\n行"})
    assert "Save what I typed" in again.text
    fields = applicant.fields_of(again.text)
    assert applicant.post(path, fields).status_code == 303
    shown = applicant.get(path)
    assert "黄山路 𠮷 👷" in shown
    assert "二\n行" in shown


@pytest.mark.parametrize("then", ["https://evil.test/", "//evil.test", "/\\evil.test"])
def test_after_the_code_nobody_is_led_elsewhere(wicket: Wicket, applicant: Applicant, then: str) -> None:
    answer = wicket.visitor().post("/case", {"number": applicant.number, "code": applicant.code, "then": then})
    assert answer.headers["location"] == "/"


def test_what_is_said_after_an_action_cannot_be_written_by_a_link(wicket: Wicket) -> None:
    page = wicket.visitor().get("/case?done=Your application is granted&said=granted")
    assert "granted" not in page


def test_behind_a_proxy_each_place_has_its_own_tries_and_nobody_else_is_believed(wicket: Wicket) -> None:
    through = wicket.visitor(place="127.0.0.1", proxies=("127.0.0.1",))
    answers = []
    for at in range(25):
        through.http.headers["x-forwarded-for"] = f"203.0.113.{at}"
        answers.append(through.post("/matters/works/apply", {}).status_code)
    assert set(answers) == {303}, "many places, one proxy"
    liar = wicket.visitor(place="198.51.100.9", proxies=("127.0.0.1",))
    answers = []
    for at in range(25):
        liar.http.headers["x-forwarded-for"] = f"203.0.113.{100 + at}"
        answers.append(liar.post("/matters/works/apply", {}).status_code)
    assert set(answers[20:]) == {429}, "one place that only says so"


def test_settings_of_the_window_are_read_and_wrong_ones_refused() -> None:
    found = WindowSettings.read({"EXCHANGE_WINDOW_PROXIES": "127.0.0.1, 10.0.0.0/8", "EXCHANGE_WINDOW_HOSTS": "a.test"})
    assert (found.hosts, found.proxies, found.scanner) == (("a.test",), ("127.0.0.1", "10.0.0.0/8"), None)
    with pytest.raises(BadConfiguration, match="EXCHANGE_WINDOW_PROXIES"):
        WindowSettings.read({"EXCHANGE_WINDOW_PROXIES": "proxy.test"})
