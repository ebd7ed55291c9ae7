"""For whom this browser acts: shown only where it is certain."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assurance.levels import AssuranceLevel
from broker.journey.pages.choose_mandate import SELF
from broker.journey.steps.current_party import key_of_current, key_of_last
from consent.authority import Authority, AuthorityKind, Party, PartyIdType
from consent.options import Option
from directory import history
from directory.people import Person
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing
from tests.broker.facts import OTHER_UUID, PORTAL, UUID, a_login, a_runtime, a_turn, asking
from tests.clocks import START

BAKERY = Authority(
    Party(PartyIdType.KVK, "90001201"),
    AuthorityKind.DIRECT,
    AssuranceLevel.EH3,
    "urn:x",
    mandate_id="of the bakery",
)
GARDEN = replace(BAKERY, represented=Party(PartyIdType.KVK, "90001639"), mandate_id="of the garden")
OPTIONS = (Option("bakery", BAKERY), Option("garden", GARDEN))
BRANCHES = (
    Option("north", replace(BAKERY, branches=("000000000001",))),
    Option("south", replace(BAKERY, branches=("000000000002",))),
)


@pytest.fixture(autouse=True)
def somebody(roos: Person) -> None:
    """Roos."""


def acted(
    session: Session,
    authority: Authority | None,
    *,
    reference: str = "ABCD1234",
    in_session: str = "this",
    client_id: str = PORTAL.client_id,
    service: str = UUID,
) -> None:
    """A login that Roos finished."""
    branches = authority.branches if authority else ()
    with writing(session):
        audit.record(
            session,
            AuditEvent(
                EventTag.LOGIN_SUCCEEDED,
                START,
                reference,
                person_id="roos",
                client_id=client_id,
                service_uuid=service,
                details={
                    "session": in_session,
                    "mandate": authority.mandate_id if authority else None,
                    **({"branches": ", ".join(branches)} if branches else {}),
                },
            ),
        )
        history.record(
            session,
            person_id="roos",
            at=START,
            reference=reference,
            client_id=client_id,
            service_uuid=service,
            provider_id="polder",
            outcome="success",
            level=AssuranceLevel.EH3,
            represented=authority.represented.value if authority else None,
        )


def current(session: Session, usable: tuple[Option, ...] = OPTIONS, **login: Any) -> str | None:
    facts: dict[str, Any] = {
        "request": asking(choose_again=True),
        "session_id": "this",
        "person_id": "roos",
    }
    return key_of_current(a_turn(a_runtime(session), a_login(**{**facts, **login})), usable)


def test_the_choice_of_this_session_at_this_portal_is_the_current_one(session: Session) -> None:
    assert current(session) is None
    acted(session, BAKERY)
    assert current(session) == "bakery"
    acted(session, GARDEN, reference="WXYZ1234")
    assert current(session) == "garden"


@pytest.mark.parametrize(
    "elsewhere", [{"in_session": "of another browser"}, {"client_id": "another portal"}]
)
def test_what_was_chosen_elsewhere_says_nothing_here(
    session: Session, elsewhere: dict[str, str]
) -> None:
    acted(session, BAKERY)
    acted(session, GARDEN, reference="WXYZ1234", **elsewhere)
    assert current(session) == "bakery"


@pytest.mark.parametrize(
    "login", [{"request": asking()}, {"session_id": None}, {"person_id": None}]
)
def test_only_who_switches_in_a_session_sees_where_they_are(
    session: Session, login: dict[str, Any]
) -> None:
    acted(session, BAKERY)
    assert current(session, **login) is None


@pytest.mark.parametrize(
    "usable",
    [
        (OPTIONS[1],),  # no longer there
        BRANCHES,  # a mandate for branches does not say which
        (Option("bakery", replace(BAKERY, mandate_id="a newer one")),),
    ],
)
def test_what_is_not_certain_is_not_shown(session: Session, usable: tuple[Option, ...]) -> None:
    acted(session, BAKERY)
    assert current(session, usable) is None


def test_who_came_for_themselves_acts_for_no_organisation(session: Session) -> None:
    acted(session, None)
    assert current(session) is None


def last(session: Session, usable: tuple[Option, ...] = OPTIONS) -> str | None:
    return key_of_last(a_turn(a_runtime(session), a_login(person_id="roos")), usable)


def test_the_last_choice_at_this_service_is_remembered_in_any_browser(session: Session) -> None:
    assert last(session) is None
    acted(session, BAKERY)
    assert last(session) == "bakery"
    acted(session, GARDEN, reference="WXYZ1234", in_session="of another browser")
    assert last(session) == "garden"
    acted(session, BAKERY, reference="ZZZZ1234", client_id="another portal")
    assert last(session) == "bakery"


def test_what_was_chosen_at_another_service_says_nothing_here(session: Session) -> None:
    acted(session, BAKERY)
    acted(session, GARDEN, reference="WXYZ1234", service=OTHER_UUID)
    assert last(session) == "bakery"


def test_who_came_for_themselves_did_so_last(session: Session) -> None:
    acted(session, BAKERY)
    acted(session, None, reference="WXYZ1234")
    assert last(session) == SELF


def test_the_branch_that_was_chosen_is_known_again(session: Session) -> None:
    acted(session, BRANCHES[1].authority)
    assert last(session, BRANCHES) == "south"
    assert last(session, OPTIONS) is None  # a branch is not the whole


def test_of_a_login_that_was_kept_without_its_branch_no_branch_is_guessed(session: Session) -> None:
    acted(session, BAKERY)
    assert last(session, BRANCHES) is None
