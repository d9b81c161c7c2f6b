"""What weights and conclusions are called."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.evidence.bundle.contents import BundleReader, SubjectKind, WithheldFor
from exchange.evidence.proof.findings import Conclusion, Weight
from exchange.language import Words

WEIGHTS: Mapping[Weight, Words] = {
    Weight.PROVED: ("已证明", "Proved"),
    Weight.CLAIMED: ("仅一方陈述", "Claimed by one side alone"),
    Weight.MISSING: ("缺失", "Missing"),
    Weight.WITHHELD: ("未向本读者提供，无法核查", "Withheld from this reader, and not examined"),
    Weight.NOT_LOOKED_AT: (
        "未核查：未指定据以核对者，其余结论不依赖于此",
        "Not looked at, since nothing was named to hold it against; nothing else rests on it",
    ),
    Weight.CONTRADICTION: ("矛盾", "Contradiction"),
}
CONCLUSIONS: Mapping[Conclusion, Words] = {
    Conclusion.PROVED: ("结论：全部得到证明", "Conclusion: all of it is proved"),
    Conclusion.WITHHELD: (
        "结论：所含内容得到证明；未向本读者提供的部分无法核查",
        "Conclusion: what is in it is proved; what was withheld from this reader is not examined",
    ),
    Conclusion.INCOMPLETE: (
        "结论：无矛盾，但有缺失或仅一方陈述之处",
        "Conclusion: nothing contradicts, but something is missing or rests on one side's word",
    ),
    Conclusion.CONTRADICTED: (
        "结论：存在矛盾，此证据不可采信为完整真实",
        "Conclusion: something contradicts; this cannot be all true",
    ),
}
SUBJECTS: Mapping[SubjectKind, Words] = {
    SubjectKind.CASE: ("案件", "Case"),
    SubjectKind.NOTICE: ("通知", "Notice"),
    SubjectKind.DOCUMENT: ("文书", "Document"),
    SubjectKind.JOINT: ("联合行文", "Joint document"),
}
"""What a bundle is about."""
READERS: Mapping[BundleReader, Words] = {
    BundleReader.ALL: ("不作遮蔽", "everything"),
    BundleReader.APPLICANT: ("申请人", "the applicant"),
    BundleReader.COURT: ("法院或复议机关", "a court"),
    BundleReader.PUBLIC: ("公众", "the public"),
}
"""For whom a bundle was made."""
REASONS: Mapping[WithheldFor, Words] = {
    WithheldFor.PERSONAL: ("个人信息", "personal data"),
    WithheldFor.INTERNAL: ("机关之间的内部文书", "said among authorities"),
    WithheldFor.ATTACHMENT: ("附件", "attachments"),
    WithheldFor.JOURNAL: ("单位内部日志", "members' journals"),
    WithheldFor.OTHER_CASES: ("涉及其他案件", "about other cases, too"),
}
"""Why files were left out."""
