"""Every test person logs in and ends where the demo's table says."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from sandbox.people import GUEST, PEOPLE
from sandbox.walk import ACCOUNT
from tests.portal_page import checks_on
from tests.world import World

BODEM = "Meldportaal Bodem"
LOZING = "Lozing melden"
IDEEEN = "Ideeënbus voor ondernemers"
VERGUNNING = "Vergunning aanvragen"
METHOD = "Hoe wilt u inloggen?"
PASSWORD = "Log in met uw account"
PROVIDER = "Wie is uw makelaar?"
MANDATE = "Namens wie logt u in?"
CONSENT = "Deze gegevens geven wij door"
FACTOR = "Vul de code uit uw app in"
IN = "U bent ingelogd"


class Story(NamedTuple):
    """``pages``: the headings of the broker and the last page, in order."""

    person: str
    service: str
    makelaar: str
    pages: tuple[str, ...]
    on_behalf_of: str | None = None


STORIES = (
    Story("jan", BODEM, "Polderpoort", (PROVIDER, CONSENT, IN)),
    Story("jan", BODEM, "Zekerweg", (PROVIDER, CONSENT, IN)),
    Story("fatima", LOZING, "Veerhuis", (PROVIDER, "U mag nog niet inloggen bij Lozing melden")),
    Story("piet", LOZING, "Veerhuis", (PROVIDER, "Uw niveau is te laag voor deze dienst")),
    Story("sanne", BODEM, "Polderpoort", (PROVIDER, MANDATE, CONSENT, IN), "Groenrijk"),
    Story("mo", BODEM, "Zekerweg", (PROVIDER, MANDATE, CONSENT, IN), "Korenmolen"),
    Story("els", BODEM, "Polderpoort", (PROVIDER, "U mag nog niet inloggen bij Meldportaal Bodem")),
    Story("bas", LOZING, "Veerhuis", (PROVIDER, "Uw inlogmiddel is niet actief")),
    Story(
        "noor", BODEM, "Polderpoort", (PROVIDER, "U mag nog niet inloggen bij Meldportaal Bodem")
    ),
    Story("noor", LOZING, "Polderpoort", (PROVIDER, CONSENT, IN)),
    Story("tim", BODEM, "Polderpoort", (PROVIDER, CONSENT, IN)),
    Story(
        "tim",
        "Grondwateronttrekking",
        "Polderpoort",
        (PROVIDER, "U mag nog niet inloggen bij Grondwateronttrekking"),
    ),
    Story("kim", BODEM, "Brugwacht", (PROVIDER,)),
    Story("ali", BODEM, "Brugwacht", (PROVIDER, "Uw inlogmiddel is geblokkeerd")),
    Story("liv", BODEM, "Zekerweg", (PROVIDER, CONSENT, IN)),
    Story("roos", LOZING, "Brugwacht", (PROVIDER, FACTOR, CONSENT, IN)),
    Story("daan", IDEEEN, ACCOUNT, (METHOD, PASSWORD, IN)),
    Story("eva", VERGUNNING, ACCOUNT, (PROVIDER, PASSWORD, FACTOR, CONSENT, IN)),
    Story("eva", IDEEEN, ACCOUNT, (METHOD, PASSWORD, IN)),
    Story("jan", IDEEEN, "Zekerweg", (METHOD, PROVIDER, IN)),
    Story("yara", LOZING, "Brugwacht", (PROVIDER, "Vul de code uit de sms in")),
    Story("joost", LOZING, "Brugwacht", (PROVIDER, "Vul de code van uw apparaat in", CONSENT, IN)),
    Story("wim", "Grondwateronttrekking", "Brugwacht", (PROVIDER, CONSENT, IN)),
    Story("hanna", BODEM, "Polderpoort", (PROVIDER, CONSENT, IN)),
    Story("jan", "Bodemkaart inzien", "Polderpoort", (PROVIDER, MANDATE, IN), "Korenmolen"),
)


@pytest.mark.parametrize("story", STORIES, ids=lambda s: f"{s.person}-{s.service}-{s.makelaar}")
def test_the_login_of_a_test_person(world: World, story: Story) -> None:
    walk = world.walk(story.service, story.makelaar, story.person, on_behalf_of=story.on_behalf_of)
    page = walk.run()
    met = tuple(h for h in walk.pages if h not in (f"Log in bij {story.makelaar}",))
    if story.person == "kim":
        assert met == (PROVIDER, "Vul de sms-code in")
        page = walk.browser.click("Annuleer")
        assert page.url.startswith(world.demo.addresses.portal)
        assert "access_denied" in page.text
        return
    assert met == story.pages
    if story.pages[-1] == IN:
        assert page.url.startswith(world.demo.addresses.portal)
        assert len(checks_on(page)) >= 11


def test_every_test_person_has_a_story() -> None:
    told = {story.person for story in STORIES}
    assert told == {p.key for p in (*PEOPLE, GUEST) if p.logins or p.account}
