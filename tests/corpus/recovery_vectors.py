"""The vectors of a backup's sealed keys; each time they have other salts."""

from __future__ import annotations

from typing import Any

from exchange.directory.recovery import MARK, Argon2Cost, PassphraseKey, seal_for_recovery


def recovery_vector() -> dict[str, Any]:
    """Two sealed contents, by two passphrases and costs."""
    found = []
    for said, content, cost in (
        ("correct horse battery", b"keys", Argon2Cost(1, 64, 1)),
        ("驿站备份口令不少于十二字", "密钥".encode(), Argon2Cost(3, 8192, 4)),
    ):
        sealed = seal_for_recovery(content, PassphraseKey(said.encode(), cost)).removeprefix(MARK)
        header, _, ciphertext = sealed.partition(b"\n")
        found.append({"passphrase": said, "content": content.hex(), "header": header.decode(),
                      "ciphertext": ciphertext.hex()})  # fmt: skip
    return {"what": "sealed keys of a backup: mark, header and ciphertext; docs/operations/backup.md",
            "mark": MARK.decode(), "sealed": found}  # fmt: skip
