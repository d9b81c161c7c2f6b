"""What stations, findings, standings and states are called, in Chinese and English."""

from __future__ import annotations

from exchange.approval.rules.forecast import Fate
from exchange.approval.rules.standing import BoardColumn
from exchange.language.choice import Words
from exchange.operations.trace.stages import Mark, Stage, TraceFinding

STAGES: dict[Stage, Words] = {
    Stage.WRITTEN: ("已拟", "written"),
    Stage.SEALED: ("已加密入发件箱", "sealed, in the outbox"),
    Stage.DISPATCHED: ("已发出", "dispatched"),
    Stage.ARRIVED: ("已到达", "arrived"),
    Stage.TAKEN: ("已取入", "taken"),
    Stage.OPENED: ("已启封验签", "opened and verified"),
    Stage.HANDLED: ("已处理", "handled"),
    Stage.RECEIPTED: ("已签收", "receipted"),
    Stage.HANDED_OVER: ("已交付本部门系统", "handed over to the own system"),
    Stage.ANSWERED: ("已答复", "answered"),
}
MARKS: dict[Mark, Words] = {
    Mark.DONE: ("完成", "done"),
    Mark.FAILED: ("失败", "failed"),
    Mark.MISSING: ("尚缺", "missing"),
    Mark.UNKNOWN: ("他域，不可知", "in another domain, not known here"),
    Mark.NOT_NEEDED: ("无需", "not needed"),
}
FINDINGS: dict[TraceFinding, Words] = {
    TraceFinding.NO_SIGNATURE: ("签名验证不通过", "the signature does not verify"),
    TraceFinding.NO_COPY: ("收件人在册，发件箱却无其副本", "an addressee without a copy in the outbox"),
    TraceFinding.ABANDONED: (
        "多次发送失败，已放弃；可用 exchange resend 重发",
        "abandoned; exchange resend sends it again",
    ),
    TraceFinding.SET_ASIDE: ("未能取入，在死信中", "could not be taken in: a dead letter"),
    TraceFinding.TAKEN_AFTER_ALL: ("曾为死信，后已取入", "was a dead letter, and has been taken in since"),
    TraceFinding.STILL_QUEUED: (
        "队列中尚有报文，可能仍在排队",
        "its queue holds messages: probably still waiting there",
    ),
    TraceFinding.NOWHERE: ("队列已空，却无人取入", "its queue is empty, and nobody has taken it in"),
    TraceFinding.RECEIPT_MISSING: ("已取入，回执未到", "taken in, but its receipt has not come"),
    TraceFinding.RETURNED: ("已退文", "returned by its addressee"),
    TraceFinding.OTHER_BYTES: ("收到的字节与发出的不同", "other bytes were taken in than were sent"),
    TraceFinding.RECEIPT_OF_OTHER_BYTES: ("回执所签不是此件", "the receipt is for other bytes"),
    TraceFinding.RECEIPT_NOT_PROVEN: ("回执验证不成立", "the receipt does not verify"),
    TraceFinding.STATE_WITHOUT_RECEIPT: ("记为已签收，却无回执", "recorded as settled, without a receipt"),
    TraceFinding.RECEIPT_WITHOUT_RECORD: ("有回执，收件箱却无记录", "receipted, but the inbox does not have it"),
    TraceFinding.RECEIPT_DIFFERS: ("回执与两端记录不一致", "the receipt says otherwise than the records"),
    TraceFinding.NOT_ADDRESSED: ("取入者不是收件人", "taken in by somebody whom it does not name"),
    TraceFinding.TIMES: ("时间先后矛盾", "the times contradict one another"),
}
STANDINGS: dict[BoardColumn, Words] = {
    BoardColumn.UNDATED: ("未起算或停计", "not begun or stopped"),
    BoardColumn.RUNNING: ("期内", "running"),
    BoardColumn.PAST_HALF: ("过半", "past 50 %"),
    BoardColumn.PAST_MOST: ("过九成", "past 90 %"),
    BoardColumn.OVERDUE: ("逾期", "overdue"),
    BoardColumn.DEEMED: ("视为同意（30 日内）", "deemed consent (30 days)"),
    BoardColumn.REFUSED: ("视为不同意（30 日内）", "deemed refusal (30 days)"),
    BoardColumn.ESCALATED: ("已上报（30 日内）", "escalated (30 days)"),
}
FATES: dict[Fate, Words] = {
    Fate.CONSENT: ("视为同意", "deemed consent"),
    Fate.REFUSAL: ("视为不同意", "deemed refusal"),
    Fate.ESCALATION: ("上报督办", "escalates to the lead"),
    Fate.NOTHING: ("暂不触发", "nothing fires"),
}
TONES: dict[str, str] = {
    "written": "warn", "sent": "info", "delivered": "good", "returned": "bad", "failed": "bad",
    "consent": "warn", "refusal": "warn", "escalation": "bad", "nothing": "info",
    "open": "info", "ready": "warn", "decided": "good", "withdrawn": "",
    "issued": "info", "signed": "info", "answered": "good",
    "deemed": "warn", "deemed-refusal": "bad", "escalated": "bad",
    "owed": "info", "in-time": "good", "late": "warn",
    "undated": "", "running": "good", "past-50": "info", "past-90": "warn", "overdue": "bad",
}  # fmt: skip
"""How a word is coloured beside its text."""
