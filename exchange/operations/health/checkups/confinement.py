"""Whether the processes that serve members are kept from what is not theirs, as each has noted it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from exchange.language import Text
from exchange.operations.health.checkups.findings import Finding
from exchange.runtime.confinement.member import Confined
from exchange.runtime.confinement.public import is_set_apart
from exchange.runtime.settings import Home

CHECK = "confinement"


def confinement(home: Home, noted: Mapping[str, Confined | None]) -> Iterator[Finding]:
    """Name the members whose process can read more than it needs, by reason; nothing of those never served so."""
    if Confined.YES in noted.values() and not is_set_apart(home):
        said = Text("public files were put beside the secrets, where served members do not see them")
        yield Finding(
            "note", CHECK, said, Text("serve a member anew, or `exchange init`: either moves them to public/")
        )
    for state in Confined:
        who = sorted(address for address, found in noted.items() if found is state)
        if not who:
            continue
        if state is Confined.YES:
            said = Text(
                "processes of members that are kept to their own folder and what is public: {count}",
                {"count": len(who)},
            )
            yield Finding("good", CHECK, said)
            continue
        names = Text("all members") if len(who) == len(noted) > 1 else Text(", ".join(who))
        yield Finding("note", CHECK, Text("{who}: {reason}", {"who": names, "reason": state.reason()}), state.remedy())
