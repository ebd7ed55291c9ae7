"""What an operator announces, and who helps: on the pages where it helps, in the language of the
page, inside its window, as plain text.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, text

from sandbox.browser import Browser, Page
from sandbox.portal.clients import BODEM, BODEMKAART, IDEEEN
from sandbox.texts import said
from state.ephemeral import StoreUnavailable
from state.registrations import DocumentUnknown
from tests.broker import changes
from tests.broker.portal import set_clock
from tests.world import ADDRESSES, World

PROVIDER = "Wie is uw makelaar?"
ANNOUNCEMENT = """\
kind: Announcement
id: {id}
about: {about}
title: {{nl: "{nl}", en: "{en}"}}
text: {{nl: "Meer over {nl}.", en: "More about {en}."}}
{more}
"""


@pytest.fixture
def world(own_world: World) -> World:
    set_clock(own_world)
    return own_world


def announce(world: World, id_: str, about: str = "outage", **more: str) -> None:
    """``Storing <id>`` in Dutch, ``Outage <id>`` in English."""
    lines = "\n".join(f"{name}: {value}" for name, value in more.items())
    document = ANNOUNCEMENT.format(
        id=id_, about=about, nl=f"Storing {id_}", en=f"Outage {id_}", more=lines
    )
    world.apply(document, f"text-{id_}.yaml")


def moment(world: World, seconds: int) -> str:
    found: datetime = world.clock() + timedelta(seconds=seconds)
    return found.isoformat()


def choice(world: World, language: str = "nl", service: str = BODEM.name) -> Page:
    """The choice of the makelaar."""
    browser = world.browser(language)
    browser.open(f"{ADDRESSES.portal}/")
    return browser.click(said(service, language))


def at_error(world: World, service: str = BODEM.name, makelaar: str = "Polderpoort") -> Page:
    """The page of an answer with a bad signature."""
    return world.walk(service, makelaar, "jan", fault="bad_signature").run()


def whole(page: Page) -> str:
    return page.answer.body.decode()


def test_it_shows_inside_its_window_in_both_languages_and_not_outside(world: World) -> None:
    announce(world, "een", **{"from": moment(world, 60), "until": moment(world, 120)})
    assert "Storing een" not in choice(world).text
    world.clock.advance(60)
    page = choice(world)
    assert page.heading == PROVIDER
    assert "Storing een" in page.text and "Meer over Storing een." in page.text
    english = choice(world, "en").text
    assert "Outage een" in english and "Storing een" not in english
    world.clock.advance(60)
    assert "Storing een" not in choice(world).text


def test_a_running_process_shows_it_after_its_next_look_and_asks_the_database_nothing(
    world: World,
) -> None:
    asked: list[str] = []

    @event.listens_for(world.process.engine, "before_cursor_execute")
    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    choice(world)
    before = len(asked)
    announce(world, "een")
    asked.clear()
    assert "Storing een" in choice(world).text
    assert len(asked) == before


def test_it_shows_only_where_it_concerns(world: World) -> None:
    announce(world, "dienst", service=BODEM.uuid)
    announce(world, "makelaar", makelaar="brugwacht")
    page = choice(world)
    assert "Storing dienst" in page.text
    brugwacht = page.tree.xpath("//button[@value='brugwacht']")[0].text_content()
    assert "Storing makelaar" in brugwacht and "Storing dienst" not in brugwacht
    assert page.text.count("Storing makelaar") == 2, "title and text, at the makelaar alone"
    other = choice(world, service=BODEMKAART.name).text
    assert "Storing dienst" not in other and "Storing makelaar" in other


def test_an_error_page_tells_what_may_be_the_cause(world: World) -> None:
    announce(world, "site")
    announce(world, "dienst", service=BODEM.uuid)
    announce(world, "elders", service=BODEMKAART.uuid)
    announce(world, "polderpoort", makelaar="polderpoort")
    announce(world, "veerhuis", makelaar="veerhuis")
    page = at_error(world)
    assert page.status == 400 and "SLS-2104" in page.text
    for told in ("site", "dienst", "polderpoort"):
        assert f"Storing {told}" in page.text
    for other in ("elders", "veerhuis"):
        assert f"Storing {other}" not in page.text
    missing = world.browser().open(f"{ADDRESSES.broker}/bestaat-niet")
    assert missing.status == 404 and "Storing" not in missing.text, "no outage explains that"


def test_the_page_of_a_makelaar_that_does_not_answer_tells_of_it(world: World) -> None:
    announce(world, "sleutelhof", makelaar="sleutelhof")
    world.wire.down.add(ADDRESSES.makelaars.partition("//")[2])
    page = world.walk(BODEMKAART.name, "Sleutelhof", "jan").run()
    assert page.status == 503 and page.heading == "Sleutelhof is niet bereikbaar"
    assert "Storing sleutelhof" in page.text


def test_the_page_with_a_password_tells_of_the_site(world: World) -> None:
    announce(world, "site")
    browser = Browser("nl", wire=world.wire)
    browser.open(f"{ADDRESSES.portal}/")
    page = browser.click(IDEEEN.name)
    assert page.heading == "Hoe wilt u inloggen?" and "Storing site" in page.text
    assert "Storing site" in browser.press("method", "account").text


def test_they_are_told_and_helped_while_the_store_and_the_database_are_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    announce(world, "site")

    def down(*_: object) -> None:
        raise StoreUnavailable("down")

    monkeypatch.setattr(world.process.store, "get", down)
    monkeypatch.setattr(world.process.holder, "_sessions", down)
    world.clock.advance(600)  # what was loaded is too old to decide on
    page = world.browser().open(f"{ADDRESSES.broker}/login/{'a' * 26}")
    assert page.status == 503
    assert "Storing site" in page.text and "Helpdesk inloggen" in page.text


def test_a_text_is_shown_as_it_was_written(world: World) -> None:
    told = "Wacht < 5 minuten & kies “Veerhuis” 'nu'"
    world.apply(
        "kind: Announcement\nid: een\nabout: outage\ntitle: {nl: Let op}\n"
        f'text: {{nl: "{told}"}}\n'
    )
    page = choice(world)
    assert told in page.text
    assert "Wacht &lt; 5 minuten &amp; kies" in whole(page)


def test_a_text_without_english_is_marked_as_dutch(world: World) -> None:
    world.apply(
        "kind: Announcement\nid: een\nabout: outage\ntitle: {nl: Let op}\n"
        "text: {nl: Er is een storing.}\n"
    )
    page = choice(world, "en")
    dutch = [found.text_content() for found in page.tree.xpath("//main//*[@lang='nl']")]
    assert dutch == ["Let op", "Er is een storing."]
    assert choice(world).tree.xpath("//main//*[@lang]") == []


def test_what_the_table_holds_is_never_markup(world: World) -> None:
    announce(world, "een")
    with world.session() as session, session.begin():
        session.execute(
            text("update registration set document = replace(document, 'Meer', '<script>x')")
        )
        session.execute(text("update registration_revision set revision = revision + 1"))
    with pytest.raises(
        DocumentUnknown, match=r"does not take what stands in text\.nl; run"
    ) as told:
        world.process.holder.refresh()
    assert "script" not in str(told.value)
    page = choice(world)
    assert "Storing een" in page.text, "the process goes on with what it has"
    assert "<script>x" not in whole(page)


# Who helps.


def footer(page: Page) -> str:
    found = page.tree.find(".//footer")
    assert found is not None
    return " ".join(found.text_content().split())


def test_every_page_says_who_helps_in_the_same_place(world: World) -> None:
    for page in (
        choice(world),
        world.walk(BODEM.name, "Polderpoort", "jan", cancel_at_makelaar=False).run(),
        world.browser().open(f"{ADDRESSES.broker}/hulp/privacy"),
        world.browser().open(f"{ADDRESSES.broker}/beheer"),
    ):
        if not page.url.startswith(ADDRESSES.broker):
            continue
        said = footer(page)
        assert said.startswith("Hulp nodig? Helpdesk inloggen 088 000 0000 ma–vr"), page.url
        assert "helpdesk@voorbeeld.example" in said
        assert page.tree.xpath("//footer//a[@href='tel:0880000000']")
        assert page.tree.xpath("//footer//a[@href='mailto:helpdesk@voorbeeld.example']")
    english = footer(choice(world, "en"))
    assert english.startswith("Need help? Login help desk 088 000 0000 Mon–Fri 8:00–17:00")


def test_every_error_page_says_who_helps_with_the_code(world: World) -> None:
    for page in (at_error(world), world.browser().open(f"{ADDRESSES.broker}/bestaat-niet")):
        assert "Vraag de helpdesk om hulp. Geef dan deze code door:" in page.text
        assert "Helpdesk inloggen" in page.text and "088 000 0000" in page.text
    assert "Helpdesk inloggen" in world.browser().open(f"{ADDRESSES.broker}/hulp/").text


def test_a_service_may_have_a_help_desk_of_its_own(world: World) -> None:
    world.apply(
        f"kind: HelpDesk\nservice: {BODEM.uuid}\nname: {{nl: Bodemdesk}}\n"
        "url: https://bodem.voorbeeld.example/hulp\n"
    )
    page = choice(world)
    assert "Bodemdesk" in footer(page) and "Helpdesk inloggen" not in footer(page)
    assert page.tree.xpath("//footer//a[@href='https://bodem.voorbeeld.example/hulp']")
    assert "Bodemdesk" in at_error(world).text
    assert "Helpdesk inloggen" in footer(choice(world, service=BODEMKAART.name))
    assert "Helpdesk inloggen" in at_error(world, BODEMKAART.name).text


def test_without_a_document_the_settings_say_who_helps(world: World) -> None:
    with world.session() as session, session.begin():
        session.execute(text("delete from registration where kind = 'HelpDesk'"))
        session.execute(text("update registration_revision set revision = revision + 1"))
    world.process.holder.refresh()
    said = footer(choice(world))
    assert said.startswith("Hulp nodig? 088 000 0000 Website van de helpdesk")


def test_the_page_of_disruptions_tells_all_that_holds_with_its_service_or_makelaar(
    world: World,
) -> None:
    """Also to who is not logging in; and it says so when there is nothing."""
    nothing = "Er is nu geen storing of onderhoud gemeld"
    changes.change_makelaar(world, "stilwater", state="live", notice=None)
    browser = world.browser()
    page = browser.open(f"{ADDRESSES.broker}/hulp/storingen")
    assert (page.status, nothing in page.text) == (200, True)
    announce(world, "site")
    announce(world, "dienst", service=BODEM.uuid)
    announce(world, "bij", makelaar="polderpoort")
    announce(world, "later", **{"from": moment(world, 60)})
    page = browser.open(f"{ADDRESSES.broker}/hulp/storingen")
    titles = [str(h.text_content()) for h in page.tree.iter("h2")]
    told = {"Storing site", "Meldportaal Bodem: Storing dienst", "Polderpoort: Storing bij"}
    assert told <= set(titles)
    assert nothing not in page.text and "Storing later" not in page.text
    assert "Storing site" not in browser.open(f"{ADDRESSES.broker}/hulp/niveau").text
    english = world.browser("en").open(f"{ADDRESSES.broker}/hulp/storingen")
    assert "Soil report portal: Outage dienst" in english.text
    footer = whole(browser.open(f"{ADDRESSES.broker}/"))
    assert ">Storingen</a>" in footer
