"""How a means stands follows from what happened and what time it is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assurance import means
from assurance.levels import AssuranceLevel
from assurance.means import MeansFacts
from assurance.means_requests import needs_approval, needs_identification
from directory.people import MeansStatus, Role
from tests.clocks import START

DAY = timedelta(days=1)
EH2, PLUS, EH3 = AssuranceLevel.EH2, AssuranceLevel.EH2_PLUS, AssuranceLevel.EH3
MEMBER, ADMINISTRATOR = Role.MEMBER, Role.ADMINISTRATOR
ASKED = MeansFacts()
APPROVED = MeansFacts(approved_at=START - DAY, letter_until=START + 29 * DAY)
ACTIVE = MeansFacts(approved_at=START - DAY, activated_at=START)


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        (ASKED, MeansStatus.WAITS_FOR_APPROVAL),
        (MeansFacts(refused_at=START), MeansStatus.REFUSED),
        (APPROVED, MeansStatus.WAITS_FOR_ACTIVATION),
        (MeansFacts(approved_at=START, letter_until=START), MeansStatus.ACTIVATION_EXPIRED),
        (MeansFacts(approved_at=START), MeansStatus.ACTIVATION_EXPIRED),
        (ACTIVE, MeansStatus.ACTIVE),
        (MeansFacts(activated_at=START, change_waits=True), MeansStatus.CHANGE_PENDING),
        (MeansFacts(activated_at=START, ends_at=START + DAY), MeansStatus.ACTIVE),
        (MeansFacts(activated_at=START, ends_at=START), MeansStatus.ENDED),
        (MeansFacts(activated_at=START, is_blocked=True), MeansStatus.BLOCKED),
        (MeansFacts(is_blocked=True, ends_at=START), MeansStatus.ENDED),
        (MeansFacts(is_blocked=True, approved_at=START), MeansStatus.BLOCKED),
    ],
)
def test_the_status_follows_from_the_facts(facts: MeansFacts, status: MeansStatus) -> None:
    assert means.status(facts, START) is status


@pytest.mark.parametrize(
    ("facts", "days", "shown"),
    [
        (ASKED, 0, True),
        (MeansFacts(refused_at=START), 29, True),
        (MeansFacts(refused_at=START), 30, False),
        (MeansFacts(activated_at=START, ends_at=START), 0, False),
        (APPROVED, 400, True),
    ],
)
def test_a_refusal_is_shown_for_thirty_days_and_what_ended_not(
    facts: MeansFacts, days: int, shown: bool
) -> None:
    assert means.is_shown(facts, START + days * DAY) is shown


@pytest.mark.parametrize(
    ("level", "role", "identified"),
    [
        (EH2, MEMBER, False),
        (PLUS, MEMBER, False),
        (PLUS, ADMINISTRATOR, True),
        (EH3, MEMBER, True),
        (EH3, ADMINISTRATOR, True),
    ],
)
def test_who_is_identified_is_approved_whatever_the_installation_chose(
    level: AssuranceLevel, role: Role, identified: bool
) -> None:
    assert needs_identification(level, role) is identified
    assert needs_approval(level, role, frozenset()) is identified
    assert needs_approval(level, role, frozenset({level}))
