"""A PKCS#11 token of SoftHSM2 in a temporary folder."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from exchange.directory.tokens.sessions import drop
from exchange.directory.tokens.uri import TokenUri

MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
)
PIN = "7391 blue"


@dataclass(frozen=True)
class SoftToken:
    """A token named ``yizhan``, whose folder can be taken away and brought back."""

    folder: Path
    module: str

    @property
    def pin_file(self) -> Path:
        """The file with its PIN."""
        return self.folder / "pin"

    def uri(self, name: str) -> TokenUri:
        """The place of a key in it."""
        return TokenUri.parse(f"pkcs11:token=yizhan;object={name}?pin-source=file:{self.pin_file}").with_module()

    def taken_away(self) -> None:
        """Unplug it: every session with it ends."""
        (self.folder / "tokens").rename(self.folder / "away")
        (self.folder / "tokens").mkdir()
        drop(self.uri("any"))

    def brought_back(self) -> None:
        """Plug it in again."""
        (self.folder / "tokens").rmdir()
        (self.folder / "away").rename(self.folder / "tokens")
        drop(self.uri("any"))


@pytest.fixture
def token(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoftToken]:
    """A token of this test's own; skipped, with the reason, where the module is not installed."""
    module = next((path for path in MODULES if Path(path).exists()), None)
    tool = shutil.which("softhsm2-util")
    if module is None or tool is None:
        pytest.skip("softhsm2 is not installed: script/bootstrap --tests")
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
    monkeypatch.setenv("EXCHANGE_PKCS11_MODULE", module)
    command = [tool, "--init-token", "--free", "--label", "yizhan", "--pin", PIN, "--so-pin", "12345678"]
    subprocess.run(command, check=True, capture_output=True)
    found = SoftToken(folder, module)
    found.pin_file.write_text(PIN + "\n")
    found.pin_file.chmod(0o600)
    drop(found.uri("any"))  # the module may have been in use with another test's token
    yield found
    drop(found.uri("any"))
