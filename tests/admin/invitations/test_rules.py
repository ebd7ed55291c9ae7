"""What an invitation asks of who gives it and of who accepts it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from admin.invitations import rules
from admin.invitations.rules import ClosedLink
from admin.mandates.decision_rules import DeciderLogin, LoginLack
from assurance.levels import AssuranceLevel
from directory.invitations import Invitation, InvitationState
from directory.people import Role

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
EMAIL, EH2, EH2_PLUS, EH3 = (
    AssuranceLevel.EMAIL,
    AssuranceLevel.EH2,
    AssuranceLevel.EH2_PLUS,
    AssuranceLevel.EH3,
)
ADMINISTRATOR, MEMBER = Role.ADMINISTRATOR, Role.MEMBER


@pytest.mark.parametrize(
    ("outcome", "hours_left", "inviter_may", "why"),
    [
        (None, 1, True, None),
        (None, 1, False, ClosedLink.INVITER_GONE),
        (None, 0, True, ClosedLink.EXPIRED),
        (None, -1, True, ClosedLink.EXPIRED),
        (None, -1, False, ClosedLink.EXPIRED),
        (InvitationState.ACCEPTED, 1, True, ClosedLink.ACCEPTED),
        (InvitationState.ACCEPTED, -1, False, ClosedLink.ACCEPTED),
        (InvitationState.WITHDRAWN, 1, True, ClosedLink.WITHDRAWN),
        (InvitationState.REPLACED, -1, True, ClosedLink.REPLACED),
    ],
)
def test_M_09_why_a_link_opens_nothing(
    outcome: InvitationState | None, hours_left: int, inviter_may: bool, why: ClosedLink | None
) -> None:
    row = Invitation(outcome=outcome, expires_at=NOW + timedelta(hours=hours_left))
    assert rules.why_closed(row, NOW, inviter_may=inviter_may) is why


def test_M_09_a_link_that_never_was_is_unknown() -> None:
    assert rules.why_closed(None, NOW, inviter_may=True) is ClosedLink.UNKNOWN


@pytest.mark.parametrize(
    ("role", "level", "may"),
    [
        (MEMBER, EMAIL, True),
        (MEMBER, EH3, True),
        (ADMINISTRATOR, EMAIL, False),
        (ADMINISTRATOR, EH2, False),
        (ADMINISTRATOR, EH2_PLUS, True),
        (ADMINISTRATOR, EH3, True),
    ],
)
def test_no_administrator_below_eh2_plus(role: Role, level: AssuranceLevel, may: bool) -> None:
    assert rules.reaches(role, level) is may


@pytest.mark.parametrize(
    ("role", "minutes", "lack"),
    [
        (MEMBER, 0, None),
        (MEMBER, 300, None),
        (ADMINISTRATOR, 10, None),
        (ADMINISTRATOR, 11, LoginLack.TOO_OLD),
    ],
)
def test_who_makes_an_administrator_logged_in_a_moment_ago(
    role: Role, minutes: int, lack: LoginLack | None
) -> None:
    login = DeciderLogin(EH2_PLUS, NOW - timedelta(minutes=minutes))
    assert rules.lack_to_invite(login, role, NOW) is lack
