"""What lapsed is cleaned up once, with its line in the audit and a mail to whom it is about."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from admin.terms import lapsing
from consent.chain_requests import ChainRequest, ChainRequestState
from consent.mandates import LAPSED, Mandate
from consent.requests import MandateRequest, RequestState
from directory.organisations import Organisation
from directory.people import Membership, Role
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.admin.terms.conftest import DAY, LONG, UUID, Bakery
from tests.clocks import START


def test_an_unused_mandate_is_taken_back_once_and_its_person_hears_of_it(bakery: Bakery) -> None:
    bakery.mandate("a", since=-800 * DAY)
    (mail,) = bakery.clean()
    assert mail.recipient == "roos@x.example"
    assert mail.subject == "Uw machtiging is vervallen: Vergunningen"
    assert "24 maanden niet" in mail.text and "De Korenmolen" in mail.text
    row = bakery.session.get_one(Mandate, "a")
    assert (row.revoked_at, row.revoked_by) == (START, LAPSED)
    (event,) = audit.recent(bakery.session, tags=[EventTag.MANDATE_LAPSED])
    assert (event.person_id, event.reason, event.details["person"]) == (None, "unused", "roos")
    assert bakery.clean(1) == []


@pytest.mark.parametrize(
    "facts",
    [
        {"since": -700 * DAY},
        {"since": -800 * DAY, "last_used_at": START - 700 * DAY},
        {"since": -800 * DAY, "confirmed_at": START - 700 * DAY},
        {"since": DAY},
        {"since": -800 * DAY, "until": -DAY},
        {"since": -800 * DAY, "revoked_at": START - DAY},
    ],
    ids=["young", "used", "confirmed", "future", "over", "taken back"],
)
def test_all_others_stay_as_they_are(bakery: Bakery, facts: dict[str, object]) -> None:
    bakery.mandate("a", **facts)  # type: ignore[arg-type]
    assert bakery.clean() == []
    assert bakery.session.get_one(Mandate, "a").revoked_by is None


def test_what_many_left_unused_goes_in_portions(
    bakery: Bakery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("admin.terms.lapsing.PORTION", 2)
    for name in "abc":
        bakery.mandate(name, since=-800 * DAY)
    with writing(bakery.session):
        assert lapsing.end_mandates(bakery.run(), bakery.session) == "b"
    with writing(bakery.session):
        assert lapsing.end_mandates(bakery.run(), bakery.session, "b") is None
    assert len(bakery.mails()) == 3


@pytest.mark.parametrize(("days", "is_open"), [(90, True), (91, False), (400, False)])
def test_a_request_that_nobody_decides_on_lapses(bakery: Bakery, days: int, is_open: bool) -> None:
    bakery.request(-timedelta(days=days))
    mails = bakery.clean()
    state = bakery.session.get_one(MandateRequest, "r", populate_existing=True).state
    assert (state, len(mails)) == ((RequestState.OPEN, 0) if is_open else (RequestState.LAPSED, 1))
    if mails:
        assert mails[0].subject == "Uw verzoek is vervallen: Vergunningen"
        (event,) = audit.recent(bakery.session, tags=[EventTag.MANDATE_REQUEST_LAPSED])
        assert event.details == {"request": "r", "person": "roos"}
    assert bakery.clean() == []


def test_what_lapsed_is_given_anew_like_anything_else(bakery: Bakery) -> None:
    bakery.mandate("a", since=-800 * DAY, until=LONG)
    bakery.clean()
    bakery.mandate("b", until=LONG)
    assert bakery.clean(30) == []


def asked(bakery: Bakery, name: str = "asked", **facts: object) -> None:
    """An intermediary asked the bakery; Jan and Eva administer the office too."""
    if bakery.session.get(Organisation, "office") is None:
        bakery.add(Organisation(id="office", kvk="90001542", name="Kantoor Yilmaz"))
        places = [
            Membership(
                person_id=one,
                organisation_id="office",
                role=Role.ADMINISTRATOR,
                since=START - 30 * DAY,
            )
            for one in ("jan", "eva")
        ]
        bakery.add(*places)
    values: dict[str, object] = {
        "id": name,
        "organisation_id": "bakery",
        "intermediary_id": "office",
        "services": [UUID],
        "until": date(2028, 1, 1),
        "email": "",
        "locale": "nl",
        "asked_by": "jan",
        "asked_at": START - 14 * DAY,
        "expires_at": START,
    }
    bakery.add(ChainRequest(**{**values, **facts}))


def test_an_intermediary_hears_once_that_nobody_answered_it(bakery: Bakery) -> None:
    asked(bakery)
    eva, jan = bakery.clean()
    assert jan.subject == "De Korenmolen antwoordde niet op uw verzoek"
    assert eva.subject == "De Korenmolen did not answer your request"
    assert "KvK 90001201" in jan.text and "- Vergunningen" in jan.text
    assert "Gevraagd aan klanten" in jan.text and jan.html
    events = audit.recent(bakery.session, tags=[EventTag.CHAIN_REQUEST_LAPSED])
    assert {(one.organisation_id, one.person_id) for one in events} == {
        ("office", None),
        ("bakery", None),
    }
    assert bakery.session.get_one(ChainRequest, "asked", populate_existing=True).outcome is None
    assert bakery.clean(1) == [], "once"


@pytest.mark.parametrize(
    "facts",
    [
        {"expires_at": START + timedelta(seconds=1)},
        {"outcome": ChainRequestState.REFUSED},
        {"outcome": ChainRequestState.REPLACED},
        {"outcome": ChainRequestState.WITHDRAWN},
        {"lapse_told_at": START - DAY},
    ],
    ids=["waits", "refused", "sent again", "withdrawn", "told"],
)
def test_of_any_other_request_it_hears_nothing(bakery: Bakery, facts: dict[str, object]) -> None:
    asked(bakery, **facts)
    assert bakery.clean() == []
    assert audit.recent(bakery.session, tags=[EventTag.CHAIN_REQUEST_LAPSED]) == []


def test_who_was_suspended_hears_nothing_and_the_history_keeps_it(bakery: Bakery) -> None:
    asked(bakery)

    def suspend(session: Session) -> None:
        session.get_one(Organisation, "office").suspended_at = START - DAY

    bakery.change(suspend)
    assert bakery.clean() == []
    assert len(audit.recent(bakery.session, tags=[EventTag.CHAIN_REQUEST_LAPSED])) == 2


def test_many_that_nobody_answered_go_in_portions(
    bakery: Bakery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("admin.terms.lapsing.PORTION", 2)
    for name in "abc":
        asked(bakery, name)
    with writing(bakery.session):
        assert lapsing.tell_unanswered(bakery.run(), bakery.session) == "b"
    with writing(bakery.session):
        assert lapsing.tell_unanswered(bakery.run(), bakery.session, "b") is None
    assert len(bakery.mails()) == 6
