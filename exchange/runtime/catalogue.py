"""The catalogue (事项目录): one TOML file a matter, and nothing in force that is invalid."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from exchange.errors import BadConfiguration, ExchangeError
from exchange.language import Joined, Text, Words, joined
from exchange.runtime.profiles import Profile
from exchange.schemas import Matter, Office, Role
from exchange.tomlfile import Place, TomlFile, read_toml


def load_catalogue(folder: Path, profiles: Mapping[str, Profile] | None = None) -> dict[str, Matter]:
    """Load all matters of a folder by their code, in order of file name.

    Raises BadConfiguration naming file, line and field of every fault in every file, and codes that are used twice.
    With ``profiles``, whoever a matter names must be a member with the role that takes.
    """
    matters: dict[str, Matter] = {}
    first_in: dict[str, Path] = {}
    faults: list[Text | Joined] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            file = read_toml(path)
            matter = file.validated(Matter)
        except BadConfiguration as error:
            faults.append(error.text)
            continue
        if matter.code in matters:
            faults.append(
                file.fault(
                    ("code",),
                    "{code_named} is the code of {name} already",
                    code_named=matter.code,
                    name=first_in[matter.code].name,
                )
            )
            continue
        matters[matter.code], first_in[matter.code] = matter, path
        if profiles is not None:
            faults += _strangers(file, matter, profiles)
    if faults:
        raise BadConfiguration(joined(faults, "\n"))
    return matters


def matter_names(folder: Path) -> dict[str, Words]:
    """Return what the matters of a folder are called, by code; empty while a file of it is invalid."""
    try:
        return {code: matter.names for code, matter in load_catalogue(folder).items()}
    except ExchangeError:
        return {}


def _strangers(file: TomlFile, matter: Matter, profiles: Mapping[str, Profile]) -> list[Text]:
    """Members that the domain does not have, or that cannot do what the matter wants of them."""
    named: list[tuple[Place, str, Role]] = [(("lead",), matter.lead, Role.WINDOW)]
    for field, approvers in (("approvers", matter.approvers), ("further", matter.further)):
        for index, approver in enumerate(approvers):
            named.append(((field, index, "department"), approver.department, Role.DEPARTMENT))
            named += [((field, index, "after", at), one, Role.DEPARTMENT) for at, one in enumerate(approver.after)]
    faults = _strangers_who_amend(file, matter, profiles)
    for place, address, role in named:
        profile = profiles.get(address)
        if profile is None:
            faults.append(file.fault(place, "{address} is no member of the domain", address=address))
        elif role not in profile.roles:
            faults.append(file.fault(place, "{address} has not the role '{role}'", address=address, role=role.value))
    return faults


def _strangers_who_amend(file: TomlFile, matter: Matter, profiles: Mapping[str, Profile]) -> list[Text]:
    """Who may amend a term by address, and is no member."""
    rules = matter.amendments
    ordered: list[tuple[Place, tuple[str, ...]]] = [(("amendments", "restart", "by"), rules.restart.by)]
    ordered += [(("amendments", "extension", index, "by"), rule.by) for index, rule in enumerate(rules.extension)]
    ordered += [(("amendments", "stops", index, "by"), rule.by) for index, rule in enumerate(rules.stops or ())]
    return [
        file.fault((*place, at), "{address} is no member of the domain", address=one)
        for place, by in ordered
        for at, one in enumerate(by)
        if one not in set(Office) and one not in profiles
    ]
