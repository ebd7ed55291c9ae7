"""What a makelaar's word for a level is worth, whatever the protocol that it came in."""

from __future__ import annotations

from assurance import acr
from assurance.levels import AssuranceLevel
from assurance.step_up import Credited, answers, credited
from providers.interface import ProviderLevelTooLow
from providers.registry import ProviderRecord


def credit(record: ProviderRecord, said: str | None, *, asked: AssuranceLevel) -> Credited:
    """The level that this word names, in the makelaar's own words or those of a scheme.

    Raises ProviderLevelTooLow where it is unknown or below what was asked: it is never read
    upwards.
    """
    level = acr.level_of(said, record.levels) if said is not None else None
    if level is None:
        raise ProviderLevelTooLow(asked, None)
    given = credited(record, level)
    if not answers(given.authentication, asked):
        raise ProviderLevelTooLow(asked, given.authentication)
    return given
