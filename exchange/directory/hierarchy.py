"""The tree of levels, read from addresses alone: ``anhui.hefei.planning`` is an authority of domain ``anhui.hefei``.

A domain is one level's exchange. Its superior is the domain without its last label; a domain of one label is the root
of a tree. Trees do not know each other.
"""

from __future__ import annotations

from exchange.errors import CallerError, NotFound


def domain_of(address: str) -> str:
    """Return an authority's domain. Raises CallerError for an address that names an authority and no domain."""
    domain, _, body = address.rpartition(".")
    if not domain or not body:
        raise CallerError(
            "{address!r} names no domain",
            remedy="write the whole address, highest level first: anhui.hefei.planning",
            address=address,
        )
    return domain


def superior_of(domain: str) -> str | None:
    """Return the domain directly above; None for the root of a tree."""
    return domain.rpartition(".")[0] or None


def level_of(domain: str) -> int:
    """Return how far below the root of its tree a domain lies; 0 is the root."""
    return domain.count(".")


def is_below(domain: str, other: str) -> bool:
    """Return whether a domain lies below another one, however far; no domain lies below itself."""
    return domain.startswith(f"{other}.")


def is_within(domain: str, other: str) -> bool:
    """Return whether a domain is the other one or lies below it."""
    return domain == other or is_below(domain, other)


def relay_of(domain: str) -> str:
    """Return the address of a domain's relay office."""
    return f"{domain}.relay"


def next_hop(own_domain: str, target_domain: str) -> str:
    """Return the domain to hand a message to on its way: the target itself, a direct child, or the superior.

    Raises NotFound when the target belongs to another tree.
    """
    _refuse_other_tree(own_domain, target_domain)
    if is_within(target_domain, own_domain):
        labels = target_domain.split(".")
        return ".".join(labels[: level_of(own_domain) + 2])
    return own_domain.rpartition(".")[0]


def path_between(a: str, b: str) -> tuple[str, ...]:
    """Return all domains from one to another, both included. Raises NotFound when they belong to different trees."""
    _refuse_other_tree(a, b)
    up, down = _upwards(a), _upwards(b)
    meeting = next(domain for domain in up if domain in down)
    return (*up[: up.index(meeting) + 1], *reversed(down[: down.index(meeting)]))


def _upwards(domain: str) -> list[str]:
    labels = domain.split(".")
    return [".".join(labels[:count]) for count in range(len(labels), 0, -1)]


def _refuse_other_tree(own: str, target: str) -> None:
    root = own.split(".")[0]
    if target.split(".")[0] != root:
        raise NotFound(
            "{target} belongs to another tree than {own}",
            remedy="correct the address (those of this tree begin with {root}.), or write to that tree "
            "outside of this exchange",
            target=target,
            own=own,
            root=root,
        )
