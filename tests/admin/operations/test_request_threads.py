"""Work handed to threads by an event loop, and given back to it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

from admin.operations.request_threads import RequestThreads

T = TypeVar("T")
SOON = 60.0  # seconds, for what must happen, on a machine that others use as well


def run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """In a thread of its own: that of a test may have an event loop already (a browser's)."""
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(lambda: asyncio.run(work())).result()


async def within(waiting: Awaitable[T]) -> T:
    return await asyncio.wait_for(waiting, SOON)


def test_everyone_gets_the_answer_to_what_they_gave() -> None:
    threads = RequestThreads(lambda given: given * 2, 3)

    async def many() -> list[int]:
        return await within(asyncio.gather(*(threads.answer(each) for each in range(50))))

    assert run(many) == [2 * each for each in range(50)]
    threads.end()


def test_so_many_work_at_once_and_no_more() -> None:
    at_work = threading.Semaphore(0)
    go_on, most, now, lock = threading.Event(), [0], [0], threading.Lock()

    def work(_: int) -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        at_work.release()
        assert go_on.wait(SOON)
        with lock:
            now[0] -= 1

    threads = RequestThreads(work, 2)

    async def five() -> None:
        waiting = [threads.answer(each) for each in range(5)]
        for _ in range(2):
            assert await asyncio.to_thread(at_work.acquire, timeout=SOON)
        go_on.set()
        await within(asyncio.gather(*waiting))

    run(five)
    threads.end()
    assert most == [2]


def test_who_waits_hears_what_went_wrong_and_the_thread_goes_on() -> None:
    threads = RequestThreads(lambda given: 12 // given, 1)

    async def both() -> int:
        with pytest.raises(ZeroDivisionError):
            await within(threads.answer(0))
        return await within(threads.answer(4))

    assert run(both) == 3
    threads.end()


def test_who_waits_no_more_holds_nobody_up() -> None:
    go_on = threading.Event()
    threads = RequestThreads(lambda given: given and go_on.wait(SOON), 1)

    async def one_goes() -> bool:
        left = threads.answer(True)
        left.cancel()
        after = threads.answer(False)
        go_on.set()
        return await within(after)

    assert run(one_goes) is False
    threads.end()


def test_what_was_handed_over_is_finished_at_the_end() -> None:
    begun, go_on, done = threading.Event(), threading.Event(), []

    def work(given: int) -> None:
        begun.set()
        assert go_on.wait(SOON)
        done.append(given)

    threads = RequestThreads(work, 1)

    async def hand_over() -> None:
        for each in range(3):
            threads.answer(each)
        assert await asyncio.to_thread(begun.wait, SOON)

    run(hand_over)  # and the loop is over: nobody hears of it
    threading.Timer(0.05, go_on.set).start()
    threads.end()
    assert done == [0, 1, 2]


def test_one_that_has_only_just_begun_is_let_alone() -> None:
    at_work, most = [0], [0]

    def work(_: int) -> None:
        at_work[0] += 1
        most[0] = max(most[0], at_work[0])
        threading.Event().wait(0.005)  # another could begin here
        at_work[0] -= 1

    threads = RequestThreads(work, 4, alone=SOON)

    async def many() -> None:
        await within(asyncio.gather(*(threads.answer(each) for each in range(12))))

    run(many)
    threads.end()
    assert most == [1]


def test_one_that_waits_for_somebody_else_holds_nobody_up() -> None:
    others_answered = threading.Event()

    def work(given: bool) -> bool:
        return others_answered.wait(SOON) if given else given

    threads = RequestThreads(work, 2, alone=0.001)

    async def all_of_them() -> bool:
        first = threads.answer(True)
        others = [threads.answer(False) for _ in range(10)]
        assert not any(await within(asyncio.gather(*others)))
        others_answered.set()
        return await within(first)

    assert run(all_of_them) is True
    threads.end()


def _in_what_order(given: list[tuple[str, float]], pause: float = 0.0) -> list[str]:
    """In what order these, each so far ahead, are done by one thread that was busy till then."""
    begun, go_on, done = threading.Event(), threading.Event(), list[str]()

    def work(name: str) -> None:
        begun.set()
        assert go_on.wait(SOON)
        done.append(name)

    threads = RequestThreads(work, 1)

    async def hand_over() -> None:
        waiting = [threads.answer("busy")]
        assert await asyncio.to_thread(begun.wait, SOON)
        for name, ahead in given:
            waiting.append(threads.answer(name, ahead))
            await asyncio.sleep(pause)
        go_on.set()
        await within(asyncio.gather(*waiting))

    run(hand_over)
    threads.end()
    return done[1:]


def test_what_is_ahead_goes_first_and_equals_in_their_order() -> None:
    order = _in_what_order([("a", 0.0), ("b", 0.0), ("c", SOON), ("d", SOON), ("e", 2 * SOON)])
    assert order == ["e", "c", "d", "a", "b"]


def test_nobody_waits_for_what_came_later_than_it_is_ahead() -> None:
    assert _in_what_order([("early", 0.0), ("late", 0.001)], pause=0.02) == ["early", "late"]
