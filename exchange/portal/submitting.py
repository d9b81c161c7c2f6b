"""An application that is there as a whole, with its files: entered by a clerk from paper, or sent by a system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from exchange.catalogue.typed import tidied_application
from exchange.errors import BadApplication, Conflict
from exchange.messaging.node import Node, Step
from exchange.portal.drafting import attach_in, begin_in, claimed, draft_in, save_in
from exchange.portal.handing_in import hand_over_in, reopen_in
from exchange.portal.records import DraftFile
from exchange.portal.store import Drafts
from exchange.schemas import Applicant, Application, Attachment, Matter


@dataclass(frozen=True)
class Submission:
    """An application as a whole, and the files that travel with it, in the order in which it names them."""

    application: Application
    contents: tuple[bytes, ...]
    agent: Applicant | None = None
    """Who hands it in for the applicant, where that is somebody else."""
    scanned: tuple[str, ...] = ()
    """What has looked for malware in each of its files, wherever they lie, in their order; none: nothing has."""


def offered(node: Node, code: str) -> Matter:
    """Return a matter that the portal offers. Raises BadApplication."""
    matter = node.catalogue.get(code)
    if matter is None or matter.guide is None:
        raise BadApplication(
            "the portal does not offer the matter {code_named!r}",
            remedy="choose one of: {catalogue}",
            code_named=code,
            catalogue=", ".join(code for code, one in sorted(node.catalogue.items()) if one.guide is not None),
        )
    return matter


def enter(node: Node, submission: Submission, code_hash: str) -> str:
    """Make a draft of an application that is there as a whole, ready to be handed in; returns its number.

    Raises BadApplication where the portal does not offer the matter, or for too many files.
    """
    with node.step() as step:
        return enter_in(step, submission, code_hash)


def enter_in(step: Step, submission: Submission, code_hash: str) -> str:
    """Do what `enter` does, inside a step."""
    number = begin_in(step, offered(step.node, submission.application.matter), code_hash)
    _fill(step, number, submission)
    return number


def supplement_in(step: Step, number: str, submission: Submission) -> str:
    """Complete a filing by the whole application once more, which takes the place of what was there; returns the
    message id.

    Raises NotFound, Conflict (nothing was told to be missing) or BadApplication (another matter, too many files).
    """
    if draft_in(step.tx, number).filing_id is None:
        raise Conflict("{number} has not been handed in", remedy="hand it in first, or let it end", number=number)
    draft = reopen_in(step, number)
    if submission.application.matter != draft.matter:
        raise BadApplication(
            "the filing {number} is for the matter {code_named}",
            remedy="file another matter as a filing of its own",
            number=number,
            code_named=draft.matter,
        )
    step.tx[Drafts].empty(number)
    _fill(step, number, submission)
    return hand_over_in(step, number, "")


def _fill(step: Step, number: str, submission: Submission) -> None:
    matter = step.node.catalogue.get(submission.application.matter)
    application = tidied_application(submission.application, matter.fields if matter is not None else ())
    entered: dict[str, Any] = {
        "answers": {answer.field: answer.value for answer in application.answers},
        "project": application.project,
        "summary": application.summary,
        "applicant": application.applicant,
        "renews": application.renews or "",
        "notes": {one.code: one.note for one in application.materials if one.attachment is None and one.claim is None},
    }
    if submission.agent is not None:
        entered["agent"] = submission.agent
    save_in(step, number, draft_in(step.tx, number).revision, **entered)
    contents, scanned = iter(submission.contents), iter(submission.scanned)
    for one in application.materials:
        if one.attachment is not None:
            attach_in(step, number, _file(step, one.code, one.attachment, next(scanned, "")), next(contents))
        elif one.claim is not None:
            attach_in(step, number, claimed(step.node, one.code, one.claim, next(scanned, "")), b"")


def _file(step: Step, material: str, named: Attachment, scanned: str) -> DraftFile:
    return DraftFile(step.node.new_id(), material, named.name, named.media_type, named.size, named.digest, scanned)
