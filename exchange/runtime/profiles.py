"""Profiles: one folder a member, with who it is (profile.toml) and, where it has one, its rule."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from exchange.errors import BadConfiguration
from exchange.language import Joined, Text, joined
from exchange.notices.rules.covering import Covering
from exchange.runtime.rule_process.asking import DecisionProcess, OpinionProcess
from exchange.schemas import Role, Wire
from exchange.schemas.base import Address, Line
from exchange.schemas.directory import AgencyCode
from exchange.tomlfile import TomlFile, read_toml

FILE = "profile.toml"

PEOPLE_ACT = frozenset({Role.WINDOW, Role.PORTAL, Role.DEPARTMENT, Role.RELAY})
"""Roles of members that people act for, at a portal by handing in what came on paper; a monitor acts by rule alone."""


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
    codes: Annotated[tuple[AgencyCode, ...], Field(max_length=32)] = ()
    """Agency codes (机关代字) of its documents' numbers, each in full: 合自然资函. The directory certifies them."""
    rule: Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_]*\.py$")] | None = None
    """The rule's file in the same folder; None where officers do everything."""
    rule_decides: bool = False
    """Of a window: its rule makes the decisions, each marked so; else it prepares them and officers confirm."""
    desk: bool = False
    """Whether `exchange up` serves its desk beside it, for its officers."""
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


def opinion_rule_of(profile: Profile) -> OpinionProcess:
    """Return a department's rule, ``decide(consultation, today)``, not yet loaded. Raises BadConfiguration."""
    return OpinionProcess(_rule_file(profile), profile.address, "department")


def decide_rule_of(profile: Profile) -> DecisionProcess:
    """Return the lead's rule, ``decide(docket)``, not yet loaded. Raises BadConfiguration."""
    return DecisionProcess(_rule_file(profile), profile.address, "window")


def has_desk(profile: Profile) -> bool:
    """Return whether people act for a member, so that it can have a desk."""
    return bool(PEOPLE_ACT & set(profile.roles))


def _rank(profile: Profile) -> tuple[bool, bool, str]:
    return Role.WINDOW not in profile.roles, Role.MONITOR not in profile.roles, profile.address


def _faults_between(files: list[tuple[TomlFile, Profile]]) -> list[Text]:
    faults: list[Text] = []
    seen: dict[str, Path] = {}
    domain = _domain(files[0][1].address) if files else ""
    addresses = {profile.address for _, profile in files}
    codes: dict[str, str] = {}
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
        for code in sorted(set(profile.codes)):
            if codes.setdefault(code, profile.address) != profile.address or profile.codes.count(code) > 1:
                told = Text("the agency code {code} is one of {address}", {"code": code, "address": codes[code]})
                faults.append(file.fault(("codes",), told))
        if profile.rule is not None and not (profile.folder / profile.rule).is_file():
            faults.append(file.fault(("rule",), "there is no file {rule} beside the profile", rule=profile.rule))
        if profile.rule_decides and (profile.rule is None or Role.WINDOW not in profile.roles):
            told = Text(
                "{address} is no window with a rule; departments' rules always answer", {"address": profile.address}
            )
            faults.append(file.fault(("rule_decides",), told))
        if profile.desk and not has_desk(profile):
            told = Text("nobody acts for {address}, so it has no desk", {"address": profile.address})
            faults.append(file.fault(("desk",), told))
        if Role.RELAY not in profile.roles and profile.notices.cover is not Covering.NONE:
            faults.append(
                file.fault(
                    ("notices", "cover"), "{address} is no relay office, and covers nothing", address=profile.address
                )
            )
    return faults + _faults_of_portals(files)


def _faults_of_portals(files: list[tuple[TomlFile, Profile]]) -> list[Text]:
    """A portal faces the Internet: it is nothing else beside, and its superior is the window that it files with."""
    windows = {profile.address for _, profile in files if Role.WINDOW in profile.roles}
    faults: list[Text] = []
    for file, profile in files:
        if Role.PORTAL not in profile.roles:
            continue
        if profile.roles != (Role.PORTAL,):
            told = Text(
                "{address} is a portal, which has no other role beside: give the others to a member of their own",
                {"address": profile.address},
            )
            faults.append(file.fault(("roles",), told))
        if profile.superior not in windows:
            told = Text(
                "{address} is a portal, and its superior must be the window that it files with",
                {"address": profile.address},
            )
            faults.append(file.fault(("superior",) if profile.superior else ("roles",), told))
        if profile.rule is not None:
            told = Text("{address} is a portal, and decides nothing by a rule", {"address": profile.address})
            faults.append(file.fault(("rule",), told))
    return faults


def _domain(address: str) -> str:
    return address.rpartition(".")[0]


def _rule_file(profile: Profile) -> Path:
    if profile.rule is None:
        raise BadConfiguration(
            "{folder}:1: rule: {address} has none",
            remedy="name its file",
            folder=profile.folder / FILE,
            address=profile.address,
        )
    return profile.folder / profile.rule
