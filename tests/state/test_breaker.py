"""The breaker leaves alone who does not answer, and nobody else."""

from __future__ import annotations

from state.breaker import FAILURES_TO_OPEN, MOST_PARTIES, OPEN_SECONDS, Breaker


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def opened() -> tuple[Breaker, Seconds]:
    seconds = Seconds()
    breaker = Breaker(seconds)
    for _ in range(FAILURES_TO_OPEN):
        assert breaker.admits("slow:443")
        breaker.failed("slow:443")
    return breaker, seconds


def test_five_failures_in_a_row_open_the_circuit_of_that_party_only() -> None:
    breaker, _ = opened()
    assert not breaker.admits("slow:443")
    assert breaker.admits("other:443")


def test_a_success_in_between_starts_the_count_again() -> None:
    breaker = Breaker(Seconds())
    for _ in range(3):
        for _ in range(FAILURES_TO_OPEN - 1):
            breaker.failed("party:443")
        breaker.succeeded("party:443")
    assert breaker.admits("party:443")


def test_after_the_pause_one_caller_tries_and_the_others_wait() -> None:
    breaker, seconds = opened()
    seconds.now += OPEN_SECONDS
    assert [breaker.admits("slow:443") for _ in range(3)] == [True, False, False]
    breaker.succeeded("slow:443")
    assert breaker.admits("slow:443")


def test_a_failed_try_opens_it_for_another_pause() -> None:
    breaker, seconds = opened()
    seconds.now += OPEN_SECONDS
    assert breaker.admits("slow:443")
    breaker.failed("slow:443")
    seconds.now += OPEN_SECONDS - 1
    assert not breaker.admits("slow:443")
    seconds.now += 1
    assert breaker.admits("slow:443")


def test_a_try_that_said_nothing_lets_another_try() -> None:
    breaker, seconds = opened()
    seconds.now += OPEN_SECONDS
    assert breaker.admits("slow:443")
    breaker.released("slow:443")
    assert breaker.admits("slow:443")


def test_it_remembers_a_bounded_number_of_parties() -> None:
    breaker, _ = opened()
    for number in range(MOST_PARTIES):
        breaker.failed(f"{number}:443")
    assert breaker.admits("slow:443")


def test_who_is_told_that_it_is_open_hears_of_what_went_wrong_last() -> None:
    breaker = Breaker(Seconds())
    assert breaker.why("party:443") == ""
    for why in ("timeout", "name_not_found"):
        breaker.failed("party:443", why)
        assert breaker.why("party:443") == why
    breaker.succeeded("party:443")
    assert breaker.why("party:443") == ""
