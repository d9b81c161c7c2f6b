"""The domain of a fault proof, made in an empty folder: a window, two monitors, departments whose silence counts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from exchange.machine.files import make_folder, write_file
from exchange.trials.prove.rules.judgement import Behaviour

DOMAIN = "prove"
WINDOW, MONITORS = "window", ("monitor", "monitor2")
DEPARTMENTS = ("planning", "transport", "housing")
MEMBERS = (WINDOW, *MONITORS, *DEPARTMENTS)
"""Everybody, by short name; each sends and gets documents, so that what befalls it is seen in them."""
SMALL_DISK = "housing"
"""Whose database lies on a small file system of its own, where that can be had."""
MATTER, MATERIAL = "prove", "plan"

_PROFILE = """address = "{address}"
name = "{name}"
name_en = "{name}"
roles = ["{role}"]
officer = "officer"
"""
_DEPARTMENTS_RULE = """# Answers at once what is to be answered so; all else waits for an officer, or keeps waiting.
from exchange import Department


def decide(consultation, today):
    if "{name}={prompt}" not in consultation.application.project:
        return None
    return Department("{address}", "officer").agree(consultation, today)
"""
_LEADS_RULE = """from exchange import Ruling
from exchange.schemas import Outcome


def decide(docket):
    return Ruling(Outcome.GRANT, "all departments were heard or kept silent")
"""
_MATTER = """code = "{code}"
version = "1"
name = "故障检验"
name_en = "Fault proof"
lead = "{lead}"
basis = ["行政许可法第二十六条"]

[[materials]]
code = "{material}"
name = "方案"
"""
_APPROVER = """
[[approvers]]
department = "{address}"
term_days = 1
default = "consent"
default_basis = ["缺席默认制"]
"""


def address_of(name: str) -> str:
    """Return a member's address by its short name."""
    return f"{DOMAIN}.{name}"


def name_of(address: str) -> str:
    """Return a member's short name."""
    return address.removeprefix(f"{DOMAIN}.")


def write_departments(folder: Path) -> None:
    """Write profiles, rules and the one matter. Raises FileUnusable."""
    roles = {WINDOW: "window", **dict.fromkeys(MONITORS, "monitor"), **dict.fromkeys(DEPARTMENTS, "department")}
    for name, role in roles.items():
        profile = _PROFILE.format(address=address_of(name), name=name, role=role)
        make_folder(folder / name)
        rule = _rule_of(name)
        if rule:
            profile += 'rule = "rule.py"\n'
            write_file(folder / name / "rule.py", rule)
        write_file(folder / name / "profile.toml", profile + ("rule_decides = true\n" if name == WINDOW else ""))
    approvers = (_APPROVER.format(address=address_of(name)) for name in DEPARTMENTS)
    make_folder(folder / "catalogue")
    matter = _MATTER.format(code=MATTER, material=MATERIAL, lead=address_of(WINDOW)) + "".join(approvers)
    write_file(folder / "catalogue" / f"{MATTER}.toml", matter)


def _rule_of(name: str) -> str:
    if name == WINDOW:
        return _LEADS_RULE
    prompt = Behaviour.PROMPT.value
    return _DEPARTMENTS_RULE.format(address=address_of(name), name=name, prompt=prompt) if name in DEPARTMENTS else ""


def project_of(number: int, behaviours: Sequence[Behaviour]) -> str:
    """Return the project of the case with a number: it says what each department is to do, for its rule to read."""
    told = " ".join(f"{name}={one.value}" for name, one in zip(DEPARTMENTS, behaviours, strict=True))
    return f"case {number} {told}"


def behaviour_of(project: str, name: str) -> Behaviour | None:
    """Return what a department is to do in the case of a project; None where it does not say."""
    words = dict(word.split("=", 1) for word in project.split() if "=" in word)
    return Behaviour(words[name]) if name in words else None
