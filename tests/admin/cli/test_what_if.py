"""``sluis person may``: for who is asked why somebody cannot log in, or whether they will."""

from __future__ import annotations

from datetime import timedelta

import pytest

from directory import dates
from state.clock import utc_now
from tests.admin.cli.conftest import Sluis

LOZING = "955e37c2-b10f-42aa-828f-babfddc46bbe"
BODEM = "7f1e6c1a-90b4-4d0e-9b52-3c1f0a77d2e4"
BAKERY, GARDEN = "90001201", "90001639"


@pytest.mark.parametrize(
    ("person", "kvk", "service", "days", "status", "says"),
    [
        ("jan", BAKERY, BODEM, 0, 0, "Yes."),
        ("jan", GARDEN, BODEM, 0, 3, "No: there is no mandate"),
        ("mo", GARDEN, BODEM, 0, 0, "Yes, through KvK 9000 1542."),
        ("liv", GARDEN, BODEM, 0, 0, "Yes."),
        ("liv", GARDEN, BODEM, 60, 3, "No: the mandate has ended by then."),
        ("els", BAKERY, BODEM, 0, 3, "No: the mandate has ended by then."),
        ("fatima", BAKERY, BODEM, 0, 3, "No: the service asks EH3, a login of this person reaches"),
        ("bas", GARDEN, LOZING, 0, 3, "No: the activation of the means has ended by then."),
        ("ali", BAKERY, LOZING, 0, 3, "No: the person is blocked."),
        ("nobody", BAKERY, LOZING, 0, 2, "sluis: no person with this id"),
        ("jan", "90009999", LOZING, 0, 2, "sluis: no organisation with this KvK number"),
        ("jan", BAKERY, "x", 0, 2, "sluis: no service with this UUID"),
    ],
)
def test_the_rule_that_says_no_is_told(
    registered: None,
    sluis: Sluis,
    person: str,
    kvk: str,
    service: str,
    days: int,
    status: int,
    says: str,
) -> None:
    day = dates.day_of(utc_now()) + timedelta(days=days)
    on = ("--on", day.isoformat()) if days else ()
    done = sluis("person", "may", person, "--for", kvk, "--at", service, *on)
    assert (done.exit_code, done.output.startswith(says)) == (status, True), done.output
