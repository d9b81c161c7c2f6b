"""A case for machines: what `exchange status --json` prints."""

from __future__ import annotations

from typing import Any

from exchange.approval.window.decision import Ruling
from exchange.approval.window.status import CaseStatus, PartStatus
from exchange.cli.approval.clock_views import case_term_json
from exchange.cli.approval.course_views import paper_json, reopening_json
from exchange.cli.approval.term_views import amendment_json, stopped_json
from exchange.schemas import Decision


def case_json(case: CaseStatus, decision: Decision | None = None) -> dict[str, Any]:
    """Return one case for machines."""
    return {
        "case": case.number,
        "matter": case.matter,
        "project": case.project,
        "state": case.state.value,
        "stage": case.stage,
        "due_at": case.due_at.isoformat() if case.due_at else None,
        "provisional": case.provisional,
        "case_term": case_term_json(case.term) if case.term else None,
        "outcome": case.outcome,
        "opened_at": case.opened_at.isoformat(),
        "decided_at": case.decided_at.isoformat() if case.decided_at else None,
        "decision_id": case.decision_id,
        "decided_by_rule": case.by_rule,
        "ready_at": case.ready_at.isoformat() if case.ready_at else None,
        "prepared": _ruling_json(case.prepared) if case.prepared else None,
        "rule_error": case.rule_error,
        "decision": decision.model_dump(mode="json") if decision else None,
        "reopenings": [reopening_json(one) for one in case.reopenings],
        "proposals": [{"department": one.department, "named": one.named, "body": one.body} for one in case.proposals],
        "departments": [_part_json(part) for part in case.parts],
    }


def _ruling_json(ruling: Ruling) -> dict[str, Any]:
    return {"outcome": ruling.outcome.value, "reasons": ruling.reasons, "conditions": ruling.conditions}


def _part_json(part: PartStatus) -> dict[str, Any]:
    return {
        "department": part.department,
        "state": part.state.value,
        "verdict": part.verdict.value if part.verdict else None,
        "reasons": part.reasons,
        "conditions": part.conditions,
        "due_at": part.due_at.isoformat() if part.due_at else None,
        "provisional": part.provisional,
        "stopped": stopped_json(part.stopped),
        "amendments": [amendment_json(entry) for entry in part.amendments],
        "correct_by": part.correct_by.isoformat() if part.correct_by else None,
        "faulty_id": part.faulty_id,
        "late_opinion": part.late,
        "consultation_id": part.consultation_id,
        "message_id": part.message_id,
        "late_opinion_id": part.late_opinion_id,
        "protest_id": part.protest_id,
        "protest_ground": part.protest_ground.value if part.protest_ground else None,
        "contested": part.contested,
        "instead_of": part.instead_of,
        "substitute": part.substitute,
        "given_by": part.given_by,
        "late_given_by": part.late_given_by,
        "supplement_until": part.supplement_until.isoformat() if part.supplement_until else None,
        "late_ground": part.late_ground.value if part.late_ground else None,
        "safety_alarm": part.alarming,
        "paper": paper_json(part.paper),
        "recalled_id": part.recalled_id,
        "recall_id": part.recall_id,
        "recalled_at": part.recalled_at.isoformat() if part.recalled_at else None,
    }
