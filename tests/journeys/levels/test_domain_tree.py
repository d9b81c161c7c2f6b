"""Joining domains with the authorities' own code: on one machine, by files, again, and back."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange.clock import SteppedClock
from exchange.directory import BranchState, TreeView
from exchange.envelope import envelope_for, open_envelope, seal
from exchange.errors import BadDirectory, CallerError, Conflict, NotFound
from exchange.operations.health.checkups.doctor import examine
from exchange.runtime.home import open_member
from exchange.schemas import Document, DocumentKind, DocumentNumber, Header, Suite
from exchange.setup import delegate
from exchange.setup.certify import certify
from tests.journeys.city import MONDAY
from tests.journeys.folders import Domain, add
from tests.warm import run_warm

DAY = timedelta(days=1)


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(MONDAY)


@pytest.fixture
def pair(tmp_path: Path, clock: SteppedClock) -> tuple[Domain, Domain]:
    return Domain(tmp_path, "a", clock), Domain(tmp_path, "a.b", clock)


def test_both_sides_know_each_other_at_once_and_again_changes_nothing(pair: tuple[Domain, Domain]) -> None:
    upper, lower = pair
    add(upper, lower)
    assert upper.states() == lower.states() == {"a": "current", "a.b": "current"}
    assert (upper.directory.version, lower.directory.version) == (2, 3)
    before = upper.bytes(), lower.bytes()
    add(upper, lower)
    assert before == (upper.bytes(), lower.bytes())


def test_a_department_two_levels_away_is_sealed_to_and_its_signature_verified(
    pair: tuple[Domain, Domain], tmp_path: Path, clock: SteppedClock
) -> None:
    upper, middle = pair
    lower = Domain(tmp_path, "a.b.c", clock)
    add(upper, middle)
    add(middle, lower)
    assert lower.states() == {"a": "current", "a.b": "current", "a.b.c": "current"}, "it is given the superior's chain"
    upper.take(middle)
    assert upper.states() == lower.states()

    sender, receiver = open_member(lower.settings, "a.b.c.planning"), open_member(upper.settings, "a.planning")
    some = "00000000-0000-4000-8000-000000000001"
    header = Header(
        message_id=some, conversation_id=some, kind="document", sender="a.b.c.planning", addressees=("a.planning",),
        created_at=clock.now(),
    )  # fmt: skip
    letter = Document(
        number=DocumentNumber(agency="函", year=2026, serial=1), kind=DocumentKind.LETTER, issuer="丙", title="函",
        body="文", date=None,
    )  # fmt: skip
    to = sender.node.directory.recipient("a.planning", Suite.HYBRID)
    sealed = seal(header, letter, sender.node.identity, [to])
    data = envelope_for(sealed.common, sealed.recipients["a.planning"])
    assert open_envelope(data, receiver.node.identity, receiver.node.directory, clock.now()).body == letter


def test_two_machines_join_by_a_request_and_a_grant(pair: tuple[Domain, Domain]) -> None:
    upper, lower = pair
    paper = delegate.request(lower.settings, lower.say)
    assert lower.directory.upper is not None
    assert lower.directory.upper.certificates == ()
    granted = delegate.grant(upper.settings, "a.b", paper, upper.say)
    assert upper.states() == {"a": "current", "a.b": "current"}, "its relay office can be believed from here on"
    assert delegate.join(lower.settings, granted.paper, lower.say) == "a"
    assert lower.states() == {"a": "current", "a.b": "current"}

    versions = upper.directory.version, lower.directory.version
    again = delegate.grant(upper.settings, "a.b", delegate.request(lower.settings, lower.say), upper.say)
    delegate.join(lower.settings, again.paper, lower.say)
    assert versions == (upper.directory.version, lower.directory.version)


def test_a_certificate_for_a_member_leaves_the_neighbours_as_they_are(pair: tuple[Domain, Domain]) -> None:
    upper, lower = pair
    add(upper, lower)
    certify(lower.settings, "a.b.planning", lower.say)
    certify(upper.settings, "a.planning", upper.say)
    assert lower.states() == upper.states() == {"a": "current", "a.b": "current"}
    assert lower.directory.upper is not None
    assert len(upper.directory.delegations) == 1


def test_a_delegation_is_renewed_in_the_second_half_of_its_term_or_when_told_to(
    pair: tuple[Domain, Domain], clock: SteppedClock
) -> None:
    upper, lower = pair
    add(upper, lower)
    (first,) = upper.directory.delegations
    clock.step_to(MONDAY + 300 * DAY)
    add(upper, lower)
    assert upper.directory.delegations == (first,)
    add(upper, lower, renew=True)
    (second,) = upper.directory.delegations
    assert second.expires_at == MONDAY + 300 * DAY + delegate.DELEGATION_TERM
    assert second.least_version == lower.directory.version


def test_a_revoked_domain_ends_and_comes_back_under_a_new_authority_only(
    pair: tuple[Domain, Domain], tmp_path: Path, clock: SteppedClock
) -> None:
    upper, lower = pair
    add(upper, lower)
    delegate.revoke(upper.settings, "a.b", "merged", upper.say)
    assert upper.states()["a.b"] == "revoked"
    lower.take(upper)
    assert "merged" in str(lower.view.tree.standing)
    with pytest.raises(Conflict, match="revoked already"):
        delegate.revoke(upper.settings, "a.b", "again", upper.say)
    with pytest.raises(Conflict, match="was revoked with this authority"):
        add(upper, lower)
    other = Domain(tmp_path / "other", "a.b", clock)
    with pytest.raises(Conflict, match="another authority"):
        add(upper, other)
    add(upper, other, replaces=True)
    assert upper.states()["a.b"] == "current"


def test_a_replaced_authority_needs_a_word_and_then_takes_over(
    pair: tuple[Domain, Domain], tmp_path: Path, clock: SteppedClock
) -> None:
    upper, lower = pair
    add(upper, lower)
    other = Domain(tmp_path / "other", "a.b", clock)
    with pytest.raises(Conflict, match="another authority") as caught:
        add(upper, other)
    assert "--replace" in caught.value.remedy
    add(upper, other, replaces=True)
    assert upper.view.of("a.b").directory == other.directory
    with pytest.raises(Conflict):
        add(upper, lower, replaces=True)


@pytest.mark.parametrize("name", ["a.x", "b", "a.b.c"])
def test_a_wrong_name_is_told_and_changes_nothing(pair: tuple[Domain, Domain], name: str) -> None:
    upper, lower = pair
    before = upper.bytes(), lower.bytes()
    with pytest.raises(CallerError, match=r"is the domain a\.b, not"):
        delegate.add(upper.settings, name, lower.settings, upper.say)
    with pytest.raises(CallerError, match="does not lie directly below"):
        delegate.add(lower.settings, "a.b", lower.settings, upper.say)
    assert before == (upper.bytes(), lower.bytes())


def test_a_root_cannot_ask_and_files_of_another_kind_or_hand_are_refused(pair: tuple[Domain, Domain]) -> None:
    upper, lower = pair
    with pytest.raises(CallerError, match="is a root"):
        delegate.request(upper.settings, upper.say)
    paper = delegate.request(lower.settings, lower.say)
    changed = bytearray(paper)
    changed[-1] ^= 1
    for data in (bytes(changed), b"", lower.home.directory.read_bytes()):
        with pytest.raises(BadDirectory):
            delegate.grant(upper.settings, "a.b", data, upper.say)
    with pytest.raises(BadDirectory, match="is no delegation grant"):
        delegate.join(lower.settings, paper, lower.say)
    with pytest.raises(CallerError, match=r"from a\.b, not from a\.x"):
        delegate.grant(upper.settings, "a.x", paper, upper.say)


def test_a_grant_for_somebody_else_is_refused(pair: tuple[Domain, Domain], tmp_path: Path, clock: SteppedClock) -> None:
    upper, lower = pair
    sibling, other = Domain(tmp_path, "a.d", clock), Domain(tmp_path / "other", "a.b", clock)
    granted = delegate.grant(upper.settings, "a.b", delegate.request(lower.settings, lower.say), upper.say)
    with pytest.raises(CallerError, match=r"for a\.b, not for a\.d"):
        delegate.join(sibling.settings, granted.paper, sibling.say)
    with pytest.raises(BadDirectory, match=r"another authority of a\.b"):
        delegate.join(other.settings, granted.paper, other.say)


def test_a_rolled_back_foreign_directory_is_refused_also_after_a_restart(pair: tuple[Domain, Domain]) -> None:
    upper, lower = pair
    add(upper, lower)
    old = lower.home.directory.read_bytes()
    certify(lower.settings, "a.b.planning", lower.say)
    upper.take(lower)
    opened = open_member(upper.settings, "a.planning")
    opened.store.close()
    (upper.home.tree / "a.b.cose").write_bytes(old)

    view = open_member(upper.settings, "a.planning").node.directory
    assert isinstance(view, TreeView)
    assert [str(one.error) for one in view.tree.refused] == ["a.b: rolled back to version 3, at least 4 is known"]
    assert {one.domain: one.state for one in view.domains} == {"a": BranchState.CURRENT, "a.b": BranchState.MISSING}
    with pytest.raises(NotFound):
        view.member("a.b.planning")


def test_a_member_takes_newer_foreign_directories_while_it_is_served_and_notices_when_one_ends(
    pair: tuple[Domain, Domain], clock: SteppedClock
) -> None:
    upper, lower = pair
    node = open_member(upper.settings, "a.planning").node
    add(upper, lower)
    node.renew()
    assert node.reachable(["a.b.planning"]) == ("a.b.planning",)

    certify(lower.settings, "a.b.planning", lower.say)
    before = node.directory.recipient("a.b.planning", Suite.HYBRID)
    upper.take(lower)
    node.renew()
    assert node.directory.recipient("a.b.planning", Suite.HYBRID) != before

    renewed = MONDAY + 200 * DAY
    clock.step_to(renewed)
    certify(upper.settings, "a.planning", upper.say)
    clock.step_to(MONDAY + 365 * DAY + timedelta(seconds=1))
    node.renew()
    assert node.reachable(["a.b.planning"]) == ()


def test_the_doctor_says_which_domains_do_not_count_and_which_delegations_end(
    pair: tuple[Domain, Domain], clock: SteppedClock
) -> None:
    upper, lower = pair
    add(upper, lower)

    def findings() -> list[str]:
        return [one.finding for one in examine(upper.settings) if one.check in ("levels", "domain a.b")]

    assert findings() == ["2 domains count, the own one included"]
    for days in (300, 600):
        clock.step_to(MONDAY + days * DAY)
        for domain in (upper, lower):
            certify(domain.settings, f"{domain.name}.planning", domain.say)
    upper.take(lower)
    clock.step_to(MONDAY + 710 * DAY)
    assert findings()[1:] == ["its delegation ends in 20 days"]
    delegate.revoke(upper.settings, "a.b", "merged", upper.say)
    assert "merged" in findings()[1]


# --- by commands ----------------------------------------------------------------------------------------------------


def exchange(*words: str, cwd: Path, code: int = 0) -> dict[str, Any]:
    """A command with --json, as a person types it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")}
    done = run_warm([*words, "--json"], environment | {"EXCHANGE_CLOCK": CLOCK}, cwd)
    assert done.returncode == code, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


