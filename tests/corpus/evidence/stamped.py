"""Time-stamps over the head of a member's log, and what might be tried with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from exchange.evidence.proof.logs import LOG
from tests.corpus.evidence.town import ASKED, LEAD, OPINION, PaperTown, good
from tests.corpus.time_authority import PaperTimeAuthority
from tests.unit.facts import at

TIME = PaperTimeAuthority()
ANOTHER = PaperTimeAuthority("another time")
STAMPED = at("03-10", "10:20")
"""Twenty minutes after the head was signed."""
_HEAD, _STAMP = f"{LOG}/{LEAD}/heads/4.cose", f"{LOG}/{LEAD}/stamps/4.tsr"


def _logged() -> PaperTown:
    """The good case, whose log names two of its messages."""
    town = good()
    town.log("window", ("submitted", "opinion", "deemed", "decided"), messages={1: OPINION, 3: ASKED})
    return town


def stamped(
    moment: datetime = STAMPED, authority: PaperTimeAuthority = TIME, chain: bool = False
) -> Callable[[], PaperTown]:
    """The head of the lead's log, time-stamped at a moment."""

    def make() -> PaperTown:
        town = _logged()
        town.parts.files[_STAMP] = authority.answer(town.parts.files[_HEAD], moment, chain=chain)
        return town

    return make


def changed(change: Callable[[bytes], bytes]) -> Callable[[], PaperTown]:
    """The time-stamp is other octets than the authority's."""

    def make() -> PaperTown:
        town = stamped()()
        town.parts.files[_STAMP] = change(town.parts.files[_STAMP])
        return town

    return make


def moved_an_hour(token: bytes) -> bytes:
    """The token says an hour earlier, as somebody has written into it."""
    said = STAMPED.strftime("%Y%m%d0220").encode()
    assert token.count(said) == 1
    return token.replace(said, STAMPED.strftime("%Y%m%d0120").encode())


def of_another_head() -> PaperTown:
    """The token is over the head that the police have signed."""
    town = _logged()
    town.log("police", ("received",))
    other = next(data for path, data in town.parts.files.items() if path.endswith("/1.cose"))
    town.parts.files[_STAMP] = TIME.answer(other, STAMPED)
    return town


def without_its_head() -> PaperTown:
    """A token that is kept with a size of which there is no head."""
    town = stamped()()
    town.parts.files[_STAMP.replace("4.tsr", "5.tsr")] = town.parts.files.pop(_STAMP)
    return town


def taken_out() -> PaperTown:
    """The index names the time-stamp, and somebody has taken it out."""
    town = stamped()()

    def lose(_: object, files: dict[str, bytes]) -> None:
        del files[_STAMP]

    town.forge = lose
    return town
