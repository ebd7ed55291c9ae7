"""May this person open this service on that day? The answer is that of a login, with the rule that
says no.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from admin.mandates import what_if
from admin.mandates.means import MeansState
from admin.mandates.what_if import WhatIfAnswer, WhatIfRule
from assurance.levels import AssuranceLevel as L
from consent import options
from consent.authority import RefusalReason
from consent.chains import ChainMandate
from consent.options import Terms
from directory import dates
from directory.organisations import Organisation
from directory.people import ExternalIdentity, Person
from state.db import writing
from tests.admin.mandates.conftest import UUID, YEAR, Made
from tests.clocks import START
from tests.giving import MAKELAAR, known, makelaar, service

TODAY = dates.day_of(START)
IN_MAY = date(TODAY.year + 1, 5, 1)


@pytest.fixture(autouse=True)
def roos_can_log_in(session: Session, bakery: str) -> None:
    with writing(session):
        session.add(known("roos"))


def ask(
    session: Session,
    day: date = TODAY,
    ceiling: L = L.EH3,
    place: str = "bakery",
    **rules: Any,
) -> WhatIfAnswer:
    return what_if.ask(
        session,
        person_id="roos",
        makelaars={MAKELAAR: makelaar(ceiling)},
        organisation=session.get_one(Organisation, place),
        service=service(UUID, **rules),
        day=day,
        now=START,
        unused_months=24,
    )


@pytest.mark.parametrize(
    ("facts", "day", "refusal"),
    [
        ({}, TODAY, None),
        ({}, IN_MAY, None),
        ({"service_uuid": None}, TODAY, None),  # a general mandate
        ({"granted_by": None}, TODAY, None),
        ({"valid_until": START}, TODAY, RefusalReason.EXPIRED),
        ({"valid_until": dates.end_of(IN_MAY)}, IN_MAY, None),  # the last day counts
        (
            {"valid_until": dates.end_of(IN_MAY - timedelta(days=1))},
            IN_MAY,
            RefusalReason.EXPIRED,
        ),
        ({"revoked_at": START}, TODAY, RefusalReason.REVOKED),
        ({"level": L.EH2_PLUS}, TODAY, RefusalReason.MANDATE_LEVEL),
        ({"level": L.EH2_PLUS, "service_uuid": None}, TODAY, RefusalReason.MANDATE_LEVEL),
        ({"branches": ["000090012021"]}, TODAY, None),
    ],
)
def test_the_answer_is_that_of_the_mandate(
    session: Session,
    mandate_of_roos: Made,
    facts: dict[str, Any],
    day: date,
    refusal: RefusalReason | None,
) -> None:
    mandate_of_roos(**facts)
    answer = ask(session, day)
    assert answer.may is (refusal is None) and answer.refusal is refusal
    assert answer.rule is (None if refusal is None else WhatIfRule.MANDATE)
    if day == TODAY:  # what a login would find at this moment
        terms = Terms(
            service=service(UUID), reached=L.EH3, needed=L.EH3, now=START, unused_months=24
        )
        assert bool(options.options(session, "roos", terms).usable) is answer.may


def test_a_mandate_that_begins_later_holds_from_then_on(
    session: Session, mandate_of_roos: Made
) -> None:
    from_may = dates.start_of(IN_MAY)
    mandate = mandate_of_roos(valid_until=from_may + YEAR)
    with writing(session):
        mandate.valid_from = from_may
    assert ask(session).refusal is RefusalReason.NOT_YET_VALID
    assert ask(session, IN_MAY).may


@pytest.mark.parametrize(
    ("ceiling", "rule"), [(L.EH3, None), (L.EH4, None), (L.EH2_PLUS, WhatIfRule.LEVEL)]
)
def test_a_mandate_is_worth_nothing_to_who_cannot_log_in_so_high(
    session: Session, mandate_of_roos: Made, ceiling: L, rule: WhatIfRule | None
) -> None:
    mandate_of_roos()
    answer = ask(session, ceiling=ceiling)
    assert (answer.rule, answer.may) == (rule, rule is None)


@pytest.mark.parametrize(
    ("changed", "state"),
    [
        ({"means_active_until": dates.end_of(TODAY)}, MeansState.EXPIRED),
        ({"provider_id": "elsewhere"}, MeansState.NONE),
    ],
)
def test_without_means_on_that_day_nobody_comes_in(
    session: Session, mandate_of_roos: Made, changed: dict[str, Any], state: MeansState
) -> None:
    mandate_of_roos()
    with writing(session):
        (identity,) = session.query(ExternalIdentity).where(ExternalIdentity.person_id == "roos")
        for name, value in changed.items():
            setattr(identity, name, value)
    answer = ask(session, IN_MAY)
    assert (answer.rule, answer.means) == (WhatIfRule.MEANS, state)


def test_a_service_that_admits_other_makelaars_is_not_reached(
    session: Session, mandate_of_roos: Made
) -> None:
    mandate_of_roos()
    assert ask(session, makelaars=("elsewhere",)).rule is WhatIfRule.MEANS
    assert ask(session, makelaars=(MAKELAAR,)).may


def test_who_is_blocked_comes_in_nowhere(session: Session, mandate_of_roos: Made) -> None:
    mandate_of_roos()
    with writing(session):
        session.get_one(Person, "roos").blocked_at = START
    assert ask(session).means is MeansState.BLOCKED


def test_without_a_mandate_or_for_another_organisation_the_answer_is_no(
    session: Session, mandate_of_roos: Made
) -> None:
    assert ask(session).rule is WhatIfRule.NO_MANDATE
    mandate_of_roos()
    assert ask(session, place="garden").rule is WhatIfRule.NO_MANDATE
    assert ask(session).may


def test_for_a_suspended_organisation_nobody_acts(session: Session, mandate_of_roos: Made) -> None:
    mandate_of_roos()
    with writing(session):
        session.get_one(Organisation, "bakery").suspended_at = START
    assert ask(session).rule is WhatIfRule.SUSPENDED


@pytest.mark.parametrize("allowed", [True, False])
def test_a_chain_counts_where_the_service_allows_chains(
    session: Session, mandate_of_roos: Made, allowed: bool
) -> None:
    mandate_of_roos()
    with writing(session):
        session.add(
            ChainMandate(
                organisation_id="garden",
                intermediary_id="bakery",
                service_uuid=UUID,
                level=L.EH3,
                valid_from=START - YEAR,
                valid_until=START + YEAR,
            )
        )
    answer = ask(session, place="garden", chain_mandates=allowed)
    assert answer.may is allowed
    if allowed:
        assert answer.authority is not None and answer.authority.intermediary is not None
