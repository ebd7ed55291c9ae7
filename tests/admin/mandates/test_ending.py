"""What a mandate gave ends with it: tokens of logins in which somebody acted for the organisation,
and no others.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.mandates import ending
from assurance.levels import AssuranceLevel
from broker.sso.grants import Grant
from broker.sso.logout import LogoutNotifier
from consent.chains import ChainMandate
from directory import history
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.admin.mandates.conftest import UUID, YEAR, Made
from tests.clocks import START
from tests.keys_for_tests import make_sealer

OTHER = "22222222-2222-4333-8444-555555555555"
SECOND = timedelta(seconds=1)
NOTIFIER = LogoutNotifier(make_sealer(), {}, {}, START)


def login(session: Session, name: str, **facts: Any) -> None:
    """A login of Roos for the bakery, and the grant that it gave."""
    values: dict[str, Any] = {
        "person_id": "roos",
        "client_id": "portaal",
        "service_uuid": UUID,
        "represented": "90001201",
        "outcome": "success",
        "at": START - timedelta(minutes=5),
        **facts,
    }
    with writing(session):
        history.record(session, reference="ABCD1234", provider_id="veerhuis", level=None, **values)
        session.add(
            Grant(
                id=name,
                client_id=values["client_id"],
                person_id=values["person_id"],
                service_uuid=values["service_uuid"],
                created_at=values["at"] - SECOND,
                expires_at=START + timedelta(hours=1),
            )
        )


def standing(session: Session) -> list[str]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(Grant.id).where(Grant.revoked_at.is_(None))))


@pytest.mark.parametrize(
    ("facts", "mandate", "ends"),
    [
        ({}, {}, True),
        ({}, {"service_uuid": None}, True),
        ({"represented": None}, {}, False),  # acted for nobody
        ({"represented": "90001639"}, {}, False),
        ({"person_id": "jan"}, {}, False),
        ({"service_uuid": OTHER}, {}, False),
        ({"service_uuid": OTHER}, {"service_uuid": None}, True),
    ],
)
def test_tokens_end_where_somebody_acted_with_the_mandate(
    session: Session,
    mandate_of_roos: Made,
    facts: dict[str, Any],
    mandate: dict[str, Any],
    ends: bool,
) -> None:
    row = mandate_of_roos(**mandate)
    login(session, "login", **facts)
    with writing(session):
        assert ending.reach_of(session, NOTIFIER, row) == ends
    assert standing(session) == ([] if ends else ["login"])
    events = audit.recent(session, tags=[EventTag.SESSION_ENDED])
    assert [(one.reason, one.details["grant"]) for one in events] == (
        [("mandate_ended", "login")] if ends else []
    )


@pytest.mark.parametrize(
    ("service", "ends"), [(UUID, True), (OTHER, False)], ids=["there", "elsewhere"]
)
def test_who_acted_through_the_organisation_for_another_does_so_no_more(
    session: Session, mandate_of_roos: Made, service: str, ends: bool
) -> None:
    row = mandate_of_roos()
    with writing(session):
        made = ChainMandate(
            organisation_id="garden",
            intermediary_id="bakery",
            service_uuid=service,
            level=AssuranceLevel.EH3,
            valid_from=START,
            valid_until=START + YEAR,
        )
        session.add(made)
    login(session, "login", represented="90001639")
    with writing(session):
        assert ending.reach_of(session, NOTIFIER, row) == ends
    with writing(session):
        found = [ending.of_chain(session, "garden", "bakery", UUID)]
        assert ending.reach(session, NOTIFIER, found) == (not ends)
    assert standing(session) == []


def test_another_login_of_the_same_day_is_not_taken_for_this_one(
    session: Session, mandate_of_roos: Made
) -> None:
    """Roos acted for the bakery, and later for the garden firm at the same portal."""
    row = mandate_of_roos()
    login(session, "bakery")
    login(session, "garden", represented="90001639", at=START - timedelta(minutes=2))
    with writing(session):
        assert ending.reach_of(session, NOTIFIER, row) == 1
    assert standing(session) == ["garden"]
