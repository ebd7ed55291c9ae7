"""Announcements and help desks: what may be written, when it holds and whom it concerns."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from directory.announcements import Announcement, of_makelaar, told
from directory.help_desks import SITE, HelpDesk, who_helps

BODEM = "7f1e6c1a-90b4-4d0e-9b52-3c1f0a77d2e4"
OTHER = "867e12fc-c1de-4b3d-99dd-0c55a35b3a2e"
FROM = "2026-11-28T22:00:00+01:00"
UNTIL = "2026-11-29T06:00:00+01:00"
GOOD: dict[str, Any] = {
    "id": "onderhoud",
    "about": "maintenance",
    "title": {"nl": "Onderhoud", "en": "Maintenance"},
    "text": {"nl": "Vanavond vanaf 22.00 uur.", "en": "Tonight from 22:00."},
}
DESK: dict[str, Any] = {"name": {"nl": "Helpdesk"}, "phone": "088 000 0000"}


def announcement(**changes: Any) -> Announcement:
    return Announcement.model_validate({**GOOD, **changes})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("window", "moment", "holds"),
    [
        ({}, "2020-01-01T00:00:00+00:00", True),
        ({"from": FROM, "until": UNTIL}, "2026-11-28T20:59:59+00:00", False),
        ({"from": FROM, "until": UNTIL}, "2026-11-28T21:00:00+00:00", True),
        ({"from": FROM, "until": UNTIL}, "2026-11-29T04:59:59+00:00", True),
        ({"from": FROM, "until": UNTIL}, "2026-11-29T05:00:00+00:00", False),
        ({"from": FROM}, "2026-11-28T20:59:59+00:00", False),
        ({"from": FROM}, "2036-01-01T00:00:00+00:00", True),
        ({"until": UNTIL}, "2020-01-01T00:00:00+00:00", True),
        ({"until": UNTIL}, "2026-11-29T05:00:00+00:00", False),
        ({"from": "2026-10-25"}, "2026-10-24T21:59:59+00:00", False),
        ({"from": "2026-10-25"}, "2026-10-24T22:00:00+00:00", True),
        ({"until": "2026-10-25"}, "2026-10-25T22:59:59+00:00", True),
        ({"until": "2026-10-25"}, "2026-10-25T23:00:00+00:00", False),
    ],
)
def test_it_holds_inside_its_window_and_not_outside(
    window: dict[str, str], moment: str, holds: bool
) -> None:
    assert announcement(**window).holds(at(moment)) is holds


@pytest.mark.parametrize(
    ("place", "service", "makelaar", "concerns"),
    [
        ({}, None, None, True),
        ({}, BODEM, "veerhuis", True),
        ({"service": BODEM}, BODEM, None, True),
        ({"service": BODEM}, BODEM, "veerhuis", True),
        ({"service": BODEM}, OTHER, None, False),
        ({"service": BODEM}, None, None, False),
        ({"makelaar": "veerhuis"}, BODEM, "veerhuis", True),
        ({"makelaar": "veerhuis"}, BODEM, "zekerweg", False),
        ({"makelaar": "veerhuis"}, BODEM, None, False),
    ],
)
def test_it_concerns_its_own_place(
    place: dict[str, str], service: str | None, makelaar: str | None, concerns: bool
) -> None:
    assert announcement(**place).concerns(service=service, makelaar=makelaar) is concerns


def test_outages_come_first_and_then_what_began_first() -> None:
    every = [
        announcement(id="news", about="information"),
        announcement(id="late", **{"from": "2026-11-02T00:00:00Z"}),
        announcement(id="early", **{"from": "2026-11-01T00:00:00Z"}),
        announcement(id="down", about="outage", **{"from": "2026-11-03T00:00:00Z"}),
        announcement(id="over", until="2026-11-04T00:00:00Z"),
        announcement(id="elsewhere", service=OTHER),
        announcement(id="there", makelaar="veerhuis"),
    ]
    now = at("2026-11-05T00:00:00Z")
    assert [a.id for a in told(every, at=now)] == ["down", "early", "late", "news"]
    assert [a.id for a in of_makelaar(every, "veerhuis", at=now)] == ["there"]
    assert of_makelaar(every, "zekerweg", at=now) == ()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"service": BODEM, "makelaar": "veerhuis"}, "not both"),
        ({"from": UNTIL, "until": FROM}, "later than from"),
        ({"from": FROM, "until": FROM}, "later than from"),
        ({"from": "2026-11-28T22:00:00"}, "zone"),
        ({"from": "2027-02-29"}, "a day, such as"),
        ({"from": 1795900000}, "zone"),
        ({"from": "tomorrow"}, "zone"),
        ({"about": "party"}, "about"),
        ({"id": "No Slug"}, "id"),
        ({"text": {"nl": "<b>nu</b>"}}, "plain text"),
        ({"text": {"nl": "< / a>"}}, "plain text"),
        ({"text": {"nl": "zie [hier](https://voorbeeld.example)"}}, "plain text"),
        ({"text": {"nl": "om\u202egekeerd"}}, "control signs"),
        ({"text": {"nl": "bel\x07"}}, "control signs"),
        ({"text": {"nl": " \n "}}, "write a text"),
        ({"text": {"nl": ""}}, "text.nl"),
        ({"text": {"en": "English only"}}, "text.nl"),
        ({"text": {"nl": "x" * 501}}, "text.nl"),
        ({"title": {"nl": "x" * 81}}, "title.nl"),
        ({"text": {"nl": "goed", "de": "gut"}}, "text.de"),
    ],
)
def test_what_cannot_be_announced_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        announcement(**changes)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "text",
    ["x" * 500, "Wachttijd < 5 minuten & korter", 'Kies "Veerhuis"', "1 > 2", "[later] (zo)"],
)
def test_ordinary_signs_may_be_written(text: str) -> None:
    assert announcement(text={"nl": text}).text.nl == text


def test_lines_of_the_file_become_one_line() -> None:
    assert announcement(text={"nl": "een\n  twee\n"}).text.nl == "een twee"


def test_a_text_without_english_is_dutch_and_says_so() -> None:
    words = announcement(text={"nl": "Alleen Nederlands"}).text
    assert words.in_("en") == words.in_("nl") == ("Alleen Nederlands", "nl")
    assert announcement().text.in_("en") == ("Tonight from 22:00.", "en")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"phone": None}, "reach it"),
        ({"phone": None, "email": "a@b.example", "hours": {"nl": "altijd"}}, "hours"),
        ({"phone": "bel ons"}, "phone"),
        ({"phone": "088<script>"}, "phone"),
        ({"phone": "0" * 40}, "phone"),
        ({"email": "geen adres"}, "email"),
        ({"email": "a@b.example?bcc=c@d.example"}, "email"),
        ({"url": "http://voorbeeld.example/hulp"}, "https://"),
        ({"url": "javascript:alert(1)"}, "https://"),
        ({"url": "https://"}, "https://"),
        ({"url": "https://wie@voorbeeld.example/"}, "https://"),
        ({"url": "https://voorbeeld.example/a b"}, "ASCII"),
        ({"url": "https://voorbeeld.example/\u202e"}, "ASCII"),
    ],
)
def test_a_help_desk_that_cannot_be_reached_safely_is_refused(
    changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        HelpDesk.model_validate({**DESK, **changes})
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"phone": "+31 (0)88 123 45 67"},
        {"phone": None, "email": "help.desk+1@loket.voorbeeld.example"},
        {"phone": None, "url": "https://voorbeeld.example:8443/hulp?taal=nl"},
        {"hours": {"nl": "ma–vr 8.00–17.00 uur"}},
    ],
)
def test_a_help_desk_needs_one_way_to_reach_it(changes: dict[str, Any]) -> None:
    assert HelpDesk.model_validate({**DESK, **changes}).key == SITE


def test_the_desk_of_a_service_goes_before_that_of_the_site() -> None:
    site = HelpDesk.model_validate(DESK)
    own = HelpDesk.model_validate({**DESK, "service": BODEM})
    both = {desk.key: desk for desk in (site, own)}
    assert who_helps(both, BODEM) is own
    assert who_helps(both, OTHER) is who_helps(both, None) is site
    assert who_helps({BODEM: own}, OTHER) is None
