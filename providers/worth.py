"""What an identity that was kept is worth now: the makelaar's own words, judged with its
registration of this moment.
"""

from __future__ import annotations

from typing import Final

from assurance.levels import AssuranceLevel, weakest
from assurance.step_up import Credited, credited, credited_to_account
from providers.authority import is_vouched_for
from providers.credit import level_said
from providers.interface import Identity
from providers.registry import ProviderRecord
from state.copies import replace

LEVEL_UNKNOWN: Final = "level_unknown"
NOT_TRUSTED: Final = "not_trusted"


class NothingWorth(Exception):
    """The identity proves nothing any more. ``reason`` is a machine word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def of_makelaar(record: ProviderRecord, identity: Identity) -> Identity:
    """The same identity at what it is worth now.

    Raises NothingWorth: ``level_unknown`` where the record knows the makelaar's word no more, and
    ``not_trusted`` where it asserted a mandate that it may not assert now. A login for an
    organisation is never read as a personal one, so the mandate alone does not fall away.
    """
    level = _level_said(record, identity)
    if level is None:
        raise NothingWorth(LEVEL_UNKNOWN)
    if not all(is_vouched_for(record, authority) for authority in identity.authority):
        raise NothingWorth(NOT_TRUSTED)
    return _at(identity, credited(record, level))


def of_account(
    level: AssuranceLevel, identity: Identity, *, provider_oin: str | None = None
) -> Identity:
    """The same identity with the level that its account has now. ``provider_oin``: the only party
    at whose services it counts now.
    """
    judged = _at(identity, credited_to_account(level))
    return replace(judged, own_means_for=provider_oin)


def _level_said(record: ProviderRecord, identity: Identity) -> AssuranceLevel | None:
    """By the word, or by what the registration says of none. An identity that an earlier release
    kept without it counts for what it was worth then.
    """
    if identity.said is None:
        return identity.authentication
    return level_said(record, identity.said)


def _at(identity: Identity, worth: Credited) -> Identity:
    return replace(
        identity,
        proofing=worth.proofing,
        authentication=worth.authentication,
        own_means=worth.own_means,
        authority=tuple(
            replace(one, level=weakest(one.level, worth.authentication))
            for one in identity.authority
        ),
    )
