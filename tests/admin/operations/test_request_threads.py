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
