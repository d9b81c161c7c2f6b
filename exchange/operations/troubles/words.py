"""What each kind of standing trouble is called, in Chinese and English."""

from __future__ import annotations

from exchange.operations.troubles.kinds import AlertKind
from exchange.operations.troubles.lights import Words

KINDS: dict[AlertKind, Words] = {
    AlertKind.OVERDUE: ("期限届满未了结", "Overdue"),
    AlertKind.UNWATCHED: ("无人督办期限", "Nobody watches the deadlines"),
    AlertKind.CASE_OVERRUN: ("案件超过法定办理期限", "Cases beyond their statutory term"),
    AlertKind.ESCALATED: ("已上报，待主办部门处理", "Escalated to the lead"),
    AlertKind.UNDECIDED: ("待主办部门决定", "Wait for the lead's decision"),
    AlertKind.SAFETY: ("迟到意见以安全为由不同意", "Late objections on grounds of safety"),
    AlertKind.REVIEW: ("待复核的案件", "Cases to be reviewed"),
    AlertKind.UNDELIVERED: ("准予许可后未按期送达", "Granted, and not delivered in time"),
    AlertKind.UNEXPLAINED: ("承诺超期未说明", "Broken promises nobody has explained"),
    AlertKind.RULE_FAILING: ("规则出错，案件待人办理", "A rule fails, and cases wait for an officer"),
    AlertKind.DEFAULT_NEAR: ("期限将届满", "Terms that end soon"),
    AlertKind.UNSIGNED: ("长期未签收", "Not signed for"),
    AlertKind.UNDATED: ("期限长期未起算或停计", "Terms that do not run"),
    AlertKind.REVOKED_OPEN: ("已吊销的部门仍有待办", "Revoked, with open consultations"),
    AlertKind.WITHHELD_BEYOND: ("搁置的报文已满，不再留存", "So many are set aside that no more are kept"),
    AlertKind.IMPLAUSIBLE_RECEIPT: ("签收时间不合情理", "Receipts with a time that cannot be"),
    AlertKind.WITHHELD: ("证书失效后才到达，待两人核定", "Wait for two people's word"),
    AlertKind.HELD: ("正在暂停投递", "Held"),
    AlertKind.DRAINED: ("已排空", "Drained"),
    AlertKind.JOINT_WAITING: ("联合发文等待签署", "Joint documents wait for signatures"),
    AlertKind.BROKER_AWAY: ("消息代理不可用", "The broker does not answer"),
    AlertKind.BROKER_ALARM: ("消息代理告警", "The broker raises an alarm"),
    AlertKind.DATABASE_AWAY: ("数据库不可用", "Databases cannot be read"),
    AlertKind.ROLE_DOWN: ("成员未运行", "Members are not served"),
    AlertKind.CLOCK: ("时钟有误", "A clock is wrong"),
    AlertKind.ROUND_FAILING: ("例行工作反复失败", "Periodic work fails"),
    AlertKind.LINK_DOWN: ("级联链路中断", "Links do not run"),
    AlertKind.QUEUE_OLD: ("报文久未取走", "Messages wait for long"),
    AlertKind.ABANDONED: ("已放弃投递", "Copies were abandoned"),
    AlertKind.DEAD_LETTERS: ("死信", "Dead letters"),
    AlertKind.DISK: ("磁盘将满", "The disk is nearly full"),
    AlertKind.CERTIFICATE: ("证书将到期", "Certificates expire"),
    AlertKind.DIRECTORY: ("签名目录将到期", "The directory expires"),
    AlertKind.STALE_DIRECTORY: ("签名目录是否最新不明", "The directory is not known to be current"),
    AlertKind.AUDIT: ("审计日志被改动或截断", "The audit log was changed or cut off"),
    AlertKind.LOG: ("办理日志被改动或截断", "A journal was changed or cut off"),
    AlertKind.CALENDAR: ("工作日历不足", "The calendar ends soon"),
    AlertKind.TOKEN: ("令牌将到期", "Tokens expire"),
    AlertKind.WEBHOOK_OFF: ("推送已停用", "Webhooks are disabled"),
    AlertKind.UNTOLD: ("告警未送达", "Alerts are not taken"),
}
