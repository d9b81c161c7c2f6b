"""What both sides of a round are told: a file, since each is a process of its own."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Plan:
    """One round."""

    folder: str
    """Where databases and notes of the round lie."""
    url: str
    queue: str
    count: int
    rate: float
    """Documents a second; 0: as many as can be."""
    document: dict[str, Any]
    signing_key: str
    decryption_key: str

    @property
    def signing(self) -> bytes:
        """The sender's private Ed25519 key."""
        return bytes.fromhex(self.signing_key)

    @property
    def decryption(self) -> bytes:
        """The receiver's private X25519 key."""
        return bytes.fromhex(self.decryption_key)

    @property
    def due(self) -> Path:
        """When each letter was due, by the sender."""
        return Path(self.folder) / "due.json"

    @property
    def ledger(self) -> Path:
        """The receiver's database."""
        return Path(self.folder) / "ledger.db"

    @property
    def commits(self) -> Path:
        """When each letter was committed, by the receiver: a line each."""
        return Path(self.folder) / "commits"

    @property
    def file(self) -> Path:
        """This plan."""
        return Path(self.folder) / "plan.json"

    def write(self) -> None:
        """For both sides."""
        self.file.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, file: str) -> Plan:
        """As it was written."""
        return cls(**json.loads(Path(file).read_text()))
