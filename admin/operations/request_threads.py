"""The threads in which requests are answered, each handed to them by the event loop and given back.

An executor of the standard library makes a lock, a condition and two futures for every hand-over,
which costs as much as the event loop itself.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

Given = TypeVar("Given")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class _Task(Generic[Given, Answer]):
    given: Given
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Answer]


class RequestThreads(Generic[Given, Answer]):
    """``number`` threads that do ``work``; what comes while all are busy waits its turn."""

    def __init__(self, work: Callable[[Given], Answer], number: int) -> None:
        self._work = work
        self._waiting: SimpleQueue[_Task[Given, Answer] | None] = SimpleQueue()
        # They end with the process, also where nobody could say so: see ``end``.
        self._threads = [
            threading.Thread(target=self._serve, name=f"request-{each}", daemon=True)
            for each in range(number)
        ]
        for thread in self._threads:
            thread.start()

    def answer(self, given: Given) -> asyncio.Future[Answer]:
        """What the work makes of it; call it in the event loop that awaits it. Raises what the work
        raises.
        """
        loop = asyncio.get_running_loop()
        task: _Task[Given, Answer] = _Task(given, loop, loop.create_future())
        self._waiting.put(task)
        return task.answer

    def end(self) -> None:
        """Finish what was handed over, and take nothing any more."""
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        while (task := self._waiting.get()) is not None:
            answer: Answer | None = None
            failure: BaseException | None = None
            try:
                answer = self._work(task.given)
            except BaseException as error:  # who waits hears it, and the thread goes on
                failure = error
            with suppress(RuntimeError):  # the loop has ended, and nobody waits
                task.loop.call_soon_threadsafe(_settle, task.answer, answer, failure)
            del task, answer, failure  # the next request may be far off


def _settle(waiting: asyncio.Future[Any], answer: Any, failure: BaseException | None) -> None:
    if waiting.cancelled():
        return
    if failure is not None:
        waiting.set_exception(failure)
    else:
        waiting.set_result(answer)
