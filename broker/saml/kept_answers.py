"""Answers that wait for their portal under an artifact: sealed, for two minutes, and fetched once
by the portal to which the artifact was given.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from pydantic import TypeAdapter, ValidationError

from broker.downstream import LoginResult
from broker.saml.login_answer import Said
from broker.sso import standing
from keys.opening import open_or_log
from keys.sealing import Sealer
from state.ephemeral import ExpiringStore, Put

SECONDS: Final = 120  # a portal fetches at once
REMEMBERED_SECONDS: Final = 900  # how long it is known that it was fetched
_NAME: Final = "saml-artifact"


class NotThere(enum.StrEnum):
    """Why a portal gets nothing; it does not hear which."""

    UNKNOWN = "unknown"  # or too old
    USED = "used"
    OF_ANOTHER = "of another portal"
    ENDED = "logged out"  # or blocked, since the answer was made
    FALLEN = "not believed any more"  # by what is registered now


@dataclass(frozen=True)
class KeptLogin:
    """What a login came to, and what the answer says of it."""

    result: LoginResult
    said: Said


@dataclass(frozen=True)
class KeptAnswer:
    """``response``: the signed XML, None when it was fetched. ``reference``: of the login;
    ``login``: None where the answer is a refusal.
    """

    client_id: str
    reference: str | None
    response: str | None
    login: KeptLogin | None = None


@dataclass(frozen=True)
class Fetched:
    """``why``: None where ``answer`` is what was asked; ``answer`` beside it is that of which the
    reference is known, without its response. ``fault``: why the login is worth nothing any more.
    """

    answer: KeptAnswer | None
    why: NotThere | None = None
    fault: str | None = None

    def judged(self, fault_of: Callable[[LoginResult], str | None]) -> Fetched:
        """The same, or nothing where what the login came to stands no more. ``fault_of``: says why
        (``broker.sso.standing``).
        """
        answer = self.answer
        if self.why is not None or answer is None or answer.login is None:
            return self
        fault = fault_of(answer.login.result)
        return self if fault is None else self.fallen(fault)

    def fallen(self, fault: str) -> Fetched:
        """Nothing, and why."""
        nothing = None if self.answer is None else replace(self.answer, response=None)
        is_over = fault == standing.LOGIN_ENDED
        return Fetched(nothing, NotThere.ENDED if is_over else NotThere.FALLEN, fault)


_ADAPTER: Final = TypeAdapter(KeptAnswer)


def put(artifact: str, answer: KeptAnswer, sealer: Sealer) -> Put:
    """The operation that keeps an answer until it is fetched."""
    mark = _mark(artifact)
    return Put(_key(mark), _sealed(mark, answer, sealer), SECONDS)


def fetch(store: ExpiringStore, sealer: Sealer, artifact: str, client_id: str) -> Fetched:
    """The answer, once: of several that ask, one gets it. Another portal gets nothing and takes
    nothing from the one whose it is.
    """
    mark = _mark(artifact)
    raw = store.get(_key(mark))
    plain = None if raw is None else open_or_log(sealer, raw, _context(mark), what=_NAME)
    if raw is None or plain is None:
        return Fetched(None, NotThere.UNKNOWN)
    try:
        kept = _ADAPTER.validate_json(plain)
    except ValidationError:  # another version of the program wrote it
        return Fetched(None, NotThere.UNKNOWN)
    used = replace(kept, response=None, login=None)
    if kept.client_id != client_id:
        return Fetched(used, NotThere.OF_ANOTHER)
    if kept.response is None:
        return Fetched(used, NotThere.USED)
    if not store.swap(_key(mark), raw, _sealed(mark, used, sealer), REMEMBERED_SECONDS):
        return Fetched(used, NotThere.USED)
    return Fetched(kept)


def _sealed(mark: str, answer: KeptAnswer, sealer: Sealer) -> bytes:
    return sealer.seal(_ADAPTER.dump_json(answer), _context(mark))


def _mark(artifact: str) -> str:
    """Hashed: who reads the store cannot fetch with it."""
    return hashlib.sha256(artifact.encode()).hexdigest()


def _key(mark: str) -> str:
    return f"{_NAME}:{mark}"


def _context(mark: str) -> str:
    """Of this artifact alone, so that no answer takes the place of another."""
    return f"{_NAME}:{mark}"
