"""What a member owes others for part of a second under load: receipts to senders, changed deadlines to monitors."""

from __future__ import annotations

from collections.abc import Callable

from exchange.approval.window.terms.telling import look_at_untold, tell_untold
from exchange.errors import ExchangeError
from exchange.machine.debts import Debts
from exchange.machine.logger import get_logger
from exchange.messaging.node import Node
from exchange.messaging.owed.book import look_at_owed, sign_owed

log = get_logger()


class Owing:
    """What a member owes, and how it is given."""

    def __init__(self, node: Node, patience: Callable[[], float]) -> None:
        """``patience`` returns how many seconds it may be owed at this moment."""
        self._node = node
        self.receipts = Debts(patience)
        self._deadlines = node.untold = Debts(patience)

    @property
    def wait(self) -> float | None:
        """Return in how many seconds something is due, at most; None where nothing is owed."""
        return min((wait for wait in (self.receipts.wait, self._deadlines.wait) if wait is not None), default=None)

    def look(self, node: Node) -> None:
        """Learn of what a process before this one has left. Raises DatabaseUnavailable."""
        look_at_owed(node, self.receipts)
        look_at_untold(node)

    def give(self) -> None:
        """Give what has waited long enough. Raises DatabaseUnavailable, or TokenUnavailable."""
        if self.receipts.wait == 0.0:
            sign_owed(self._node, self.receipts)
        if self._deadlines.wait == 0.0:
            tell_untold(self._node)

    def give_all(self) -> None:
        """Give everything, before the member ends; what cannot be given now is when it is served again."""
        self._node.untold = Debts()
        try:
            sign_owed(self._node, self.receipts)
            tell_untold(self._node)
        except ExchangeError as error:
            log.warning("owed.left", node=self._node.address, code=error.code, reason=str(error))
