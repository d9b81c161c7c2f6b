"""How the command line shows a dead letter."""

from __future__ import annotations

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from exchange.cli.naming import in_full
from exchange.cli.view import plain, times
from exchange.language import name_of, read_back, tr
from exchange.language.names import REASONS, STAGES_OF_DEATH, reason_name
from exchange.messaging.records import DeadLetter, Proposal
from exchange.operations.said.terms import moment
from exchange.runtime.home import OpenedMember
from exchange.schemas.titles import kind_name


def letter_view(opened: OpenedMember, letter: DeadLetter) -> RenderableType:
    """Show a dead letter: why, from whom, since when, and who wants it discarded or released."""
    if letter.kind and letter.pretends:
        what = tr(
            "{kind}, claims to be from {sender}", kind=kind_name(letter.kind), sender=in_full(letter.sender or "")
        )
    elif letter.kind:
        what = tr("{kind} from {sender}", kind=kind_name(letter.kind), sender=in_full(letter.sender or ""))
    else:
        what = tr("no envelope, in {queue}", queue=letter.queue)
    last = f" – {moment(letter.last_at)}" if letter.last_at and letter.last_at != letter.first_at else ""
    first = moment(letter.first_at) if letter.first_at else ""
    said = {"proposed_by": letter.proposed_by, "proposed_why": letter.proposed_why}
    proposed = "\n" + (
        tr("to be released, says {proposed_by}: {proposed_why}", **said)
        if letter.proposal is Proposal.RELEASE
        else tr("to be discarded, says {proposed_by}: {proposed_why}", **said)
    )
    return Padding(
        Text.assemble(
            (letter.id, "bold"), f" · {in_full(opened.node.address)} · ", (reason_of(letter.reason_code), "red"),
            f" ({name_of(STAGES_OF_DEATH, letter.stage)}, {times(letter.attempts)})\n",
            plain(f"{what} · {first}{last}\n", "dim"),
            plain(f"{_account(letter)}\n", "yellow" if letter.pretends else "dim"),
            plain(f"{letter.message_id or tr('no message id')}\n", "dim"),
            plain(read_back(letter.reason)),
            plain(proposed if letter.proposed_by else "", "yellow"),
        ),
        (0, 0, 1, 0),
    )  # fmt: skip


def _account(letter: DeadLetter) -> str:
    if letter.account is None:
        return tr("by whose account it came is not on record: what it claims is its own word")
    return tr("came by the account of {account}", account=in_full(letter.account))


def reason_of(code: str) -> str:
    """Name a reason, with the code that options and machines take."""
    return f"{reason_name(code)} [{code}]" if code in REASONS else reason_name(code)
