"""A licence as its holder shows it. Pure."""

from __future__ import annotations

from exchange.clock import CST
from exchange.hand_codes import grouped
from exchange.language import choose
from exchange.paper.pen import Pen
from exchange.paper.sheet import PartLook, Sheet, SheetForm, SheetPart
from exchange.schemas import Licence


def licence(body: Licence, pen: Pen) -> Sheet:
    """Lay out a licence (许可证件) in a frame, with the code by which anybody verifies it."""
    authority = pen.say(body.authority, body.authority_en)
    rows = (
        (pen.say("持有人", "Holder"), body.holder.name),
        (pen.say("证件号码", "Identifier"), body.holder.identifier),
        (pen.say("许可内容", "Permits"), body.permits),
        (pen.say("许可条件", "Conditions"), body.conditions or pen.say("无", "none")),
        (pen.say("有效期", "Valid"), _validity(body, pen)),
        (pen.say("许可决定", "Decision"), f"{body.case_number}  {pen.day(body.decided_at.astimezone(CST))}"),
        (pen.say("依据", "Basis"), pen.say("；", "; ").join(body.basis)),
    )
    code = grouped(pen.setting.code)
    says = pen.say(f"核验码 {code}", f"Verification code {code}") if code else ""
    scan = pen.say("扫码核验", "Scan to verify") if pen.setting.link else ""
    return pen.sheet(
        choose((body.matter_name, body.matter_name_en), pen.setting.language),
        pen.say(f"编号：{body.number}", f"No. {body.number}"),
        tuple(SheetPart(text, PartLook.ROW, label) for label, text in rows),
        form=SheetForm.CERTIFICATE,
        mark=authority,
        signer=authority,
        notes=(
            pen.say(
                "本证载明颁发时的内容。此后的延续、变更、撤销、注销以核验结果为准。",
                "This says what was issued. Whether it was renewed, changed, revoked or cancelled since tells its "
                "verification.",
            ),
        ),
        link_says=pen.say("，", ", ").join(filter(None, (says, scan))),
    )


def _validity(body: Licence, pen: Pen) -> str:
    begins = pen.day(body.valid_from)
    if body.valid_until is None:
        return pen.say(f"{begins}起，长期有效", f"from {begins}, without an end")
    return pen.say(f"{begins}至{pen.day(body.valid_until)}", f"{begins} to {pen.day(body.valid_until)}")
