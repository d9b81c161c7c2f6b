"""One identity is served by one process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from exchange.errors import IdentityInUse
from exchange.store import Store
from tests.contract.processes import others


def test_what_another_process_serves_cannot_be_served_here_until_that_process_ends(
    store: Store, database_url: str, member: str
) -> None:
    with others(1, "claim", database_url, member) as [server]:
        assert server.hear() == "serving"
        with pytest.raises(IdentityInUse, match=member), store.claim_identity(member):
            pytest.fail("two processes serve one identity")
        server.kill()
        with store.claim_identity(member), others(1, "claim", database_url, member) as [late]:
            assert late.hear() == "identity-in-use"


def test_an_identity_is_free_again_after_the_block_even_if_it_failed(store: Store, member: str) -> None:
    with pytest.raises(RuntimeError, match="handler"), store.claim_identity(member):
        raise RuntimeError("handler")
    with store.claim_identity(member):
        pass


def test_an_identity_is_claimed_once_in_one_process_too(store: Store, member: str) -> None:
    with store.claim_identity(member), pytest.raises(IdentityInUse), store.claim_identity(member):
        pytest.fail("one identity is served twice")


def test_a_claim_may_be_given_back_by_another_thread_than_the_one_that_made_it(store: Store, member: str) -> None:
    stack = ExitStack()
    stack.enter_context(store.claim_identity(member))
    with ThreadPoolExecutor(1) as pool:
        pool.submit(stack.close).result(30)
    with store.claim_identity(member):
        pass


def test_the_claim_outlives_the_stores_connections(store: Store, database_url: str, member: str) -> None:
    with store.claim_identity(member):
        store.close()
        with others(1, "claim", database_url, member) as [other]:
            assert other.hear() == "identity-in-use"
