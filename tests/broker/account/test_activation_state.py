"""What a browser showed so far of an activation counts for how the means stands now."""

from __future__ import annotations

import pytest

from assurance.levels import AssuranceLevel
from assurance.means_requests import MeansRequest
from broker.account.activation_state import Activating, Here
from providers.activation import WaitingMeans
from tests.clocks import START


@pytest.mark.parametrize(
    ("proved", "now", "counts"),
    [
        ("noa@voorbeeld.example", "noa@voorbeeld.example", True),
        ("na@voorbeeld.example", "noa@voorbeeld.example", False),  # mended by an administrator
        ("noa@voorbeeld.example", None, False),
        ("", "noa@voorbeeld.example", False),
        ("", "", False),
    ],
)
def test_a_code_of_the_mail_counts_for_the_address_of_now(
    proved: str, now: str | None, counts: bool
) -> None:
    found = WaitingMeans(
        letter_id="l",
        means_id="m",
        person_id="p",
        name="Noa",
        email=now,
        locale="nl",
        level=AssuranceLevel.EH2,
        factor=None,
        until=START,
        request=MeansRequest(),
    )
    assert Here("t", Activating("l", mail=proved), found).has_mail is counts
