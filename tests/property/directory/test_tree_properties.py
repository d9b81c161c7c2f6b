"""Whatever order directories come in, at once or one by one, the same view of the tree results."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.directory import TreeView
from tests.unit.levels import NOW, YEAR, Level, delegation, family, seen_from

LEVELS = family("a", "a.b", "a.b.c", "a.d", "a.d.e")
STRANGER = Level("a.b", number=2)
STRANGER.ties = LEVELS["a.b"].ties


def papers() -> list[bytes]:
    """Good ones of several versions, early, expired, rolled back, forged and unreadable ones."""
    b, c, d, e = (LEVELS[name] for name in ("a.b", "a.b.c", "a.d", "a.d.e"))
    revoked = delegation(e, revoked_at=NOW - YEAR / 2, revoked_for="merged")
    return [
        b.signed(1, delegations=()),
        b.signed(2),
        b.signed(2, expires=NOW + YEAR / 2),
        c.signed(4),
        c.signed(3),
        c.signed(5, upper=None),
        d.signed(1),
        d.signed(3, delegations=(revoked,)),
        e.signed(1),
        e.signed(2, expires=NOW - YEAR / 3),
        STRANGER.signed(9),
        LEVELS["a"].signed(7),
        Level("z").signed(),
        b"nothing",
    ]


PAPERS = papers()


def shown(view: TreeView) -> object:
    """Everything that members notice of a tree."""
    return view.domains, {name: one.data for name, one in view.tree.branches.items()}, view.tree.marks


def one_by_one(order: Sequence[bytes]) -> TreeView:
    """Each is judged with what was kept before, as a relay office does that stores what holds or may hold later."""
    kept: list[bytes] = []
    marks: dict[str, int] = {}
    view = seen_from(LEVELS["a"], [])
    for data in order:
        view = seen_from(LEVELS["a"], [*kept, data], seen=marks)
        marks = view.tree.marks
        kept = [*(one.data for one in view.tree.branches.values()), *(one.data for one in view.tree.early)]
    return view


@settings(max_examples=60)
@given(st.permutations(PAPERS), st.integers(0, len(PAPERS)))
def test_whatever_order_directories_come_in_the_same_view_results(order: list[bytes], some: int) -> None:
    part = order[:some]
    together = seen_from(LEVELS["a"], part)
    assert shown(together) == shown(seen_from(LEVELS["a"], [*reversed(part), *part]))
    stepwise = one_by_one(part)
    assert shown(stepwise)[1:] == shown(together)[1:]  # type: ignore[index]
    assert [(one.domain, one.version, one.state) for one in stepwise.domains] == [
        (one.domain, one.version, one.state) for one in together.domains
    ]


def test_the_papers_of_this_test_make_a_tree_with_something_of_everything() -> None:
    view = seen_from(LEVELS["a"], PAPERS)
    assert {one.state.value for one in view.domains} == {"current", "revoked"}
    assert len(view.tree.refused) >= 6
    assert view.tree.early
