"""The threads in which requests are answered, each handed to them by the event loop and given back.

An executor of the standard library makes a lock, a condition and two futures for every hand-over,
which costs as much as the event loop itself.

The interpreter does one thing at a time, so two requests at once both end when the second would
have. A thread therefore begins with the next one when no other has only just begun with one; who
takes longer than that waits for somebody else, or makes a large page, and is not waited for.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from queue import SimpleQueue
from typing import Any, Final, Generic, TypeVar

Given = TypeVar("Given")
Answer = TypeVar("Answer")
ALONE: Final = 0.02  # most requests of a login take a third of it


@dataclass(frozen=True, slots=True)
class _Task(Generic[Given, Answer]):
    given: Given
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Answer]


class RequestThreads(Generic[Given, Answer]):
    """``number`` threads that do ``work``; what comes while all are busy waits its turn. ``alone``:
    seconds that a request has before the next one begins beside it.
    """

    def __init__(self, work: Callable[[Given], Answer], number: int, alone: float = ALONE) -> None:
        self._work = work
        self._alone = alone
        self._lock = threading.Lock()  # of the next three
        self._waiting: list[tuple[float, int, _Task[Given, Answer]]] = []
        self._begun: dict[int, float] = {}  # by thread: when it began with what it is busy with
        self._ended = False
        self._number_of = count()
        self._again: asyncio.TimerHandle | None = None  # of the event loop alone
        self._calls: SimpleQueue[bool] = SimpleQueue()  # there may be something to do; or no more
        # They end with the process, also where nobody could say so: see ``end``.
        self._threads = [
            threading.Thread(target=self._serve, name=f"request-{each}", daemon=True)
            for each in range(number)
        ]
        for thread in self._threads:
            thread.start()

    def answer(self, given: Given, ahead: float = 0.0) -> asyncio.Future[Answer]:
        """What the work makes of it; call it in the event loop that awaits it. It goes before what
        came so many seconds earlier and waits still. Raises what the work raises.
        """
        loop = asyncio.get_running_loop()
        task: _Task[Given, Answer] = _Task(given, loop, loop.create_future())
        now = time.monotonic()
        with self._lock:
            heappush(self._waiting, (now - ahead, next(self._number_of), task))
            is_free = self._free_at() <= now
        if is_free:
            self._calls.put(True)
        if self._again is None:
            self._again = loop.call_later(self._alone, self._call, loop)
        return task.answer

    def end(self) -> None:
        """Finish what was handed over, and take nothing any more."""
        with self._lock:
            self._ended = True
        for _ in self._threads:
            self._calls.put(False)
        for thread in self._threads:
            thread.join()

    def _call(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wake a thread for what still waits, and look again."""
        self._again = None
        with self._lock:
            if not self._waiting:
                return
            is_free = self._free_at() <= time.monotonic()
        if is_free:
            self._calls.put(True)
        self._again = loop.call_later(self._alone, self._call, loop)

    def _free_at(self) -> float:
        """When the next request may begin, by the clock that only goes on."""
        return max(self._begun.values(), default=-self._alone) + self._alone

    def _serve(self) -> None:
        goes_on = True
        while goes_on:
            goes_on = self._calls.get()
            while (task := self._next()) is not None:
                answer: Answer | None = None
                failure: BaseException | None = None
                try:
                    answer = self._work(task.given)
                except BaseException as error:  # who waits hears it, and the thread goes on
                    failure = error
                with suppress(RuntimeError):  # the loop has ended, and nobody waits
                    task.loop.call_soon_threadsafe(_settle, task.answer, answer, failure)
                del task, answer, failure  # the next request may be far off

    def _next(self) -> _Task[Given, Answer] | None:
        """The next request, unless another thread has just begun with one."""
        with self._lock:
            me = threading.get_ident()
            self._begun.pop(me, None)
            if not self._waiting:
                return None
            now = time.monotonic()
            if not self._ended and self._free_at() > now:
                return None
            self._begun[me] = now
            return heappop(self._waiting)[2]


def _settle(waiting: asyncio.Future[Any], answer: Any, failure: BaseException | None) -> None:
    if waiting.cancelled():
        return
    if failure is not None:
        waiting.set_exception(failure)
    else:
        waiting.set_result(answer)
