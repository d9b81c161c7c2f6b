"""Joint documents: who signs, what they sign, and of which date it is."""

from __future__ import annotations

from datetime import date, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.envelope.countersignature import Countersignature
from exchange.errors import CallerError, Forged, Untrusted
from exchange.joint.rules import (
    Joint,
    check_countersignature,
    check_issue,
    check_joint,
    issued_on,
    signatures_of,
    waiting_for,
)
from tests.unit.facts import at

LEAD, SECOND, THIRD = (f"anhui.hefei.{name}" for name in ("planning", "police", "fire"))
JOINT = Joint("0" * 64, (LEAD, SECOND, THIRD))


def signs(by: str, day: str = "03-02", time: str = "09:00") -> Countersignature:
    return Countersignature(by, at(day, time), JOINT.digest)


def test_it_goes_out_when_the_last_has_signed_dated_by_that_signature() -> None:
    so_far = [signs(THIRD, "03-05"), signs(LEAD, "03-02")]
    assert issued_on(JOINT, so_far) is None
    assert waiting_for(JOINT, so_far) == (SECOND,)
    assert issued_on(JOINT, [*so_far, signs(SECOND, "03-04")]) == date(2026, 3, 5)
    assert waiting_for(JOINT, [*so_far, signs(SECOND)]) == ()


def test_nothing_signed_is_nothing_issued() -> None:
    assert issued_on(JOINT, []) is None
    assert issued_on(Joint("0" * 64, ()), []) is None
    assert issued_on(Joint("0" * 64, (LEAD,)), [signs(LEAD)]) is None


def test_the_day_is_that_of_china_wherever_the_signature_was_written_down() -> None:
    late = Countersignature(SECOND, at("03-05", "01:00").astimezone(timezone(timedelta(0))), JOINT.digest)
    assert late.at.date() == date(2026, 3, 4)
    assert issued_on(JOINT, [signs(LEAD), signs(THIRD), late]) == date(2026, 3, 5)


def test_only_those_named_sign_and_all_sign_the_same_bytes() -> None:
    with pytest.raises(Untrusted, match="not among the signers"):
        check_countersignature(JOINT, signs("anhui.hefei.water"))
    other = Countersignature(SECOND, at("03-02"), "f" * 64)
    for act in (waiting_for, issued_on, signatures_of):
        with pytest.raises(Forged, match="another text"):
            act(JOINT, [signs(LEAD), other])


@given(
    st.lists(
        st.builds(signs, st.sampled_from(JOINT.signers), st.sampled_from(("03-02", "03-03", "03-04"))), max_size=9
    ),
    st.data(),
)
def test_order_and_repetition_change_neither_signatures_nor_date(
    signatures: list[Countersignature], data: st.DataObject
) -> None:
    again = data.draw(st.permutations([*signatures, *signatures]))
    assert signatures_of(JOINT, again) == signatures_of(JOINT, signatures)
    assert issued_on(JOINT, again) == issued_on(JOINT, signatures)
    assert (issued_on(JOINT, signatures) is None) is bool(waiting_for(JOINT, signatures))


DAYS = ("03-02", "03-03", "03-04")


@given(
    st.lists(st.builds(signs, st.sampled_from(JOINT.signers), st.sampled_from(DAYS)), min_size=2, max_size=4),
    st.sampled_from(DAYS),
)
def test_what_goes_out_has_every_signature_once_in_order_and_the_date_of_the_last(
    signatures: list[Countersignature], day: str
) -> None:
    stated = at(day).date()
    holds = tuple(one.by for one in signatures) == JOINT.signers and max(one.at for one in signatures).date() == stated
    if holds:
        check_issue(JOINT, signatures, stated)
    else:
        with pytest.raises(Forged, match=r"not signed|signed twice|not in the order|dated"):
            check_issue(JOINT, signatures, stated)


def test_two_bodies_at_least_issue_together_and_no_other_signature_is_let_in() -> None:
    with pytest.raises(Forged, match="two authorities"):
        check_issue(Joint(JOINT.digest, (LEAD,)), [signs(LEAD)], date(2026, 3, 2))
    with pytest.raises(Forged, match="two authorities"):
        check_issue(Joint(JOINT.digest, ()), [], date(2026, 3, 2))
    with pytest.raises(Untrusted, match="not among the signers"):
        check_issue(JOINT, [*map(signs, JOINT.signers), signs("anhui.hefei.water")], date(2026, 3, 2))


@pytest.mark.parametrize("signers", [(), (LEAD,), (LEAD, LEAD), (LEAD, SECOND, LEAD)])
def test_a_joint_document_has_two_or_more_signers_each_once(signers: tuple[str, ...]) -> None:
    with pytest.raises(CallerError, match="each once"):
        check_joint(Joint("0" * 64, signers))


def test_only_bodies_of_one_rank_issue_together() -> None:
    offices = frozenset({"anhui.hefei.office", "anhui.hefei.luyang.office"})
    check_joint(JOINT)
    check_joint(Joint("0" * 64, (LEAD, "anhui.wuhu.planning")))
    check_joint(Joint("0" * 64, (LEAD, "anhui.hefei.luyang.office")), offices)
    for other in ("anhui.planning", "anhui.hefei.luyang.planning", "anhui.hefei.office"):
        with pytest.raises(CallerError, match="one rank"):
            check_joint(Joint("0" * 64, (LEAD, other)), offices)
