"""The command that states which directory is the present one: freshness."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from exchange.cli.options import HomeOption
from exchange.cli.view import say
from exchange.directory.freshness import TERM
from exchange.errors import CallerError
from exchange.language import tr
from exchange.operations.domain_view import DomainView
from exchange.runtime.home import STATED
from exchange.runtime.settings import Home, Settings
from exchange.runtime.supervision.stop import StopSignal

_LOOK_EVERY = 1.0


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("freshness", rich_help_panel="Keys")(freshness)


def freshness(
    every: Annotated[
        bool, typer.Option("--every", help="Go on: one every two minutes, and at once for a new directory.")
    ] = False,
    off: Annotated[
        bool, typer.Option("--off", help="Take the statement away: nothing is asked of members' directories any more.")
    ] = False,
    home: HomeOption = None,
) -> None:
    """States, signed and for ten minutes, which directory is the present one.

    `exchange up` does this by itself; where members are served one by one, run it with --every beside them, once a
    domain. The statement lies beside the directory (public/freshness.cose), and goes with what members send: hosts with
    folders of their own learn by it that their directory is not the present one. Without a fresh one a member does not
    know of the latest revocations: it raises an alarm, and draws no consequence from silence for a day; then what is
    due goes to the lead. The key for it is certified by the authority when the directory is signed; it can say nothing
    else but how far the audit log has come: that goes the same way, so that a log that was cut off contradicts what
    others hold.
    """
    from exchange.machine.crew import Loop
    from exchange.operations.audit.heads import has_log, sign_heads, state_head
    from exchange.setup.freshness import Freshener, state_freshness

    settings = Settings.read(home=home)
    if every and off:
        raise CallerError("--every and --off contradict each other", remedy="give one of them")
    if off:
        Home(settings.home).freshness.unlink(missing_ok=True)
        with DomainView(settings) as view:
            for address in view.profiles():
                with view.store(address).transaction() as tx:
                    tx.set_meta(STATED, "")
        say(tr("freshness: no statement any more; members that are being served forget it when they are started again"))
        return
    state_freshness(settings)
    say(tr("freshness: stated for {minutes} minutes", minutes=int(TERM.total_seconds() // 60)))
    if not every:
        with DomainView(settings) as view:
            if has_log(view):
                state_head(view)
        return
    freshener = Freshener(settings)
    with StopSignal() as stop:
        stop.gently()
        Loop("audit-heads", partial(sign_heads, settings, stop.told), stop.told.is_set).start()
        while not stop.told.wait(_LOOK_EVERY):
            freshener.look()
