"""The decision as it is served, and papers of a hearing. Pure."""

from __future__ import annotations

from exchange.language import choose
from exchange.paper.pen import Pen
from exchange.paper.sheet import Sheet, SheetForm, SheetPart
from exchange.schemas import DecisionServed, HearingNotice, HearingRecord, Outcome


def decision(body: DecisionServed, pen: Pen) -> Sheet:
    """Lay out a decision that grants or refuses, with its reasons and remedies (准予/不予行政许可决定书)."""
    granted, matter = body.outcome is not Outcome.REFUSE, pen.matter(body.matter)
    if granted:
        title = pen.say("准予行政许可决定书", "Decision: granted")
        result = pen.say("决定准予行政许可。", "is granted.")
    else:
        title = pen.say("不予行政许可决定书", "Decision: refused")
        result = pen.say("决定不予行政许可。", "is refused.")
    said = pen.say(f"您关于“{matter}”的申请，经审查，{result}", f"Your application for '{matter}' {result}")
    sections = pen.headed(
        (pen.say("理由", "Reasons"), [pen.on_record(body.reasons)]),
        (pen.say("条件", "Conditions"), [body.conditions]),
        (pen.say("依据", "Basis"), pen.counted(body.basis)),
        (pen.say("证件送达", "The licence"), [_delivery(body, pen)]),
        (pen.say("救济途径", "Remedies"), pen.counted(body.remedies)),
    )
    by_rule = pen.say("（本决定依规则作出，无人审批。）", "(Made by rule; no person approved.)")
    return pen.sheet(
        title,
        pen.say(f"受理编号：{body.case_number}", f"Case {body.case_number}"),
        (SheetPart(said), *sections),
        form=SheetForm.LETTER,
        addressee=pen.applicant(),
        notes=(by_rule,) if body.by_rule else (),
        link_says=pen.follow(body.filing),
    )


def _delivery(body: DecisionServed, pen: Pen) -> str:
    if body.deliver_by is None:
        return ""
    return pen.say(
        f"许可证件最迟于{pen.end(body.deliver_by)}送达。", f"The licence is handed out by {pen.end(body.deliver_by)}."
    )


def hearing_notice(body: HearingNotice, pen: Pen) -> Sheet:
    """Lay out the notice of a hearing (听证通知书)."""
    held = [] if body.held_at is None else [pen.moment(body.held_at)]
    parts = pen.headed(
        (pen.say("时间", "When"), held),
        (pen.say("地点", "Where"), [body.place or ""]),
        (pen.say("理由", "Reasons"), [pen.on_record(body.reasons)]),
        (pen.say("依据", "Basis"), pen.counted(body.basis)),
    )
    told = {
        "called": pen.say("决定举行听证，现予通知。", "A hearing is held."),
        "put-off": pen.say("原定听证延期举行，现予通知。", "The hearing is put off."),
        "called-off": pen.say("原定听证取消，现予通知。", "The hearing is called off."),
    }[body.event.value]
    title = choose(HearingNotice.TITLE, pen.setting.language)
    return pen.sheet(
        title, body.case_number, (SheetPart(told), *parts), form=SheetForm.LETTER, addressee=pen.applicant()
    )


def hearing_record(body: HearingRecord, pen: Pen) -> Sheet:
    """Lay out the record of a hearing (听证笔录)."""
    held = pen.say(f"听证日期：{pen.day(body.held_on)}", f"Held on {pen.day(body.held_on)}")
    title = choose(HearingRecord.TITLE, pen.setting.language)
    return pen.sheet(title, body.case_number, (SheetPart(held), SheetPart(body.record)))
