"""Who acts for whom: what the authority enters, and what anybody reads in the directory it has signed."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from exchange.clock import CST
from exchange.directory import Authority, Ties
from exchange.directory.substitutes import acts_for, ends, in_force, standing, substitutes_of, why_not
from exchange.directory.substitution_orders import LONGEST, add, revoke
from exchange.directory.view import read_paper
from exchange.envelope.sign1 import CONTENT_TYPE, sign1
from exchange.errors import BadDirectory, CallerError, Conflict, NotFound
from exchange.schemas import Directory, Member, Role, Substitution

NOW = datetime(2026, 3, 2, 9, tzinfo=CST)
DAY = timedelta(days=1)
YEAR = timedelta(days=365)
A, B, C, D = (f"city.{name}" for name in "abcd")


def wanted(department: str = A, substitute: str = B, **changes: Any) -> Substitution:
    values = {"begins_at": NOW, "ends_at": NOW + 10 * DAY, "matters": None, "ordered_by": "city", "order": "一号令"}
    return Substitution(serial=1, department=department, substitute=substitute, **{**values, **changes})


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.open_or_create(tmp_path_factory.mktemp("authority"), "city", NOW)


@pytest.fixture(scope="module")
def members(authority: Authority) -> tuple[Member, ...]:
    roles = {A: Role.DEPARTMENT, B: Role.DEPARTMENT, C: Role.DEPARTMENT, D: Role.DEPARTMENT, "city.w": Role.WINDOW}
    made = (authority.member(authority.certify(one, NOW), one, one, (role,)) for one, role in roles.items())
    return tuple(one.model_copy(update={"superior": "city.w"}) if one.address == A else one for one in made)


def directory(members: tuple[Member, ...], *those: Substitution) -> Directory:
    listed = tuple(one.model_copy(update={"serial": serial}) for serial, one in enumerate(those, 1))
    return Directory(
        domain="city", version=1, issued_at=NOW, expires_at=NOW + YEAR, members=members, substitutions=listed
    )


def test_one_counts_from_its_beginning_until_its_end_and_in_its_matters_alone(members: tuple[Member, ...]) -> None:
    own = directory(members, wanted(matters=("road",), begins_at=NOW + DAY))
    begins, over = NOW + DAY, NOW + 10 * DAY
    just = timedelta(microseconds=1)
    for at, counts in ((NOW, False), (begins - just, False), (begins, True), (over - just, True), (over, False)):
        assert bool(substitutes_of(own, A, "road", at)) is counts
        assert acts_for(own, B, A, at) is counts
        assert (why_not(own, 1, B, A, "road", [at]) is None) is counts
    for others in ((own, B, "road", begins), (own, A, "grid", begins)):
        assert not substitutes_of(*others)
    assert not acts_for(own, A, B, begins)


def test_why_one_does_not_let_a_member_act_is_said_in_a_sentence(members: tuple[Member, ...]) -> None:
    own = directory(members, wanted(matters=("road",)))
    assert "no substitution 2" in str(why_not(own, 2, B, A, "road", [NOW]))
    assert "and nobody else" in str(why_not(own, 1, C, A, "road", [NOW]))
    assert "and nobody else" in str(why_not(own, 1, B, C, "road", [NOW]))
    assert "not for matter grid" in str(why_not(own, 1, B, A, "grid", [NOW]))
    assert "not in force then" in str(why_not(own, 1, B, A, "road", [NOW, NOW + 11 * DAY])), (
        "signed then, arrived after"
    )
    assert "not in force then" in str(why_not(own, 1, B, A, "road", [])), "no moment is no proof"


@pytest.mark.parametrize(
    ("asked", "fault", "sentence"),
    [
        (wanted(substitute="city.x"), NotFound, "no member"),
        (wanted(department="city.w"), CallerError, "not asked for opinions"),
        (wanted(substitute="city.w"), CallerError, "not asked for opinions"),
        (wanted(ordered_by=C), CallerError, "cannot order"),
        (wanted(ordered_by=B), CallerError, "cannot order"),
        (wanted(begins_at=NOW - DAY), CallerError, "never begins in the past"),
        (wanted(ends_at=NOW + LONGEST + DAY), CallerError, "366 days at most"),
    ],
)
def test_what_nobody_may_order_is_refused(
    members: tuple[Member, ...], asked: Substitution, fault: type[CallerError], sentence: str
) -> None:
    with pytest.raises(fault, match=sentence):
        add(directory(members), asked, NOW)


def test_itself_its_superior_and_the_domain_may_order_it(members: tuple[Member, ...]) -> None:
    for by in (A, "city.w", "city"):
        assert add(directory(members), wanted(ordered_by=by), NOW).substitutions[0].ordered_by == by


@pytest.mark.parametrize(
    ("department", "substitute", "sentence"),
    [
        (A, C, "is represented by"),
        (C, B, "one body has one voice"),
        (B, C, "not passed on"),
        (C, A, "is itself represented"),
        (B, A, "not passed on|is itself represented"),
    ],
)
def test_two_at_one_time_that_do_not_go_together_are_refused_and_apart_in_time_or_matter_they_are_not(
    members: tuple[Member, ...], department: str, substitute: str, sentence: str
) -> None:
    there = directory(members, wanted(matters=("road",)))
    for matters in (("grid", "road"), None):
        with pytest.raises(Conflict, match=sentence):
            add(there, wanted(department, substitute, matters=matters), NOW)
    add(there, wanted(department, substitute, matters=("grid",)), NOW)
    later = wanted(department, substitute, begins_at=NOW + 10 * DAY, ends_at=NOW + 11 * DAY)
    assert [one.serial for one in add(there, later, NOW).substitutions] == [1, 2]
    assert add(there, wanted(C, D), NOW).substitutions[1].department == C


def test_one_is_revoked_from_now_on_once_and_stays_in_the_directory(members: tuple[Member, ...]) -> None:
    there = directory(members, wanted(), wanted(C, D, begins_at=NOW + 5 * DAY))
    at = NOW + DAY
    ended = revoke(there, 1, "机构改革完成", at).substitutions
    assert len(ended) == 2
    assert in_force(ended[0], at - timedelta(seconds=1))
    assert not in_force(ended[0], at)
    never = revoke(there, 2, "不再需要", at).substitutions[1]
    assert not any(in_force(never, never.begins_at + days * DAY) for days in range(12))
    assert ends(never) == never.begins_at
    assert [one.serial for one in standing(ended, at)] == [2]
    with pytest.raises(Conflict, match="ended already"):
        revoke(directory(members, *ended), 1, "again", at)
    with pytest.raises(Conflict, match="ended already"):
        revoke(there, 1, "late", NOW + 10 * DAY)
    with pytest.raises(NotFound):
        revoke(there, 3, "none", at)


def test_a_directory_says_them_in_the_version_that_knows_them_and_keeps_them(
    authority: Authority, members: tuple[Member, ...], tmp_path: Path
) -> None:
    path = tmp_path / "directory"
    ties = Ties(substitutions=(wanted(),))
    authority.publish(path, members, NOW, NOW + YEAR)
    assert b"substitutions" not in read_paper(path.read_bytes()).message.payload, "an earlier release reads it"
    assert authority.publish(path, members, NOW, NOW + YEAR, ties)
    assert authority.publish(path, members[:-1], NOW, NOW + YEAR), "another change drops none"
    paper = read_paper(path.read_bytes())
    assert paper.directory.substitutions == ties.substitutions
    assert str(paper.message.header[CONTENT_TYPE]).endswith("version=5")
    older = dict(paper.message.header) | {CONTENT_TYPE: "application/vnd.yizhan.directory+json; version=4"}
    with pytest.raises(BadDirectory, match="does not know"):
        read_paper(sign1(paper.message.payload, older, authority.key))


def test_one_that_cannot_be_is_no_part_of_a_directory(members: tuple[Member, ...]) -> None:
    for changes in ({"substitute": A}, {"ends_at": NOW}, {"matters": ()}, {"matters": ("road", "road")},
                    {"revoked_at": NOW}):  # fmt: skip
        with pytest.raises(ValidationError):
            wanted(**changes)
    with pytest.raises(ValidationError, match="not a member"):
        directory(members[1:], wanted())
    first, second = directory(members, wanted(), wanted(C, D)).substitutions
    same = {"domain": "city", "version": 1, "issued_at": NOW, "expires_at": NOW + YEAR, "members": members}
    with pytest.raises(ValidationError, match="serials count up"):
        Directory(**same, substitutions=(second, first))
