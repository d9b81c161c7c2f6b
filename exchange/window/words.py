"""How steps and verdicts are coloured for applicants, and in which steps a department is to answer."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.schemas import PartStep

PART_TONES: Mapping[PartStep, str] = {
    PartStep.PLANNED: "",
    PartStep.PUT_TO: "info",
    PartStep.SIGNED_FOR: "info",
    PartStep.ANSWERED: "good",
    PartStep.DEEMED: "warn",
    PartStep.DEEMED_REFUSAL: "bad",
    PartStep.ESCALATED: "bad",
    PartStep.NOT_NEEDED: "",
}
VERDICT_TONES: Mapping[str, str] = {"agree": "good", "agree-with-conditions": "good", "disagree": "bad"}
WAITING = (PartStep.PUT_TO, PartStep.SIGNED_FOR, PartStep.ESCALATED)
"""Steps in which a department is to answer."""
