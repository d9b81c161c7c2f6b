"""A rule that was written for an earlier release is taken as it stands."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from exchange import Department, Ruling, said
from exchange.runtime.profiles import load_profiles
from exchange.runtime.rule_process.loading import load_decide
from exchange.runtime.rule_process.questions import PARAMETERS
from tests.unit.runtime.test_profiles import member

OPINION = """
from exchange.rules.answers import Department, said

def decide(consultation, today):
    import exchange.rules.answers
    return Department, said, exchange.rules.answers.figure
"""
DECISION = """
from exchange.flow.conclude import Docket, Ruling
from exchange.rules.states import PartState
from exchange.schemas import Outcome

def decide(docket):
    return Ruling(Outcome.GRANT, PartState.ANSWERED.value)
"""


def test_names_of_before_are_those_of_today(tmp_path: Path) -> None:
    member(tmp_path, "fire", rule=OPINION)
    member(tmp_path, "window", rule=DECISION, role="window")
    profiles = load_profiles(tmp_path)
    found = load_decide(profiles["c.fire"].folder / "rule.py", "c.fire", PARAMETERS["department"])(None, None)
    assert found[:2] == (Department, said)
    ruling = load_decide(profiles["c.window"].folder / "rule.py", "c.window", PARAMETERS["window"])(None)
    assert isinstance(ruling, Ruling)


@pytest.mark.parametrize("name", ["exchange.rules.never", "exchange.flow.submit", "exchange.answers"])
def test_what_no_rule_was_told_to_use_is_not_found(name: str) -> None:
    with pytest.raises(ModuleNotFoundError):
        import_module(name)
