"""The rows of a made-up installation, each by its number: the same every time. Companies have ten
people, one of whom administers, and every hundredth is the intermediary of those after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from assurance.levels import AssuranceLevel
from directory.origin import Origin
from directory.people import Role

ORGANISATIONS: Final = 100_000
PEOPLE_EACH: Final = 10
MANDATES_EACH: Final = 5  # per person; chain mandates come to them
CLIENTS_EACH: Final = 100
SERVICES: Final = tuple(f"5ca1e000-0000-4000-8000-{number:012}" for number in range(40))
_DAY: Final = timedelta(days=1)
_FIRST_KVK: Final = 50_000_000
Row = dict[str, Any]


@dataclass(frozen=True)
class Scale:
    """``organisations``: how many; ``now``: what mandates are around."""

    organisations: int
    now: datetime

    @classmethod
    def of(cls, factor: float, now: datetime) -> Scale:
        """A part of the whole. Raises ValueError where that is less than one intermediary with its
        clients, or more than ten times the whole.
        """
        number = round(ORGANISATIONS * factor)
        if not CLIENTS_EACH <= number <= 10 * ORGANISATIONS:
            raise ValueError(f"a factor from {CLIENTS_EACH / ORGANISATIONS} up to 10")
        return cls(number, now)

    @property
    def people(self) -> int:
        return self.organisations * PEOPLE_EACH

    @property
    def mandates(self) -> int:
        return self.people * MANDATES_EACH

    @property
    def rows(self) -> int:
        """All of it: companies, people with identity and place, mandates and chain mandates."""
        return 2 * self.organisations + 3 * self.people + self.mandates

    def organisation_rows(self) -> Iterator[Row]:
        for number in range(self.organisations):
            yield {
                "id": organisation_id(number),
                "kvk": str(_FIRST_KVK + number),
                "rsin": None,
                "name": f"Bedrijf {number:07} B.V.",
                "shares_administrators": True,
                "suspended_at": None,
            }

    def person_rows(self) -> Iterator[Row]:
        for number in range(self.people):
            yield {
                "id": person_id(number),
                "display_name": f"Persoon {number:08}",
                "email": f"persoon{number}@voorbeeld.example",
                "locale": "nl",
                "created_at": self.now - 400 * _DAY,
                "blocked_at": None,
                "logged_out_at": None,
                "origin": Origin.SCREEN,
            }

    def identity_rows(self) -> Iterator[Row]:
        for number in range(self.people):
            yield {
                "provider_id": "schaal",
                "subject_hash": f"{number:064x}",
                "person_id": person_id(number),
                "means_active_until": None,
                "created_at": self.now - 400 * _DAY,
                "origin": Origin.SCREEN,
            }

    def membership_rows(self) -> Iterator[Row]:
        for number in range(self.people):
            company, place = divmod(number, PEOPLE_EACH)
            yield {
                "id": f"b{number:025}",
                "person_id": person_id(number),
                "organisation_id": organisation_id(company),
                "role": Role.MEMBER if place else Role.ADMINISTRATOR,
                "role_since": None,
                "level": None,
                "since": self.now - 400 * _DAY,
                "until": None,
                "origin": Origin.SCREEN,
            }

    def mandate_rows(self) -> Iterator[Row]:
        """The first of each person is general; of the others some are over or were taken back."""
        for number in range(self.mandates):
            person, which = divmod(number, MANDATES_EACH)
            company = organisation_id(person // PEOPLE_EACH)
            yield {
                "id": f"m{number:025}",
                "person_id": person_id(person),
                "organisation_id": company,
                "service_uuid": SERVICES[(person + which) % len(SERVICES)] if which else None,
                "level": AssuranceLevel.EH3,
                "branches": [],
                "granted_by": person_id(person // PEOPLE_EACH * PEOPLE_EACH),
                **self._term(number, is_old=which == MANDATES_EACH - 1),
            }

    def chain_rows(self) -> Iterator[Row]:
        for number in range(self.organisations):
            through = number // CLIENTS_EACH * CLIENTS_EACH
            if number == through:  # nobody is the intermediary of itself
                through = (number + CLIENTS_EACH) % (
                    self.organisations // CLIENTS_EACH * CLIENTS_EACH
                )
            if number == through:
                continue
            yield {
                "id": f"c{number:025}",
                "organisation_id": organisation_id(number),
                "intermediary_id": organisation_id(through),
                "service_uuid": SERVICES[number % len(SERVICES)],
                "level": AssuranceLevel.EH3,
                "granted_by": person_id(number * PEOPLE_EACH),
                "by_link": False,
                **self._term(number, is_old=False),
            }

    def _term(self, number: int, *, is_old: bool) -> Row:
        """From a year ago until some day in the next five years, or in the past."""
        days = number % 1500
        until = self.now - (1 + days % 300) * _DAY if is_old else self.now + (1 + days) * _DAY
        is_revoked = number % 50 == 0
        return {
            "valid_from": self.now - 365 * _DAY,
            "valid_until": until,
            "revoked_at": self.now - 30 * _DAY if is_revoked else None,
            "revoked_by": None,
            "last_used_at": None,
            "confirmed_at": None,
        }


def organisation_id(number: int) -> str:
    return f"o{number:025}"


def person_id(number: int) -> str:
    return f"p{number:025}"
