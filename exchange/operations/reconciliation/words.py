"""The reconciliation in words, Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.messaging.attested.contradiction import RowFault
from exchange.operations.reconciliation.books import BalanceVerdict
from exchange.operations.reconciliation.facts import BalanceTerm, DifferenceKind, Law

TERMS: Mapping[BalanceTerm, tuple[str, str]] = {
    BalanceTerm.ISSUED: ("征求意见发出", "consultations issued"),
    BalanceTerm.ANSWERED: ("已答复", "answered"),
    BalanceTerm.DEEMED: ("视为同意", "deemed consent"),
    BalanceTerm.REFUSED: ("视为不同意", "deemed refusal"),
    BalanceTerm.RETURNED: ("已退回", "returned"),
    BalanceTerm.WITHDRAWN: ("已撤回", "withdrawn"),
    BalanceTerm.MOOT: ("不再需要", "moot"),
    BalanceTerm.IN_FLIGHT: ("办理中", "in flight"),
    BalanceTerm.WRITTEN: ("已写", "messages written"),
    BalanceTerm.DISPATCHED: ("已发出", "dispatched"),
    BalanceTerm.WAITING: ("待发", "waiting"),
    BalanceTerm.TAKEN: ("已收", "taken"),
    BalanceTerm.ELSEWHERE: ("外域已收", "taken elsewhere"),
    BalanceTerm.QUEUED: ("在队列", "queued"),
    BalanceTerm.LINKS: ("级联途中", "over links"),
    BalanceTerm.DEAD: ("死信", "dead"),
}
"""Each figure's name."""

LAW_WORDS: Mapping[Law, tuple[str, str]] = {
    Law.CONSULTATIONS: ("征求意见", "consultations"),
    Law.WRITTEN: ("所写报文", "messages written"),
    Law.DISPATCHED: ("所发报文", "messages dispatched"),
}
"""Each law's name."""

FAULTS: Mapping[DifferenceKind, tuple[str, str]] = {
    DifferenceKind.COPY_LOST: ("发件箱缺少副本", "a copy is gone from the outbox"),
    DifferenceKind.COPY_DOUBLED: ("发件箱副本多于收件机关", "more copies in the outbox than were written"),
    DifferenceKind.MESSAGE_LOST: ("发件箱缺少报文", "the message is gone from the outbox"),
    DifferenceKind.UNPROVEN: (
        "标为已送达或已退回而无回执",
        "marked as sent, delivered or returned without what proves it",
    ),
    DifferenceKind.RECEIPT_LOST: ("所据回执不在记录中", "the receipt it rests on is not on record"),
    DifferenceKind.RECEIPT_UNWRITTEN: ("已收而回执从未写出", "taken in, but its receipt is not in the outbox"),
    DifferenceKind.CONTRADICTED: ("两处记录一收一退", "taken in by one record and sent back by the other"),
    DifferenceKind.ALTERED: ("收到的公文与发出的不同", "what was taken in is another document"),
    DifferenceKind.NOT_TAKEN: ("已签收而不在收件箱", "signed for, but not in the inbox"),
    DifferenceKind.NOWHERE: ("已发出而无处可寻", "dispatched, but not taken in, not dead and not queued"),
    DifferenceKind.INVENTED: ("已收而发件方从未写过", "taken in, but its sender has not written it"),
    DifferenceKind.TAKEN_TWICE: ("重复收取", "taken in twice"),
    DifferenceKind.PART_LOST: ("已征求意见而案卷无此部门", "a consultation without a part in any case"),
    DifferenceKind.PART_INVENTED: ("案卷有此部门而未征求意见", "a part of a case without its consultation"),
    DifferenceKind.PART_DOUBLED: ("案卷中部门重复", "two parts of one consultation"),
    DifferenceKind.PART_EARLY: ("已征求意见而标为未开始", "consulted, but marked as not begun"),
    DifferenceKind.ANSWER_LOST: ("案卷所据意见不在记录中", "the answer that the case rests on is not on record"),
}
"""What each difference is."""

ROW_FAULTS: Mapping[RowFault, tuple[str, str]] = {
    RowFault.DIFFERS: ("行与已签名文书不符", "the row says otherwise than was signed"),
    RowFault.UNPROVED: ("行所载无已签名文书为据", "nothing that was signed and is on record says so"),
    RowFault.LEFT_OUT: ("已签名之事，行中没有", "it was signed, and the row does not say it"),
    RowFault.NOT_SIGNED: ("所存文书并非所签之文书", "what is kept as a signed document is not what was signed"),
    RowFault.SEALED: ("日志条目与封存时不同", "a line of the journal is not as it was sealed"),
}
"""How a row and signed documents do not agree."""

VERDICTS: Mapping[BalanceVerdict, tuple[str, str]] = {
    BalanceVerdict.BALANCED: ("账目相符", "the books balance"),
    BalanceVerdict.DIFFERS: ("账目不符", "the books do not balance"),
    BalanceVerdict.UNKNOWN: ("未能全部读取，不作结论", "not everything could be read: neither balanced nor unbalanced"),
}
"""How it came out."""
