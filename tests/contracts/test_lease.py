"""A lease: of all who want it one has it, in every store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from admin.operations.lease import HELD_FOR, KEPT_EVERY, Lease, holder
from admin.presence import name_of_this
from tests.contracts.conftest import Subject


@dataclass
class Monotonic:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def test_one_of_two_has_it_for_as_long_as_it_says_so(subject: Subject) -> None:
    first, second = Lease(subject.store, "jobs"), Lease(subject.store, "jobs")
    assert holder(subject.store, "jobs") is None
    for _ in range(10):
        assert first.keep()
        assert not second.keep()
        subject.wait(KEPT_EVERY)
    assert first.is_held() and not second.is_held()
    assert holder(subject.store, "jobs") == name_of_this()


def test_who_falls_silent_loses_it_and_does_not_get_it_back(subject: Subject) -> None:
    clock = Monotonic()
    first, second = Lease(subject.store, "jobs", clock), Lease(subject.store, "jobs")
    assert first.keep()
    subject.wait(HELD_FOR - 1)
    assert not second.keep(), "it still has it"
    subject.wait(2)
    clock.now += HELD_FOR
    assert not first.is_held(), "by its own clock, before anybody told it"
    assert second.keep()
    assert not first.keep()
    assert second.is_held() and not first.is_held()


def test_what_is_given_back_is_had_a_second_later(subject: Subject) -> None:
    first, second = Lease(subject.store, "jobs"), Lease(subject.store, "jobs")
    assert first.keep()
    second.give_back()
    assert not second.keep(), "who has it not gives nothing back"
    first.give_back()
    assert not first.is_held()
    assert holder(subject.store, "jobs") is None
    subject.wait(2)
    assert second.keep()


def test_a_store_that_forgot_leaves_one(subject: Subject) -> None:
    first, second = Lease(subject.store, "jobs"), Lease(subject.store, "jobs")
    assert first.keep()
    store = subject.empty()
    if store is not subject.store:
        return  # it was in the memory of a process that is gone
    assert second.keep()
    assert not first.keep() and not first.is_held()


def test_of_many_at_once_one_has_it(subject: Subject) -> None:
    wanting = [Lease(subject.store, "jobs") for _ in range(12)]
    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(Lease.keep, wanting)) == 1
        assert sum(pool.map(Lease.keep, wanting)) == 1
    assert sum(each.is_held() for each in wanting) == 1


def test_leases_of_different_names_are_different(subject: Subject) -> None:
    assert Lease(subject.store, "jobs").keep()
    assert Lease(subject.store, "other").keep()
