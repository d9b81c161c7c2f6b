"""The tree of domains: what holds along the chain of delegations, and what is refused by name."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from pydantic import ValidationError

from exchange.directory import BranchState, TreeView, grow, load_directory
from exchange.directory.view import read_paper, sign_directory
from exchange.envelope import Identity, envelope_for, open_envelope, seal, sign_document, verify_signed
from exchange.errors import BadDirectory, NotFound, Untrusted
from exchange.language import Language
from exchange.schemas import Delegation, Directory, Document, DocumentKind, DocumentNumber, Header, Role, Suite, Upper
from tests.unit.levels import NOW, YEAR, Level, delegation, family, link, refusals, seen_from

DAY = timedelta(days=1)
LETTER = Document(
    number=DocumentNumber(agency="函", year=2026, serial=1), kind=DocumentKind.LETTER, issuer="甲", title="函",
    body="文", date=None,
)  # fmt: skip


def header(sender: str, to: str, at: datetime) -> Header:
    some = "00000000-0000-4000-8000-000000000001"
    return Header(
        message_id=some, conversation_id=some, kind="document", sender=sender, addressees=(to,), created_at=at
    )


def signed_at(identity: Identity, at: datetime) -> bytes:
    return sign_document(header(identity.address, "a.planning", at).model_dump_json().encode(), LETTER, identity, [])


def state(view: TreeView, domain: str) -> tuple[BranchState, str]:
    (found,) = [one for one in view.domains if one.domain == domain]
    return found.state, str(found.reason or "")


@pytest.fixture
def levels() -> dict[str, Level]:
    return family("a", "a.b", "a.b.c", "a.d")


def offered(levels: dict[str, Level], *without: str) -> list[bytes]:
    return [level.signed() for domain, level in levels.items() if domain not in without]


# --- what holds -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("own", ["a", "a.b", "a.b.c", "a.d"])
def test_from_every_level_every_domain_is_known(levels: dict[str, Level], own: str) -> None:
    view = seen_from(levels[own], offered(levels, own))
    assert [(one.domain, one.state) for one in view.domains] == [(name, BranchState.CURRENT) for name in sorted(levels)]
    assert (view.tree.refused, view.tree.standing, view.domain) == ((), None, own)
    assert {member.address for member in view.members} == {f"{own}.planning", f"{own}.relay"}
    assert [member.address for member in view.with_role(Role.RELAY)] == [f"{own}.relay"]


def test_a_department_two_levels_away_is_found_and_sealed_to_and_its_signature_verified(
    levels: dict[str, Level],
) -> None:
    top, low = (seen_from(levels[own], offered(levels, own)) for own in ("a", "a.b.c"))
    sender, receiver = levels["a"].department, levels["a.b.c"].department
    letter = header(sender.address, receiver.address, NOW)
    sealed = seal(letter, LETTER, sender, [top.recipient(receiver.address, Suite.HYBRID)])
    data = envelope_for(sealed.common, sealed.recipients[receiver.address])
    opened = open_envelope(data, receiver, low, NOW)
    assert opened.header.sender == "a.planning"
    assert opened.body == LETTER

    alone = load_directory(levels["a.b.c"].signed(), levels["a.b.c"].authority.certificate, NOW, 0)
    with pytest.raises(Untrusted):
        open_envelope(data, receiver, alone, NOW)


def test_a_sibling_is_found_by_way_of_the_superior(levels: dict[str, Level]) -> None:
    view = seen_from(levels["a.d"], offered(levels))
    assert view.member("a.b.c.planning").roles == (Role.DEPARTMENT,)
    assert view.of("a.b.c").domain == "a.b.c"
    verify_signed(signed_at(levels["a.b.c"].department, NOW), view)


def test_a_revoked_member_of_a_foreign_domain_is_revoked_by_its_own_directory(levels: dict[str, Level]) -> None:
    lower = levels["a.b"].directory()
    members = tuple(one.model_copy(update={"revoked_at": NOW, "revoked_for": "stolen"}) for one in lower.members)
    view = seen_from(levels["a"], [levels["a.b"].signed(members=members)])
    verify_signed(signed_at(levels["a.b"].department, NOW - DAY), view)
    with pytest.raises(Untrusted, match="revoked"):
        verify_signed(signed_at(levels["a.b"].department, NOW), view)
    assert not view.reachable("a.b.planning", Suite.HYBRID)


def test_the_newest_directory_of_a_domain_counts(levels: dict[str, Level]) -> None:
    view = seen_from(levels["a"], [levels["a.b"].signed(version) for version in (3, 7, 5)])
    assert view.of("a.b").version == 7
    assert refusals(view) == []


def test_a_broken_directory_takes_neither_the_last_good_one_nor_the_others_down(levels: dict[str, Level]) -> None:
    broken = bytearray(levels["a.b"].signed(9))
    broken[-1] ^= 1
    view = seen_from(levels["a"], [*offered(levels, "a"), bytes(broken), b"no directory at all"])
    assert view.of("a.b").version == 1
    assert {one.state for one in view.domains} == {BranchState.CURRENT}
    assert len(view.tree.refused) == 2


# --- what is refused ------------------------------------------------------------------------------------------------


def test_an_expired_directory_counts_no_more_and_what_was_signed_before_goes_on_verifying(
    levels: dict[str, Level],
) -> None:
    view = seen_from(levels["a"], [levels["a.b"].signed(expires=NOW), levels["a.b.c"].signed()])
    assert state(view, "a.b") == (BranchState.EXPIRED, f"its directory expired at {NOW.isoformat()}")
    assert state(view, "a.b.c")[0] is BranchState.EXPIRED, "nobody vouches for it any more"
    assert "a.b: its directory expired" in refusals(view)[0]
    for name in ("a.b", "a.b.c"):
        with pytest.raises(NotFound, match="expired"):
            view.recipient(f"{name}.planning", Suite.HYBRID)
        verify_signed(signed_at(levels[name].department, NOW - DAY), view)
        with pytest.raises(Untrusted):
            verify_signed(signed_at(levels[name].department, NOW + DAY), view)


def test_an_expired_delegation_ends_the_domain_until_it_is_renewed(levels: dict[str, Level]) -> None:
    top, lower = levels["a"], levels["a.b"]
    top.ties = type(top.ties)(None, (delegation(lower, expires_at=NOW),))
    assert state(seen_from(top, [lower.signed()]), "a.b")[1].startswith("the delegation by a expired at 2026-03-02")
    top.ties = type(top.ties)(None, (delegation(lower, expires_at=NOW + DAY),))
    view = seen_from(top, [lower.signed()])
    assert state(view, "a.b") == (BranchState.CURRENT, "")
    assert view.until == NOW + DAY


def test_a_revoked_delegation_ends_all_below_and_what_was_signed_years_before_still_verifies(
    levels: dict[str, Level],
) -> None:
    later = NOW + 20 * YEAR
    top, lower = levels["a"], levels["a.b.c"]
    top.ties = type(top.ties)(None, (delegation(levels["a.b"], revoked_at=NOW + DAY, revoked_for="merged"),))
    own = load_directory(top.signed(expires=later + YEAR), top.authority.certificate, later, 0)
    view = TreeView(own, b"", grow(own, top.certificate, offered(levels, "a"), later, {}), later)
    assert state(view, "a.b")[0] is state(view, "a.b.c")[0] is BranchState.REVOKED
    assert "merged" in state(view, "a.b.c")[1]
    verify_signed(signed_at(lower.department, NOW), view)
    with pytest.raises(Untrusted, match="revoked"):
        verify_signed(signed_at(lower.department, NOW + DAY), view)


def test_a_directory_older_than_one_seen_is_rolled_back(levels: dict[str, Level]) -> None:
    before = seen_from(levels["a"], [levels["a.b"].signed(5)])
    view = seen_from(levels["a"], [levels["a.b"].signed(4)], seen=before.tree.marks)
    assert refusals(view) == ["a.b: rolled back to version 4, at least 5 is known"]
    assert state(view, "a.b")[0] is BranchState.MISSING
    with pytest.raises(NotFound, match="does not verify"):
        view.member("a.b.planning")


def test_a_directory_below_the_least_version_of_its_delegation_is_rolled_back(levels: dict[str, Level]) -> None:
    levels["a"].ties = type(levels["a"].ties)(None, (delegation(levels["a.b"], least_version=3),))
    assert "at least 3" in refusals(seen_from(levels["a"], [levels["a.b"].signed(2)]))[0]
    assert seen_from(levels["a"], [levels["a.b"].signed(3)]).of("a.b").version == 3


def test_a_directory_signed_by_the_superior_is_of_the_wrong_level(levels: dict[str, Level]) -> None:
    top = levels["a"].authority
    forged = sign_directory(levels["a.b"].directory(2), top.key, top.certificate)
    view = seen_from(levels["a.b.c"], [*offered(levels, "a.b.c"), forged])
    assert refusals(view) == ["a.b: signed at the wrong level, by the authority of a"]
    assert view.of("a.b").version == 1


def test_a_directory_signed_by_a_stranger_is_refused(levels: dict[str, Level]) -> None:
    stranger = Level("a.b", number=2)
    stranger.ties = levels["a.b"].ties
    view = seen_from(levels["a"], [stranger.signed(2)])
    assert refusals(view) == ["a.b: signed by an authority that a does not vouch for"]


def test_an_authority_that_claims_another_domain_is_refused(levels: dict[str, Level]) -> None:
    claimed = levels["a.b"].directory(domain="a.x", delegations=(), members=levels["a.d"].directory().members)
    members = tuple(one.model_copy(update={"address": one.address.replace("a.d.", "a.x.")}) for one in claimed.members)
    authority = levels["a.b"].authority
    data = sign_directory(claimed.model_copy(update={"members": members}), authority.key, authority.certificate)
    assert refusals(seen_from(levels["a"], [levels["a.b"].signed(), data])) == ["a.x: claimed by the authority of a.b"]


def test_a_lower_directory_that_does_not_name_its_superior_is_refused(levels: dict[str, Level]) -> None:
    other = Level("a", number=2)
    for upper, why in (
        (None, "a.b: it does not name a as its superior"),
        (Upper(domain="a", certificates=(other.certificate,)), "a.b: it names another authority for a"),
    ):
        assert refusals(seen_from(levels["a"], [levels["a.b"].signed(upper=upper)])) == [why]


def test_one_that_has_asked_and_not_been_granted_yet_vouches_for_nobody_above(levels: dict[str, Level]) -> None:
    asked = Upper(domain="a")
    levels["a.b"].ties = type(levels["a.b"].ties)(asked, levels["a.b"].ties.delegations)
    assert state(seen_from(levels["a"], [levels["a.b"].signed()]), "a.b")[0] is BranchState.CURRENT
    view = seen_from(levels["a.b"], offered(levels, "a.b"))
    assert state(view, "a")[0] is BranchState.MISSING
    assert "a: signed by an authority that a.b does not vouch for" in refusals(view)


def test_a_domain_of_another_tree_is_unknown(levels: dict[str, Level]) -> None:
    view = seen_from(levels["a"], [Level("z").signed(), Level("a.x").signed()])
    assert all("no domain of this tree vouches for it" in reason for reason in refusals(view))
    assert len(refusals(view)) == 2
    with pytest.raises(NotFound, match="of another tree"):
        view.member("z.planning")
    with pytest.raises(NotFound, match=r"no domain 'a\.x' is known"):
        view.recipient("a.x.planning", Suite.HYBRID)


@pytest.mark.parametrize("domain", ["a", "a.b.c", "a.x.c", "b.c", "a.bc.d"])
def test_a_delegation_that_skips_a_level_or_goes_in_a_circle_cannot_be_written(domain: str) -> None:
    level = Level("a.b")
    good = delegation(Level("a.b.c"))
    if domain == "a.b.c":
        assert Directory(**(dict(level.directory()) | {"delegations": (good,)})).delegations == (good,)
        return
    bad = good.model_copy(update={"domain": domain})
    with pytest.raises(ValidationError, match="not directly below"):
        Directory(**(dict(level.directory()) | {"delegations": (bad,)}))


@pytest.mark.parametrize("domain", ["a.b", "a.b.c.d", "b", "x"])
def test_a_superior_that_is_not_directly_above_cannot_be_written(domain: str) -> None:
    fields = dict(Level("a.b.c").directory())
    if domain != "a.b":
        with pytest.raises(ValidationError, match="not directly above"):
            Directory(**(fields | {"upper": Upper(domain=domain)}))
    else:
        assert Directory(**(fields | {"upper": Upper(domain=domain)})).upper == Upper(domain=domain)


def test_a_signed_directory_with_a_circle_is_refused_by_name(levels: dict[str, Level]) -> None:
    circular = levels["a.b"].signed(2, delegations=(delegation(levels["a"]),))
    skipping = levels["a"].signed(2, delegations=(delegation(levels["a.b.c"]),))
    for data, why in ((circular, "a is not directly below a.b"), (skipping, "a.b.c is not directly below a")):
        with pytest.raises(BadDirectory, match=why):
            read_paper(data)
    view = seen_from(levels["a"], [*offered(levels, "a"), circular])
    assert "a is not directly below a.b" in refusals(view)[0]
    assert view.of("a.b").version == 1


def test_a_member_of_another_domain_cannot_be_listed() -> None:
    with pytest.raises(ValidationError, match=r"a\.b\.planning is not of the domain a"):
        Directory(**(dict(Level("a").directory()) | {"members": Level("a.b").directory().members}))


def test_a_delegation_has_a_reason_with_its_revocation_and_a_term() -> None:
    fields = dict(delegation(Level("a.b")))
    for change, why in (({"revoked_at": NOW}, "reason"), ({"expires_at": NOW - YEAR}, "ends after it began")):
        with pytest.raises(ValidationError, match=why):
            Delegation(**(fields | change))


# --- a replaced authority -------------------------------------------------------------------------------------------


def test_a_replaced_authority_takes_over_with_its_first_directory_and_the_old_one_never_returns(
    levels: dict[str, Level],
) -> None:
    top, old, new = levels["a"], levels["a.b"], Level("a.b", number=2)
    new.ties = old.ties
    both = delegation(old, certificates=(old.certificate, new.certificate))
    top.ties = type(top.ties)(None, (both,))
    before = seen_from(top, [old.signed(9)])
    assert before.of("a.b").version == 9, "until the new one speaks, the old one is believed"

    after = seen_from(top, [old.signed(9), new.signed(1)], seen=before.tree.marks)
    assert after.of("a.b").version == 1, "a new authority counts its versions anew"
    back = seen_from(top, [old.signed(10)], seen=after.tree.marks)
    assert refusals(back) == ["a.b: signed by an authority that has been replaced"]


def test_members_that_the_old_authority_certified_are_vouched_for_under_the_new_one(levels: dict[str, Level]) -> None:
    top, old, new = levels["a"], levels["a.b"], Level("a.b", number=2)
    new.ties = old.ties
    top.ties = type(top.ties)(None, (delegation(old, certificates=(old.certificate, new.certificate)),))
    view = seen_from(top, [new.signed(members=old.directory().members)])
    verify_signed(signed_at(old.department, NOW), view)

    top.ties = type(top.ties)(None, (delegation(new),))
    assert "is not the authority's" in refusals(seen_from(top, [new.signed(members=old.directory().members)]))[0]


# --- the own standing -----------------------------------------------------------------------------------------------


def test_a_lower_domain_hears_that_its_superior_has_revoked_it(levels: dict[str, Level]) -> None:
    revoked = delegation(levels["a.b"], revoked_at=NOW, revoked_for="merged")
    assert "merged" in str(seen_from(levels["a.b"], [levels["a"].signed(delegations=(revoked,))]).tree.standing)
    alone = seen_from(levels["a.b"], [levels["a"].signed(delegations=())])
    assert str(alone.tree.standing) == "a does not delegate to a.b"
    assert alone.tree.standing is not None
    assert alone.tree.standing.written(Language.CHINESE) == "a 没有授权 a.b"


def test_a_new_county_is_known_as_soon_as_what_leads_to_it_has_come(levels: dict[str, Level]) -> None:
    county = Level("a.b.n")
    before, link_ = levels["a.b"].signed(), levels["a.b"]
    link(link_, county)
    view = seen_from(levels["a"], [before, county.signed()])
    assert [one.domain for one in view.tree.early] == ["a.b.n"]
    assert "a.b.n" not in {one.domain for one in view.domains}
    view = seen_from(levels["a"], [before, county.signed(), link_.signed(2)])
    assert state(view, "a.b.n")[0] is BranchState.CURRENT
    assert view.tree.early == ()
