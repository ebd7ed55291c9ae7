"""Step-up: what level a login has reached, what to ask of a makelaar, and what is still missing.
Pure rules.

An identity carries proofing (how well the person was identified) and authentication (how strong
this login was); reached is the lower of the two. A factor of ours raises authentication to EH2+,
and with a means that Sluis issued to the level of that means, and no further.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from assurance.levels import AssuranceLevel, suffices, weakest

LOCAL_FACTOR_GIVES = AssuranceLevel.EH2_PLUS


class Assured(Protocol):
    """What the rules read of an identity."""

    @property
    def proofing(self) -> AssuranceLevel: ...
    @property
    def authentication(self) -> AssuranceLevel: ...
    @property
    def own_means(self) -> AssuranceLevel | None: ...


class Trusted(Protocol):
    """What the rules read of a makelaar's record."""

    @property
    def level_ceiling(self) -> AssuranceLevel: ...
    @property
    def local_factor_lifts(self) -> bool: ...


@dataclass(frozen=True)
class Credited:
    """What one login is worth before anything of ours is added to it."""

    proofing: AssuranceLevel
    authentication: AssuranceLevel
    own_means: AssuranceLevel | None = None


@dataclass(frozen=True)
class Nothing:
    """The level is reached."""


@dataclass(frozen=True)
class LocalFactor:
    """A factor of Sluis that the person has would do."""

    needed: AssuranceLevel
    have: AssuranceLevel


@dataclass(frozen=True)
class Upstream:
    """The makelaar can give more than it gave."""

    needed: AssuranceLevel
    have: AssuranceLevel


@dataclass(frozen=True)
class Unreachable:
    """Neither helps. ``no_factor``: a factor would lift this login, but the person has none."""

    needed: AssuranceLevel
    have: AssuranceLevel
    no_factor: bool = False


Missing = Nothing | LocalFactor | Upstream | Unreachable


class FactorBar(enum.StrEnum):
    """What stands in the way of a factor of ours."""

    SERVICE = "service"  # it accepts none
    LEVEL = "level"  # more than a factor gives
    MAKELAAR = "makelaar"  # its logins may not be lifted


class FactorLack(enum.StrEnum):
    """Why the factors of a person do not help where a factor would."""

    NONE = "none"  # there is none
    WAITS = "waits"  # what there is waits for its letter
    KIND = "kind"  # what there is, is of a kind that the service does not accept


def reached(identity: Assured, *, local_factor: bool) -> AssuranceLevel:
    """The level of this login. ``local_factor``: a factor of ours was accepted in it."""
    authentication = identity.authentication
    if local_factor and authentication >= AssuranceLevel.EH2:
        gives = LOCAL_FACTOR_GIVES if identity.own_means is None else identity.own_means
        authentication = max(authentication, gives)
    return min(identity.proofing, authentication)


def credited(record: Trusted, said: AssuranceLevel) -> Credited:
    """What counts of the level that a makelaar said: never more than its ceiling. Where its record
    lets a factor of ours lift EH2, its people count as identified well enough for that.
    """
    given = weakest(said, record.level_ceiling)
    lifts = record.local_factor_lifts and given is AssuranceLevel.EH2
    return Credited(
        proofing=AssuranceLevel.EH2_PLUS if lifts else given,
        authentication=given,
    )


def of_one_login(identity: Assured) -> AssuranceLevel:
    """What a login is worth by itself, whatever factor of ours was added to it."""
    return weakest(identity.proofing, identity.authentication)


def credited_to_account(level: AssuranceLevel) -> Credited:
    """What a password at Sluis is worth: an e-mail account stays what it is; a means of Sluis is
    EH2 until its factor is shown.
    """
    if not level.is_of_a_scheme:
        return Credited(proofing=level, authentication=level)
    return Credited(proofing=level, authentication=AssuranceLevel.EH2, own_means=level)


def answers(given: AssuranceLevel, asked: AssuranceLevel) -> bool:
    """Is this what a makelaar was asked for? Less than EH2 never is."""
    return given.is_of_a_scheme and suffices(given, asked)


def allows_factor(record: Trusted) -> bool:
    """May a factor of ours lift a login at this makelaar at all?"""
    return record.local_factor_lifts and record.level_ceiling >= AssuranceLevel.EH2


def factor_bar(record: Trusted, needed: AssuranceLevel, *, local_factor: bool) -> FactorBar | None:
    """Why a factor of ours does not help at this makelaar; None where it may, or none is needed.
    ``local_factor``: the service accepts one.
    """
    if needed < LOCAL_FACTOR_GIVES:
        return None
    if not local_factor:
        return FactorBar.SERVICE
    if needed > LOCAL_FACTOR_GIVES:
        return FactorBar.LEVEL
    return None if allows_factor(record) else FactorBar.MAKELAAR


def _lifts(record: Trusted, needed: AssuranceLevel, *, local_factor: bool) -> bool:
    """True where EH2 at this makelaar and a factor of ours make the level that is needed."""
    return local_factor and allows_factor(record) and needed is LOCAL_FACTOR_GIVES


def can_reach(record: Trusted, needed: AssuranceLevel, *, local_factor: bool) -> bool:
    """May this makelaar be offered? ``local_factor``: the service accepts a factor of ours."""
    return record.level_ceiling >= needed or _lifts(record, needed, local_factor=local_factor)


def ask_level(record: Trusted, needed: AssuranceLevel, *, local_factor: bool) -> AssuranceLevel:
    """The minimum to ask: what is needed, or EH2 where a factor of ours does the rest."""
    if _lifts(record, needed, local_factor=local_factor):
        return AssuranceLevel.EH2
    return needed


def missing(
    identity: Assured,
    *,
    needed: AssuranceLevel,
    local_factor_done: bool,
    local_factor_allowed: bool,
    has_factor: Callable[[], bool],
    ceiling: AssuranceLevel,
) -> Missing:
    """What stands between this login and ``needed``. ``has_factor`` is asked only where a factor
    would help.
    """
    have = reached(identity, local_factor=local_factor_done)
    if have >= needed:
        return Nothing()
    would_do = not local_factor_done and local_factor_allowed
    if would_do and reached(identity, local_factor=True) >= needed:
        if has_factor():
            return LocalFactor(needed, have)
        if ceiling < needed:
            return Unreachable(needed, have, no_factor=True)
    if ceiling >= needed and identity.authentication < needed:
        return Upstream(needed, have)
    return Unreachable(needed, have)
