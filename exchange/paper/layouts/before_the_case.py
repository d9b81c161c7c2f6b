"""Papers on a filing: the submission receipt, the outcomes of article 32, and invitations that come after. Pure."""

from __future__ import annotations

from exchange.language import choose
from exchange.paper.pen import Pen
from exchange.paper.sheet import PartLook, Sheet, SheetForm, SheetPart
from exchange.schemas import OUTCOME_TITLES, Acceptance, FilingReceipt, Promised, SupplementInvitation


def receipt(body: FilingReceipt, pen: Pen) -> Sheet:
    """Lay out a submission receipt (收件凭证): it accepts nothing."""
    matter, at = pen.matter(body.matter), pen.moment(body.received_at)
    says = pen.say(
        f"本窗口于{at}收到您关于“{matter}”的申请。收到的文件如下：",
        f"On {at} we received your application for '{matter}', with these files:",
    )
    none = pen.say("没有文件。", "none.")
    parts = [SheetPart(says)]
    for place, file in enumerate(body.files, 1):
        size = pen.say(f"（{file.size:,} 字节）", f" ({file.size:,} bytes)")
        parts += [SheetPart(f"{place}. {file.name}{size}"), SheetPart(f"SHA-256 {file.digest}", PartLook.CODE)]
    parts += [] if body.files else [SheetPart(none)]
    provisional = pen.say("（暂计）", " (provisional)") if body.provisional else ""
    parts.append(
        SheetPart(
            pen.say(
                f"本凭证只证明收到，尚未审查申请材料是否齐全、是否符合法定形式。本窗口最迟于{pen.end(body.tell_by)}"
                f"{provisional}一次告知需要补正的全部内容；逾期不告知的，自收到申请材料之日起即为受理。",
                "This proves that it came in, and nothing else: nobody has looked yet whether everything is there. By "
                f"{pen.end(body.tell_by)}{provisional} the window tells you once all that is missing; if it does not, "
                "the application counts as accepted from the day it came in.",
            )
        )
    )
    return pen.sheet(
        choose(FilingReceipt.TITLE, pen.setting.language),
        _number(body.filing, pen),
        tuple(parts),
        form=SheetForm.LETTER,
        addressee=pen.applicant(),
        link_says=pen.follow(body.filing),
    )


def acceptance(body: Acceptance, pen: Pen) -> Sheet:
    """Lay out one of the outcomes of article 32."""
    matter = pen.matter(body.matter)
    opening = _OPENING[body.outcome.value]
    return pen.sheet(
        choose(OUTCOME_TITLES[body.outcome], pen.setting.language).split("（")[0],
        pen.say(f"受理编号：{body.case_number}", f"Case {body.case_number}")
        if body.case_number is not None
        else _number(body.filing, pen),
        (SheetPart(pen.say(opening[0].format(matter=matter), opening[1].format(matter=matter))), *_sections(body, pen)),
        form=SheetForm.LETTER,
        addressee=pen.applicant(),
        notes=_notes(body, pen),
        link_says=pen.follow(body.filing),
    )


def invitation(body: SupplementInvitation, pen: Pen) -> Sheet:
    """Lay out what a department asks for after the acceptance: an invitation, which says that it is none but that."""
    name = pen.say(body.name, body.name_en)
    says = pen.say(
        f"{name}审查您的申请时，请您补充下列材料或者说明，现予转告。",
        f"{name} asks you, for its opinion on your application, to hand in what follows.",
    )
    parts = pen.headed(
        (pen.say("请您补充", "What is asked for"), pen.counted(one.what for one in body.wanted)),
        (pen.say("理由", "Reasons"), [body.reasons]),
        (pen.say("依据", "Basis"), pen.counted(body.basis)),
        (pen.say("本告知的效力", "What it brings about"), [body.statement]),
    )
    return pen.sheet(
        choose(SupplementInvitation.TITLE, pen.setting.language),
        pen.say(f"受理编号：{body.case_number}", f"Case {body.case_number}"),
        (SheetPart(says), *parts),
        form=SheetForm.LETTER,
        addressee=pen.applicant(),
        link_says=pen.follow(body.filing),
    )


