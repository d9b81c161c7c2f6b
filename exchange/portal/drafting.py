"""Drafts of applications at a portal: begun with a number, saved by whoever has its access code, ended after a month.

What is saved says which revision its writer has seen: of two who write at once, the second is told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from exchange.clock import CST
from exchange.errors import BadApplication, Changed, Conflict, NotFound
from exchange.hand_codes import grouped, in_signs
from exchange.messaging.node import Node, Step
from exchange.portal.records import ApplicationDraft, DraftFile, DraftRow, Entered
from exchange.portal.removing import note_removals
from exchange.portal.states import DraftState
from exchange.portal.store import ClaimRemovals, Drafts
from exchange.schemas import ClaimCheck, Matter
from exchange.store.transaction import Transaction

KEPT = timedelta(days=30)
"""For how long a draft is kept that is not handed in."""
MOST_FILES = 50
"""Files in one application (schemas: materials)."""
DECLARATION = "本人（本单位）对所提交申请材料实质内容的真实性负责（行政许可法第三十一条）"
"""The statement of truth that an applicant affirms."""


def begin(node: Node, matter: Matter, code_hash: str, renews: str = "") -> str:
    """Begin a draft for a matter and return its number. ``code_hash`` is what is kept of its access code, ``renews``
    the licence whose renewal is asked for.
    """
    with node.step() as step:
        return begin_in(step, matter, code_hash, renews)


def begin_in(step: Step, matter: Matter, code_hash: str, renews: str = "") -> str:
    """Do what `begin` does, inside a step."""
    row = DraftRow(
        number=_number(step),
        state=DraftState.OPEN,
        matter=matter.code,
        matter_version=matter.version,
        code_hash=code_hash,
        entered=Entered(renews=renews).model_dump_json(),
        created_at=step.now,
        changed_at=step.now,
        ends_at=step.now + KEPT,
    )
    step.tx[Drafts].add(row)
    step.note("draft-begun", None, None, filing=row.number, matter=matter.code)
    return row.number


def draft_of(node: Node, number: str) -> ApplicationDraft:
    """Return a draft. Raises NotFound; what has ended is not there any more."""
    with node.store.reading() as tx:
        return draft_in(tx, number)


def draft_in(tx: Transaction, number: str) -> ApplicationDraft:
    """Do what `draft_of` does, inside a transaction."""
    row = tx[Drafts].get(number)
    if row is None or row.state is DraftState.ENDED:
        raise NotFound(
            "there is no draft or filing {number}",
            remedy="check the number; a draft that is not handed in is deleted after {days} days",
            number=number,
            days=KEPT.days,
        )
    return _draft(row, tx[Drafts].files(number))


def save(node: Node, number: str, revision: int, **changes: Any) -> ApplicationDraft:
    """Keep what an applicant has entered: ``changes`` are fields of `Entered`.

    Raises NotFound, Changed (somebody has saved it since ``revision``) or Conflict (it was handed in).
    """
    with node.step() as step:
        return save_in(step, number, revision, **changes)


def save_in(step: Step, number: str, revision: int, **changes: Any) -> ApplicationDraft:
    """Do what `save` does, inside a step."""
    before = _expect_open(step.tx, number)
    entered = Entered.model_validate({**dict(before.entered), **changes})
    if not step.tx[Drafts].save(number, revision, entered.model_dump_json(), step.now):
        raise Changed(
            "the draft {number} was changed somewhere else meanwhile",
            remedy="look at what is there now, and enter what is missing again",
            number=number,
        )
    return draft_in(step.tx, number)


RoomRule = Callable[[ApplicationDraft], None]
"""Raises BadFile where a draft, as it stands in the step that would add a file, has no room for it."""


def any_room(draft: ApplicationDraft) -> None:
    """Of what is submitted whole: it has been looked through as a whole."""


def attach(
    node: Node,
    number: str,
    material: str,
    name: str,
    media_type: str,
    data: bytes,
    scanned: str = "",
    room: RoomRule = any_room,
) -> ApplicationDraft:
    """Add a file to a draft. Raises NotFound, Conflict (handed in), BadApplication (too many files) or as ``room``."""
    digest = hashlib.sha256(data).hexdigest()
    file = DraftFile(node.new_id(), material, name, media_type, len(data), digest, scanned)
    with node.step() as step:
        return attach_in(step, number, file, data, room)


def attach_claim(
    node: Node, number: str, material: str, claim: ClaimCheck, scanned: str = "", room: RoomRule = any_room
) -> ApplicationDraft:
    """Add a file that lies in the claim store, where it is too large for the envelope; that it is on its way there is
    written down. Raises as `attach` does, and Conflict where it took so long that it is removed.
    """
    with node.step() as step:
        if not step.tx[ClaimRemovals].done(claim.object_key):
            raise Conflict("the file was on its way for too long, and is removed", remedy="choose it once more")
        return attach_in(step, number, claimed(node, material, claim, scanned), b"", room)


def claimed(node: Node, material: str, claim: ClaimCheck, scanned: str = "") -> DraftFile:
    """Return a file of a draft that lies in the claim store."""
    kept = (claim.name, claim.media_type, claim.size, claim.digest)
    return DraftFile(node.new_id(), material, *kept, scanned, claim.model_dump_json())


def attach_in(step: Step, number: str, file: DraftFile, content: bytes, room: RoomRule = any_room) -> ApplicationDraft:
    """Add a file to a draft, inside a step; its content is empty where it lies in the claim store."""
    before = _expect_open(step.tx, number)
    room(before)
    if len(before.files) >= MOST_FILES:
        raise BadApplication(
            "an application has at most {most} files", remedy="join files into one, or remove one", most=MOST_FILES
        )
    step.tx[Drafts].add_file(number, file, content)
    if file.claim is not None:
        step.tx[ClaimRemovals].done(ClaimCheck.model_validate_json(file.claim).object_key)
    return draft_in(step.tx, number)


def detach(node: Node, number: str, file_id: str) -> ApplicationDraft:
    """Remove a file from a draft; one that is not there is no fault. Raises NotFound or Conflict (handed in)."""
    with node.step() as step:
        before = _expect_open(step.tx, number)
        note_removals(step, number, (file for file in before.files if file.file_id == file_id), before.filing_id)
        step.tx[Drafts].remove_file(number, file_id)
        return draft_in(step.tx, number)


def _expect_open(tx: Transaction, number: str) -> ApplicationDraft:
    draft = draft_in(tx, number)
    if draft.state is not DraftState.OPEN:
        raise Conflict(
            "{number} has been handed in",
            remedy="follow it; what is told missing can be completed from there",
            number=number,
        )
    return draft


def _number(step: Step) -> str:
    """A number that says the year and tells nothing else: eight characters drawn at random."""
    drawn = UUID(step.node.new_id()).int
    return f"{step.now.astimezone(CST).year}-{grouped(in_signs(drawn, 8))}"


def _draft(row: DraftRow, files: tuple[DraftFile, ...]) -> ApplicationDraft:
    return ApplicationDraft(
        number=row.number,
        state=row.state,
        matter=row.matter,
        matter_version=row.matter_version,
        code_hash=row.code_hash,
        entered=Entered.model_validate_json(row.entered),
        files=files,
        created_at=row.created_at,
        changed_at=row.changed_at,
        ends_at=row.ends_at,
        revision=row.revision,
        filing_id=row.filing_id,
        kept_until=row.kept_until,
        emptied_at=row.emptied_at,
    )
