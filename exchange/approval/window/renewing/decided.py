"""A renewal is decided before its licence is over: what is granted is entered on the licence in the same step."""

from __future__ import annotations

from exchange.approval.records import CaseRow
from exchange.approval.renewals.store import Renewals
from exchange.approval.renewals.waiting import Renewing, renewing_case
from exchange.approval.rules.clock.dates import GRANTS
from exchange.approval.rules.renewal import RenewalState
from exchange.approval.window.clock.owed import deliver_in
from exchange.approval.window.licensing.entering import EntryWanted, enter_by, own_licence
from exchange.clock import CST
from exchange.language import noted
from exchange.licences.rules.renewing import renewed_until
from exchange.messaging.node import Step
from exchange.schemas import Decision, LicenceChange

_GRANTED = noted("the renewal that was asked for is granted")
_CONDITIONS = noted("the renewal is granted with these conditions")


def renewal_decided(step: Step, case: CaseRow, decision: Decision, message_id: str) -> None:
    """Enter what a decision means for the licence whose renewal the case is about, if it is about one.

    A decision that comes after the licence was over renews nothing: what it grants is a licence of its own.
    """
    found = renewing_case(step.tx, step.node.address, case)
    if found is None or found.row.state not in (RenewalState.WAITING, RenewalState.REFUSED):
        return
    granted, renewals = decision.outcome in GRANTS, step.tx[Renewals]
    last = found.expires_on
    if granted and last is not None and step.now.astimezone(CST).date() <= last:
        _enter(step, found, decision, message_id)
        renewals.settle(found.row, RenewalState.GRANTED, step.now, decision_id=message_id)
        deliver_in(step, case.number, decision.officer, found.licence.body.holder.name)
    elif found.row.state is RenewalState.WAITING:
        after = RenewalState.EXPIRED if granted else RenewalState.REFUSED
        renewals.settle(found.row, after, step.now, decision_id=message_id)
        step.note(f"renewal-{after.value}", case.number, message_id, licence=found.row.licence)


def _enter(step: Step, found: Renewing, decision: Decision, message_id: str) -> None:
    kept = found.licence
    until = renewed_until(kept.body, kept.entries)
    said = EntryWanted(
        LicenceChange.RENEWED, decision.officer, _GRANTED, decision.basis, valid_until=until, decision_id=message_id
    )
    enter_by(step, kept, said, decision.officer)
    if decision.conditions:
        step.flush()  # the next entry is read beside this one
        more = EntryWanted(
            LicenceChange.CHANGED, decision.officer, _CONDITIONS, decision.basis, conditions=decision.conditions
        )
        enter_by(step, own_licence(step, kept.row.number), more, decision.officer)
