"""What if: may this person, for this organisation, open this service on that day? The rules are
those of a login: the options of ``consent.options``, on what stands in the register now.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from admin.mandates import means
from admin.mandates.means import MeansState, PersonMeans
from assurance.levels import AssuranceLevel, suffices
from consent import options
from consent.authority import Authority, RefusalReason
from consent.options import Options, Terms
from directory import dates
from directory.organisations import Organisation
from directory.services import Service
from providers.members import is_admitted
from providers.registry import ProviderRecord


class WhatIfRule(enum.StrEnum):
    """The rule that says no; ``MANDATE`` says which in ``WhatIfAnswer.refusal``."""

    MEANS = "means"  # this person cannot log in then
    LEVEL = "level"  # the login does not reach the level of the service
    SUSPENDED = "suspended"  # nobody acts for this organisation
    NO_MANDATE = "no_mandate"
    MANDATE = "mandate"  # there is one, and it falls short


@dataclass(frozen=True)
class WhatIfFacts:
    """All that the answer follows from. ``organisation``: its KvK number; ``found``: what a login
    with the most that these means reach would find.
    """

    means: PersonMeans
    service: Service
    organisation: str
    is_suspended: bool
    found: Options


@dataclass(frozen=True)
class WhatIfAnswer:
    """``rule``: None where the person may. ``authority``: the mandate with which, or that falls
    short. ``needed`` and ``reached``: levels.
    """

    rule: WhatIfRule | None
    needed: AssuranceLevel
    reached: AssuranceLevel | None
    authority: Authority | None = None
    refusal: RefusalReason | None = None
    means: MeansState = MeansState.ACTIVE

    @property
    def may(self) -> bool:
        return self.rule is None


# What helps the most comes first: a mandate that would do but for one thing.
_NEAREST: Final = (
    RefusalReason.LOGIN_LEVEL,
    RefusalReason.NOT_YET_VALID,
    RefusalReason.MANDATE_LEVEL,
    RefusalReason.BRANCH,
    RefusalReason.NOT_ALLOCATED,
    RefusalReason.LINK_NOT_ALLOWED,
    RefusalReason.CHAIN_NOT_ALLOWED,
    RefusalReason.EXPIRED,
    RefusalReason.UNUSED,
    RefusalReason.REVOKED,
    RefusalReason.BRANCH_ENDED,
    RefusalReason.SUSPENDED,
    RefusalReason.RENUMBERED,
    RefusalReason.PLACE_ENDED,
    RefusalReason.LEFT,
)


def answer(facts: WhatIfFacts) -> WhatIfAnswer:
    """Yes, or the first rule that says no, in the order of a login. Pure."""
    needed, reached = facts.service.level, facts.means.level
    if facts.means.state is not MeansState.ACTIVE or reached is None:
        return WhatIfAnswer(WhatIfRule.MEANS, needed, reached, means=facts.means.state)
    if not suffices(reached, needed):
        return WhatIfAnswer(WhatIfRule.LEVEL, needed, reached)
    if facts.is_suspended:
        return WhatIfAnswer(WhatIfRule.SUSPENDED, needed, reached)
    usable = [
        one.authority
        for one in facts.found.usable
        if one.authority.represented.value == facts.organisation
    ]
    if usable:
        return WhatIfAnswer(None, needed, reached, authority=usable[0])
    short = [
        one for one in facts.found.refused if one.authority.represented.value == facts.organisation
    ]
    if not short:
        return WhatIfAnswer(WhatIfRule.NO_MANDATE, needed, reached)
    nearest = min(short, key=lambda one: _rank(one.reason))
    return WhatIfAnswer(
        WhatIfRule.MANDATE, needed, reached, authority=nearest.authority, refusal=nearest.reason
    )


def ask(
    session: Session,
    *,
    person_id: str,
    makelaars: Mapping[str, ProviderRecord],
    organisation: Organisation,
    service: Service,
    day: date,
    now: datetime,
    unused_months: int,
    link_level: AssuranceLevel | None = None,
) -> WhatIfAnswer:
    """The same for what is registered now. ``day``: today counts from this moment, another day at
    its noon. A login as high as the person can reach at this service is assumed.
    """
    at = now if day == dates.day_of(now) else _noon(day)
    admitted = {name: record for name, record in makelaars.items() if is_admitted(service, record)}
    own = service.own_means
    held = means.of_people(
        session, admitted, [person_id], at, own_means=own, provider_oin=service.provider_oin
    )[person_id]
    reached = held.level if held.level is not None else service.level
    terms = Terms(
        service=service,
        reached=reached,
        needed=service.level,
        now=at,
        unused_months=unused_months,
        link_level=link_level,
    )
    return answer(
        WhatIfFacts(
            means=held,
            service=service,
            organisation=organisation.kvk,
            is_suspended=organisation.suspended_at is not None,
            found=options.options(session, person_id, terms),
        )
    )


def _noon(day: date) -> datetime:
    start, end = dates.start_of(day), dates.end_of(day)
    return start + (end - start) / 2


def _rank(reason: RefusalReason) -> int:
    return _NEAREST.index(reason) if reason in _NEAREST else len(_NEAREST)
