"""What an address asks of a list, whatever stands in it."""

from __future__ import annotations

from datetime import date

import pytest

from broker.web.lists.request import FURTHEST, LONGEST, ListFilter, ListOrder, ListRules

RULES = ListRules(
    columns=("naam", "sinds"),
    filters=(
        ListFilter("stand", ("actief", "gestopt")),
        ListFilter("van", is_day=True),
        ListFilter("dienst"),
    ),
)


def test_an_address_without_questions_asks_the_first_rows_in_the_usual_order() -> None:
    asked = RULES.read({})
    assert (asked.order, asked.size, asked.page) == (ListOrder("naam"), 25, 1)
    assert not asked.is_filtered and not asked.misread and asked.query() == {}


def test_everything_that_is_asked_stands_in_the_address_again() -> None:
    query = {
        "zoek": "jansen",
        "stand": "actief",
        "van": "2026-11-28",
        "dienst": "abc",
        "sorteer": "-sinds",
        "per": "50",
        "blad": "3",
    }
    asked = RULES.read(query)
    assert asked.query() == query
    assert asked.order == ListOrder("sinds", is_descending=True)
    assert (asked.offset, asked.limit) == (100, 51)
    assert asked.day("van") == date(2026, 11, 28)


@pytest.mark.parametrize("text", ["", "niets", "-niets", "--naam", "naam;drop", "\0"])
def test_an_order_that_is_none_is_the_usual(text: str) -> None:
    assert RULES.read({"sorteer": text}).order == ListOrder("naam")


def test_the_usual_order_may_be_from_the_last_to_the_first() -> None:
    newest = ListRules(columns=("tijd",), is_descending=True)
    asked = newest.read({})
    assert asked.order.is_descending and asked.query() == {}
    turned = newest.read({"sorteer": "tijd"})
    assert not turned.order.is_descending and turned.query() == {"sorteer": "tijd"}


@pytest.mark.parametrize(
    ("text", "size"),
    [("25", 25), ("50", 50), ("100", 100), ("1000000", 25), ("-1", 25), ("٥٠", 25)],
)
def test_a_page_holds_25_50_or_100_rows(text: str, size: int) -> None:
    assert RULES.read({"per": text}).size == size


@pytest.mark.parametrize("text", ["0", "-3", "x", "1.5", "9" * 40, str(FURTHEST)])
def test_a_page_that_is_none_or_too_far_is_the_first(text: str) -> None:
    assert RULES.read({"blad": text}).page == 1


def test_nobody_leafs_further_than_the_database_can_bear() -> None:
    furthest = RULES.read({"blad": str(FURTHEST // 25 + 1)})
    assert furthest.offset == FURTHEST
    assert RULES.read({"blad": str(FURTHEST // 25 + 2)}).page == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stand", "verwijderd"),
        ("stand", "actief\0"),
        ("van", "28/11/2026"),
        ("van", "2026-02-30"),
        ("van", "0000-01-01"),
        ("van", "20261128"),
        ("dienst", "\0"),
        ("dienst", "x" * (LONGEST + 1)),
        ("zoek", "jan\0sen"),
        ("zoek", "x" * (LONGEST + 1)),
    ],
)
def test_a_filter_that_is_not_understood_is_never_read_as_no_filter(name: str, value: str) -> None:
    asked = RULES.read({name: value})
    assert asked.misread == {name}
    assert asked.is_filtered
    assert all(text.isprintable() and len(text) <= LONGEST for text in asked.query().values())
    assert not RULES.read(asked.query()).is_filtered or asked.query()  # it stays in the form


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stand", "actief"),
        ("van", " 2026-11-28 "),
        ("dienst", "0190-abc"),
        ("zoek", "  Él  Idrissi "),
    ],
)
def test_what_is_understood_counts(name: str, value: str) -> None:
    asked = RULES.read({name: value})
    assert not asked.misread and asked.is_filtered
    assert " ".join(value.split()) in asked.query().values()


def test_an_empty_field_of_a_form_is_no_filter() -> None:
    asked = RULES.read({"zoek": "  ", "stand": "", "van": "", "dienst": ""})
    assert not asked.is_filtered and not asked.misread


def test_a_list_that_is_not_searched_looks_at_no_words() -> None:
    rules = ListRules(columns=("naam",), is_searched=False)
    assert not rules.read({"zoek": "x"}).is_filtered
    assert "zoek" not in rules.names


def test_another_order_size_or_filter_begins_at_the_first_row() -> None:
    asked = RULES.read({"stand": "actief", "zoek": "jan", "blad": "4", "na": "abc"})
    for other in (
        asked.ordered_by("sinds"),
        asked.sized(100),
        asked.without("stand"),
        asked.unfiltered(),
    ):
        assert (other.page, other.after) == (1, "")
    assert asked.without("stand").query() == {"zoek": "jan"}
    assert asked.unfiltered().query() == {}
    assert asked.at_page(5).query()["blad"] == "5"


def test_a_second_click_on_a_column_turns_it_round() -> None:
    first = RULES.read({}).ordered_by("sinds")
    assert first.order == ListOrder("sinds")
    second = first.ordered_by("sinds")
    assert second.order == ListOrder("sinds", is_descending=True)
    assert second.ordered_by("sinds").order == ListOrder("sinds")


@pytest.mark.parametrize(
    ("key", "kept"), [("01JX", "01JX"), ("a b", ""), ("\0", ""), ("x" * 200, "")]
)
def test_a_row_to_go_on_from_is_letters_and_digits(key: str, kept: str) -> None:
    assert RULES.read({"na": key}).after == kept


def test_a_change_of_language_keeps_every_name() -> None:
    assert set(RULES.names) == {
        *("zoek", "stand", "van", "dienst", "sorteer", "per", "blad", "na"),
    }


@pytest.mark.parametrize("value", ["2026-11-28", "28-11-2026", " 28 - 11 - 2026 "])
def test_a_day_stands_in_the_form_again_however_it_was_written(value: str) -> None:
    asked = RULES.read({"van": value})
    assert asked.filters["van"] == asked.query()["van"] == "2026-11-28"
    assert asked.day("van") == date(2026, 11, 28) and not asked.misread
    assert RULES.read({"van": "28/11/2026"}).filters["van"] == "28/11/2026"
