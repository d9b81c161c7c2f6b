"""A rule's process that was forked before its member learned anything: what it reaches and knows is what a program of
its own does, and its member can end it."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

import exchange
from exchange.machine.confinement import landlock
from tests.contract.runtime.test_rule_process import ATTEMPTS, OPEN, SAYS
from tests.contract.traffic import eventually
from tests.unit.approval.test_departments import consultation, sample

SERVES = """
import json, os, sys
from datetime import date
from pathlib import Path
import exchange
from exchange.approval.rule_failure import RuleFailed
from exchange.machine.confinement import keep_to
from exchange.runtime.rule_process.asking import OpinionProcess
from exchange.runtime.rule_process.waiting import dismiss, lay_ready
from exchange.schemas import Consultation

way, folder, asked = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]).read_text()
held = os.open(os.devnull, os.O_RDONLY)
if way == "forked":
    lay_ready()
os.environ["LEARNED"] = "hidden"
code = [Path(place) for place in (*sys.path, *exchange.__path__, sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64")]
assert keep_to([*code, Path("/etc")], [folder, Path("/dev/null")])
rule = OpinionProcess(folder / "rule.py", "hefei.fire", "department", seconds=2.0)
try:
    print(json.dumps(rule(Consultation.model_validate_json(asked), date(2026, 3, 2)).reasons))
except RuleFailed as error:
    print(json.dumps(f"{error.kind}: {error}"))
print(json.dumps([os.getpid(), rule._runner.process.pid if rule._runner else None]), flush=True)
sys.stdin.read()
"""

FACTS = """
import os, sys, time, exchange, gc
exchange.working_days_open
found = {name: tried(attempt) for name, attempt in ATTEMPTS.items()}
found["settings"] = set(os.environ) - {"LC_CTYPE"}
found["open"] = [number for number in range(100) if open_(number)]
found["its own session"] = os.getsid(0) == os.getpid()
found["folders"] = [os.getcwd(), set(sys.path)]
found["garbage"] = gc.isenabled()
found["hour"] = time.localtime(0).tm_hour
"""


def rule_of(folder: Path, body: str, before: str = "") -> None:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    folder.mkdir(exist_ok=True)
    text = f"from exchange import Department\n{before}\ndef decide(consultation, today):\n{lines}\n"
    (folder / "rule.py").write_text(text)


class Serves:
    """A confined process that asks a rule, and holds what it has until it is told to end."""

    def __init__(self, way: str, folder: Path) -> None:
        (folder / "asked").write_text(consultation(sample("restaurant")[0]).model_dump_json())
        root = str(Path(exchange.__file__).parents[1])
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": root, "PYTHONUTF8": "1", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", SERVES, way, str(folder / "fire"), str(folder / "asked")],
            env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def said(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(self.process.communicate()[1])
        return json.loads(line)

    def end(self) -> None:
        self.process.communicate(timeout=30)


@pytest.fixture
def confines() -> None:
    try:
        landlock.version()
    except OSError:
        pytest.skip("this kernel offers no Landlock")


def test_a_rule_that_was_forked_reaches_and_knows_what_one_of_its_own_program_does(
    tmp_path: Path, confines: None
) -> None:
    (tmp_path / "signing.key").write_text("a key")
    attempts = {
        name: attempt.format(secret=str(tmp_path / "signing.key"), folder=str(tmp_path))
        for name, attempt in ATTEMPTS.items()
    }
    tries = "def tried(what):\n    try:\n        return eval(what)\n    except OSError as error:\n"
    tries += f"        return type(error).__name__\nATTEMPTS = {attempts!r}\n"
    rule_of(tmp_path / "fire", FACTS + SAYS.format("found"), OPEN + tries)
    found = {}
    for way in ("forked", "program"):
        served = Serves(way, tmp_path)
        found[way] = ast.literal_eval(served.said())
        pids = served.said()
        served.end()
        eventually(lambda pids=pids: not psutil.pid_exists(pids[1]), "the end of the rule's process", 10)
    assert found["forked"] == found["program"]
    assert {found["forked"][name] for name in ATTEMPTS} == {"PermissionError"}
    assert (found["forked"]["settings"], found["forked"]["open"]) == (set(), [0, 1, 2, 3, 4])


@pytest.mark.parametrize("way", ["forked", "program"])
def test_a_confined_member_ends_a_rule_that_takes_too_long(tmp_path: Path, confines: None, way: str) -> None:
    rule_of(tmp_path / "fire", "while True: pass")
    served = Serves(way, tmp_path)
    assert served.said() == "TimeoutError: no answer within 2 s"
    member, rule = served.said()
    assert rule is None
    assert psutil.Process(member).children() == []
    served.end()


def test_without_a_rule_the_process_that_waits_is_ended(tmp_path: Path, confines: None) -> None:
    (tmp_path / "fire").mkdir()
    code = SERVES.partition("rule = Opin")[0]
    code += "found = os.waitpid(-1, os.WNOHANG)\ndismiss()\n"
    code += "try: os.waitpid(-1, 0)\nexcept ChildProcessError: print(found, 'none')\n"
    (tmp_path / "asked").write_text("")
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, "forked", str(tmp_path / "fire"), str(tmp_path / "asked")],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(exchange.__file__).parents[1])},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "(0, 0) none\n", done.stderr
