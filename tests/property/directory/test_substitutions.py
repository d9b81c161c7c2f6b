"""Whatever is ordered and revoked, in whatever order: nobody ever has two voices in one matter at one moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.clock import CST
from exchange.directory.substitutes import in_force, substitutes_of
from exchange.directory.substitution_orders import add, revoke
from exchange.errors import CallerError
from exchange.schemas import Directory, EncryptionKey, Member, Role, Substitution, Suite

START = datetime(2026, 3, 2, 9, tzinfo=CST)
DAY = timedelta(days=1)
NAMES = [f"city.{name}" for name in "abcd"]
MATTERS = ["road", "grid"]
KEY = EncryptionKey(kid="0" * 16, suite=Suite.CLASSICAL, public=b"0" * 32, not_before=START, not_after=START + DAY)
MEMBERS = tuple(
    Member(address=one, name=one, name_en=one, roles=(Role.DEPARTMENT,), certificates=(b"x",), encryption_keys=(KEY,))
    for one in NAMES
)

ORDERS = st.tuples(
    st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(-1, 6), st.integers(1, 6),
    st.none() | st.sets(st.sampled_from(MATTERS), min_size=1).map(lambda found: tuple(sorted(found))),
)  # fmt: skip
STEPS = st.lists(ORDERS | st.integers(1, 5), max_size=14)


def entered(steps: list[Any]) -> Directory:
    """A directory after what could be entered of these, half a day apart."""
    own = Directory(domain="city", version=1, issued_at=START, expires_at=START + 400 * DAY, members=MEMBERS)
    for place, step in enumerate(steps):
        now = START + place * DAY / 2
        try:
            if isinstance(step, int):
                ties = revoke(own, step, "over", now)
            else:
                department, substitute, first, length, matters = step
                begins = now + first * DAY
                wanted = Substitution(
                    serial=1, department=department, substitute=substitute, begins_at=begins,
                    ends_at=begins + length * DAY, matters=matters, ordered_by="city", order="order",
                )  # fmt: skip
                ties = add(own, wanted, now)
        except (CallerError, ValueError):
            continue
        before, own = own, own.model_copy(update={"substitutions": ties.substitutions})
        assert len(own.substitutions) >= len(before.substitutions), "none is ever taken out"
        for old, new in zip(before.substitutions, own.substitutions, strict=False):
            for ago in range(20):
                at = now - (ago + 1) * DAY / 4
                assert in_force(old, at) == in_force(new, at), "what counted stays what counted"
    return own


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_nobody_is_represented_twice_represents_two_or_passes_on(steps: list[Any]) -> None:
    own = Directory.model_validate_json(entered(steps).model_dump_json())
    for hours in range(0, 24 * 20, 6):
        at = START + timedelta(hours=hours)
        for matter in MATTERS:
            for one in NAMES:
                by = substitutes_of(own, one, matter, at)
                for_ = [other for other in NAMES for each in substitutes_of(own, other, matter, at)
                        if each.substitute == one]  # fmt: skip
                assert len(by) <= 1
                assert len(for_) <= 1
                assert not (by and for_)
