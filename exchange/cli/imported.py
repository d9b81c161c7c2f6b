"""What imports the commands of the top level and adds them to an application, when one of them is called."""

from __future__ import annotations

from functools import cache

import typer


def domain(app: typer.Typer) -> None:
    from exchange.cli.domain import run

    run.register(app)


def serve(app: typer.Typer) -> None:
    from exchange.cli.domain import serving

    serving.register(app)


def deployment(app: typer.Typer) -> None:
    from exchange.cli.operations import deployment

    deployment.register(app)


def plan(app: typer.Typer) -> None:
    from exchange.cli.operations import planning

    planning.register(app)


def window(app: typer.Typer) -> None:
    from exchange.cli.approval import window
    from exchange.cli.filings import supplements

    window.register(app)
    supplements.register_at_window(app)


def report(app: typer.Typer) -> None:
    from exchange.cli.approval import report

    report.register(app)


@cache
def _filings_app() -> typer.Typer:
    from exchange.cli.filings import commands, portal

    whole = typer.Typer()
    commands.register(whole)
    portal.register()
    return whole


def filings(app: typer.Typer) -> None:
    app.registered_groups += _filings_app().registered_groups


@cache
def _licences_app() -> typer.Typer:
    from exchange.cli.licences import app, issuing, looking, rechecking, sharing

    issuing.register()
    looking.register()
    rechecking.register()
    sharing.register()
    whole = typer.Typer()
    whole.add_typer(app.licences, name="licence", rich_help_panel="At the window")
    return whole


def licences(app: typer.Typer) -> None:
    app.registered_groups += _licences_app().registered_groups


def matters(app: typer.Typer) -> None:
    from exchange.cli.approval import matters

    matters.register(app)


def hearings(app: typer.Typer) -> None:
    from exchange.cli.approval import hearings

    hearings.register(app)


def department(app: typer.Typer) -> None:
    from exchange.cli.approval import (
        answering,
        department,
        holding,
        recalling,
        standing_in,
        supplementing,
    )
    from exchange.cli.filings import supplements

    for part in (department, answering, holding, recalling, standing_in, supplementing, supplements):
        part.register(app)


def documents(app: typer.Typer) -> None:
    from exchange.cli.documents import commands, handling, registering

    commands.register(app)
    handling.register(app)
    registering.register(app)


def joint(app: typer.Typer) -> None:
    from exchange.cli.joint import commands

    commands.register(app)


@cache
def _notices_app() -> typer.Typer:
    from exchange.cli.notices import commands, covers, forms, receipts

    covers.register(commands.notices)
    forms.register(commands.notices)
    receipts.register(commands.notices)
    whole = typer.Typer()
    commands.register(whole)
    return whole


def notice(app: typer.Typer) -> None:
    app.registered_groups += _notices_app().registered_groups


def upkeep(app: typer.Typer) -> None:
    from exchange.cli.operations import register

    register.register(app)


def keys(app: typer.Typer) -> None:
    from exchange.cli.domain import authority, freshness, key_requests, keys, revocation
    from exchange.cli.operations import trial_tls

    keys.register(app)
    revocation.register(app)
    authority.register(app)
    freshness.register(app)
    trial_tls.register(app)
    key_requests.register(app)


def calendar(app: typer.Typer) -> None:
    from exchange.cli.domain import calendar, substitutes

    calendar.register(app)
    substitutes.register(app)


def domains(app: typer.Typer) -> None:
    from exchange.cli.domain import tree

    tree.register(app)


def links(app: typer.Typer) -> None:
    from exchange.cli.domain import links

    links.register(app)


def trials(app: typer.Typer) -> None:
    from exchange.cli.trials import commands, prove

    commands.register(app)
    prove.register(app)


def console(app: typer.Typer) -> None:
    from exchange.cli.domain import console

    console.register(app)


def desk(app: typer.Typer) -> None:
    from exchange.cli.domain import desk

    desk.register(app)


def public_window(app: typer.Typer) -> None:
    from exchange.cli.domain import public_window

    public_window.register(app)


def top(app: typer.Typer) -> None:
    from exchange.cli.operations import top

    top.register(app)


def trace_and_find(app: typer.Typer) -> None:
    from exchange.cli.operations import trace_and_find

    trace_and_find.register(app)


def reconcile(app: typer.Typer) -> None:
    from exchange.cli.operations import reconciliation

    reconciliation.register(app)


def backup(app: typer.Typer) -> None:
    from exchange.cli.backup import commands

    commands.register(app)


def log(app: typer.Typer) -> None:
    from exchange.cli.operations import member_log

    member_log.register(app)


def serving_processes(app: typer.Typer) -> None:
    from exchange.cli.operations import serving_processes

    serving_processes.register(app)


def breakers(app: typer.Typer) -> None:
    from exchange.cli.operations import breakers as module

    module.register(app)


def tokens(app: typer.Typer) -> None:
    from exchange.cli.operations import tokens

    tokens.register(app)


def alerts(app: typer.Typer) -> None:
    from exchange.cli.operations import alerts

    alerts.register(app)


def making_evidence(app: typer.Typer) -> None:
    from exchange.cli.evidence import making

    making.register(app)


def verifying_evidence(app: typer.Typer) -> None:
    from exchange.cli.evidence import verifying

    verifying.register(app)
