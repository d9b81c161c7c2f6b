"""Rules that were written for an earlier release go on importing what they need from where it was then."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

MOVED = {
    "exchange.rules.answers": "exchange.approval.rules.answers",
    "exchange.rules.states": "exchange.approval.rules.states",
    "exchange.flow.conclude": "exchange.approval.window.decision",
}
"""Modules that guide and templates of an earlier release named for rules, and where each is now."""

_PACKAGES = {name.rpartition(".")[0] for name in MOVED}


class _Moved(MetaPathFinder, Loader):
    """Asked last: it finds nothing that is where its name says."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in MOVED and fullname not in _PACKAGES:
            return None
        return ModuleSpec(fullname, self, is_package=fullname in _PACKAGES)

    def exec_module(self, module: ModuleType) -> None:
        """Give a moved module the names of the present one; a package of before stays empty."""
        if module.__name__ in MOVED:
            present = vars(import_module(MOVED[module.__name__]))
            vars(module).update({name: value for name, value in present.items() if not name.startswith("__")})


_FINDER = _Moved()


def find_names_of_before() -> None:
    """Have imports find the modules of an earlier release, from now on in this process."""
    if _FINDER not in sys.meta_path:
        sys.meta_path.append(_FINDER)
