"""What is asked of any message about a case, and of whoever acts on one: kind, role, a case and a part on record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from exchange.errors import Denied, ExchangeError, Returned
from exchange.language.names import ROLES, coded
from exchange.messaging.incoming import Incoming
from exchange.messaging.node import Node, Step
from exchange.schemas import Body, Role
from exchange.schemas.titles import TITLES

T = TypeVar("T", bound=Body)


@contextmanager
def returned_for(*kinds: type[ExchangeError], code: str = "") -> Iterator[None]:
    """Send a message back to its sender in the words of the rule that its content breaks: raises Returned for errors of
    these kinds, under ``code`` or the error's own.
    """
    try:
        yield
    except kinds as error:
        raise Returned(error.text, code=code or error.code, remedy=error.remedy_text) from error


def expect(body: Body, model: type[T]) -> T:
    """Return the body as what its kind says it is. Raises Returned."""
    if not isinstance(body, model):
        raise Returned(
            "expected {kind}, got {body_kind}",
            code="wrong-kind",
            remedy="send the body under its own kind",
            kind=coded(TITLES, model.KIND),
            body_kind=coded(TITLES, body.KIND),
        )
    return body


def require_role(step: Step, incoming: Incoming, role: Role) -> None:
    """Raise Returned unless the sender has a role in the own domain's directory."""
    if not step.node.has_role(incoming.sender, role):
        raise Returned(
            "{sender} is not a {role} of this domain",
            code="not-entitled",
            remedy="a member with the role {role} in the directory sends this",
            sender=incoming.sender,
            role=coded(ROLES, role.value),
        )


def expect_window(node: Node) -> None:
    """Require a window: cases are handed in, amended, withdrawn and decided there. Raises Denied for other members."""
    if not node.has_role(node.address, Role.WINDOW):
        windows = ", ".join(one.address for one in node.directory.with_role(Role.WINDOW))
        raise Denied(
            "{member} is not a window",
            remedy="this is done by a window of the domain: {windows}",
            member=node.address,
            windows=windows,
        )
