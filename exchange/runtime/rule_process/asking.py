"""A rule as the process that serves a member has it: a function that asks the rule's own process.

The process is started when it is first needed, kept, and ended with whoever asks. One that does not answer in time, or
dies, is ended; the question has failed, as if the rule had raised an error, and the next one starts another process.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import subprocess
import sys
import threading
import weakref
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, cast

from pydantic import ValidationError

import exchange
from exchange.approval.rule_failure import RuleFailed
from exchange.approval.window.decision import Docket, Ruling
from exchange.clock import monotonic
from exchange.language import Language, Text
from exchange.machine.logger import get_logger
from exchange.runtime.rule_process import runner
from exchange.runtime.rule_process.questions import RuleAnswer, about_consultation, about_docket
from exchange.runtime.rule_process.waiting import Runner, taken
from exchange.runtime.supervision.children import GIVEN_PATH
from exchange.schemas import Consultation, Opinion
from exchange.workdays import given_calendar

log = get_logger()

STARTS_IN = 60.0
"""Seconds that a rule's process has to be ready; half of one on an idle machine."""

ANSWERS_IN = 10.0
"""Seconds that a rule has for an answer."""

MEMORY = 1 << 30
"""Bytes of memory that a rule's process may map; Python and our own code take a fifth."""

_MOST_OCTETS = 1 << 22


class RuleProcess:
    """The process of one member's rule."""

    def __init__(self, path: Path, address: str, kind: str, *, seconds: float = ANSWERS_IN) -> None:
        """``kind`` is whose rule it is, a ``department``'s or a ``window``'s; ``seconds`` an answer may take."""
        self._path, self._address, self._kind, self._seconds = path, address, kind, seconds
        self._runner: Runner | None = None
        self._ended: weakref.finalize[Any, Any] | None = None
        self._turn = threading.Lock()
        self.lacking: tuple[str, ...] = ()
        """What this machine cannot enforce (`exchange.machine.confinement.Part`), once it runs."""

    def __str__(self) -> str:
        return f"rule of {self._address}"

    def check(self) -> None:
        """Start the process, where it does not run. Raises BadConfiguration for a rule that cannot be loaded."""
        with self._turn:
            self._running()

    def ask(self, question: str) -> Opinion | Ruling | None:
        """Ask the rule. Raises RuleFailed where it fails, BadConfiguration where it cannot be loaded any more."""
        with self._turn:
            answer = self._converse(self._running(), question.encode() + b"\n", self._seconds)
        if answer.printed:
            log.info("rule.printed", node=self._address, text=answer.printed)
        if answer.failed:
            raise RuleFailed(answer.failed, answer.reason, answer.trace)
        try:
            return answer.given()
        except ValidationError as error:
            raise RuleFailed("ValueError", "the rule's answer is not valid", "") from error

    def close(self) -> None:
        """End the process."""
        with self._turn:
            self._end()

    def _running(self) -> Runner:
        if self._runner is not None and self._runner.process.poll() is None:
            return self._runner
        self._end()
        folders = [folder for folder in os.environ.get(GIVEN_PATH, "").split(os.pathsep) if folder]
        root = Path(exchange.__file__).parent.parent
        words = [str(word) for word in (root, self._path, self._address, self._kind, MEMORY, *folders)]
        found = taken(words) or _started(words, self._path.parent)
        self._runner, self._ended = found, weakref.finalize(self, found.end)
        ready = self._converse(found, b"", STARTS_IN)
        if ready.fault is not None:
            self._end()
            raise ready.fault.error()
        self.lacking = ready.lacking
        return found

    def _converse(self, runner: Runner, question: bytes, seconds: float) -> RuleAnswer:
        """One question and its answer. Raises RuleFailed, having ended the process."""
        until = monotonic() + seconds
        try:
            _write(runner, question, until)
            return RuleAnswer.model_validate_json(_line(runner, until))
        except TimeoutError:
            waited = Text("no answer within {seconds:.0f} s", {"seconds": seconds})
            raise self._gone("TimeoutError", waited) from None
        except (OSError, EOFError, ValidationError) as error:
            ended = Text("the rule's process has ended or talks nonsense: {words}", {"words": _words(runner)})
            raise self._gone("RuntimeError", ended) from error

    def _gone(self, name: str, reason: Text) -> RuleFailed:
        self._end()
        return RuleFailed(name, reason.written(Language.ENGLISH), "")

    def _end(self) -> None:
        if self._ended is not None:
            self._ended()
        self._runner = self._ended = None


class OpinionProcess(RuleProcess):
    """A department's rule, as it is asked."""

    def __call__(self, consultation: Consultation, today: date) -> Opinion | None:
        """Return the rule's opinion. Raises RuleFailed."""
        return cast(Opinion | None, self.ask(about_consultation(consultation, today, given_calendar())))


class DecisionProcess(RuleProcess):
    """A window's rule, as it is asked."""

    def __call__(self, docket: Docket) -> Ruling | None:
        """Return the rule's ruling. Raises RuleFailed."""
        return cast(Ruling | None, self.ask(about_docket(docket)))


def _started(words: Sequence[str], folder: Path) -> Runner:
    process = subprocess.Popen(
        [sys.executable, "-I", "-X", "utf8", runner.__file__, *words],
        env={}, cwd=folder, bufsize=0, start_new_session=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    pipes = (process.stdin, process.stdout, process.stderr)
    return Runner(process, *(cast(BinaryIO, pipe) for pipe in pipes))


def _write(found: Runner, octets: bytes, until: float) -> None:
    pipe = found.asked.fileno()
    os.set_blocking(pipe, False)
    rest = memoryview(octets)
    while rest:
        _wait(pipe, selectors.EVENT_WRITE, until)
        rest = rest[os.write(pipe, rest[:65_536]) :]


def _line(running: Runner, until: float) -> bytes:
    found = b""
    while not found.endswith(b"\n"):
        _wait(running.answers.fileno(), selectors.EVENT_READ, until)
        more = os.read(running.answers.fileno(), 65_536)
        found += more
        if not more or len(found) > _MOST_OCTETS:
            raise EOFError
    return found


def _wait(descriptor: int, event: int, until: float) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, event)
        if not selector.select(max(0.0, until - monotonic())):
            raise TimeoutError


def _words(found: Runner) -> str:
    """The last words of a process that was ended, for whoever has to find out why."""
    found.process.kill()
    found.process.wait()
    said = b""
    with contextlib.suppress(OSError):  # somebody else has its standard error, and says nothing
        os.set_blocking(found.words.fileno(), False)
        while more := os.read(found.words.fileno(), 65_536):
            said += more
    return said.decode(errors="replace")[-500:].strip()
