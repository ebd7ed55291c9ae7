"""One page of a list, and the addresses around it."""

from __future__ import annotations

from broker.web.lists.page import MOST_COUNTED, page_of
from broker.web.lists.request import FURTHEST, ListRequest, ListRules

RULES = ListRules(columns=("naam",))


def asked(**query: str) -> ListRequest:
    return RULES.read(query)


def test_the_first_of_more_pages() -> None:
    page = page_of(asked(zoek="a b"), list(range(26)), path="/lijst", total=60)
    assert page.rows == tuple(range(25)) and page.is_more and page.is_start
    assert (page.first, page.last) == (1, 25)
    assert page.next_url == "/lijst?zoek=a+b&blad=2" and page.previous_url == ""


def test_the_last_page() -> None:
    page = page_of(asked(blad="3"), list(range(10)), path="/lijst", total=60)
    assert (page.first, page.last, page.next_url) == (51, 60, "")
    assert page.previous_url == "/lijst?blad=2" and page.start_url == "/lijst"


def test_a_list_that_goes_on_from_a_row() -> None:
    page = page_of(asked(), list(range(26)), path="/lijst", next_key="01JX")
    assert page.next_url == "/lijst?na=01JX"
    later = page_of(asked(na="01JX"), list(range(3)), path="/lijst")
    assert not later.is_start and (later.start_url, later.next_url) == ("/lijst", "")


def test_nobody_is_led_further_than_rows_are_skipped() -> None:
    last = str(FURTHEST // 25 + 1)
    page = page_of(asked(blad=last), list(range(26)), path="/lijst")
    assert page.is_more and page.next_url == ""


def test_a_count_that_stopped_is_no_count() -> None:
    assert page_of(asked(), [], path="/", total=MOST_COUNTED).is_counted
    assert not page_of(asked(), [], path="/", total=MOST_COUNTED + 1).is_counted
    assert not page_of(asked(), [], path="/").is_counted


def test_a_file_and_what_is_chosen_are_about_the_same_rows() -> None:
    page = page_of(asked(zoek="jan", per="50", blad="2"), [1], path="/lijst")
    assert page.below("/lijst/bestand") == "/lijst/bestand?zoek=jan&per=50"
    assert page.every_url == "/lijst?per=50"
    assert page.size_url(100) == "/lijst?zoek=jan&per=100"
    assert page.sort_url("naam") == "/lijst?zoek=jan&sorteer=-naam&per=50"
