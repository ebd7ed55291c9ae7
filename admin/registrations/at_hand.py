"""What stands of the things that documents name, read some hundred at a time: a question to the
database for each of four thousand documents would be most of what applying them costs.

What is said of people is of before their documents were written. A document only adds what a
document gives, so whoever had nothing from elsewhere then has nothing from elsewhere after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, or_, select, tuple_
from sqlalchemy.orm import Session

from admin.registrations.documents import Entry
from admin.registrations.identity_keys import IdentityKey
from assurance.factors import Factor
from consent.mandates import Mandate
from directory.organisations import Organisation
from directory.origin import Origin
from directory.people import ExternalIdentity, Membership, Person
from providers.accounts import Account
from state import party_metadata
from state.db import Base
from state.registrations import Kind, Registration

MOST: Final = 200  # in one question
K = TypeVar("K")

# What a person can have, and which of it no document gave.
_OTHER: Final[Mapping[type[Any], ColumnElement[bool]]] = {
    ExternalIdentity: ExternalIdentity.origin != Origin.DOCUMENT,
    Membership: Membership.origin != Origin.DOCUMENT,
    Account: Account.origin != Origin.DOCUMENT,
    Factor: Factor.origin != Origin.DOCUMENT,
    Mandate: or_(Mandate.granted_by.is_not(None), Mandate.revoked_by.is_not(None)),
}


@dataclass(frozen=True)
class PersonAtHand:
    """``row``: None for who is new. ``had``: tables in which there was something of this person;
    ``had_other``: in which there was something that no document gave.
    """

    row: Person | None
    had: frozenset[type[Base]]
    had_other: frozenset[type[Base]]


UNKNOWN: Final = PersonAtHand(None, frozenset(_OTHER), frozenset(_OTHER))


def some(found: Iterable[K]) -> Iterator[list[K]]:
    """At most MOST at a time."""
    rest = list(found)
    for first in range(0, len(rest), MOST):
        yield rest[first : first + MOST]


@dataclass
class AtHand:
    """Of the documents of one transaction. ``hashed``: the keys of the identities that a document
    names.
    """

    session: Session
    entries: Sequence[Entry]
    hashed: Callable[[Entry], list[IdentityKey]]
    _registrations: dict[tuple[Kind, str], Registration | None] = field(default_factory=dict)
    _people: dict[str, PersonAtHand] = field(default_factory=dict)
    _identities: dict[IdentityKey, ExternalIdentity | None] = field(default_factory=dict)
    _organisations: dict[str, Organisation] = field(default_factory=dict)
    _kept: frozenset[tuple[Kind, str]] | None = None

    def registration(self, kind: Kind, name: str) -> Registration | None:
        """Its row, also of what was withdrawn."""
        key = kind, name
        if key not in self._registrations:
            named = [e.model.key for e in self.entries if e.kind == kind] or [name]
            for names in some(dict.fromkeys([*named, name])):
                self._registrations |= dict.fromkeys(((kind, one) for one in names), None)
                query = select(Registration).where(
                    Registration.kind == kind, Registration.name.in_(names)
                )
                for row in self.session.scalars(query):
                    self._registrations[kind, row.name] = row
        return self._registrations[key]

    def wrote(self, row: Registration) -> None:
        """This one is new."""
        self._registrations[row.kind, row.name] = row

    def keeps_metadata(self, kind: Kind, name: str) -> bool:
        """Was there anything of its metadata before?"""
        if self._kept is None:
            self._kept = frozenset(party_metadata.origins(self.session))
        return (kind, name) in self._kept

    def organisation(self, kvk: str) -> Organisation:
        """With this KvK number, which stands."""
        if kvk not in self._organisations:
            named = {number for entry in self.entries for number in _numbers(entry)} | {kvk}
            for numbers in some(sorted(named - self._organisations.keys())):
                query = select(Organisation).where(Organisation.kvk.in_(numbers))
                self._organisations |= {row.kvk: row for row in self.session.scalars(query)}
        return self._organisations[kvk]

    def person(self, person_id: str) -> PersonAtHand:
        """UNKNOWN for whom no document names."""
        if not self._people:
            named = dict.fromkeys(p for entry in self.entries for p in _people(entry))
            for people in some(named):
                self._read_people(people)
        return self._people.get(person_id, UNKNOWN)

    def identity(self, key: IdentityKey) -> ExternalIdentity | None:
        """Whosesoever it is."""
        if key not in self._identities:
            keys = {one for e in self.entries if e.kind == "Person" for one in self.hashed(e)}
            for asked in some(sorted((keys | {key}) - self._identities.keys())):
                self._identities |= dict.fromkeys(asked, None)
                pair = tuple_(ExternalIdentity.provider_id, ExternalIdentity.subject_hash)
                for row in self.session.scalars(select(ExternalIdentity).where(pair.in_(asked))):
                    self._identities[row.provider_id, row.subject_hash] = row
        return self._identities[key]

    def has_identity(self, key: IdentityKey, row: ExternalIdentity | None) -> None:
        """It was made, or deleted."""
        self._identities[key] = row

    def _read_people(self, people: list[str]) -> None:
        rows = {
            row.id: row for row in self.session.scalars(select(Person).where(Person.id.in_(people)))
        }
        had: dict[str, set[type[Base]]] = {one: set() for one in people}
        had_other: dict[str, set[type[Base]]] = {one: set() for one in people}
        for model, is_other in _OTHER.items():
            query = select(model.person_id, is_other).where(model.person_id.in_(people)).distinct()
            for person_id, other in self.session.execute(query):
                had[person_id].add(model)
                if other:
                    had_other[person_id].add(model)
        self._people |= {
            one: PersonAtHand(rows.get(one), frozenset(had[one]), frozenset(had_other[one]))
            for one in people
        }


def _numbers(entry: Entry) -> tuple[str, ...]:
    document = entry.model
    match entry.kind:
        case "Mandate":
            return (document.organisation,)
        case "ChainMandate":
            return document.organisation, document.intermediary
        case "Person":
            return tuple(place.kvk for place in document.organisations)
    return ()


def _people(entry: Entry) -> tuple[str, ...]:
    document = entry.model
    match entry.kind:
        case "Person":
            return (document.id,)
        case "Mandate":
            return (document.person,)
    return ()