_OPENING = {
    "accepted": (
        "您关于“{matter}”的申请，材料齐全，符合法定形式，现予受理。",
        "Your application for '{matter}' is complete and in form. It is accepted.",
    ),
    "accepted-by-law": (
        "您关于“{matter}”的申请，因逾期未告知补正，依法自收到申请材料之日起即为受理。",
        "Nothing was told in time on your application for '{matter}'. By law it is accepted from the day it came in.",
    ),
    "incomplete": (
        "您关于“{matter}”的申请，材料不齐全或者不符合法定形式，现一次告知需要补正的全部内容。",
        "Your application for '{matter}' is not complete, or not in form. This is all that is missing.",
    ),
    "not-needed": (
        "您关于“{matter}”的申请事项，依法不需要取得行政许可，现予告知。",
        "What you apply for, '{matter}', needs no licence by law.",
    ),
    "not-competent": (
        "您关于“{matter}”的申请事项，依法不属于本机关职权范围，决定不予受理。",
        "Your application for '{matter}' is not this authority’s to decide. It is not accepted.",
    ),
    "refused": (
        "您关于“{matter}”的申请，经补正仍不齐全或者不符合法定形式，决定不予受理。",
        "Your application for '{matter}' was completed, and is not complete yet. It is not accepted.",
    ),
}


def _sections(body: Acceptance, pen: Pen) -> tuple[SheetPart, ...]:
    return pen.headed(
        (pen.say("受理与期限", "Terms"), _terms(body, pen)),
        (
            pen.say("需要补正的全部内容", "Everything that is missing"),
            pen.counted(pen.say(f"{one.what}：{one.remedy}", f"{one.what}: {one.remedy}") for one in body.missing),
        ),
        (
            pen.say("承诺后补的材料", "Promised to follow"),
            pen.counted(
                pen.say(
                    f"{pen.material(one.material)}，{pen.day(one.until)}前补交",
                    f"{pen.material(one.material)}, by {pen.day(one.until)}",
                )
                for one in body.promised
            ),
        ),
        (pen.say("有权机关", "The competent authority"), [body.competent_body or ""]),
        (pen.say("理由", "Reasons"), [body.reasons]),
        (pen.say("依据", "Basis"), pen.counted(body.basis)),
        (pen.say("救济途径", "Remedies"), pen.counted(body.remedies)),
    )


def _promised(one: Promised, pen: Pen) -> str:
    name, day = pen.material(one.material), pen.day(one.until)
    return pen.say(f"{name}，{day}前补交", f"{name}, by {day}")


def _terms(body: Acceptance, pen: Pen) -> list[str]:
    if body.accepted_from is None or body.decide_by is None:
        return []
    provisional = pen.say("（暂计）", " (provisional)") if body.provisional else ""
    said = [
        pen.say(f"受理时间：{pen.moment(body.accepted_from)}。", f"Accepted from {pen.moment(body.accepted_from)}."),
        pen.say(
            f"最迟作出决定的时间：{pen.end(body.decide_by)}{provisional}。",
            f"To be decided by {pen.end(body.decide_by)}{provisional}.",
        ),
    ]
    if body.hearing_by is not None:
        said.append(
            pen.say(
                f"您可以在{pen.end(body.hearing_by)}之前申请听证。",
                f"You may ask for a hearing by {pen.end(body.hearing_by)}.",
            )
        )
    return said


def _notes(body: Acceptance, pen: Pen) -> tuple[str, ...]:
    if body.statement is not None:
        return (f"（{body.statement}）",)
    return (
        (pen.say("（本件依规则作出，无人审查。）", "(Made by rule; no person has looked at it.)"),)
        if body.by_rule
        else ()
    )


def _number(filing: str, pen: Pen) -> str:
    return pen.say(f"收件编号：{filing}", f"Number {filing}")
