"""Joint documents are looked up and read: lists, one of them with all signatures, its files and its paper."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from exchange.desk.joints.listing import LISTS, STATE_TONES, joints_page
from exchange.desk.joints.paper import page_of, round_pdf
from exchange.desk.joints.shown import round_message, shown_joint, what_went_out
from exchange.desk.joints.writing import JOINT_DRAFTS
from exchange.desk.letters.texts import letter_file
from exchange.desk.looking import CHUNK, key_of, place_of
from exchange.desk.section import DeskFile, DeskGroup, DeskPage
from exchange.desk.visit import DeskVisit
from exchange.joint.status import joint_status
from exchange.language.names import JOINT_STATES
from exchange.web.drafts.store import KeptDrafts

_LONGEST = 80


_DRAFTS = "drafts"


def _list(visit: DeskVisit) -> Mapping[str, object]:
    which, words = visit.query.get("list", "asked"), visit.query.get("words", "").strip()[:_LONGEST]
    lists = [
        *((name, visit.words(title)) for name, (title, _) in LISTS.items()),
        (_DRAFTS, visit.say("草稿", "Drafts")),
    ]
    if which == _DRAFTS:
        return {"which": which, "lists": lists, "early": False, **_drafts(visit)}
    rows, following, early = joints_page(visit, which, words, visit.query.get("after", ""))
    wanted = {"list": which, **({"words": words} if words else {})}
    return {
        "which": which,
        "search": words,
        "found": rows,
        "early": early,
        "states": {state: visit.words(said) for state, said in JOINT_STATES.items()},
        "state_tones": STATE_TONES,
        "lists": lists,
        "next": f"/joint?{urlencode({**wanted, 'after': following})}" if following else "",
    }


def _drafts(visit: DeskVisit) -> Mapping[str, object]:
    """What somebody of the office has begun to propose, the last changed first."""
    with visit.node.store.reading() as tx:
        rows = tx[KeptDrafts].listed(JOINT_DRAFTS, place_of(visit.query.get("after", "")), CHUNK + 1)
    shown = rows[:CHUNK]
    last = key_of((shown[-1].changed_at, shown[-1].subject)) if len(rows) > CHUNK else ""
    return {
        "drafts": [(one.subject.removeprefix(JOINT_DRAFTS), one) for one in shown],
        "next": f"/joint?{urlencode({'list': _DRAFTS, 'after': last})}" if last else "",
    }


def _read(visit: DeskVisit) -> Mapping[str, object]:
    return {**shown_joint(visit), **what_went_out(visit)}


def file_of_joint(visit: DeskVisit) -> DeskFile:
    """Give a file that the text names by its digest. Raises NotFound."""
    row = joint_status(visit.node, visit.path["joint"]).row
    return letter_file(visit, round_message(visit, row), visit.path["digest"])


def picture_of_joint(visit: DeskVisit) -> DeskFile:
    """Draw a page of the text as it was sent round."""
    return page_of(visit, round_pdf(visit), visit.path["joint"])


LIST = DeskPage("/joint", ("联合行文", "Joint documents"), "joint/list.html", _list, in_menu=True,
                group=DeskGroup.DOCUMENTS)  # fmt: skip
PAGE = DeskPage("/joint/{joint}", ("联合行文", "Joint document"), "joint/one.html", _read, every=3)
