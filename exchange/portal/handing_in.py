"""Handing in: a draft becomes a signed filing to the window, once; or, where something was missing, its supplement."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.envelope.document import parse_body, payload_of
from exchange.errors import BadApplication, Conflict
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node, Step
from exchange.messaging.rules.secrecy import check_application_secrecy
from exchange.portal.drafting import draft_in
from exchange.portal.granted import expect_renewable
from exchange.portal.invited import open_invitations
from exchange.portal.large_files import claim_of
from exchange.portal.records import ApplicationDraft, DraftFile
from exchange.portal.states import DraftState
from exchange.portal.store import Drafts
from exchange.portal.superior import window_of
from exchange.schemas import (
    Acceptance,
    AcceptanceOutcome,
    Application,
    Attachment,
    FieldAnswer,
    Filing,
    FilingChannel,
    FilingSupplement,
    SubmittedMaterial,
    SupplementInvitation,
)
from exchange.schemas.base import ATTACHMENT_LIMIT
from exchange.store.transaction import Transaction


def hand_in(node: Node, number: str, declaration: str, channel: FilingChannel = FilingChannel.WEB) -> str:
    """Hand a draft in to the window; returns the message id. Called twice, it is the same filing.

    ``declaration`` is the statement of truth, word for word. Raises NotFound, BadApplication (nobody applies, no
    project), Secret (a marking of secrecy) or BadText (characters that cannot be seen).
    """
    with node.step() as step:
        return hand_over_in(step, number, declaration, channel)


def hand_over_in(step: Step, number: str, declaration: str, channel: FilingChannel = FilingChannel.WEB) -> str:
    """Do what `hand_in` does, inside a step."""
    draft = draft_in(step.tx, number)
    if draft.state is DraftState.FILED and draft.filing_id is not None:
        return draft.filing_id
    application = application_of(step, draft)
    check_application_secrecy(application)
    if draft.filing_id is None:
        expect_renewable(step, application)
    contents = step.tx[Drafts].inline(number)
    if draft.filing_id is not None:
        return _complete(step, draft, application, contents)
    filing = Filing(
        filing=number, application=application, agent=draft.entered.agent, channel=channel,
        declaration=declaration, at=step.now, scanned=_scanned_in(draft),
    )  # fmt: skip
    message_id = step.send(filing, (window_of(step.node),), enclosures=contents)
    step.tx[Drafts].move(number, DraftState.OPEN, DraftState.FILED, filing_id=message_id)
    step.note("handed-in", None, message_id, filing=number)
    return message_id


def _complete(step: Step, draft: ApplicationDraft, application: Application, contents: Sequence[bytes]) -> str:
    supplement = FilingSupplement(filing=draft.number, application=application, at=step.now, scanned=_scanned_in(draft))
    message_id = step.send(supplement, (window_of(step.node),), conversation_id=draft.filing_id, enclosures=contents)
    step.tx[Drafts].move(draft.number, DraftState.OPEN, DraftState.FILED)
    step.note("supplemented", None, message_id, filing=draft.number)
    return message_id


def reopen(node: Node, number: str) -> ApplicationDraft:
    """Open a filing again whose applicant was told that something is missing, has promised it, or is invited to hand it
    in; one that is open stays so.

    Raises NotFound or Conflict (nothing was told to be missing).
    """
    with node.step() as step:
        return reopen_in(step, number)


def reopen_in(step: Step, number: str) -> ApplicationDraft:
    """Do what `reopen` does, inside a step."""
    draft = draft_in(step.tx, number)
    if draft.state is DraftState.OPEN:
        return draft
    if not _may_complete(step.tx, draft.filing_id or ""):
        raise Conflict(
            "nothing was told to be missing in {number}",
            remedy="after it is accepted, state what there is to say",
            number=number,
        )
    step.tx[Drafts].move(number, DraftState.FILED, DraftState.OPEN)
    return draft_in(step.tx, number)


def _may_complete(tx: Transaction, filing_id: str) -> bool:
    """Whether the last that was said of it is that something is missing, or something promised, or asked for since, has
    not come.
    """
    stored = tx[Documents].of_conversation(filing_id)
    if open_invitations([parse_body(_SAID[one.kind], payload_of(one.signed)) for one in stored if one.kind in _SAID]):
        return True
    said = [one for one in stored if one.kind in (Acceptance.KIND, FilingSupplement.KIND)]
    accepted = [parse_body(Acceptance, payload_of(one.signed)) for one in said if one.kind == Acceptance.KIND]
    if not accepted:
        return False
    if accepted[-1].outcome is AcceptanceOutcome.INCOMPLETE:
        return said[-1].kind == Acceptance.KIND
    sent = [parse_body(FilingSupplement, payload_of(one.signed)) for one in said if one.kind == FilingSupplement.KIND]
    there = {material.code for supplement in sent for material in supplement.application.materials}
    return any(one.material not in there for one in accepted[-1].promised)


_SAID: dict[str, type[Filing | FilingSupplement | SupplementInvitation]] = {
    model.KIND: model for model in (Filing, FilingSupplement, SupplementInvitation)
}
"""What tells whether an invitation is answered."""


def _material(file: DraftFile) -> SubmittedMaterial:
    if file.claim is not None:
        return SubmittedMaterial(code=file.material, claim=claim_of(file.claim))
    if file.size > ATTACHMENT_LIMIT:
        raise BadApplication(
            "the file {name} is larger than {limit:,} bytes",
            remedy="make it smaller, or hand it in on paper",
            name=file.name,
            limit=ATTACHMENT_LIMIT,
        )
    attached = Attachment(name=file.name, media_type=file.media_type, size=file.size, digest=file.digest)
    return SubmittedMaterial(code=file.material, attachment=attached)


def _scanned_in(draft: ApplicationDraft) -> tuple[str, ...]:
    """Return the digests of the files in which a scanner has found nothing: officers are told which these are."""
    looked = {file.digest for file in draft.files if file.scanned}
    return tuple(sorted(looked - {file.digest for file in draft.files if not file.scanned}))


def application_of(step: Step, draft: ApplicationDraft) -> Application:
    """Return the application that a draft is by now. Raises BadApplication where nobody applies, or for nothing."""
    entered = draft.entered
    if entered.applicant is None or not entered.project.strip():
        raise BadApplication("the application says neither who applies nor for what", remedy="fill in both")
    files = tuple(map(_material, draft.files))
    notes = tuple(SubmittedMaterial(code=code, note=note) for code, note in entered.notes.items() if note.strip())
    return Application(
        matter=draft.matter,
        applicant=entered.applicant,
        project=entered.project,
        summary=entered.summary,
        materials=files + notes,
        submitted_at=step.now,
        answers=tuple(FieldAnswer(field=name, value=value) for name, value in entered.answers.items() if value),
        renews=entered.renews or None,
    )
