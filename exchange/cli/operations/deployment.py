"""The command that writes what a domain is run by in production: deployment."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from exchange.cli.options import AnyHomeOption, JsonOption
from exchange.cli.view import print_json, say
from exchange.deployment.kinds import DeploymentKind, files_for
from exchange.deployment.topology import topology_of
from exchange.deployment.written import write_files
from exchange.language import tr
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home, Settings
from exchange.setup.init import packaged_departments

IMAGE = f"yizhan:{version('yizhan')}"
"""What the release is called where the Dockerfile is built."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("deployment", rich_help_panel="A domain")(deployment)


def deployment(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the files are written.")],
    kind: Annotated[DeploymentKind, typer.Option("--for", help="What runs the processes.")],
    departments: Annotated[
        Path | None, typer.Option(help="The departments' folder (default: the domain's, else the example city's).")
    ] = None,
    image: Annotated[str, typer.Option(help="The image of the exchange, for containers.")] = IMAGE,
    replace: Annotated[bool, typer.Option("--replace", help="Write anew what was changed by hand.")] = False,
    home: AnyHomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Writes files by which the domain runs in production: a process, a folder and accounts of its own for each role.

    For Kubernetes a folder for `kubectl apply --kustomize`, over the operators of RabbitMQ and PostgreSQL; for Docker
    Compose a file with three RabbitMQ nodes and PostgreSQL with a standby; for systemd units and accounts. All speak
    TLS only. README.md in the folder says what has to be there before the first start. Nothing secret is written.
    """
    own = Home(Settings.read(home=home).home).departments
    profiles = load_profiles(departments or (own if own.is_dir() else packaged_departments()))
    written = write_files(folder, files_for(kind, topology_of(profiles.values(), image)), replace=replace)
    if as_json:
        print_json({"folder": str(folder), "written": written})
        return
    for name in written:
        say(str(folder / name))
    if not written:
        say(tr("everything is there already"))
