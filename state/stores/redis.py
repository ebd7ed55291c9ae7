"""RedisStore: in Redis or Valkey 6.2 or later, one pipeline per batch.

The server must not evict (``maxmemory-policy noeviction``): an evicted replay id is a replay.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from state.clock import Clock
from state.ephemeral import (
    AddOnce,
    Append,
    Count,
    Get,
    Operation,
    Put,
    Redeem,
    Result,
    StoreUnavailable,
    Swap,
    Take,
)
from state.stores.single import SingleOperations, lifetime, milliseconds
from state.stores.store_generation import generation

PREFIX: Final = "sluis:"
MARK: Final = b"1"
GENERATION_KEY: Final = PREFIX + "generation"
ANSWER_WITHIN: Final = 2.0  # seconds
_NO_GENERATION: Final = -1

# EVAL, not EVALSHA: a script that the server forgot would fail after its neighbours were done.
# The last key of each is that of this attempt. A connection that breaks after the server did what
# it was asked takes the answer along; the same attempt, sent again, gets it and changes nothing.
_ATTEMPT: Final = """
local attempt = KEYS[#KEYS]
local kept = redis.call('GET', attempt)
if kept == '-' then return false end
if kept then return string.sub(kept, 2) end
local function done(answer)
  redis.call('SET', attempt, answer and '+' .. answer or '-', 'PX', 10000)
  return answer
end
"""
_SWAP: Final = f"""{_ATTEMPT}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return done(1)
"""
_TAKE: Final = f"""{_ATTEMPT}
local found = redis.call('GETDEL', KEYS[1])
return found and done(found)
"""
# Keys: what must be new and, where a moment comes with it, the generation.
_ADD_ONCE: Final = f"""{_ATTEMPT}
if #KEYS == 3 then
  local from = redis.call('GET', KEYS[2])
  if not from then return -1 end
  if tonumber(ARGV[3]) < tonumber(from) then return 0 end
end
if redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2], 'NX') then return done(1) end
return 0
"""
# Keys: the value, then what must be new and the generation; nothing must be new without them.
_REDEEM: Final = f"""{_ATTEMPT}
if #KEYS == 4 then
  if ARGV[6] ~= '' then
    local from = redis.call('GET', KEYS[3])
    if not from then return -1 end
    if tonumber(ARGV[6]) < tonumber(from) then return 0 end
  end
  if not redis.call('SET', KEYS[2], ARGV[4], 'PX', ARGV[5], 'NX') then return 0 end