CLOCK = "2026-07-01T09:00+08:00/2026-03-02T09:00+08:00/0.000001"
"""So slow that it stands at the moment of the other tests."""


def test_domain_add_twice_list_and_revoke_by_commands(pair: tuple[Domain, Domain], tmp_path: Path) -> None:
    upper, lower = (str(one.settings.home) for one in pair)
    first = exchange("domain", "add", "a.b", "--home", upper, "--lower", lower, cwd=tmp_path)
    assert exchange("domain", "add", "a.b", "--home", upper, "--lower", lower, cwd=tmp_path) == first
    listed = exchange("domain", "list", "--home", lower, cwd=tmp_path)
    assert [(one["domain"], one["version"], one["state"]) for one in listed["domains"]] == [
        ("a", 2, "current"),
        ("a.b", 3, "current"),
    ]
    exchange("domain", "revoke", "a.b", "--reason", "merged", "--home", upper, cwd=tmp_path)
    listed = exchange("domain", "list", "--home", upper, cwd=tmp_path)
    assert {one["domain"]: one["state"] for one in listed["domains"]} == {"a": "current", "a.b": "revoked"}
    refused = exchange("domain", "add", "a.b", "--home", upper, "--lower", lower, cwd=tmp_path, code=4)
    assert "revoked" in refused["message"]
    assert "--replace" in refused["remedy"]


def test_request_grant_and_join_by_commands(pair: tuple[Domain, Domain], tmp_path: Path) -> None:
    upper, lower = (str(one.settings.home) for one in pair)
    asked = exchange("domain", "request", "--home", lower, cwd=tmp_path)
    granted = exchange("domain", "add", "a.b", "--home", upper, "--request", asked["file"], cwd=tmp_path)
    assert granted["fingerprint"] == asked["fingerprint"]
    assert exchange("domain", "join", granted["grant"], "--home", lower, cwd=tmp_path)["superior"] == "a"
    assert pair[1].states() == {"a": "current", "a.b": "current"}

    for words, code, why in (
        (("add", "a.b", "--home", upper), 2, "--lower"),
        (("add", "a.b", "--home", upper, "--request", "nowhere"), 6, "nowhere"),
        (("add", "a.x", "--home", upper, "--lower", lower), 2, "not a.x"),
        (("request", "--home", upper), 2, "root"),
        (("join", asked["file"], "--home", lower), 6, "no delegation grant"),
        (("revoke", "a.x", "--reason", "r", "--home", upper), 3, "a.x"),
    ):
        assert why in exchange("domain", *words, cwd=tmp_path, code=code)["message"]
