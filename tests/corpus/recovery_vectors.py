"""Writes the vectors of sealed keys: `python -m tests.corpus.recovery_vectors`; each run has other salts."""

from __future__ import annotations

import json
from pathlib import Path

from exchange.directory.recovery import MARK, Argon2Cost, PassphraseKey, seal_for_recovery

FILE = Path(__file__).parents[2] / "docs" / "vectors" / "recovery.json"


def main() -> None:
    """Writes them."""
    found = []
    for said, content, cost in (
        ("correct horse battery", b"keys", Argon2Cost(1, 64, 1)),
        ("驿站备份口令不少于十二字", "密钥".encode(), Argon2Cost(3, 8192, 4)),
    ):
        sealed = seal_for_recovery(content, PassphraseKey(said.encode(), cost)).removeprefix(MARK)
        header, _, ciphertext = sealed.partition(b"\n")
        found.append({"passphrase": said, "content": content.hex(), "header": header.decode(),
                      "ciphertext": ciphertext.hex()})  # fmt: skip
    told = {"what": "sealed keys of a backup: mark, header and ciphertext; docs/operations/backup.md",
            "mark": MARK.decode(), "sealed": found}  # fmt: skip
    FILE.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
