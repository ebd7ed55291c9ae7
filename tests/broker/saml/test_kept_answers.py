"""An answer that waits for its artifact: once, for its portal, and of this version."""

from __future__ import annotations

from broker.saml import kept_answers
from broker.saml.kept_answers import Fetched, KeptAnswer, NotThere
from state.ephemeral import Put
from state.stores.memory import MemoryStore
from tests.clocks import FakeClock
from tests.keys_for_tests import make_sealer

SEALER = make_sealer()
ANSWER = KeptAnswer("waterkaart", "ABCD1234", "<Response/>")


def kept(store: MemoryStore) -> Put:
    put = kept_answers.put("the-artifact", ANSWER, SEALER)
    store.batch([put])
    return put


def test_an_answer_is_fetched_once_by_its_portal() -> None:
    store = MemoryStore(FakeClock())
    kept(store)
    other = kept_answers.fetch(store, SEALER, "the-artifact", "another")
    assert (other.why, other.answer and other.answer.response) == (NotThere.OF_ANOTHER, None)
    assert kept_answers.fetch(store, SEALER, "the-artifact", "waterkaart") == Fetched(ANSWER)
    again = kept_answers.fetch(store, SEALER, "the-artifact", "waterkaart")
    assert (again.why, again.answer and again.answer.response) == (NotThere.USED, None)


def test_an_answer_of_another_version_is_not_there() -> None:
    """Its portal hears that it is unknown, in place of a failure of ours."""
    store = MemoryStore(FakeClock())
    put = kept(store)
    context = kept_answers._context(kept_answers._mark("the-artifact"))
    store.put(put.key, SEALER.seal(b'{"client_id": "waterkaart"}', context), put.ttl)
    found = kept_answers.fetch(store, SEALER, "the-artifact", "waterkaart")
    assert found == Fetched(None, NotThere.UNKNOWN)
