"""Load the function ``decide`` of a rule's file, by its path."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from exchange.errors import BadConfiguration
from exchange.runtime.rules_before import find_names_of_before

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


def load_decide(path: Path, address: str, parameters: tuple[str, ...]) -> Callable[..., Any]:
    """Load the rule at ``path``, which takes these parameters. Raises BadConfiguration naming file and line."""
    decide = getattr(_module(path, address), "decide", None)
    wanted = f"decide({', '.join(parameters)})"
    if not callable(decide):
        raise BadConfiguration(
            "{path}:1: there is no {wish}", remedy="define {wish} in the rule", path=path, wish=wanted
        )
    try:
        inspect.signature(decide).bind(*parameters)
    except TypeError as error:
        line = inspect.unwrap(decide).__code__.co_firstlineno if inspect.isfunction(decide) else 1
        raise BadConfiguration(
            "{path}:{line}: decide: {error}",
            remedy="define {wish} in the rule",
            path=path,
            line=line,
            error=error,
            wish=wanted,
        ) from error
    return cast(Callable[..., Any], decide)


class _RuleLoader(SourceFileLoader):
    """Leaves no compiled code in a department's folder, which may be another user's."""

    def set_data(self, path: str, data: ReadableBuffer, *, _mode: int = 0o666) -> None:
        """Keep nothing."""


def _module(path: Path, address: str) -> ModuleType:
    """Imports a rule by its path; two members' rules never share a module, whatever their files are called."""
    name = f"rule_of_{address.replace('.', '_').replace('-', '_')}"
    spec = spec_from_file_location(name, path, loader=_RuleLoader(name, str(path)))
    if spec is None or spec.loader is None:
        raise BadConfiguration("{path}:1: not a Python file", remedy="name the rule's file *.py", path=path)
    module = module_from_spec(spec)
    find_names_of_before()
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # whatever a rule's author wrote, the message names the line
        raise BadConfiguration(
            "{path}:{line}: {name}: {reason}",
            path=path,
            line=_line(error, path),
            name=type(error).__name__,
            reason=error,
        ) from error
    return module


def _line(error: Exception, path: Path) -> int:
    if isinstance(error, SyntaxError):
        return error.lineno or 1
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return lines[-1] or 1 if lines else 1
