"""The command line: parse, call, print. Errors go to standard error with what to do; exit codes are documented."""

from __future__ import annotations

import atexit
import gc
import json
import os
import sys
from typing import Annotated, Any

import typer
from typer._click.exceptions import ClickException

from exchange.cli.called import NAME, as_called, call_words, settle_call
from exchange.cli.commands import COMMANDS
from exchange.cli.help import help_as_called, in_language, settle_language
from exchange.cli.lazy import LazyCommands, LazyGroup
from exchange.cli.streams import lines_at_once, printable
from exchange.errors import ExchangeError
from exchange.language import Language, language, tr
from exchange.language.members import calling
from exchange.machine.handover import take_over
from exchange.machine.proxies import spare_loopback
from exchange.runtime import logs

COMPLETE = "_EXCHANGE_COMPLETE"
"""Set by a shell that wants to know what may come next."""

EPILOG = """
Exit codes: 0 done · 1 unexpected · 2 the request must be changed · 3 not found · 4 the record has moved on ·
5 a message was refused · 6 this machine needs a hand · 7 the broker is not there ·
8 came out otherwise than it should · 9 drained · 10 a part of a served process ended by itself
"""


class _Exchange(LazyGroup):
    """The commands of the table; before one of them is imported, the process is made ready to work."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(entries=COMMANDS, **attributes)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in self.commands and isinstance(self.commands, LazyCommands):
            _make_ready()
        return super().get_command(ctx, cmd_name)


def _make_ready() -> None:
    from exchange.machine.interpreter import take_long_turns

    logs.configure_for_people()
    take_long_turns()


app = typer.Typer(
    name="exchange",
    cls=_Exchange,
    help="Yizhan: departments exchange official documents, decide applications in parallel, and silence has a "
    "consequence.\n\n"
    "First steps: `exchange demo` shows everything at work; `exchange init` makes a domain in ./.exchange, "
    "`exchange up` runs it, `exchange submit FILE` hands in an application, `exchange status` shows the cases.",
    epilog=EPILOG,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib import metadata

        print(f"yizhan {metadata.version('yizhan')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and end.")
    ] = False,
) -> None:
    """What can be said before any command; the help text is the application's own."""


def main() -> None:
    """Run the program; turn the exchange's errors into a message and an exit code."""
    atexit.register(
        gc.freeze
    )  # at its end Python need not go through hundreds of modules for circles: a fifth of the time
    take_over()
    logs.keep_talking()
    lines_at_once()
    spare_loopback()
    try:
        wanted = settle_language()
        command = typer.main.get_command(app)
        settle_call(command.commands)  # type: ignore[attr-defined]
        shown = _for_reader(command, wanted)
        # A shell looks completions up by the plain name, also where a path was typed.
        completing = COMPLETE in os.environ or any(word.endswith("-completion") for word in sys.argv)
        name = NAME if completing else call_words()
        raise SystemExit(shown(standalone_mode=False, prog_name=name, complete_var=COMPLETE))
    except ExchangeError as error:
        from exchange.cli.naming import names

        _tell_machines(error.code, str(error), as_called(error.remedy))
        with calling(names()):
            said = error.diagnostics(language())
        print(f"exchange: {printable(as_called(said))}", file=sys.stderr)
        raise SystemExit(error.exit_code) from None
    except ClickException as error:
        _tell_machines("usage", "the command line is invalid; standard error says where", as_called("exchange --help"))
        from exchange.cli.usage import show_fault

        show_fault(error)
        raise SystemExit(error.exit_code) from None
    except typer.Abort:
        print(tr("Aborted!"), file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except BrokenPipeError:
        # Whoever read our output has seen enough; Python would complain when it flushes what is left.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(141) from None
    except Exception as error:
        _tell_machines("unexpected", type(error).__name__, "")
        from exchange.cli.unexpected import tell_unexpected

        tell_unexpected(error)
        raise SystemExit(1) from None


def _for_reader(command: Any, wanted: Language) -> Any:
    """The command line in a language, its commands written as this process was called."""

    def finish(each: Any) -> Any:
        return help_as_called(in_language(each, wanted))

    command.commands.finish_by(finish)
    return finish(command)


def _tell_machines(code: str, message: str, remedy: str) -> None:
    if "--json" in sys.argv:
        print(json.dumps({"error": code, "message": message, "remedy": remedy}, ensure_ascii=False))
