"""The city of the benchmark `sustained`: a window, five departments, a monitor and a portal, on a quick calendar.

A day takes two minutes, so that terms run out, reminders go and silence counts within the hour; two departments never
answer, and their silence is consent.
"""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.up import environment, program
from exchange.clock import AcceleratedClock, format_clock
from exchange.machine.files import write_file
from exchange.runtime.settings import Home

FACTOR = 720.0
"""How much quicker than real time its clock is: a day in two minutes."""
MATTER = "works"
SILENT = 2
DEPARTMENTS = 5
_BEGINS = datetime.fromisoformat("2026-03-02T09:00+08:00")

_ANSWERS = '''"""Agrees at once."""

from exchange import Department

ME = Department("{address}", "officer")


def decide(consultation, today):
    return ME.agree(consultation, today)
'''
_SILENT = '''"""Leaves all to an officer, who never comes."""


def decide(consultation, today):
    return None
'''
_LEAD = '''"""Grants."""

from exchange import Ruling
from exchange.schemas import Outcome


def decide(docket):
    return Ruling(Outcome.GRANT, "all departments were heard or silent", officer="officer")
'''


def members() -> list[str]:
    """The addresses between which documents go."""
    return ["load.window", *(f"load.d{number}" for number in range(DEPARTMENTS))]


def make(home: Path) -> None:
    """Makes the domain and sets its clock going."""
    source = home.with_name("departments")
    _profile(source / "window", "load.window", "window", _LEAD, "rule_decides = true")
    _profile(source / "monitor", "load.monitor", "monitor")
    _profile(source / "portal", "load.portal", "portal", None, 'superior = "load.window"')
    for number in range(DEPARTMENTS):
        address = f"load.d{number}"
        rule = _SILENT if _is_silent(number) else _ANSWERS.format(address=address)
        _profile(source / f"d{number}", address, "department", rule)
    (source / "catalogue").mkdir()
    (source / "catalogue" / f"{MATTER}.toml").write_text(_matter())
    before = AcceleratedClock(datetime.now(UTC), _BEGINS - timedelta(days=30), 1)
    settings = environment(home, EXCHANGE_CLOCK=format_clock(before))
    subprocess.run(program("init", "--departments", str(source)), env=settings, check=True, stdout=subprocess.DEVNULL)
    write_file(Home(home).clock, format_clock(AcceleratedClock(datetime.now(UTC), _BEGINS, FACTOR)))


def _is_silent(number: int) -> bool:
    return number >= DEPARTMENTS - SILENT


def _profile(folder: Path, address: str, role: str, rule: str | None = None, *further: str) -> None:
    folder.mkdir(parents=True)
    short = address.rpartition(".")[2]
    lines = [f'{key} = "{value}"' for key, value in {"address": address, "name": short, "name_en": short}.items()]
    lines += [f'roles = ["{role}"]', 'officer = "officer"', *further]
    if rule is not None:
        lines.append('rule = "rule.py"')
        (folder / "rule.py").write_text(rule)
    (folder / "profile.toml").write_text("\n".join(lines) + "\n")


def _matter() -> str:
    """All are asked at once; the silent ones have one and two working days."""
    text = f'code = "{MATTER}"\nversion = "1"\nname = "施工"\nname_en = "Works"\nlead = "load.window"\n'
    text += 'basis = ["行政许可法第二十六条"]\n[[materials]]\ncode = "plan"\nname = "图"\nrequired = false\n'
    for number in range(DEPARTMENTS):
        text += f'[[approvers]]\ndepartment = "load.d{number}"\n'
        text += f"term_days = {number - DEPARTMENTS + SILENT + 1 if _is_silent(number) else 5}\n"
        if _is_silent(number):
            text += 'default = "consent"\ndefault_basis = ["rule"]\n'
    return text
