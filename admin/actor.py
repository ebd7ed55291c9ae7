"""Who does something to an installation. Every use case of administration takes one, so that the
command line, a screen and an API call the same function and the audit tells them apart.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final


class ActorKind(enum.StrEnum):
    """By which way somebody came. At the command line and in the worker nobody logged in."""

    COMMAND_LINE = "command_line"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"
    PERSON = "person"  # for themselves alone
    WORKER = "worker"
    LINK = "link"  # who read a mail, and nobody knows who that is


_LOGGED_IN: Final = frozenset({ActorKind.OPERATOR, ActorKind.ADMINISTRATOR, ActorKind.PERSON})


@dataclass(frozen=True)
class Actor:
    """``person_id`` is what audit events keep as who acted: of somebody who logged in, and None
    for the others.
    """

    kind: ActorKind
    person_id: str | None = None

    def __post_init__(self) -> None:
        if (self.person_id is not None) is not (self.kind in _LOGGED_IN):
            raise ValueError(f"{self.kind}: who logged in has an id, and nobody else")

    @property
    def logged_in(self) -> str:
        """The id of who logged in. Raises ValueError where nobody did: for what only a person may
        decide.
        """
        if self.person_id is None:
            raise ValueError(f"{self.kind}: only somebody who logged in decides this")
        return self.person_id

    @classmethod
    def operator(cls, person_id: str) -> Actor:
        """Somebody with a role, logged in at the operators' console."""
        return cls(ActorKind.OPERATOR, person_id)

    @classmethod
    def administrator(cls, person_id: str) -> Actor:
        """An administrator of an organisation, logged in at its console."""
        return cls(ActorKind.ADMINISTRATOR, person_id)

    @classmethod
    def person(cls, person_id: str) -> Actor:
        """Somebody who does what is theirs alone to do, such as accepting an invitation."""
        return cls(ActorKind.PERSON, person_id)


COMMAND_LINE: Final = Actor(ActorKind.COMMAND_LINE)
BY_LINK: Final = Actor(ActorKind.LINK)
WORKER: Final = Actor(ActorKind.WORKER)
