"""How addresses and domains lie to each other: a domain's superior is the domain without its last label."""

from __future__ import annotations


def domain_of(address: str) -> str:
    """The domain that a member's address lies in; empty for an address of one label."""
    return address.rpartition(".")[0]


def superior_of(domain: str) -> str | None:
    """The domain one level up; None for a root."""
    return domain.rpartition(".")[0] or None


def relay_of(domain: str) -> str:
    """The address of a domain's relay office."""
    return f"{domain}.relay"


def is_below(domain: str, other: str) -> bool:
    """Whether a domain lies anywhere below another; none lies below itself."""
    return domain.startswith(f"{other}.")


def next_hop(own: str, target: str) -> str | None:
    """The neighbour on the way from the own domain to another: itself if equal; None where a root has no way."""
    if target == own:
        return own
    if is_below(target, own):
        return ".".join(target.split(".")[: own.count(".") + 2])
    return superior_of(own)
