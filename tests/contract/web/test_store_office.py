"""What an office keeps of its people: drafts on their way to the signature, who stands in, views of lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from exchange.errors import CallerError, Conflict
from exchange.store import Store
from exchange.web.drafts.records import KeptState
from exchange.web.drafts.store import KeptDrafts
from exchange.web.saved_views.records import MOST
from exchange.web.saved_views.store import SavedViews
from exchange.web.stand_ins.records import StandIn
from exchange.web.stand_ins.store import StandIns
from tests.contract.rows import LATER, NOW
from tests.contract.store.test_store_plans import plans

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 6)


def test_a_draft_is_submitted_as_it_stands_and_a_change_undoes_it(store: Store) -> None:
    with store.transaction() as tx:
        drafts = tx[KeptDrafts]
        written = drafts.keep("opinion:C-1", {"reasons": "管线"}, "chen", NOW)
        assert drafts.get("opinion:C-1") == written
        assert drafts.submit(written, "ren", NOW)
        assert not drafts.submit(written, "ren", NOW), "it was before"
        found = drafts.get("opinion:C-1")
        assert found is not None
        assert (found.state, found.submitted_by, found.drafters) == (KeptState.SUBMITTED, "ren", ("chen", "ren"))
        assert found.revision > written.revision, "whoever saw it before has seen another one"
        assert drafts.look_over(found, "su", LATER)
        other = drafts.keep("opinion:C-2", {}, "chen", NOW)
        assert drafts.submit(other, "chen", LATER)
        assert [one.subject for one in drafts.submitted(None, 5)] == ["opinion:C-1", "opinion:C-2"]
        assert [one.subject for one in drafts.submitted((NOW, "opinion:C-1"), 5)] == ["opinion:C-2"]
        assert (drafts.how_many_submitted(1), drafts.how_many_submitted(5)) == (1, 2)
        changed = drafts.keep("opinion:C-1", {"reasons": "管线。"}, "sun", LATER)
        assert drafts.get("opinion:C-1") == changed
        assert (changed.state, changed.submitted_by, changed.looked_over_by) == (KeptState.WRITTEN, None, None)
        assert changed.drafters == ("chen", "ren", "sun")
        again = drafts.get("opinion:C-2")
        assert again is not None
        assert drafts.send_back(again, "写明依据")
        back = drafts.get("opinion:C-2")
        assert back is not None
        assert (back.state, back.remark, back.drafters) == (KeptState.WRITTEN, "写明依据", ("chen",))


def test_who_stands_in_is_kept_and_ended_once(store: Store) -> None:
    with store.transaction() as tx:
        records = tx[StandIns]
        assert records.next_number() == 1
        one = StandIn(1, "王芳", "李伟", FIRST, LAST, ("works",), "su", NOW)
        records.add(one)
        records.add(replace(one, number=2, stand_in="chen", matters=(), until=LAST + timedelta(days=30)))
        assert records.next_number() == 3
        assert records.get(1) == one
        assert records.get(9) is None
        assert records.of("李伟", LAST) == (one,)
        assert records.of("李伟", LAST + timedelta(days=1)) == ()
        assert [each.number for each in records.open(LAST, 9)] == [1, 2]
        assert records.end(1, "su", LATER)
        assert not records.end(1, "su", LATER)
        assert records.of("李伟", LAST) == ()
        assert [(each.number, each.ended_by) for each in records.latest(9)] == [(2, None), (1, "su")]


def test_views_are_each_accounts_own_and_so_many(store: Store) -> None:
    with store.transaction() as tx:
        views = tx[SavedViews]
        for number in range(MOST):
            views.keep("王芳", "inbox:x", f"v{number:02}", "only=free")
        views.keep("王芳", "inbox:x", " v03 ", "only=mine")
        assert [one.query for one in views.of("王芳", "inbox:x") if one.name == "v03"] == ["only=mine"]
        assert len(views.of("王芳", "inbox:x")) == MOST
        assert views.of("李伟", "inbox:x") == []
        with pytest.raises(Conflict):
            views.keep("王芳", "inbox:x", "one more", "")
        with pytest.raises(CallerError):
            views.keep("李伟", "inbox:x", " ", "")
        views.drop("王芳", "inbox:x", "v03")
        assert len(views.of("王芳", "inbox:x")) == MOST - 1


@pytest.mark.parametrize(
    ("index", "work"),
    [
        ("kept_draft_submitted", lambda tx: tx[KeptDrafts].submitted((NOW, "x"), 5)),
        ("stand_in_by", lambda tx: tx[StandIns].of("x", FIRST)),
        ("stand_in_until", lambda tx: tx[StandIns].open(FIRST, 5)),
    ],
)
def test_what_pages_ask_is_read_through_an_index(store: Store, index: str, work: Any) -> None:
    assert index in plans(store, work)
