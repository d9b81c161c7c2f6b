"""A command line that cannot be read, said in the reader's language: typer's own sentences, recognised, translated."""

from __future__ import annotations

import re
from typing import Any

from typer._click.exceptions import ClickException

from exchange.language import Foreign, Language, Text, language

_KINDS = {"option": Text("option"), "argument": Text("argument"), "parameter": Text("parameter")}

_SENTENCES: tuple[tuple[str, Text], ...] = (
    (r"Missing (?P<kind>\w+) (?P<name>'.*?')\.(?: Choose from:\s+(?P<choices>.*))?", Text("Missing {kind} {name}.")),
    (r"Invalid value for (?P<name>.*?): (?P<inner>.*)", Text("Invalid value for {name}: {inner}")),
    (r"Invalid value: (?P<inner>.*)", Text("Invalid value: {inner}")),
    (r"No such option: (?P<name>\S+) \(Possible options: (?P<others>.*)\)",
     Text("No such option: {name} (Possible options: {others})")),
    (r"No such option: (?P<name>.*)", Text("No such option: {name}")),
    (r"(?P<inner>No such command '.*?')\.? Did you mean (?P<others>.*)\?", Text("{inner} Did you mean {others}?")),
    (r"Missing command\.", Text("Missing command.")),
    (r"No such command (?P<name>'.*')\.?", Text("No such command {name}.")),
    (r"Got unexpected extra argument\(s\) \((?P<names>.*)\)", Text("Got unexpected extra argument(s) ({names})")),
    (r"Option (?P<name>.*) does not take a value\.", Text("Option {name} does not take a value.")),
    (r"Option (?P<name>.*) requires an argument\.", Text("Option {name} requires an argument.")),
    (r"Option (?P<name>.*) requires (?P<number>\d+) arguments\.", Text("Option {name} requires {number} arguments.")),
    (r"Argument (?P<name>.*) takes (?P<number>\d+) values\.", Text("Argument {name} takes {number} values.")),
    (r"(?P<value>'.*') is not one of (?P<choices>.*)\.", Text("{value} is not one of {choices}.")),
    (r"(?:Value error, )(?P<inner>.*)", Text("{inner}")),
    (r"(?:File|Path|Directory) (?P<path>'.*') does not exist\.", Text("{path} does not exist.")),
    (r"(?:File|Path|Directory) (?P<path>'.*') is a file\.", Text("{path} is a file.")),
    (r"(?:File|Path|Directory) (?P<path>'.*') is a directory\.", Text("{path} is a directory.")),
    (r"(?:File|Path|Directory) (?P<path>'.*') is not readable\.", Text("{path} is not readable.")),
    (r"(?:File|Path|Directory) (?P<path>'.*') is not writable\.", Text("{path} is not writable.")),
    (r"Input should be a valid integer.*", Text("must be a whole number")),
    (r"Input should be a valid number.*", Text("must be a number")),
    (r"Input should be a valid boolean.*", Text("must be true or false")),
    (r"Input should be greater than or equal to (?P<ge>.*)", Text("must be {ge} or more")),
    (r"Input should be less than or equal to (?P<le>.*)", Text("must be {le} or less")),
    (r"Input should be greater than (?P<gt>.*)", Text("must be greater than {gt}")),
    (r"Input should be less than (?P<lt>.*)", Text("must be less than {lt}")),
)  # fmt: skip
"""What typer says, and what it means; the library has no catalogue for these."""


def show_fault(error: ClickException) -> None:
    """Say on standard error how a command is used, and what was wrong with how it was used."""
    from typer.rich_utils import rich_format_error  # reads its words from the catalogue when it is imported

    said = usage_fault(error.format_message())
    error.format_message = lambda: said  # type: ignore[method-assign]
    rich_format_error(error)


def usage_fault(said: str) -> str:
    """Say a sentence of typer's in the language spoken; English stays as it is, and what is not known is framed."""
    return said if language() is Language.ENGLISH else _read(said).written(language())


def _read(said: str) -> Text | Foreign:
    for pattern, text in _SENTENCES:
        found = re.fullmatch(pattern, said.strip(), re.DOTALL)
        if found:
            parts: dict[str, Any] = {name: value or "" for name, value in found.groupdict().items()}
            if "inner" in parts:
                parts["inner"] = _read(parts["inner"])
            if "kind" in parts:
                parts["kind"] = _KINDS.get(parts["kind"], parts["kind"])
            if parts.get("choices") and "{choices}" not in text.template:
                choices = re.sub(r"\s*,\s*", ", ", parts["choices"])
                return Text(
                    "{sentence} Choose from: {choices}", {"sentence": Text(text.template, parts), "choices": choices}
                )
            return Text(text.template, parts)
    return Foreign(said)
