"""The command line: parse, call, print. Errors go to standard error with what to do; exit codes are documented."""

from __future__ import annotations

import json
import sys

import typer

from exchange.cli import domain, keys, people, runs
from exchange.errors import ExchangeError

EPILOG = """
Exit codes · 退出码: 0 done · 1 unexpected · 2 the request must be changed · 3 not found · 4 the record has moved on ·
5 a message was refused · 6 this machine needs a hand · 7 the broker is not there · 8 came out otherwise than it should
"""

app = typer.Typer(
    name="exchange",
    help="Yizhan (驿站): departments exchange official documents, decide applications in parallel, and silence has a "
    "consequence.\n\n"
    "公文交换与并联审批：一窗受理、并联征求意见、缺席默认。\n\n"
    "First steps: `exchange demo` shows everything at work; `exchange init` makes a domain in ./.exchange, "
    "`exchange up` runs it, `exchange submit FILE` hands in an application, `exchange status` shows the cases.",
    epilog=EPILOG,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    add_completion=False,
)
domain.register(app)
people.register(app)
keys.register(app)
runs.register(app)


def main() -> None:
    """Entry point; turns the exchange's errors into a message and an exit code."""
    try:
        app(standalone_mode=True)
    except ExchangeError as error:
        if "--json" in sys.argv:
            print(json.dumps({"error": error.code, "message": str(error), "mend": error.mend}, ensure_ascii=False))
        print(f"exchange: {error.diagnostics()}", file=sys.stderr)
        raise SystemExit(error.exit_code) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
