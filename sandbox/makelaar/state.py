"""What a makelaar remembers while it runs: questions that are open, codes, the last answer, its
fault.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from sandbox.makelaar.faults import Fault
from sandbox.people import AssertedMandate

T = TypeVar("T")
MOST_KEPT = 2000


@dataclass(frozen=True)
class SamlReply:
    """Where a SAML answer goes and what it answers."""

    request_id: str
    consumer: str  # URL of the assertion consumer service
    audience: str  # entity id of who asked
    relay_state: str | None
    indexed: tuple[str, str] | None = None  # the service, where it was asked by index
    by_artifact: bool = False


@dataclass(frozen=True)
class OidcReply:
    """Where a code goes and what the token must repeat."""

    client_id: str
    redirect_uri: str
    state: str | None
    nonce: str
    code_challenge: str
    max_age: int | None
    by_form: bool = False  # the answer goes in a form


@dataclass(frozen=True)
class Question:
    """A login that somebody asks for. ``level`` is a label such as ``EH3``, None when none was
    asked.
    """

    id: str
    asked_by: str
    level: str | None
    service: str | None
    fresh: bool
    reply: SamlReply | OidcReply


@dataclass(frozen=True)
class Answer:
    """Who logged in and what the answer says. ``level`` is the value on the wire."""

    subject: str
    name: str
    level: str
    factor: str
    at: datetime
    mandate: AssertedMandate | None = None
    fault: Fault = Fault.NONE


@dataclass(frozen=True)
class Waiting:
    """What an artifact stands for until it is resolved."""

    message: bytes
    fault: Fault


@dataclass(frozen=True)
class CodeGrant:
    """What a code stands for until it is redeemed."""

    reply: OidcReply
    answer: Answer


class Drawer(Generic[T]):
    """Things under a random name; the oldest give way. Safe between threads."""

    def __init__(self) -> None:
        self._things: OrderedDict[str, T] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, thing: T, name: str | None = None) -> str:
        key = name or secrets.token_urlsafe(24)
        with self._lock:
            self._things[key] = thing
            while len(self._things) > MOST_KEPT:
                self._things.popitem(last=False)
        return key

    def look(self, name: str) -> T | None:
        with self._lock:
            return self._things.get(name)

    def take(self, name: str) -> T | None:
        """The thing, once."""
        with self._lock:
            return self._things.pop(name, None)

    def empty(self) -> list[tuple[str, T]]:
        """Everything in it, once."""
        with self._lock:
            found = list(self._things.items())
            self._things.clear()
            return found

    def add_once(self, name: str, thing: T) -> bool:
        """False when the name was there already."""
        with self._lock:
            if name in self._things:
                return False
            self._things[name] = thing
            return True


@dataclass
class Desk:
    """The memory of one makelaar."""

    questions: Drawer[Question] = field(default_factory=Drawer)
    codes: Drawer[CodeGrant] = field(default_factory=Drawer)
    pushed: Drawer[dict[str, str]] = field(default_factory=Drawer)
    sessions: Drawer[str] = field(default_factory=Drawer)  # sid → the subject of who is in
    artifacts: Drawer[Waiting] = field(default_factory=Drawer)
    seen: Drawer[bool] = field(default_factory=Drawer)  # request and assertion ids
    fault: Fault = Fault.NONE
    fault_once: bool = False
    dialect: str | None = None  # in place of that of the profile
    mandate: str | None = None  # in place of a direct one: chain, branch or none
    last_saml: bytes | None = None
    last_artifact: str | None = None
    last_code: str | None = None

    def next_fault(self, chosen: Fault) -> Fault:
        """The fault for this answer: chosen on the page, or set for the next or for all answers."""
        if chosen is not Fault.NONE:
            return chosen
        fault = self.fault
        if self.fault_once:
            self.fault, self.fault_once = Fault.NONE, False
        return fault
