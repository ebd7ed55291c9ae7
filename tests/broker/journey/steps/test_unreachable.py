"""The level cannot be reached: what the page says would help, and what it does not promise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assurance import second_factor
from assurance.factors import BoundBy
from assurance.levels import AssuranceLevel
from assurance.step_up import FactorBar, FactorLack
from broker.journey.dispatch import Show
from broker.journey.pages.level_unreachable import Elsewhere, LevelUnreachablePage
from broker.journey.steps import unreachable
from directory import people
from providers.registry import ProviderRecord
from state.db import writing
from tests.broker.facts import (
    IDENTITY,
    a_configuration,
    a_login,
    a_makelaar,
    a_page,
    a_runtime,
    a_service,
    a_turn,
    asking,
)
from tests.clocks import START

L = AssuranceLevel
# Its people are identified well enough for EH2+, once a factor of ours is added.
LIFTED = a_makelaar(ceiling=L.EH2, local_factor_lifts=True, help_url="https://polder.example/hulp")
IDENTIFIED = replace(IDENTITY, proofing=L.EH2_PLUS, authentication=L.EH2)


@pytest.fixture
def roos_of_polder(session: Session) -> str:
    found = people.find_or_create(
        session,
        a_runtime().sealer,
        provider_id=IDENTITY.provider_id,
        subject=IDENTITY.subject,
        display_name="Roos Willems",
        email=None,
        now=START,
    )
    return found.person_id


def app(session: Session, person_id: str, bound_by: BoundBy) -> None:
    with writing(session):
        second_factor.bind_totp(
            session,
            a_runtime().sealer,
            person_id=person_id,
            seed="JBSWY3DPEHPK3PXP",
            label="",
            now=START,
            bound_by=bound_by,
        )


def shown(
    session: Session,
    makelaars: tuple[ProviderRecord, ...] = (LIFTED,),
    *,
    level: AssuranceLevel = L.EH2_PLUS,
    service: dict[str, Any] | None = None,
    may_use_factor: bool = False,
    **login: Any,
) -> Show:
    configuration = a_configuration(
        [a_service(level=level.label, **(service or {}))], list(makelaars)
    )
    facts: dict[str, Any] = {
        "request": asking(level=level),
        "provider_id": "polder",
        "identity": IDENTIFIED,
    }
    turn = a_turn(a_runtime(session, configuration), a_login(**{**facts, **login}))
    with a_page():
        return unreachable.show(turn, may_use_factor=may_use_factor)


def page(show: Show) -> LevelUnreachablePage:
    assert isinstance(show.page, LevelUnreachablePage)
    return show.page


def test_the_page_says_what_is_needed_and_what_there_is(
    session: Session, roos_of_polder: str
) -> None:
    show = shown(session, person_id=roos_of_polder)
    assert (page(show).needed, page(show).given) == ("EH2+", "EH2")
    assert show.found == {"asked": "EH2+", "given": "EH2"}
    assert (show.status, show.stopped) == (403, unreachable.STOPPED)
    assert page(show).help_url == "https://polder.example/hulp"


def test_of_a_makelaar_that_gave_too_little_the_page_says_what_it_gave(session: Session) -> None:
    gone: dict[str, Any] = {"identity": None, "too_low": True, "must_be": "roos"}
    assert page(shown(session, given=L.EH2, **gone)).given == "EH2"
    assert page(shown(session, given=None, **gone)).given is None


@pytest.mark.parametrize(
    ("bound_by", "service", "lack"),
    [
        (None, {}, FactorLack.NONE),
        (BoundBy.SELF, {}, FactorLack.WAITS),
        (BoundBy.ADMINISTRATOR, {"second_factors": ["passkey"]}, FactorLack.KIND),
    ],
)
def test_where_a_factor_would_do_the_page_says_why_this_person_has_none(
    session: Session,
    roos_of_polder: str,
    bound_by: BoundBy | None,
    service: dict[str, Any],
    lack: FactorLack,
) -> None:
    if bound_by is not None:
        app(session, roos_of_polder, bound_by)
    found = page(shown(session, service=service, person_id=roos_of_polder))
    assert (found.lack, found.factor_bar) == (lack, None)
    assert found.kinds == tuple(service.get("second_factors", ()))


@pytest.mark.parametrize(
    ("makelaar", "level", "service", "bar"),
    [
        (LIFTED, L.EH2_PLUS, {"local_second_factor": False}, FactorBar.SERVICE),
        (LIFTED, L.EH3, {}, FactorBar.LEVEL),
        (a_makelaar(ceiling=L.EH2), L.EH2_PLUS, {}, FactorBar.MAKELAAR),
    ],
)
def test_where_no_factor_would_do_the_page_says_why_and_does_not_speak_of_this_persons(
    session: Session,
    roos_of_polder: str,
    makelaar: ProviderRecord,
    level: AssuranceLevel,
    service: dict[str, Any],
    bar: FactorBar,
) -> None:
    identity = replace(IDENTIFIED, proofing=L.EH2)
    found = page(
        shown(
            session,
            (makelaar,),
            level=level,
            service=service,
            person_id=roos_of_polder,
            identity=identity,
        )
    )
    assert (found.factor_bar, found.lack) == (bar, None)


def test_who_was_sent_back_in_vain_hears_why_a_factor_does_not_help(
    session: Session, roos_of_polder: str
) -> None:
    back: dict[str, Any] = {"identity": None, "too_low": True, "must_be": roos_of_polder}
    assert page(shown(session, **back)).lack == FactorLack.NONE
    # Who has one that would do is offered it instead.
    offered = shown(session, may_use_factor=True, **back)
    assert page(offered).lack is None and page(offered).may_use_factor


def test_only_other_makelaars_that_can_give_the_level_are_named(
    session: Session, roos_of_polder: str
) -> None:
    others = (
        a_makelaar("zekerweg", help_url="https://zekerweg.example/hulp"),
        a_makelaar("paused", state="paused"),
        a_makelaar("low", L.EH2),
        a_makelaar("elsewhere"),
    )
    found = page(
        shown(
            session,
            (LIFTED, *others),
            service={"makelaars": ["polder", "zekerweg", "paused", "low"]},
            person_id=roos_of_polder,
        )
    )
    assert found.others == (Elsewhere("Zekerweg", "https://zekerweg.example/hulp"),)
