"""Profiles: one folder a member, with who it is (profile.toml) and, where it has one, its rule."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import Field, StringConstraints

from exchange.approval.department.open_desk import OpinionRule
from exchange.approval.window.decision import DecideRule
from exchange.errors import BadConfiguration
from exchange.language import Joined, Text, joined
from exchange.notices.rules.covering import Covering
from exchange.runtime.rules_before import find_names_of_before
from exchange.schemas import Role, Wire
from exchange.schemas.base import Address, Line
from exchange.tomlfile import TomlFile, read_toml

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

FILE = "profile.toml"


class NoticesEntry(Wire):
    """What a relay office's profile says of notices that pass it."""

    cover: Covering = Covering.NONE
    """Which of them wait for a covering instruction: ``none``, ``ask`` (from above), ``ask-all`` (own authorities',
    too).
    """


class ProfileEntry(Wire):
    """What a profile.toml says."""

    address: Address
    name: Line
    name_en: Line
    short: Annotated[str, StringConstraints(min_length=1, max_length=8)] | None = None
    """What tables call it, in two to four characters."""
    short_en: Annotated[str, StringConstraints(min_length=1, max_length=12)] | None = None
    """The same in English."""
    roles: Annotated[tuple[Role, ...], Field(min_length=1, max_length=4)]
    officer: Line
    """Who answers for the member where its rule speaks."""
    superior: Address | None = None
    rule: Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_]*\.py$")] | None = None
    """The rule's file in the same folder; None where officers do everything."""
    rule_decides: bool = False
    """Of a window: its rule makes the decisions, each marked so; else it prepares them and officers confirm."""
    notices: NoticesEntry = NoticesEntry()


class Profile(ProfileEntry):
    """A member as its folder describes it."""

    folder: Path

    @property
    def label(self) -> str:
        """The short name, or the whole one where there is none."""
        return self.short or self.name


def load_profiles(folder: Path) -> dict[str, Profile]:
    """Load all members of a departments folder by address: windows first, then monitors, then the others by address.

    Folders without a profile.toml (catalogue, applications) are no members. Raises BadConfiguration naming file, line
    and field of every fault; addresses must be unique and lie in one domain, superiors must be members.
    """
    files: list[tuple[TomlFile, Profile]] = []
    faults: list[Text | Joined] = []
    for path in sorted(folder.glob(f"*/{FILE}")):
        try:
            file = read_toml(path)
            entry = file.validated(ProfileEntry)
        except BadConfiguration as error:
            faults.append(error.text)
            continue
        files.append((file, Profile(**dict(entry), folder=path.parent)))
    faults += _faults_between(files)
    if faults:
        raise BadConfiguration(joined(faults, "\n"))
    if not files:
        raise BadConfiguration(
            "{folder}:1: no folder with a {file}", remedy="one folder a member, with a {file}", folder=folder, file=FILE
        )
    return {profile.address: profile for profile in sorted((p for _, p in files), key=_rank)}


def load_rule(profile: Profile) -> OpinionRule:
    """Load a department's rule, ``decide(consultation, today)``. Raises BadConfiguration naming file and line."""
    return cast(OpinionRule, _decide(profile, ("consultation", "today")))


def load_decide_rule(profile: Profile) -> DecideRule:
    """Load the lead's rule, ``decide(docket)``. Raises BadConfiguration naming file and line."""
    return cast(DecideRule, _decide(profile, ("docket",)))


def _rank(profile: Profile) -> tuple[bool, bool, str]:
    return Role.WINDOW not in profile.roles, Role.MONITOR not in profile.roles, profile.address


def _faults_between(files: list[tuple[TomlFile, Profile]]) -> list[Text]:
    faults: list[Text] = []
    seen: dict[str, Path] = {}
    domain = _domain(files[0][1].address) if files else ""
    addresses = {profile.address for _, profile in files}
    for file, profile in files:
        if profile.address in seen:
            faults.append(
                file.fault(
                    ("address",),
                    "{address} is the address of {seen}",
                    address=profile.address,
                    seen=seen[profile.address],
                )
            )
        seen.setdefault(profile.address, file.path)
        if not _domain(profile.address):
            faults.append(
                file.fault(("address",), "{address} names no domain, as hefei.planning does", address=profile.address)
            )
        elif _domain(profile.address) != domain:
            faults.append(
                file.fault(
                    ("address",), "{address} lies outside the domain {domain}", address=profile.address, domain=domain
                )
            )
        if profile.superior is not None and profile.superior not in addresses:
            faults.append(file.fault(("superior",), "{superior} is no member of the domain", superior=profile.superior))
        if profile.rule is not None and not (profile.folder / profile.rule).is_file():
            faults.append(file.fault(("rule",), "there is no file {rule} beside the profile", rule=profile.rule))
        if profile.rule_decides and (profile.rule is None or Role.WINDOW not in profile.roles):
            told = Text(
                "{address} is no window with a rule; departments' rules always answer", {"address": profile.address}
            )
            faults.append(file.fault(("rule_decides",), told))
        if Role.RELAY not in profile.roles and profile.notices.cover is not Covering.NONE:
            faults.append(
                file.fault(
                    ("notices", "cover"), "{address} is no relay office, and covers nothing", address=profile.address
                )
            )
    return faults


def _domain(address: str) -> str:
    return address.rpartition(".")[0]


def _decide(profile: Profile, parameters: tuple[str, ...]) -> Callable[..., Any]:
    if profile.rule is None:
        raise BadConfiguration(
            "{folder}:1: rule: {address} has none",
            remedy="name its file",
            folder=profile.folder / FILE,
            address=profile.address,
        )
    path = profile.folder / profile.rule
    decide = getattr(_module(path, profile.address), "decide", None)
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
