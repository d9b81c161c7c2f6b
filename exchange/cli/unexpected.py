"""The last net of the command line: an error that nobody has foreseen is one line, and its details are in a file."""

from __future__ import annotations

import os
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping
from pathlib import Path

from exchange.language import tr
from exchange.machine.files import open_file
from exchange.operations.health.scrub import environment_secrets, without_secrets
from exchange.runtime.settings import HOME_DEFAULT, Home

DEBUG = "EXCHANGE_DEBUG"
"""Set to anything: the details are printed too."""


def tell_unexpected(error: BaseException, env: Mapping[str, str] | None = None) -> str:
    """Say what happened on standard error, without secrets, and return what was said."""
    env = os.environ if env is None else env
    details = without_secrets("".join(traceback.format_exception(error)), environment_secrets(env))
    if env.get(DEBUG):
        print(details, file=sys.stderr)
    file = _keep(details, Path(env.get("EXCHANGE_HOME") or HOME_DEFAULT))
    kind = type(error).__name__
    if file is None:
        said = tr("an unexpected error ({kind}); EXCHANGE_DEBUG=1 prints its details [unexpected]", kind=kind)
    else:
        said = tr("an unexpected error ({kind}); its details are in {file} [unexpected]", kind=kind, file=file)
    print(f"exchange: {said}", file=sys.stderr)
    return said


def _keep(details: str, home: Path) -> Path | None:
    """A file of the caller's own, beside the domain's logs where there is a domain; None where none can be written."""
    name = f"unexpected-{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}.log"
    logs = Home(home.absolute()).logs
    for folder in (logs if logs.is_dir() else None, Path(tempfile.gettempdir())):
        if folder is None:
            continue
        try:
            with open_file(folder / name, "xb") as out:
                out.write(details.encode(errors="backslashreplace"))
        except OSError:
            continue
        return folder / name
    return None
