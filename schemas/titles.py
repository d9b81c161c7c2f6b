"""What each kind of message, and each schema beside them, is called in Chinese and English: for every face alike."""

from __future__ import annotations

from exchange.language import choose

TITLES: dict[str, tuple[str, str]] = {
    "document": ("公文", "Document"),
    "notice": ("下行通知", "Notice"),
    "forwarding": ("转发通知", "Notice passed on"),
    "sign-off": ("签收或退文", "Sign-off"),
    "notice-reminder": ("通知催办", "Notice reminder"),
    "recall": ("撤回通知", "Recall"),
    "forwarded-request": ("转报请示", "Request passed on"),
    "request-forwarded": ("请示转报告知", "Word of a request passed on"),
    "joint-draft": ("联合行文稿", "Joint draft"),
    "joint-signature": ("会签", "Joint signature"),
    "joint-refusal": ("拒签", "Refusal to sign"),
    "joint-ended": ("会签终止", "End of a joint draft"),
    "joint-document": ("联合行文", "Joint document"),
    "tally": ("签收情况", "Tally"),
    "receipts-request": ("调取回执", "Request for receipts"),
    "receipts-shown": ("出示回执", "Receipts shown"),
    "consultation": ("征求意见", "Consultation"),
    "clearance": ("前置结果通知", "Prerequisite's result"),
    "case-closed": ("案件终结通知", "Case closed"),
    "opinion": ("审查意见", "Opinion"),
    "deemed-consent": ("视为同意", "Deemed consent"),
    "deadline-notice": ("期限通报", "Deadlines told"),
    "term-notice": ("期限变更通知", "Term amended"),
    "reminder": ("催办", "Reminder"),
    "escalation": ("逾期上报", "Escalation"),
    "decision": ("决定", "Decision"),
    "default-notice": ("视为同意通知", "Notice of a default"),
    "receipt": ("签收回执", "Receipts"),
    "directory-update": ("通讯录更新", "Directory update"),
    "form": ("报送表", "Form"),
    "form-answer": ("报送", "Form answer"),
    "form-aggregate": ("报送汇总", "Form aggregate"),
    "non-delivery": ("退运通知", "Non-delivery"),
    "header": ("信封明文头", "Clear header"),
    "application": ("申请", "Application"),
    "matter": ("事项", "Matter"),
    "directory": ("通讯录", "Directory"),
    "receipt-leaf": ("单份回执", "Single receipt"),
    "receipt-proof": ("回执证明", "Receipt proof"),
}


def kind_name(kind: str) -> str:
    """What a kind of message is called in the language spoken now; the kind itself where it is not known here."""
    return choose(TITLES[kind]) if kind in TITLES else kind
