"""The page of choices: what is searched, what stands first, and how much of it is shown."""

from __future__ import annotations

import pytest

from broker.journey.pages.choose_mandate import (
    FROM_SO_MANY,
    MOST_SHOWN,
    SELF,
    ChooseMandatePage,
    MandateChoice,
)
from broker.journey.pages.frame import Frame, ShownBranch

FRAME = Frame("x", "ABCD1234", "Portaal", "Dienst", "Gemeente", "EH3")
SHOP = MandateChoice(
    "90001201..000090012021",
    "Bakkerij De Korenmolen B.V.",
    "KvK 9000 1201",
    (ShownBranch("0000 9001 2021", "Winkel Zoë", "Dorpsstraat 12"),),
    intermediary="Yilmaz Advies",
)


def a_choice(number: int, **changes: object) -> MandateChoice:
    name, digits = f"Bedrijf {number}", f"{number:08}"
    facts = {"key": f"{digits}..", "name": name, "number": f"KvK {digits[:4]} {digits[4:]}"}
    return MandateChoice(**{**facts, **changes})  # type: ignore[arg-type]


def a_page(
    usable: tuple[MandateChoice, ...], refused: tuple[MandateChoice, ...] = (), **more: object
) -> ChooseMandatePage:
    facts = {"allows_self": False, "person": "Roos"}
    return ChooseMandatePage(FRAME, usable, refused, **{**facts, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "search",
    [
        *("", "korenmolen", "KORENMOLEN", "molen bakkerij", "90001201", "9000 1201", "1201"),
        *("kvk 90001201", "KvK 9000 1201", "zoe", "Zoë", "dorpsstraat", "000090012021"),
        *("0000 9001 2021", "yilmaz", "korenmolen 90001201"),
    ],
)
def test_a_search_finds_a_name_an_address_and_a_number_as_people_type_them(search: str) -> None:
    assert SHOP.matches(search)


@pytest.mark.parametrize("search", ["groenrijk", "90001639", "korenmolen groenrijk", "9000 1202"])
def test_a_search_leaves_out_what_it_does_not_name(search: str) -> None:
    assert not SHOP.matches(search)


def test_a_short_list_has_no_search_and_a_long_one_has() -> None:
    choices = tuple(map(a_choice, range(FROM_SO_MANY)))
    assert FROM_SO_MANY == 8
    assert not a_page(choices[:7]).can_search
    assert a_page(choices).can_search
    assert a_page(choices[:7], refused=choices[7:]).can_search  # what cannot be chosen counts too


def test_what_was_chosen_last_stands_first_and_nowhere_else() -> None:
    choices = tuple(map(a_choice, range(3)))
    page = a_page(choices, last=choices[1].key)
    assert page.first == choices[1]
    assert page.own == (choices[0], choices[2])
    assert a_page(choices, last="gone..").first is None
    assert a_page(choices).own == choices


def test_who_came_for_themselves_last_time_sees_that_first() -> None:
    assert a_page((), allows_self=True, last=SELF).self_first
    assert not a_page((), allows_self=False, last=SELF).self_first


def test_a_page_holds_no_more_than_people_look_through() -> None:
    many = tuple(map(a_choice, range(3 * MOST_SHOWN)))
    page = a_page(many)
    assert (len(page.found), len(page.shown), page.total) == (150, 50, 150)
    last = a_page(many, last=many[-1].key)
    assert last.first == many[-1]  # also where it would not be among them
    assert a_page(many, search="Bedrijf 149").shown == (many[149],)


def test_a_search_goes_through_what_cannot_be_chosen() -> None:
    page = a_page(tuple(map(a_choice, range(8))), (a_choice(99, reason="expired"),), search="99")
    assert (page.found, [one.name for one in page.not_possible]) == ((), ["Bedrijf 99"])
