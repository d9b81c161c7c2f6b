"""The files of a deployment as texts, and on disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exchange.errors import Conflict
from exchange.machine.files import make_folder, write_file

_WIDTH = 110


def as_yaml(*documents: Mapping[str, Any]) -> str:
    """Return YAML 1.1 that reads in the order in which things were said."""
    import yaml

    class Plain(yaml.SafeDumper):
        """Texts of several lines as such, and nothing by reference."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    def text(dumper: yaml.SafeDumper, data: str) -> yaml.ScalarNode:
        style = "|" if "\n" in data else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)

    Plain.add_representer(str, text)
    return yaml.dump_all(
        documents, Dumper=Plain, sort_keys=False, allow_unicode=True, width=_WIDTH, explicit_start=len(documents) > 1
    )


def write_files(folder: Path, files: Mapping[str, str], *, replace: bool) -> list[str]:
    """Write what is new or, with ``replace``, other than before; returns the names of what was written.

    Raises Conflict, before anything is written, where a file was changed by hand and is not to be replaced; or
    FileUnusable.
    """
    there = {name: _text(folder / name) for name in files}
    changed = [name for name, text in there.items() if text is not None and text != files[name]]
    if changed and not replace:
        raise Conflict(
            "{folder} has other files already: {names}",
            remedy="name a new folder; or --replace writes them anew, as they should be now",
            folder=folder,
            names=", ".join(changed),
        )
    wanted = [name for name, text in there.items() if text != files[name]]
    for name in wanted:
        make_folder((folder / name).parent)
        write_file(folder / name, files[name])
    return wanted


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else None
