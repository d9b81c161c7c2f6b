"""The wheel holds what the tree holds, and what is installed from it works far from the tree."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("exchange",)
_LEFT_BY_PYTHON = shutil.ignore_patterns("__pycache__", "*.pyc")


def _run(*words: object, cwd: Path) -> str:
    """What a command says, far from this tree and from whoever runs the tests."""
    done = subprocess.run([*map(str, words)], cwd=cwd, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a wheel is built from, apart: building leaves folders behind, and takes in what earlier builds have left."""
    tree = tmp_path_factory.mktemp("tree")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tree / name, ignore=_LEFT_BY_PYTHON)  # what `exchange` links to becomes its own
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    return tree


@pytest.fixture(scope="module")
def wheel(tree: Path) -> Path:
    """The wheel, built of what is locked, without any index."""
    options = ("--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--quiet")
    _run(sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", tree / "out", tree, cwd=tree)
    (wheel,) = (tree / "out").glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment of its own that has the wheel, and ours for what it depends on."""
    place = tmp_path_factory.mktemp("environment")
    _run(sys.executable, "-m", "venv", "--without-pip", place, cwd=place)
    python = place / "bin" / "python"
    options = ("--no-index", "--no-deps", "--disable-pip-version-check", "--quiet")
    _run(sys.executable, "-m", "pip", "--python", python, "install", *options, wheel, cwd=place)
    (packages,) = place.glob("lib/python*/site-packages")
    # A folder named here is looked into after the wheel's; what that folder names in turn, the tree, is not.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python.parent


def test_the_wheel_has_every_file_of_the_tree(tree: Path, wheel: Path) -> None:
    wanted = {str(path.relative_to(tree)) for name in PACKAGES for path in (tree / name).rglob("*") if path.is_file()}
    with zipfile.ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert found == wanted


def test_what_is_installed_makes_a_domain_far_from_the_tree(installed: Path, tmp_path: Path) -> None:
    shown = _run(installed / "exchange", "submit", "--help", cwd=tmp_path)
    assert "exchangesubmit" in "".join(shown.split()), "wherever a long path was broken"
    assert "consultation" in json.loads(_run(installed / "exchange", "schema", cwd=tmp_path))
    made = _run(
        installed / "python", "-c",
        "import exchange, pathlib, sys\n"
        "from exchange.setup.init import init_files\n"
        "from exchange.runtime.settings import Settings\n"
        "from exchange.trials.trial import anhui\n"
        "assert len(anhui()) > 100\n"
        "assert pathlib.Path(exchange.__file__).is_relative_to(sys.prefix), exchange.__file__\n"
        "print(*init_files(Settings.read({}), lambda text: None))",
        cwd=tmp_path,
    )  # fmt: skip
    assert "hefei.window" in made.split()
    assert (tmp_path / ".exchange" / "public" / "directory.cose").exists()