end
local found = redis.call('GET', KEYS[1])
if found == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return done(found)
"""
_COUNT: Final = f"""{_ATTEMPT}
local number = redis.call('INCR', KEYS[1])
if number == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return done(number)
"""
_APPEND: Final = f"""{_ATTEMPT}
redis.call('APPEND', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return done(1)
"""


class RedisStore(SingleOperations):
    """``is_first`` says whether any store of this installation accepted anything before."""

    def __init__(self, url: str, clock: Clock, is_first: Callable[[], bool]) -> None:
        self._clock = clock
        self._is_first = is_first
        # After a restart of the server, or of what stands between, a kept connection is broken
        # once; what was sent is sent again, as the same attempt. A slow server is not asked twice.
        self._redis: Any = Redis.from_url(
            url,
            socket_timeout=ANSWER_WITHIN,
            socket_connect_timeout=ANSWER_WITHIN,
            health_check_interval=0,
            retry=Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
        )

    def batch(self, operations: Sequence[Operation]) -> list[Result]:
        answers = self._send(operations)
        if _NO_GENERATION in answers:
            self._be_born()
            again = [at for at, answer in enumerate(answers) if answer == _NO_GENERATION]
            for at, answer in zip(again, self._send([operations[at] for at in again]), strict=True):
                answers[at] = answer
        return [
            _result(operation, answer)
            for operation, answer in zip(operations, answers, strict=True)
        ]

    def ping(self) -> None:
        """Also notices that the server was emptied, before the next message arrives."""
        try:
            known = self._redis.exists(GENERATION_KEY)
        except RedisError as error:
            raise StoreUnavailable.after(error) from None
        if not known:
            self._be_born()

    def server_time(self) -> datetime:
        try:
            seconds, microseconds = self._redis.time()
        except RedisError as error:
            raise StoreUnavailable.after(error) from None
        return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=microseconds)

    def close(self) -> None:
        """Let go of the connections."""
        self._redis.close()

    def _send(self, operations: Sequence[Operation]) -> list[Any]:
        attempt = f"{PREFIX}attempt:{secrets.token_hex(12)}"
        try:
            if len(operations) == 1:
                return [self._redis.execute_command(*_command(operations[0], attempt))]
            pipeline = self._redis.pipeline(transaction=False)
            for at, operation in enumerate(operations):
                pipeline.execute_command(*_command(operation, f"{attempt}:{at}"))
            answers: list[Any] = pipeline.execute(raise_on_error=False)
        except RedisError as error:
            raise StoreUnavailable.after(error) from None
        for answer in answers:
            if isinstance(answer, Exception):  # read-only, out of memory, loading
                raise StoreUnavailable.after(answer) from None
        return answers

    def _be_born(self) -> None:
        first = self._is_first()
        mark = milliseconds(generation(self._clock(), is_first=first))
        try:
            # Of processes that start together the first store of all has the last word.
            self._redis.set(GENERATION_KEY, mark, nx=not first)
        except RedisError as error:
            raise StoreUnavailable.after(error) from None


def _command(operation: Operation, attempt: str) -> tuple[Any, ...]:
    """The words of one command. What the client has a method for each of them for, is the check of
    arguments that are always these. ``attempt``: the key under which the server remembers for a
    moment that this was done.
    """
    key = PREFIX + operation.key
    match operation:
        case Put(_, value, ttl):
            return ("SET", key, value, "PX", lifetime(ttl))
        case Get():
            return ("GET", key)
        case Take():
            return ("EVAL", _TAKE, 2, key, attempt)
        case Swap(_, expected, value, ttl):
            return ("EVAL", _SWAP, 2, key, attempt, expected, value, lifetime(ttl))
        case AddOnce(_, ttl, issued_at):
            if issued_at is None:
                return ("EVAL", _ADD_ONCE, 2, key, attempt, MARK, lifetime(ttl))
            issued = milliseconds(issued_at)
            named = key, GENERATION_KEY, attempt
            return ("EVAL", _ADD_ONCE, len(named), *named, MARK, lifetime(ttl), issued)
        case Redeem(_, expected, value, ttl, once):
            new, rest = _must_be_new(once)
            keys = (key, *new, attempt)
            return ("EVAL", _REDEEM, len(keys), *keys, expected, value, lifetime(ttl), *rest)
        case Append(_, line, ttl):
            return ("EVAL", _APPEND, 2, key, attempt, line + b"\n", lifetime(ttl))
        case Count(_, ttl):
            return ("EVAL", _COUNT, 2, key, attempt, lifetime(ttl))


def _must_be_new(once: AddOnce | None) -> tuple[tuple[str, ...], tuple[bytes | str | int, ...]]:
    """Keys and arguments for what comes with a redemption."""
    if once is None:
        return (), ()
    issued = milliseconds(once.issued_at) if once.issued_at is not None else ""
    return (PREFIX + once.key, GENERATION_KEY), (MARK, lifetime(once.ttl), issued)


def _result(operation: Operation, answer: Any) -> Result:
    match operation:
        case Put() | Append():
            return None
        case Swap() | AddOnce():
            return bool(answer)
        case Count():
            return int(answer)
        case Redeem() if isinstance(answer, int):
            return False
        case Get() | Take() | Redeem():
            return bytes(answer) if answer is not None else None
