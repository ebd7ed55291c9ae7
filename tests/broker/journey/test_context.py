"""What stands around one login right now: what was agreed to, and what was proved, may have changed
since.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assurance.accepted_factor import AcceptedFactor
from assurance.levels import AssuranceLevel
from broker.downstream import Purpose
from broker.journey.context import LoginContext
from broker.journey.login import Login
from broker.journey.login_methods import LoginMethod
from consent import register
from directory import people
from directory.people import Person
from state.db import writing
from tests.broker.facts import (
    IDENTITY,
    PORTAL,
    UUID,
    a_configuration,
    a_context,
    a_login,
    a_makelaar,
    a_runtime,
    a_service,
    asking,
)
from tests.clocks import START

L = AssuranceLevel
APP = AcceptedFactor("app", "totp", START)
LIFTED = replace(IDENTITY, proofing=L.EH2_PLUS, authentication=L.EH2)


def around(session: Session, login: Login, **service: Any) -> LoginContext:
    """A login of Roos, whom the makelaar Polder knows and lets a factor of ours lift."""
    makelaar = a_makelaar(local_factor_lifts=True)
    rt = a_runtime(session, a_configuration([a_service(**service)], [makelaar]))
    known = people.find_or_create(
        session,
        rt.sealer,
        provider_id=IDENTITY.provider_id,
        subject=IDENTITY.subject,
        display_name="Roos Willems",
        email=None,
        now=START,
    )
    whole = {"identity": IDENTITY, "provider_id": "polder", "person_id": known.person_id}
    missing = {name: one for name, one in whole.items() if getattr(login, name) is None}
    return a_context(rt, replace(login, **missing))


def test_consent_holds_for_what_leaves_now_and_for_nothing_else(session: Session) -> None:
    agreed = around(session, a_login()).shown
    assert around(session, a_login(consent=agreed)).consent_is_given
    # The makelaar is believed less since: another level leaves.
    weaker = replace(IDENTITY, authentication=L.EH2, proofing=L.EH2)
    after = around(session, a_login(consent=agreed, identity=weaker))
    assert after.shown != agreed
    assert not after.consent_is_given


@pytest.mark.parametrize(
    ("service", "request_changes", "is_given"),
    [
        ({"consent": "ask"}, {}, False),
        ({"consent": "none"}, {}, True),
        ({"consent": "none"}, {"ask_consent": True}, False),
        ({"consent": "ask"}, {"purpose": Purpose.CONSOLE}, True),
    ],
)
def test_who_agreed_to_nothing_is_asked_where_the_service_or_the_portal_wants_it(
    session: Session, service: dict[str, Any], request_changes: dict[str, Any], is_given: bool
) -> None:
    found = around(session, a_login(asking(**request_changes)), **service)
    assert found.consent_is_given is is_given


@pytest.mark.parametrize(("ask_consent", "is_given"), [(False, True), (True, False)])
def test_a_consent_of_before_does_unless_the_portal_wants_it_asked_again(
    session: Session, ask_consent: bool, is_given: bool
) -> None:
    before = around(session, a_login())
    assert before.login.person_id is not None
    with writing(session) as sql:
        register.give(
            sql,
            person_id=before.login.person_id,
            client_id=PORTAL.client_id,
            service_uuid=UUID,
            shown=before.shown,
            now=START,
        )
    assert around(session, a_login(asking(ask_consent=ask_consent))).consent_is_given is is_given


@pytest.mark.parametrize(
    ("service", "counts"),
    [
        ({}, True),
        ({"second_factors": ["totp"]}, True),
        ({"second_factors": ["passkey"]}, False),
        ({"local_second_factor": False}, False),
    ],
)
def test_a_factor_lifts_a_login_where_the_service_takes_it(
    session: Session, roos: Person, service: dict[str, Any], counts: bool
) -> None:
    login = a_login(asking(level=L.EH2), identity=LIFTED, factor=APP, person_id=roos.id)
    found = around(session, login, level="EH2", **service)
    assert found.factor == (APP if counts else None)
    assert found.reached is (L.EH2_PLUS if counts else L.EH2)
    assert found.second_factor == ("local" if counts else None)


@pytest.mark.parametrize(("minutes", "counts"), [(14, True), (15, False)])
def test_a_factor_is_asked_again_in_a_login_that_got_more_time(
    session: Session, roos: Person, minutes: int, counts: bool
) -> None:
    login = a_login(asking(level=L.EH2), identity=LIFTED, factor=APP, person_id=roos.id)
    found = around(session, login, level="EH2")
    later = LoginContext(
        found.rt, found.configuration, found.login, START + timedelta(minutes=minutes)
    )
    assert later.factor == (APP if counts else None)
    assert later.reached is (L.EH2_PLUS if counts else L.EH2)


FACTS = (
    *("service", "relying_party", "methods", "method", "provider", "provider_is_usable"),
    *("known", "identity", "needed", "reached", "missing", "means_status", "released", "shown"),
)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"consent": "agreed", "authority_settled": True},
        {"provider_id": "other"},
        {"method": LoginMethod.ACCOUNT},
        {"identity": replace(IDENTITY, authentication=L.EH2, proofing=L.EH2)},
        {"identity": replace(IDENTITY)},
        {"is_continued": True},
        {"request": asking(level=L.EH4)},
        {"request": asking(makelaars=("other",))},
        {"request": asking(purpose=Purpose.CONSOLE), "provider_id": "other"},
    ],
    ids=lambda changed: " ".join(changed) or "nothing",
)
def test_after_an_answer_every_fact_is_what_it_would_be_without_what_was_kept(
    session: Session, changed: dict[str, Any]
) -> None:
    before = around(session, a_login())
    for name in FACTS:
        getattr(before, name)
    login = replace(before.login, **changed)
    after = before.follow(login)
    alone = LoginContext(before.rt, before.configuration, login, before.now)
    for name in FACTS:
        assert getattr(after, name) == getattr(alone, name), name


def test_after_an_answer_what_it_did_not_change_is_not_looked_up_again(session: Session) -> None:
    before = around(session, a_login())
    kept = {name: getattr(before, name) for name in ("service", "known", "identity", "makelaars")}
    after = before.follow(replace(before.login, consent="agreed"))
    assert all(after.__dict__[name] is one for name, one in kept.items())
