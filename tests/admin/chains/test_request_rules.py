"""What a request for chain mandates takes, and who decides on it: the rules as a table."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from admin.chains import request_answers, request_rules
from admin.chains.request_rules import ClosedRequest, Decider
from assurance.levels import AssuranceLevel
from consent import chains
from consent.chain_requests import ChainRequest, ChainRequestState
from directory import dates
from directory.people import Membership, Person, Role
from state.db import writing
from tests.admin.chains.conftest import OTHER, UUID, YEAR, allowing
from tests.clocks import START

L = AssuranceLevel
LAST = dates.day_of(START + YEAR)


def asked(**facts: Any) -> ChainRequest:
    values: dict[str, Any] = {"until": LAST, "expires_at": START + timedelta(days=14)}
    return ChainRequest(**{**values, **facts})


@pytest.mark.parametrize(
    ("request_", "facts", "why"),
    [
        (asked(), {}, None),
        (None, {}, ClosedRequest.UNKNOWN),
        (asked(expires_at=START), {}, ClosedRequest.LAPSED),
        (asked(outcome=ChainRequestState.GRANTED), {}, ClosedRequest.GRANTED),
        (asked(outcome=ChainRequestState.REFUSED), {}, ClosedRequest.REFUSED),
        (asked(outcome=ChainRequestState.WITHDRAWN), {}, ClosedRequest.WITHDRAWN),
        (asked(outcome=ChainRequestState.REPLACED), {}, ClosedRequest.REPLACED),
        (asked(), {"asker_may": False}, ClosedRequest.ASKER_GONE),
        (asked(), {"client_stands": False}, ClosedRequest.CLIENT_GONE),
        (asked(until=dates.day_of(START)), {}, ClosedRequest.TOO_LONG),
        (asked(until=dates.day_of(START + 3 * YEAR)), {"max_years": 2}, ClosedRequest.TOO_LONG),
    ],
)
def test_M_09_why_a_request_cannot_be_answered(
    request_: ChainRequest | None, facts: dict[str, Any], why: ClosedRequest | None
) -> None:
    usual: dict[str, Any] = {"asker_may": True, "client_stands": True, "max_years": 5}
    assert request_rules.why_closed(request_, START, **{**usual, **facts}) is why


@pytest.mark.parametrize(
    ("email", "mailbox"),
    [
        ("Greet@X.example", "greet@x.example"),
        ("greet+klant@x.example", "greet@x.example"),
        ("greet+a+b@x.example", "greet@x.example"),
        ("+greet@x.example", "+greet@x.example"),  # nobody's tag
    ],
)
def test_whose_mail_an_address_is(email: str, mailbox: str) -> None:
    assert request_rules.mailbox(email) == mailbox


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({UUID: LAST, OTHER: LAST}, "granted"),
        ({UUID: LAST + timedelta(days=1), OTHER: LAST}, "granted"),
        ({UUID: LAST}, "partly"),
        ({UUID: LAST, OTHER: LAST - timedelta(days=1)}, "partly"),
        ({}, "over"),
    ],
)
def test_what_became_of_a_request_that_was_granted(given: dict[str, date], word: str) -> None:
    assert request_answers.how_far(asked(services=[UUID, OTHER]), given) == word


@pytest.mark.parametrize(
    ("decider", "link_level", "why"),
    [
        (Decider.LINK, L.EH3, None),
        (Decider.LINK, None, ClosedRequest.OFF),
        (Decider.ADMINISTRATOR, L.EH3, ClosedRequest.ADMINISTRATOR),
        (Decider.ADMINISTRATOR, None, ClosedRequest.ADMINISTRATOR),
    ],
)
def test_why_who_has_the_link_does_not_decide(
    decider: Decider, link_level: L | None, why: ClosedRequest | None
) -> None:
    assert request_rules.why_not_by(decider, link_level) is why


@pytest.mark.parametrize(
    ("facts", "least", "decider", "link_level", "why"),
    [
        ({}, L.EH2, Decider.LINK, L.EH3, None),
        ({"level": "EH3"}, L.EH2, Decider.LINK, L.EH3, None),
        ({"level": "EH3"}, L.EH2, Decider.LINK, L.EH2_PLUS, "above_link_level"),
        ({"chain_level": "EH3"}, L.EH2, Decider.LINK, L.EH2_PLUS, "above_link_level"),
        ({}, L.EH3, Decider.LINK, L.EH2_PLUS, "above_link_level"),  # of every chain mandate
        ({}, L.EH2, Decider.LINK, None, "above_link_level"),
        ({"level": "EH4"}, L.EH2, Decider.ADMINISTRATOR, None, None),
        ({"chain_mandates": False}, L.EH2, Decider.LINK, L.EH4, "no_chains"),
        ({"chain_mandates": False}, L.EH2, Decider.ADMINISTRATOR, L.EH4, "no_chains"),
        ({"mandate": "none"}, L.EH2, Decider.LINK, L.EH4, "no_service"),
        (None, L.EH2, Decider.ADMINISTRATOR, L.EH4, "no_service"),
    ],
)
def test_which_services_can_be_asked(
    facts: dict[str, Any] | None, least: L, decider: Decider, link_level: L | None, why: str | None
) -> None:
    service = allowing(UUID, **{"level": "EH2", **facts}) if facts is not None else None
    assert request_rules.why_not_service(service, least, decider, link_level) == why


@pytest.mark.parametrize(
    ("by_link", "link_level", "counts"),
    [
        (False, None, True),
        (False, L.EH2, True),
        (True, None, False),
        (True, L.EH2_PLUS, False),
        (True, L.EH3, True),
        (True, L.EH4, True),
    ],
)
def test_what_a_chain_mandate_is_worth_by_how_it_was_given(
    by_link: bool, link_level: L | None, counts: bool
) -> None:
    assert chains.counts_by_link(L.EH3, link_level, by_link=by_link) is counts


@pytest.mark.parametrize(
    ("day", "fault"),
    [
        (dates.day_of(START + timedelta(days=14)), "ends_before_tomorrow"),
        (dates.day_of(START + timedelta(days=15)), None),
        (dates.years_after(dates.day_of(START), 5), None),
        (dates.years_after(dates.day_of(START), 5) + timedelta(days=1), "too_long"),
    ],
)
def test_the_client_can_answer_before_the_last_day(day: date, fault: str | None) -> None:
    assert request_rules.fault_of_day(day, START, 14, 5) == fault


@pytest.mark.parametrize(
    ("place", "is_blocked", "decider"),
    [
        ({}, False, Decider.ADMINISTRATOR),
        ({}, True, Decider.ADMINISTRATOR),  # a mail is no way around who was shut out
        ({"role": Role.MEMBER}, False, Decider.LINK),
        ({"until": START}, False, Decider.LINK),
        ({"since": START - 6 * YEAR}, False, Decider.LINK),  # the role is over after five years
        ({"since": START - 6 * YEAR, "role_since": START}, False, Decider.ADMINISTRATOR),
    ],
)
def test_who_decides(
    session: Session, bakery: str, place: dict[str, Any], is_blocked: bool, decider: Decider
) -> None:
    assert request_rules.decider_of(session, "garden", START) is Decider.LINK
    facts: dict[str, Any] = {"role": Role.ADMINISTRATOR, "since": START - YEAR, **place}
    with writing(session):
        session.add(
            Person(
                id="eva",
                display_name="Eva",
                created_at=START,
                blocked_at=START if is_blocked else None,
            )
        )
        session.flush()
        session.add(Membership(person_id="eva", organisation_id="garden", **facts))
    assert request_rules.decider_of(session, "garden", START) is decider
