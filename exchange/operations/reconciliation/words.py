"""The reconciliation in words, Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.operations.reconciliation.books import Verdict
from exchange.operations.reconciliation.facts import Fault, Law, Term

TERMS: Mapping[Term, tuple[str, str]] = {
    Term.ISSUED: ("征求意见发出", "consultations issued"),
    Term.ANSWERED: ("已答复", "answered"),
    Term.DEEMED: ("视为同意等缺席默认", "deemed"),
    Term.RETURNED: ("已退回", "returned"),
    Term.WITHDRAWN: ("已撤回", "withdrawn"),
    Term.MOOT: ("不再需要", "moot"),
    Term.IN_FLIGHT: ("办理中", "in flight"),
    Term.WRITTEN: ("已写", "messages written"),
    Term.DISPATCHED: ("已发出", "dispatched"),
    Term.WAITING: ("待发", "waiting"),
    Term.TAKEN: ("已收", "taken"),
    Term.ELSEWHERE: ("外域已收", "taken elsewhere"),
    Term.QUEUED: ("在队列", "queued"),
    Term.LINKS: ("级联途中", "over links"),
    Term.DEAD: ("死信", "dead"),
}
"""Each figure's name."""

LAW_WORDS: Mapping[Law, tuple[str, str]] = {
    Law.CONSULTATIONS: ("征求意见", "consultations"),
    Law.WRITTEN: ("所写报文", "messages written"),
    Law.DISPATCHED: ("所发报文", "messages dispatched"),
}
"""Each law's name."""

FAULTS: Mapping[Fault, tuple[str, str]] = {
    Fault.COPY_LOST: ("发件箱缺少副本", "a copy is gone from the outbox"),
    Fault.COPY_DOUBLED: ("发件箱副本多于收件机关", "more copies in the outbox than were written"),
    Fault.MESSAGE_LOST: ("发件箱缺少报文", "the message is gone from the outbox"),
    Fault.UNPROVEN: ("标为已送达或已退回而无回执", "marked as sent, delivered or returned without what proves it"),
    Fault.RECEIPT_LOST: ("所据回执不在记录中", "the receipt it rests on is not on record"),
    Fault.RECEIPT_UNWRITTEN: ("已收而回执从未写出", "taken in, but its receipt is not in the outbox"),
    Fault.CONTRADICTED: ("两处记录一收一退", "taken in by one record and sent back by the other"),
    Fault.ALTERED: ("收到的公文与发出的不同", "what was taken in is another document"),
    Fault.NOT_TAKEN: ("已签收而不在收件箱", "signed for, but not in the inbox"),
    Fault.NOWHERE: ("已发出而无处可寻", "dispatched, but not taken in, not dead and not queued"),
    Fault.INVENTED: ("已收而发件方从未写过", "taken in, but its sender has not written it"),
    Fault.TAKEN_TWICE: ("重复收取", "taken in twice"),
    Fault.PART_LOST: ("已征求意见而案卷无此部门", "a consultation without a part in any case"),
    Fault.PART_INVENTED: ("案卷有此部门而未征求意见", "a part of a case without its consultation"),
    Fault.PART_DOUBLED: ("案卷中部门重复", "two parts of one consultation"),
    Fault.PART_EARLY: ("已征求意见而标为未开始", "consulted, but marked as not begun"),
    Fault.ANSWER_LOST: ("案卷所据意见不在记录中", "the answer that the case rests on is not on record"),
}
"""What each difference is."""

VERDICTS: Mapping[Verdict, tuple[str, str]] = {
    Verdict.BALANCED: ("账目相符", "the books balance"),
    Verdict.DIFFERS: ("账目不符", "the books do not balance"),
    Verdict.UNKNOWN: ("未能全部读取，不作结论", "not everything could be read: neither balanced nor unbalanced"),
}
"""How it came out."""
