"""Domains in folders of their own, made with the real commands' code, that are joined to a tree."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path

from exchange.clock import Clock
from exchange.directory import TreeView, load_authority_certificate
from exchange.runtime.home import open_directory, open_tree
from exchange.runtime.settings import Home, Settings
from exchange.runtime.tree_files import TreeFiles
from exchange.schemas import Directory
from exchange.setup import delegate
from exchange.setup.init import init_files
from tests.processes import write_departments


class Domain:
    """A domain's folder with a window, a monitor, a relay office and departments."""

    def __init__(self, root: Path, name: str, clock: Clock, departments: Sequence[str] = ("planning",)) -> None:
        self.name = name
        self.settings = Settings(root / name, None, None, None, clock)
        self.home = Home(self.settings.home)
        self.said: list[str] = []
        source = root / f"{name}-departments"
        write_departments(source, name, departments, relay=True)
        init_files(self.settings, self.say, source)

    @property
    def say(self) -> Callable[[str], None]:
        return self.said.append

    @property
    def directory(self) -> Directory:
        return open_directory(self.home, self.settings).directory

    @property
    def view(self) -> TreeView:
        view = open_tree(self.home, self.settings)
        assert isinstance(view, TreeView)
        return view

    def environment(self) -> Mapping[str, str]:
        """What a process in this domain needs to know."""
        return {**os.environ, "EXCHANGE_HOME": str(self.home.root)}

    def states(self) -> dict[str, str]:
        return {one.domain: one.state.value for one in self.view.domains}

    def bytes(self) -> dict[str, bytes]:
        """The directory and all others it has."""
        found = {path.name: path.read_bytes() for path in sorted(self.home.tree.glob("*.cose"))}
        return {"own": self.home.directory.read_bytes(), **found}

    def take(self, *others: Domain) -> None:
        """As the relay office does with what comes to it."""
        files = TreeFiles(self.home, load_authority_certificate(self.home.authority))
        own = open_directory(self.home, self.settings)
        files.take(own, [data for one in others for data in one.bytes().values()], self.settings.clock.now())


def copied(domain: Domain, root: Path) -> Domain:
    """The same domain in a folder of its own: making one anew takes a second."""
    found = copy(domain)
    found.settings = replace(domain.settings, home=root / domain.name)
    found.home = Home(found.settings.home)
    shutil.copytree(domain.home.root, found.home.root)
    return found


def add(upper: Domain, lower: Domain, **how: bool) -> None:
    delegate.add(upper.settings, lower.name, lower.settings, upper.say, **how)
