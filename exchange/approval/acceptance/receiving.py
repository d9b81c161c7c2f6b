"""What a portal sends before the acceptance: a filing or its completion. Each is confirmed at once by a receipt that
says what came, and until when the applicant is told what is missing. It says nothing of acceptance: nobody has looked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from exchange.approval.acceptance.accepting import accept_by_form
from exchange.approval.acceptance.promises import keeps_promise
from exchange.approval.acceptance.senders import expect_portal, own_filing
from exchange.approval.acceptance.showing import show
from exchange.approval.filings.application import application_of
from exchange.approval.filings.records import FilingRow
from exchange.approval.filings.states import FilingState
from exchange.approval.filings.store import Filings
from exchange.approval.renewals.waiting import renewing
from exchange.approval.rules.acceptance.term import tell_by
from exchange.approval.window.renewing.asked import check_completed, check_renewal
from exchange.approval.window.submit import keep_matter
from exchange.approval.window.supplementing.coming_in import answered_by, come_in
from exchange.catalogue.completeness import enclosure_faults
from exchange.errors import Returned, Secret
from exchange.language import joined
from exchange.messaging.checks import expect, returned_for
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Step
from exchange.messaging.rules.secrecy import check_application_secrecy
from exchange.schemas import Application, Body, FiledFile, Filing, FilingReceipt, FilingSupplement


def handlers() -> dict[str, Handler]:
    """Return the message handlers of a window for what comes in before the acceptance."""
    return {Filing.KIND: take_filing, FilingSupplement.KIND: take_supplement}


def take_filing(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in what an applicant has handed in, and confirm it; what is complete is accepted where its matter allows."""
    filed = expect(body, Filing)
    expect_portal(step, incoming)
    if step.tx[Filings].get(incoming.sender, filed.filing) is not None:
        raise Returned(
            "{sender} has used the number {number} before",
            code="already-filed",
            remedy="each filing has a number of its own",
            sender=incoming.sender,
            number=filed.filing,
        )
    matter = step.node.catalogue.get(filed.application.matter)
    if matter is None or matter.guide is None:
        raise Returned(
            "the window does not offer the matter {code_named} any more",
            code="unknown-matter",
            remedy="choose another matter; nothing was handed in",
            code_named=filed.application.matter,
        )
    _check(filed.application, incoming.opened.enclosures)
    keep_matter(step, matter)
    received = incoming.arrival.earliest
    check_renewal(step, incoming.sender, filed.filing, filed.application, matter, received)
    row = FilingRow(
        portal=incoming.sender,
        number=filed.filing,
        state=FilingState.RECEIVED,
        matter=matter.code,
        matter_version=matter.version,
        channel=filed.channel,
        filing_id=incoming.message_id,
        last_id=incoming.message_id,
        applicant=filed.application.applicant.name,
        project=filed.application.project,
        received_at=received,
        complete_at=received,
        tell_by=tell_by(received, step.node.calendar).at,
    )
    step.tx[Filings].add(row)
    step.note("filed", None, incoming.message_id, portal=row.portal, filing=row.number, channel=row.channel.value)
    confirm(step, row, filed.application, incoming.opened.enclosures)
    accept_by_form(step, row, matter, filed, incoming.opened.enclosures)


def take_supplement(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in a filing that its applicant has completed: both versions are kept, and the days begin with this one.

    After the acceptance it brings what was promised, or what the applicant was invited to hand in, and goes to the
    departments that are still to answer, and to whoever has asked for it.
    """
    supplement = expect(body, FilingSupplement)
    row = own_filing(step, incoming, supplement.filing)
    promised = row.case_number is not None and keeps_promise(step.tx, row, step.node.address, supplement.application)
    asked = answered_by(step, row, supplement.application) if row.case_number is not None else ()
    if row.state not in (FilingState.RECEIVED, FilingState.INCOMPLETE) and not promised and not asked:
        raise Returned(
            "nothing is missing in {number} any more",
            code="not-incomplete",
            remedy="see how it stands; after the acceptance, state what there is to say",
            number=row.number,
        )
    if supplement.application.renews != application_of(step.tx, row)[0].renews:
        raise Returned(
            "the filing {number} is for another licence, or for none",
            code="wrong-reference",
            remedy="file the renewal of another licence as a filing of its own",
            number=row.number,
        )
    if supplement.application.matter != row.matter:
        raise Returned(
            "the filing {number} is for the matter {code_named}",
            code="wrong-reference",
            remedy="file another matter as a filing of its own",
            number=row.number,
            code_named=row.matter,
        )
    _check(supplement.application, incoming.opened.enclosures)
    if row.case_number is not None:
        step.tx[Filings].move(row, row.state, last_id=incoming.message_id)
        if promised:
            step.note("promise-kept", row.case_number, incoming.message_id, portal=row.portal, filing=row.number)
        come_in(step, asked, incoming.message_id)
        show(step, incoming, row, row.case_number, [one.department for one in asked])
        return
    received = incoming.arrival.not_before(row.complete_at).earliest
    check_completed(step, row, received)
    term = tell_by(received, step.node.calendar)
    step.tx[Filings].move(
        row, FilingState.RECEIVED, last_id=incoming.message_id, complete_at=received, tell_by=term.at,
        applicant=supplement.application.applicant.name, project=supplement.application.project,
    )  # fmt: skip
    step.note("supplemented", None, incoming.message_id, portal=row.portal, filing=row.number)
    now = step.tx[Filings].get(row.portal, row.number)
    if now is not None:
        confirm(step, now, supplement.application, incoming.opened.enclosures)


def confirm(step: Step, row: FilingRow, application: Application, enclosures: Sequence[bytes]) -> None:
    """Confirm what came: with every file, and the day by which the applicant is told what is missing."""
    term, asked = tell_by(row.complete_at, step.node.calendar), renewing(step.tx, step.node.address, row)
    attached = [one.attachment for one in application.materials if one.attachment is not None]
    large = [one.claim for one in application.materials if one.claim is not None]
    files = [
        FiledFile(name=one.name, size=len(data), digest=hashlib.sha256(data).hexdigest())
        for one, data in zip(attached, enclosures, strict=True)
    ]
    files += [FiledFile(name=one.name, size=one.size, digest=one.digest) for one in large]
    receipt = FilingReceipt(
        filing=row.number,
        filing_id=row.last_id,
        matter=row.matter,
        received_at=row.complete_at,
        files=tuple(files),
        tell_by=term.at,
        provisional=term.provisional,
        renewal=asked.term if asked is not None else None,
    )
    step.send(receipt, (row.portal,), conversation_id=row.filing_id, in_reply_to=row.last_id)


def _check(application: Application, enclosures: Sequence[bytes]) -> None:
    with returned_for(Secret):
        check_application_secrecy(application)
    faults = list(enclosure_faults(application, enclosures))
    if faults:
        raise Returned(joined(faults), code="attachments", remedy="enclose what the application names, in its order")
