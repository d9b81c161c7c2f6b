"""Commands about alerts: what stands, and whether the channels work."""

from __future__ import annotations

from secrets import token_bytes
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from exchange.cli.options import HomeOption, JsonOption
from exchange.cli.view import console, print_json, say
from exchange.errors import OperatorError
from exchange.language import choose, tr
from exchange.machine.webhook_signature import secret_text
from exchange.operations.troubles.kinds import Severity
from exchange.operations.troubles.store import Alerts
from exchange.runtime.settings import Settings

_SEVERITIES = {Severity.CRITICAL: ("严重", "critical"), Severity.WARNING: ("警告", "warning")}

alerts = typer.Typer(
    no_args_is_help=True,
    help="Alerts by webhook and mail: what stands, and whether it would arrive.\n\n"
    "The console looks all the time and tells each trouble once, and once that it is over. Channels are configured in "
    "console.toml in the domain's folder; docs/operations/monitoring.md describes it.",
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(alerts, name="alerts", rich_help_panel="Upkeep")


@alerts.command("secret")
def secret() -> None:
    """Makes a secret that signs what a webhook is told, for console.toml and its receiver.

    To replace one, put the new one before the old one, with a space between: deliveries bear both signatures until the
    old one is taken out.
    """
    print(secret_text(token_bytes(32)))


@alerts.command("list")
def list_alerts(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Lists the alerts that stand, the newest first."""
    from exchange.operations.domain_view import DomainView

    with DomainView(Settings.read(home=home)) as view, view.console.reading() as tx:
        rows = tx[Alerts].standing()
    if as_json:
        print_json(
            [
                {
                    "kind": row.alert.kind, "severity": row.alert.severity, "subject": row.alert.subject,
                    "chinese": row.alert.chinese, "english": row.alert.english, "raised_at": row.raised_at.isoformat(),
                }
                for row in rows
            ]
        )  # fmt: skip
        return
    if not rows:
        say(tr("no alerts stand"))
        return
    table = Table(header_style="bold", border_style="dim")
    for title in (tr("severity"), tr("what"), tr("since")):
        table.add_column(title, overflow="fold")
    for row in rows:
        what = Text(choose((row.alert.chinese, row.alert.english)))
        table.add_row(choose(_SEVERITIES[row.alert.severity]), what, f"{row.raised_at:%Y-%m-%d %H:%M:%S}")
    console.print(table)


@alerts.command("test")
def try_channels(
    channel: Annotated[
        str | None, typer.Argument(help="A webhook's name, `mail`, or `mail:ADDRESS`; default: all.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tells every configured channel that this is a test, at once, and says how it went.

    Exit code 6 if a channel did not take it, or none is configured.
    """
    from exchange.operations.alerts.round import Alerting
    from exchange.operations.domain_view import DomainView

    with DomainView(Settings.read(home=home)) as view:
        outcome = Alerting.open(view).test(channel)
    if as_json:
        print_json({name: {"taken": reason is None, "reason": reason} for name, reason in outcome.items()})
    for name, reason in () if as_json else outcome.items():
        say(tr("{name}: {reason}", name=name, reason=reason or tr("taken")))
    if not outcome:
        remedy = "write [[alerts.webhooks]] or [alerts.mail] into console.toml in the domain's folder"
        raise OperatorError("no channel is configured", remedy=remedy)
    if any(outcome.values()):
        raise typer.Exit(6)
