"""A party that answers slowly holds a few threads, and no more: others go on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from state import slow_parties
from state.outgoing import OutgoingClient, OutgoingFailed
from state.slow_parties import FORGOTTEN_AFTER, MOST_PARTIES, SLOW_SECONDS, SlowParties
from tests.listener import Said, Seen, listening

SLOW = SLOW_SECONDS + 0.1


class Seconds:
    """A clock to move."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def made_slow(parties: SlowParties, seconds: Seconds, party: str = "makelaar") -> None:
    with parties.one_more(party):
        seconds.now += SLOW


def test_who_answers_fast_has_as_many_at_once_as_it_gets(seconds: Seconds) -> None:
    parties = SlowParties(1, seconds)
    with ExitStack() as calls:
        for _ in range(50):
            calls.enter_context(parties.one_more("makelaar"))
        seconds.now += SLOW_SECONDS
    assert not parties._parties


def test_who_was_slow_has_a_few_and_others_do_not_notice(seconds: Seconds) -> None:
    parties = SlowParties(2, seconds)
    made_slow(parties, seconds)
    with parties.one_more("makelaar"), parties.one_more("makelaar"):
        with (
            pytest.raises(OutgoingFailed, match="too_slow") as refused,
            parties.one_more("makelaar"),
        ):
            pass
        assert (refused.value.retry_after, refused.value.is_silence) == (2, False)
        for _ in range(5):
            with parties.one_more("another"):
                pass
    with parties.one_more("makelaar"):
        pass


def test_who_is_being_slow_now_counts_before_it_answered(seconds: Seconds) -> None:
    parties = SlowParties(1, seconds)
    with parties.one_more("makelaar"):
        with parties.one_more("makelaar"):
            pass  # nobody knows yet
        seconds.now += SLOW
        with pytest.raises(OutgoingFailed, match="too_slow"), parties.one_more("makelaar"):
            pass


@pytest.mark.parametrize("mended", ["a fast answer", "time"])
def test_once_it_answers_fast_again_or_nobody_asked_for_long_it_is_as_others(
    seconds: Seconds, mended: str
) -> None:
    parties = SlowParties(1, seconds)
    made_slow(parties, seconds)
    if mended == "time":
        seconds.now += FORGOTTEN_AFTER
    else:
        with parties.one_more("makelaar"):
            pass
    with parties.one_more("makelaar"), parties.one_more("makelaar"):
        pass


def test_a_call_that_fails_gives_its_place_back(seconds: Seconds) -> None:
    parties = SlowParties(1, seconds)
    made_slow(parties, seconds)
    for _ in range(3):
        with pytest.raises(ValueError, match="broken"), parties.one_more("makelaar"):
            seconds.now += SLOW
            raise ValueError("broken")


def test_so_many_parties_are_remembered_and_none_that_is_being_called(seconds: Seconds) -> None:
    parties = SlowParties(1, seconds)
    with parties.one_more("called"):
        for number in range(MOST_PARTIES + 5):
            made_slow(parties, seconds, f"makelaar {number}")
        assert len(parties._parties) <= MOST_PARTIES + 1
        assert "called" in parties._parties


@contextmanager
def busy(client: OutgoingClient, url: str, how_many: int) -> Iterator[list[str]]:
    """So many calls under way, with what became of them."""
    became: list[str] = []

    def call() -> None:
        try:
            became.append(str(client.get(url, party="slow").status))
        except OutgoingFailed as failed:
            became.append(failed.reason)

    threads = [threading.Thread(target=call) for _ in range(how_many)]
    for one in threads:
        one.start()
    try:
        yield became
    finally:
        for one in threads:
            one.join()


def test_a_slow_makelaar_leaves_threads_for_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_parties, "SLOW_SECONDS", 0.05)
    goes_on, arrived = threading.Event(), threading.Semaphore(0)

    def drips(seen: Seen) -> Said:
        if seen.path == "/par":
            arrived.release()
            goes_on.wait(4)
        return Said(b"{}")

    with listening(drips) as server:
        url = f"http://{server.authority}"
        client = OutgoingClient([server.authority], most_slow=2)
        with busy(client, f"{url}/par", 2) as became:
            assert arrived.acquire(timeout=4) and arrived.acquire(timeout=4)
            threading.Event().wait(0.1)
            with pytest.raises(OutgoingFailed, match="too_slow"):
                client.get(f"{url}/jwks", party="slow")
            assert client.get(f"{url}/jwks", party="fast").status == 200
            goes_on.set()
        assert became == ["200", "200"]
        assert client.get(f"{url}/jwks", party="slow").status == 200
