"""Who types a day that is none reads it again in its field, with what is wrong beside it."""

from __future__ import annotations

import pytest

from directory.consoles import BEHEER
from sandbox.browser import Browser, Page
from tests.journeys.beheer import HERE, enter, send
from tests.operators import at_console
from tests.world import World

TYPED = "31-2-2027"
LOZING = "955e37c2-b10f-42aa-828f-babfddc46bbe"


@pytest.fixture
def sanne(world: World) -> Browser:
    browser = at_console(world, "sanne", BEHEER)
    enter(world, browser)
    return browser


def shown(page: Page, field: str) -> tuple[str, str, bool]:
    """Kind and content of the field, and whether it is marked as wrong."""
    (element,) = page.tree.cssselect(f"input[id='{field}']")
    wrong = element.get("aria-invalid") == "true" and element.get("aria-describedby")
    return str(element.get("type")), str(element.get("value")), bool(wrong)


def test_the_end_of_a_mandate(sanne: Browser) -> None:
    sanne.open(f"{HERE}/gebruikers/roos")
    (way,) = sanne.page.tree.cssselect("th a[href*='/machtiging/']")[:1]
    address = sanne.follow(way).url
    sanne.open(f"{address}/einddatum")
    page = send(sanne, f"{address}/einddatum", ("until", TYPED))
    assert page.status == 422 and shown(page, "until") == ("text", TYPED, True)
    page = send(sanne, f"{address}/einddatum", ("until", "31-12-2001"))
    assert page.status == 422 and shown(page, "until") == ("date", "2001-12-31", True)


def test_the_end_of_what_is_given(sanne: Browser) -> None:
    sanne.open(f"{HERE}/machtigingen")
    page = sanne.click("Geef machtigingen")
    draft = page.url.rpartition("/")[0]
    send(sanne, f"{draft}/diensten", ("dienst", LOZING))
    page = send(sanne, f"{draft}/gebruikers", ("gebruiker", "fatima"))
    assert page.url.endswith("/einddatum")
    page = send(sanne, page.url, ("jaren", ""), ("until", TYPED))
    assert page.status == 422 and shown(page, "until") == ("text", TYPED, True)


def test_the_day_of_a_question(sanne: Browser) -> None:
    page = sanne.open(f"{HERE}/mag-dit?wie=roos&dienst={LOZING}&dag={TYPED}")
    assert page.status == 422 and shown(page, "dag") == ("text", TYPED, True)
    page = sanne.open(f"{HERE}/mag-dit?wie=roos&dienst={LOZING}&dag=31-12-2027")
    assert page.status == 200 and shown(page, "dag") == ("date", "2027-12-31", False)


def test_the_day_of_a_filter(sanne: Browser) -> None:
    page = sanne.open(f"{HERE}/logins?van={TYPED}")
    assert shown(page, "van") == ("text", TYPED, True)
