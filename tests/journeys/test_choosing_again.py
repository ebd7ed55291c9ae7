"""The makelaar of a login cannot be used any more while the login is under way: whoever chooses
again is told why, and so is whoever explains the login.
"""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.browser import Browser
from sandbox.portal.clients import BODEM, BODEMKAART
from state import trace
from tests.broker import changes
from tests.broker.portal import Portal, make_portal_world, scope_of
from tests.journeys.spoiled import code_on, explained

CHOICE = "Wie is uw makelaar?"
CONSENT = "Deze gegevens geven wij door"
NOT_NOW = "Inloggen met Zekerweg kan nu niet"
NO_MORE = "Inloggen met Zekerweg kan hier niet meer"


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    return Portal(make_portal_world(tmp_path_factory.mktemp("choosing")))


@pytest.fixture
def portal(everywhere: Portal) -> Portal:
    changes.change_makelaar(everywhere.world, "zekerweg")
    return everywhere


def at_consent(portal: Portal) -> Browser:
    browser = portal.at_makelaar("zekerweg", scope=scope_of(BODEM))
    assert browser.press("person", "jan").heading == CONSENT
    return browser


@pytest.mark.parametrize(
    ("change", "reason", "told", "fixer"),
    [
        ({"state": "paused"}, "provider_not_live", NOT_NOW, "operator"),
        ({"services": [BODEMKAART.uuid]}, "provider_not_allowed_for_service", NO_MORE, "operator"),
        ({"level_ceiling": "EH2"}, "level_lowered", NO_MORE, "operator"),
    ],
)
def test_who_chooses_again_is_told_why_and_so_is_who_explains_it(
    portal: Portal, change: dict[str, Any], reason: str, told: str, fixer: str
) -> None:
    browser = at_consent(portal)
    changes.change_makelaar(portal.world, "zekerweg", **change)
    page = browser.press("agree", "yes")
    assert page.heading == CHOICE
    assert told in page.text and "Er zijn geen gegevens doorgegeven." in page.text
    assert browser.open(page.url).heading == CHOICE
    found = explained(portal.world, page)
    assert found.record is not None and found.told is not None
    assert (found.record.outcome, found.record.reason) == ("refused", reason)
    assert str(found.told.fixer) == fixer
    assert [one.reason for one in found.record.steps].count(reason) == 1, "once, however often seen"

    browser.click("Polderpoort")
    browser.press("person", "jan")
    assert "code" in portal.heard(browser.press("agree", "yes"))
    with portal.world.session() as session:
        ended = trace.find(session, code_on(page).replace("-", ""))
    assert ended is not None and ended.outcome == "success"


def test_who_waits_until_the_makelaar_is_back_goes_on_there(portal: Portal) -> None:
    browser = at_consent(portal)
    changes.change_makelaar(portal.world, "zekerweg", state="paused")
    page = browser.press("agree", "yes")
    assert NOT_NOW in page.text
    changes.change_makelaar(portal.world, "zekerweg")
    assert browser.open(page.url).heading == CONSENT
    assert "code" in portal.heard(browser.press("agree", "yes"))


def test_who_chooses_for_the_first_time_is_told_nothing_of_that(portal: Portal) -> None:
    changes.change_makelaar(portal.world, "zekerweg", state="paused")
    page = portal.world.browser().open(portal.url(scope=scope_of(BODEM)))
    assert page.heading == CHOICE
    assert "kan nu niet" not in page.text and "Code voor de helpdesk" not in page.text
