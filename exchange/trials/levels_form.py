"""The form of the levels' demonstration: what every emergency bureau reports from below, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from exchange.errors import NotFound
from exchange.language import Text
from exchange.messaging.node import Node
from exchange.notices.answer import answer_form
from exchange.notices.forms.aggregate import sums
from exchange.notices.forms.collecting import Collected, collected
from exchange.notices.issue import issue_notice
from exchange.schemas import Document, DocumentKind, DocumentNumber, FieldType, Form, FormField, Notice, Treatment

_FORM = Form(
    title="防汛物资储备情况",
    fields=(
        FormField(name="pumps", label="水泵", type=FieldType.INTEGER, unit="台", minimum="0"),
        FormField(name="sandbags", label="沙袋", type=FieldType.DECIMAL, unit="万条", minimum="0"),
        FormField(name="ready", label="人员是否到岗", type=FieldType.YES_NO),
    ),
    due_days=3,
)


@dataclass
class FormRun:
    """A form to all emergency bureaus: ``issue``, then ``answer`` until over, then ``deviations``."""

    origin: Node
    node: Callable[[str], Node]
    """The node of an address."""
    bureaus: Sequence[str]
    silent: str
    """The one that never answers, and must be named as missing, not counted as zero."""
    notice_id: str = ""
    _answered: set[str] = field(default_factory=set)

    def issue(self, now: datetime) -> None:
        """Send the form down."""
        document = Document(
            number=DocumentNumber(agency="皖应急", year=now.year, serial=7),
            kind=DocumentKind.NOTICE,
            issuer="安徽省人民政府办公厅",
            title="关于报送防汛物资储备情况的通知",
            addressees=("各级应急管理部门",),
            body="请于收到后三个工作日内逐级报送。",
            date=now.date(),
        )
        act_by = (now + timedelta(days=20)).date()
        notice = Notice(
            document=document, audience="emergency at any", treatment=Treatment.ACTION, act_by=act_by, form=_FORM
        )
        self.notice_id = issue_notice(self.origin, notice)

    def answer(self) -> None:
        """Have every bureau answer that has the form by now and has not answered yet."""
        for number, address in enumerate(self.bureaus, 1):
            if address == self.silent or address in self._answered:
                continue
            values = {"pumps": str(number), "sandbags": f"{number}.25", "ready": "yes"}
            try:
                answer_form(self.node(address), self.notice_id, values)
            except NotFound:
                continue
            self._answered.add(address)

    def found(self) -> Collected:
        """Return what has come in at the origin."""
        return collected(self.origin, self.notice_id)

    def is_over(self) -> bool:
        """Return whether everything is in that will ever come."""
        return not list(self.deviations())

    def deviations(self) -> Iterator[Text]:
        """Yield what came out otherwise than it should."""
        found = self.found()
        if found.aggregate is None:
            yield Text("no answer to the form has come in")
            return
        numbers = [number for number, address in enumerate(self.bureaus, 1) if address != self.silent]
        expected = {"pumps": str(sum(numbers)), "sandbags": f"{sum(numbers) + len(numbers) * 0.25:.2f}"}
        added = {name: f"{float(total.sum):.2f}" for name, total in sums(found.form, found.aggregate).items()}
        if added != {name: f"{float(number):.2f}" for name, number in expected.items()}:
            yield Text("the form's sums are {added}, not {expected}", {"added": added, "expected": expected})
        if found.aggregate.missing != (self.silent,) or found.aggregate.unheard:
            missing = {"found": ", ".join(found.aggregate.missing), "silent": self.silent}
            yield Text("missing in the form: {found}, not {silent} alone", missing)
