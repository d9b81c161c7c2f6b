"""What witnesses have seen of logs, by a second reading of docs/evidence.md, with the second verifier's own means."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64decode as octets
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import combinations
from typing import Any

from cbor2 import dumps, loads

Point = tuple[int, str]


class SecondLog:
    """One member's log: heads as (size, root) with the moment of signing; of each what is proved to begin it."""

    def __init__(self, second: Any, case: Any, member: str) -> None:
        self.second, self.case, self.member = second, case, member
        self.heads: dict[Point, datetime] = {}
        self.cosigned: list[tuple[str, Point]] = []
        self.own: list[Point] = []
        self.begins: dict[Point, set[Point]] = defaultdict(set)

    def head(self, data: bytes) -> Point:
        found = self.case.signed(data, kind="log-head", own=())
        self.second.need(found.sender == self.member, "it is no head of that member's log")
        point = found.body["size"], found.body["root"]
        self.heads[point] = max(found.at, self.heads.get(point, found.at))
        return point

    def cosignature(self, data: bytes, witness: str, name: str) -> None:
        need = self.second.need
        _, body, _, (address, by, ends) = self.second.cose_sign1(data, self.case.signers, "log-cosignature")
        at = datetime.fromisoformat(body["seen_at"])
        need(body["witness"] == address == witness != self.member, "a cosignature of another, or by itself")
        need(by.not_valid_before_utc <= at <= by.not_valid_after_utc and (ends is None or at < ends), "its certificate")
        seen = self.case.signed(octets(body["head"]), kind="log-head", own=())
        need(seen.at <= at + self.second.CLOCKS, "it was seen before it was signed")
        need(name == f"{seen.body['size']}.cose", "of another size than its name says")
        self.cosigned.append((witness, self.head(octets(body["head"]))))

    def growth(self, data: bytes, name: str) -> None:
        need, (root, proved) = self.second.need, loads(data)
        protected, unprotected, payload, signature = loads(proved).value
        header, [proof] = loads(protected), unprotected[396][-2]
        (before, size, path), (address, by, _) = loads(proof), self.case.signers[header[34][1]]
        left = [*path]
        old, new = grown(before, size, left, root)
        need(old == root and not left and (size, new.hex()) in self.heads, "no head in the bundle is over it")
        by.public_key().verify(signature, dumps(["Signature1", protected, b"", new]))
        own = header == {1: -8, 34: header[34], 395: 1} and [address, payload] == [self.member, None]
        need(own and 0 < before <= size and name == f"{before}-{size}.cbor", "a receipt of another log, or size")
        self.begins[size, new.hex()].add((before, root.hex()))

    def together(self, one: Point, other: Point) -> bool:
        return one == other or any({one, other} <= {head, *earlier} for head, earlier in self.begins.items())

    def contradiction(self) -> str:
        points = {*self.heads}.union(*self.begins.values())
        if len({size for size, _ in points}) < len(points):
            return "log-forked"
        clocks = self.second.CLOCKS
        cut = any(
            fewer[0] < more[0] and self.heads[fewer] > self.heads[more] + clocks and not self.together(fewer, more)
            for fewer, more in combinations(sorted(self.heads), 2)
        )
        return "log-cut" if cut else ""


def grown(before: int, size: int, path: list[bytes], known: bytes | None) -> tuple[bytes, bytes]:
    """RFC 9162, section 2.1.4, from above: the roots of both; ``known`` is the smaller one's, while that is whole."""
    if before == size:
        one = path.pop() if known is None else known
        return one, one
    left, sibling = 1 << (size - 1).bit_length() - 1, path.pop()
    if before <= left:
        old, new = grown(before, left, path, known)
        return old, hashlib.sha256(b"\1" + new + sibling).digest()
    old, new = grown(before - left, size - left, path, None)
    return hashlib.sha256(b"\1" + sibling + old).digest(), hashlib.sha256(b"\1" + sibling + new).digest()


def seen_of_logs(second: Any, bundle: bytes, authority: bytes) -> Iterator[str]:
    """Codes of what is found of the logs in a bundle."""
    case = second.Case(second.unzip(bundle), authority, None)
    files: dict[str, list[list[str]]] = defaultdict(list)
    for path in sorted((path for path in case.files if path.startswith("log/")), key=lambda path: "/growth/" in path):
        files[path.split("/")[1]].append(path.split("/")[2:])
    for member, those in files.items():
        log, entries = SecondLog(second, case, member), 0
        for folder, *rest in those:
            data, why = case.files["/".join(("log", member, folder, *rest))], ""
            if folder == "heads":
                log.own += second.holding(log.head, [data])
            elif folder == "entries":
                entries += bool(re.fullmatch(r"[0-9]{1,16}\.cbor", rest[0]))
            else:
                why = second.tried(log.cosignature if folder == "witnesses" else log.growth, data, *rest)[1]
            if why:
                yield "log-not-verified"
        if code := log.contradiction():
            yield code
        elif entries:
            for _, point in log.cosigned:
                yield "witnessed" if any(log.together(point, one) for one in log.own) else "growth-missing"
