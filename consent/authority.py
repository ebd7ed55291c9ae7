"""Authority: on whose behalf a person acts, at which service, and who vouches for it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from assurance.levels import AssuranceLevel


class PartyIdType(enum.StrEnum):
    """What kind of number names an organisation."""

    KVK = "KvKnr"
    RSIN = "RSIN"


@dataclass(frozen=True)
class Party:
    """A legal subject by its number: KvK 8 digits or RSIN 9 digits."""

    id_type: PartyIdType
    value: str
    name: str | None = None
    alternative: tuple[PartyIdType, str] | None = None

    def is_same_as(self, other: Party) -> bool:
        """True where both name one organisation by the same kind of number."""
        mine = {(self.id_type, self.value), self.alternative}
        return bool((mine & {(other.id_type, other.value), other.alternative}) - {None})


class AuthorityKind(enum.StrEnum):
    DIRECT = "direct"
    GENERAL = "general"
    CHAIN = "chain"


@dataclass(frozen=True)
class Authority:
    """One way to act: the facts of a mandate, from our register or as a makelaar asserts it.

    ``service_uuid`` is None when the mandate holds for every service up to ``level``. ``branches`` are
    12-digit establishment numbers; empty means the whole organisation. ``level`` is the level at which the
    mandate was registered. ``source`` is the issuer that vouches: our register's URN or a makelaar's entity id.
    """

    represented: Party
    kind: AuthorityKind
    level: AssuranceLevel
    source: str
    intermediary: Party | None = None
    branches: tuple[str, ...] = ()
    service_uuid: str | None = None
    valid_until: datetime | None = None
    mandate_id: str | None = None
    chain_mandate_id: str | None = None
