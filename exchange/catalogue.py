"""The catalogue (事项目录): one TOML file a matter, and nothing in force that does not hold."""

from __future__ import annotations

from pathlib import Path

from exchange.errors import BadConfiguration
from exchange.tomlfile import read_toml
from schemas import Matter


def load_catalogue(folder: Path) -> dict[str, Matter]:
    """All matters of a folder by their code, in order of file name.

    Raises BadConfiguration naming file, line and field of every fault in every file, and codes that are used twice.
    """
    matters: dict[str, Matter] = {}
    first_in: dict[str, Path] = {}
    faults: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            file = read_toml(path)
            matter = file.validated(Matter)
        except BadConfiguration as error:
            faults.append(str(error))
            continue
        if matter.code in matters:
            faults.append(file.fault(("code",), f"{matter.code} is the code of {first_in[matter.code].name} already"))
            continue
        matters[matter.code], first_in[matter.code] = matter, path
    if faults:
        raise BadConfiguration("\n".join(faults))
    return matters
