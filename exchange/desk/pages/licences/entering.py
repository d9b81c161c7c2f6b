"""What is entered on a licence: renewed, changed, revoked, cancelled; each read over before it is signed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from exchange.approval.window.licensing.entering import EntryWanted, enter_in, entry_that_fits
from exchange.desk.faults import FormFault, FormFaults
from exchange.desk.pages.lead.forms import REASONS, CaseField, day_given, lines
from exchange.desk.pages.lead.licensing import officer_is_noted
from exchange.desk.pages.licences.entry_fields import (
    CONDITIONS,
    FROM,
    HOLDER,
    PERMITS,
    UNTIL,
    conditions_typed,
    faults_of_change,
    faults_of_reasons,
    fields_of_change,
    fields_of_renewal,
    holder_typed,
)
from exchange.desk.pages.licences.reading import (
    expect_licence_seen,
    own_kept,
    shown_licence,
    today,
)
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskPage, DeskQuestion
from exchange.desk.visit import DeskVisit
from exchange.language import Words
from exchange.licences.kept import KeptLicence
from exchange.licences.rules.entering import BASIS, LicenceState
from exchange.messaging.node import Step
from exchange.schemas import LicenceChange, LicenceEntry

_ENDING = frozenset({LicenceChange.REVOKED, LicenceChange.CANCELLED})


@dataclass(frozen=True)
class LicenceForm:
    """One kind of entry."""

    key: str
    action: DeskAction
    change: LicenceChange
    title: Words
    says: Words
    own: Callable[[KeptLicence], Sequence[CaseField]]
    """Fields that only it has."""
    done: Words
    states: frozenset[LicenceState] = frozenset({LicenceState.IN_FORCE})
    """In which it makes sense; for what a page offers."""

    @property
    def page(self) -> DeskPage:
        """Return its page."""
        return DeskPage(f"/lead/licences/{{licence}}/{self.key}", self.title, "licences/form.html", self._view, every=0)

    @property
    def act(self) -> DeskAct:
        """Return what answers it."""
        return DeskAct(self.page.path, self.action, self._do, self.page, self._ask)

    def _fields(self, visit: DeskVisit, kept: KeptLicence) -> list[CaseField]:
        basis = "\n".join(BASIS[self.change])
        first = CaseField("first", FROM, "date", otherwise=today(visit).isoformat())
        law = CaseField("basis", ("依据", "Legal basis"), "long-text", otherwise=basis, hint=("每行一条", "one a line"))
        return [*self.own(kept), first, REASONS, law]

    def _view(self, visit: DeskVisit) -> Mapping[str, object]:
        kept = own_kept(visit)
        fields = self._fields(visit, kept)
        return {
            **shown_licence(visit, kept),
            "says": visit.words(self.says),
            "may": visit.may(self.action),
            "fields": fields,
            "values": {one.name: visit.typed(one.name, one.otherwise) for one in fields},
        }

    def _ask(self, visit: DeskVisit) -> DeskQuestion:
        kept, wanted = own_kept(visit), self._wanted(visit)
        _, entry = entry_that_fits(kept, wanted, visit.now)  # told before anybody reads it over
        says = (
            "以本单位名义签名，送各网上窗口和持有该许可证件的部门；许可证件原文不变。",
            "It is signed in the member's name and goes to the portals and departments that have the licence; the "
            "licence itself stays as it was signed.",
        )
        return DeskQuestion(
            ("签名前请核对", "Read it before it is signed"),
            (says, officer_is_noted(visit)),
            ("签名", "Sign it"),
            tuple(self._shown(visit, kept, entry)),
            self.change in _ENDING,
        )

    def _shown(self, visit: DeskVisit, kept: KeptLicence, entry: LicenceEntry) -> Iterator[tuple[Words, object]]:
        yield ("许可证件", "Licence"), kept.body.number
        yield ("变动", "What is entered"), visit.words(self.title)
        if entry.valid_until is not None:
            yield UNTIL, entry.valid_until.isoformat()
        if entry.permits is not None:
            yield PERMITS, entry.permits
        if entry.conditions is not None:
            yield CONDITIONS, entry.conditions or visit.say("无", "none")
        if entry.holder is not None:
            yield HOLDER, f"{entry.holder.name} {entry.holder.identifier}"
        yield FROM, entry.effective_on.isoformat()
        yield ("理由", "Reasons"), entry.reasons
        yield ("依据", "Legal basis"), list(entry.basis)

    def _do(self, visit: DeskVisit, step: Step) -> str:
        wanted = self._wanted(visit)
        number = expect_licence_seen(visit, step)
        enter_in(step, number, wanted)
        return f"/lead/licences/{number}?done=licence-{self.key}"

    def _wanted(self, visit: DeskVisit) -> EntryWanted:
        """Return what was typed. Raises FormFaults with all that is wrong."""
        renews, changes = self.change is LicenceChange.RENEWED, self.change is LicenceChange.CHANGED
        faults: list[FormFault] = []
        until = day_given(visit, "until", UNTIL, faults) if renews else None
        faults += faults_of_change(visit) if changes else ()
        first = day_given(visit, "first", FROM, faults)
        faults += faults_of_reasons(visit)
        if faults:
            raise FormFaults(faults)
        return EntryWanted(
            self.change,
            visit.who,
            visit.typed("reasons").strip(),
            lines(visit, "basis"),
            first,
            until,
            (visit.typed("permits").strip() or None) if changes else None,
            conditions_typed(visit) if changes else None,
            holder_typed(visit) if changes else None,
        )


def _nothing(kept: KeptLicence) -> Sequence[CaseField]:
    return ()


ENTRIES = (
    LicenceForm(
        "renew", DeskAction.LICENCE_RENEW, LicenceChange.RENEWED, ("延续", "Renew it"),
        ("有效期延长至新的日期（第五十条）。", "It is valid until a later day (article 50)."), fields_of_renewal,
        ("延续已签名并告知。", "The renewal is signed, and told."),
    ),
    LicenceForm(
        "change", DeskAction.LICENCE_CHANGE, LicenceChange.CHANGED, ("变更", "Change it"),
        ("变更许可内容、条件或者持有人（第四十九条）。",
         "What it permits, its conditions or its holder are others (article 49)."), fields_of_change,
        ("变更已签名并告知。", "The change is signed, and told."),
    ),
    LicenceForm(
        "revoke", DeskAction.LICENCE_REVOKE, LicenceChange.REVOKED, ("撤销", "Revoke it"),
        ("撤销后仍在登记簿中，任何人查验都会看到已撤销（第六十九条）；不能恢复。",
         "It stays in the register, and is shown as revoked wherever it is verified (article 69); nothing brings it "
         "back."),
        _nothing, ("撤销已签名并告知。", "The revocation is signed, and told."),
    ),
    LicenceForm(
        "cancel", DeskAction.LICENCE_CANCEL, LicenceChange.CANCELLED, ("注销", "Cancel it"),
        ("已届满、放弃或者撤销的，办理注销（第七十条）；不能恢复。",
         "One that is over, waived or revoked is cancelled (article 70); nothing brings it back."),
        _nothing, ("注销已签名并告知。", "The cancellation is signed, and told."),
        frozenset({LicenceState.IN_FORCE, LicenceState.REVOKED}),
    ),
)  # fmt: skip
