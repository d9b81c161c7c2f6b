"""What weights and conclusions are called."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.evidence.proof.findings import Conclusion, Weight
from exchange.language import Words

WEIGHTS: Mapping[Weight, Words] = {
    Weight.PROVED: ("已证明", "Proved"),
    Weight.CLAIMED: ("仅一方陈述", "Claimed by one side alone"),
    Weight.MISSING: ("缺失", "Missing"),
    Weight.CONTRADICTION: ("矛盾", "Contradiction"),
}
CONCLUSIONS: Mapping[Conclusion, Words] = {
    Conclusion.PROVED: ("结论：全部得到证明", "Conclusion: all of it is proved"),
    Conclusion.INCOMPLETE: (
        "结论：无矛盾，但有缺失或仅一方陈述之处",
        "Conclusion: nothing contradicts, but something is missing or rests on one side's word",
    ),
    Conclusion.CONTRADICTED: (
        "结论：存在矛盾，此证据不可采信为完整真实",
        "Conclusion: something contradicts; this cannot be all true",
    ),
}
