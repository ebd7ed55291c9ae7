"""Authority: on whose behalf a person acts, at which service, and who vouches for it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from assurance.levels import AssuranceLevel, highest, suffices


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

    @property
    def number(self) -> str:
        """``KvK 9000 1201``: as people write it."""
        kind = self.id_type.value.removesuffix("nr")
        return f"{kind} {self.value[:4]} {self.value[4:]}"

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

    ``service_uuid`` is None when the mandate holds for every service up to ``level``. ``branches``
    are 12-digit establishment numbers; empty means the whole organisation. ``level`` is the level
    at which the mandate was registered. ``source`` is the issuer that vouches: our register's URN
    or a makelaar's entity id.
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


class RefusalReason(enum.StrEnum):
    """Why a mandate cannot be used here and now."""

    EXPIRED = "expired"
    UNUSED = "unused"  # for so long that it lapsed
    NOT_YET_VALID = "not_yet_valid"
    REVOKED = "revoked"
    OTHER_SERVICE = "other_service"
    LOGIN_LEVEL = "login_level"  # this login is below the level
    MANDATE_LEVEL = "mandate_level"  # the mandate was registered below the level
    BRANCH = "branch"  # limited to branches, which this service does not know
    CHAIN_NOT_ALLOWED = "chain_not_allowed"
    NOT_ALLOCATED = "not_allocated"  # the intermediary gave this client to others
    PLACE_ENDED = "place_ended"  # the person left the intermediary
    LEFT = "left"  # the person left the organisation after this mandate was given
    LINK_NOT_ALLOWED = "link_not_allowed"  # given by a link, which does not count (any more)
    BRANCH_ENDED = "branch_ended"  # those it holds for are no branches of the organisation any more
    SUSPENDED = "organisation_suspended"  # it left the trade register, or ended here
    RENUMBERED = "organisation_renumbered"  # at the trade register, or it went up in another
    NOT_TRUSTED = "not_trusted"  # the makelaar may not speak for this organisation


@dataclass(frozen=True)
class AuthorityRefusal:
    """A mandate that falls short, and what it lacks."""

    reason: RefusalReason
    authority: Authority


class MandateTerms(Protocol):
    """What the check reads of a service."""

    @property
    def uuid(self) -> str: ...
    @property
    def chain_mandates(self) -> bool: ...
    @property
    def chain_level(self) -> AssuranceLevel: ...
    @property
    def branch_restrictions(self) -> bool: ...


def check(
    authority: Authority,
    *,
    service: MandateTerms,
    reached: AssuranceLevel,
    needed: AssuranceLevel,
    now: datetime,
) -> AuthorityRefusal | None:
    """None where this authority suffices. Level of the login, of the mandate and of the service:
    each must be enough; a higher mandate demands nothing.
    """
    is_chain = authority.kind is AuthorityKind.CHAIN
    floor = highest(needed, service.chain_level) if is_chain else needed
    several = (
        (
            authority.service_uuid is not None and authority.service_uuid != service.uuid,
            RefusalReason.OTHER_SERVICE,
        ),
        (
            authority.valid_until is not None and authority.valid_until <= now,
            RefusalReason.EXPIRED,
        ),
        (is_chain and not service.chain_mandates, RefusalReason.CHAIN_NOT_ALLOWED),
        (
            bool(authority.branches) and (is_chain or not service.branch_restrictions),
            RefusalReason.BRANCH,
        ),
        (not suffices(authority.level, floor), RefusalReason.MANDATE_LEVEL),
        (not suffices(reached, floor), RefusalReason.LOGIN_LEVEL),
    )
    for applies, reason in several:
        if applies:
            return AuthorityRefusal(reason, authority)
    return None
