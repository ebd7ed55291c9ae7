"""Our own consoles: no two of them are mixed up, and each asks what its pages are worth."""

from __future__ import annotations

import pytest

from assurance.levels import AssuranceLevel
from directory.consoles import (
    BEHEER,
    CONSOLE_SERVICES,
    CONSOLES,
    JOINING,
    MINE,
    OPERATOR,
    Console,
    console_of,
)
from directory.services import ConsentRule, MandateRule


def test_no_two_consoles_share_a_name_a_place_or_a_cookie() -> None:
    for facts in (
        [one.client_id for one in CONSOLES],
        [one.path for one in CONSOLES],
        [one.cookie for one in CONSOLES],
        [one.service.uuid for one in CONSOLES],
        [one.service.service_id for one in CONSOLES],
    ):
        assert len(set(facts)) == len(CONSOLES)
    assert tuple(one.service for one in CONSOLES) == CONSOLE_SERVICES


@pytest.mark.parametrize("console", CONSOLES, ids=lambda one: one.client_id)
def test_a_console_is_found_by_the_name_that_it_asks_under(console: Console) -> None:
    assert console_of(console.client_id) is console


def test_a_portal_of_somebody_else_is_no_console() -> None:
    with pytest.raises(KeyError):
        console_of("portaal")


@pytest.mark.parametrize("console", CONSOLES, ids=lambda one: one.client_id)
def test_a_cookie_of_a_console_is_for_this_host_alone(console: Console) -> None:
    assert console.cookie.startswith("__Host-")


@pytest.mark.parametrize("console", CONSOLES, ids=lambda one: one.client_id)
def test_a_console_asks_no_mandate_and_no_consent(console: Console) -> None:
    service = console.service
    assert (service.mandate, service.consent) == (MandateRule.NONE, ConsentRule.NONE)
    assert service.own_means
    # Each login in a console is its own: no session of the browser, none that it builds on.
    assert service.session_group is None and service.accepts_sessions_of == ()


@pytest.mark.parametrize("console", CONSOLES, ids=lambda one: one.client_id)
def test_an_email_account_comes_where_people_join_and_nowhere_else(console: Console) -> None:
    assert console.service.email_accounts is (console is JOINING)


@pytest.mark.parametrize(
    ("console", "level"),
    [
        (JOINING, AssuranceLevel.EH2),
        (MINE, AssuranceLevel.EH2),
        (BEHEER, AssuranceLevel.EH2_PLUS),
        (OPERATOR, AssuranceLevel.EH3),
    ],
)
def test_who_can_do_more_logs_in_with_more(console: Console, level: AssuranceLevel) -> None:
    assert console.service.level is level


def test_no_makelaar_stands_in_for_an_operator() -> None:
    assert OPERATOR.service.makelaars == ()
    assert BEHEER.service.makelaars is None and MINE.service.makelaars is None
