"""Alarms at 90, 30 and 7 days before our own certificate ends."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from keys.certificate_ends import ALARM_DAYS, alarm_at, ending_certificates
from keys.certificates import VALID_FOR, self_signed, to_pem
from keys.signing_key import KeyState, KeyUse, SigningKey
from tests.clocks import START
from tests.keys_for_tests import rsa_key

END = START + VALID_FOR
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def key(
    name: str,
    state: KeyState = KeyState.ACTIVE,
    use: KeyUse = KeyUse.SAML_SIGNING,
    activates_at: datetime | None = None,
) -> SigningKey:
    return SigningKey(
        kid=name,
        use=use,
        algorithm="RSA",
        state=state,
        certificate=to_pem(self_signed(rsa_key(name), name, START)),
        activates_at=activates_at,
    )


@pytest.mark.parametrize(
    ("left", "alarm"),
    [
        (90 * DAY + SECOND, None),
        (90 * DAY, 90),
        (30 * DAY + SECOND, 90),
        (30 * DAY, 30),
        (7 * DAY + SECOND, 30),
        (7 * DAY, 7),
        (SECOND, 7),
        (-100 * DAY, 7),
    ],
)
def test_an_alarm_is_the_smallest_that_was_passed(left: timedelta, alarm: int | None) -> None:
    assert ALARM_DAYS == (90, 30, 7)
    assert alarm_at(END, END - left) == alarm
    (found,) = ending_certificates([key("a")], END - left)
    assert (found.alarm, found.end, found.next_from) == (alarm, END, None)


def test_the_days_are_whole_ones() -> None:
    (found,) = ending_certificates([key("a")], END - 7 * DAY + SECOND)
    assert found.days == 6
    (found,) = ending_certificates([key("a")], END + SECOND)
    assert found.days == -1


@pytest.mark.parametrize(
    ("activates_at", "alarm"),
    [(END - DAY, None), (END, None), (END + SECOND, 7), (None, 7)],
    ids=["before", "at the end", "too late", "without a date"],
)
def test_a_successor_in_time_ends_the_alarm(
    activates_at: datetime | None, alarm: int | None
) -> None:
    following = key("b", KeyState.NEXT, activates_at=activates_at)
    (found,) = ending_certificates([key("a"), following], END - 7 * DAY)
    assert (found.kid, found.alarm, found.next_from) == ("a", alarm, activates_at)


def test_a_successor_of_another_use_ends_no_alarm() -> None:
    other = key("b", KeyState.NEXT, KeyUse.SAML_ENCRYPTION, END - DAY)
    (found,) = ending_certificates([key("a"), other], END - 7 * DAY)
    assert found.alarm == 7


def test_only_what_is_used_now_is_judged_and_the_first_to_end_first() -> None:
    retiring, bare = key("b", KeyState.RETIRING), key("c", use=KeyUse.AUDIT_SIGNING)
    bare.certificate = None
    sooner = key("d", use=KeyUse.SAML_IDP_SIGNING)
    sooner.certificate = to_pem(self_signed(rsa_key("d"), "d", START - DAY))
    found = ending_certificates([key("a"), retiring, bare, sooner], START)
    assert [one.kid for one in found] == ["d", "a"]
