"""What kinds of faults, breaches and phases are called, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.language.choice import Words
from exchange.trials.prove.options import Phase
from exchange.trials.prove.rules.faults import FaultKind
from exchange.trials.prove.rules.judgement import ProofBreach

KINDS: Mapping[FaultKind, Words] = {
    FaultKind.KILL_ROLE: ("杀死成员进程", "a member's process killed"),
    FaultKind.KILL_SUPERVISOR: ("杀死监管进程", "the supervisor killed"),
    FaultKind.KILL_NODE: ("杀死消息节点", "a broker's node killed"),
    FaultKind.KILL_DATABASE: ("杀死数据库", "the database server killed"),
    FaultKind.FREEZE_ROLE: ("冻结成员进程", "a member's process frozen"),
    FaultKind.FREEZE_SUPERVISOR: ("冻结监管进程", "the supervisor frozen"),
    FaultKind.FREEZE_NODE: ("冻结消息节点", "a broker's node frozen"),
    FaultKind.FREEZE_DATABASE: ("冻结数据库", "the database server frozen"),
    FaultKind.CLOCK: ("时钟跳变", "a member's clock jumped"),
    FaultKind.DISK: ("磁盘写满", "a member's disk full"),
    FaultKind.PARTITION: ("节点间网络分区", "a node cut off from the others"),
    FaultKind.ONE_WAY: ("单向网络分区", "a node not heard by the others"),
    FaultKind.CUT_OFF: ("节点完全断网", "a node cut off from everybody"),
    FaultKind.DELAY: ("网络延迟", "a node's packets late"),
}
BREACHES: Mapping[ProofBreach, Words] = {
    ProofBreach.LOST: ("遗失", "lost"),
    ProofBreach.DOUBLED: ("重复", "doubled"),
    ProofBreach.INVENTED: ("无中生有", "invented"),
    ProofBreach.WRONG_DEFAULT: ("错误默认", "wrong defaults"),
    ProofBreach.IN_TIME_LOST: ("按期意见未生效", "opinions in time that did not win"),
    ProofBreach.LATE_WON: ("迟到意见生效", "late opinions that won"),
    ProofBreach.UNSETTLED: ("未了结", "not come to an end"),
    ProofBreach.UNBALANCED: ("账目不符", "differences of the reconciliation"),
    ProofBreach.SET_ASIDE: ("死信或退回", "set aside or sent back"),
    ProofBreach.UNREAD: ("未能读取", "could not be read"),
}
PHASES: Mapping[Phase, Words] = {
    Phase.FAULTS: ("故障进行中", "load and faults"),
    Phase.CALM: ("静候收尾", "calm, until nothing is under way"),
    Phase.JUDGING: ("核对与裁判", "reconciliation and judgement"),
}
