"""The public window's process, given up what it does not need, still draws papers and looks into them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from exchange.language import Language
from exchange.paper.drawing import draw
from exchange.paper.fonts import PaperFonts
from exchange.paper.originals import original_of
from exchange.paper.sheet import Sheet, SheetForm, SheetPart
from exchange.runtime.confinement.member import confine_member
from exchange.runtime.settings import Settings

home = Path(sys.argv[1])
confined = confine_member(Settings.read({}, home=home), "hefei.portal")
sheet = Sheet(SheetForm.LETTER, Language.CHINESE, "窗口", "1", "凭证", (SheetPart("收到。"),), "窗口", "今日",
              datetime(2026, 3, 4, tzinfo=UTC), "窗口", "00")
pdf = draw(sheet, b"original", PaperFonts()).pdf
try:
    found = (home / "authority").exists() and list((home / "authority").iterdir())
except PermissionError:
    found = "refused"
print(json.dumps([str(confined), original_of(pdf) == b"original", found]))
"""


def test_a_confined_process_draws_papers_and_reads_them(tmp_path: Path, window_home: Path) -> None:
    shutil.copytree(window_home, tmp_path / "home")
    words = [sys.executable, "-c", PROGRAM, str(tmp_path / "home")]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, cwd=Path(__file__).parents[3])
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == ["yes", True, "refused"]
