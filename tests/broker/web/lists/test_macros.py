"""The macros of lists that need more than one page of the product to be seen."""

from __future__ import annotations

import lxml.html
import pytest
from flask import g, render_template_string

from broker.web.lists.page import page_of
from broker.web.lists.request import ListFilter, ListRules
from tests.world import World, make_world

RULES = ListRules(columns=("naam",))
HEAD = '{% import "web/list.html" as lists with context %}'


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


def shown(world: World, text: str, **names: object) -> lxml.html.HtmlElement:
    with world.app.test_request_context("/", base_url=world.demo.addresses.broker):
        g.clear = None
        return lxml.html.fromstring(f"<div>{render_template_string(HEAD + text, **names)}</div>")


def test_boxes_belong_to_the_form_of_the_bar_and_rows_may_hold_forms(world: World) -> None:
    page = page_of(RULES.read({"zoek": "jan"}), ["a"], path="/lijst", total=1)
    tree = shown(
        world,
        "{{ lists.box('a', 'Jan') }}{{ lists.bulk(page, '/lijst/doen', (('stop', 'Stop'),)) }}",
        page=page,
    )
    (box,) = tree.xpath("//input[@type='checkbox']")
    (bar,) = tree.xpath("//form")
    assert box.get("form") == bar.get("id") and box.get("name") == "keuze"
    assert bar.get("action") == "/lijst/doen?zoek=jan" and bar.get("method") == "post"
    assert "Kies Jan" in tree.text_content()
    assert tree.xpath("//button[@name='actie' and @value='stop']")


@pytest.mark.parametrize("lack", ["nothing", "too_many", "gone"])
def test_a_choice_that_is_refused_says_why(world: World, lack: str) -> None:
    page = page_of(RULES.read({}), ["a"], path="/lijst")
    tree = shown(world, "{{ lists.bulk(page, '/x', (), lack) }}", page=page, lack=lack)
    (said,) = tree.xpath("//*[@role='alert']")
    assert len(said.text_content()) > 20


FILTERED = ListRules(columns=("naam", "stand"), filters=(ListFilter("stand", ("actief",)),))


@pytest.mark.parametrize(
    ("query", "is_open"),
    [
        ({}, False),
        ({"zoek": "jan"}, False),
        ({"stand": "actief"}, True),
        ({"stand": "onzin"}, True),
        ({"sorteer": "stand"}, True),
    ],
)
def test_filters_are_folded_unless_one_is_set(
    world: World, query: dict[str, str], is_open: bool
) -> None:
    """What is searched and the button stand beside them."""
    page = page_of(FILTERED.read(query), ["a"], path="/lijst")
    tree = shown(
        world,
        "{% call lists.search(page, 'Naam', (('naam', 'Naam'),)) %}"
        "{{ lists.select(page, 'stand', 'Stand', (('actief', 'Actief'),)) }}{% endcall %}",
        page=page,
    )
    (fold,) = tree.xpath("//form/details[summary]")
    assert (fold.get("open") is not None) is is_open
    assert {one.get("name") for one in fold.xpath(".//select")} == {"stand", "sorteer"}
    assert tree.xpath("//form/div/input[@name='zoek']") and tree.xpath("//form/button")


def test_a_list_with_filters_alone_folds_its_button_too(world: World) -> None:
    page = page_of(FILTERED.read({}), ["a"], path="/lijst")
    tree = shown(world, "{% call lists.search(page, '', ()) %}{% endcall %}", page=page)
    assert tree.xpath("//form/details/button") and not tree.xpath("//form/button")


def test_a_menu_opens_without_a_script_and_says_whose_it_is(world: World) -> None:
    tree = shown(
        world,
        "{% call lists.menu('Acties voor Jan') %}{{ lists.menu_link('/a', 'Bekijk') }}"
        "{{ lists.menu_button('/b', 'Stuur opnieuw') }}{% endcall %}",
    )
    assert "Acties voor Jan" in tree.xpath("//details/summary")[0].text_content()
    assert tree.xpath("//a[@href='/a']") and tree.xpath("//form[@action='/b' and @method='post']")


@pytest.mark.parametrize("error", ["", "vul een reden in."])
def test_a_confirmation_asks_a_reason_and_keeps_what_was_chosen(world: World, error: str) -> None:
    tree = shown(
        world,
        "{% call lists.confirm('/doen', 'Ja', '/terug', 'Waarom?', 'Kort.', 'om<b>dat', error,"
        " ('a', 'b')) %}Er gebeurt iets.{% endcall %}",
        error=error,
    )
    (field,) = tree.xpath("//textarea[@name='reden']")
    assert field.text.strip() == "om<b>dat"
    assert tree.xpath("//input[@name='keuze']/@value") == ["a", "b"]
    assert bool(field.get("aria-invalid")) is bool(error)
    for described in (field.get("aria-describedby") or "").split():
        assert tree.xpath(f"//*[@id='{described}']")
    assert tree.xpath("//a[@href='/terug']")


def test_a_timeline_tells_when_what_happened(world: World) -> None:
    at = world.clock()
    tree = shown(
        world,
        "{{ lists.timeline(events, 'Wat er gebeurde') }}",
        events=[(at, "Gemaakt", "door Jan")],
    )
    (one,) = tree.xpath("//ol/li")
    assert "Gemaakt" in one.text_content() and "door Jan" in one.text_content()
