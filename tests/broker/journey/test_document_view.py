"""A document as pages show it, and until when it may be answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from broker.downstream import LoginRefused, RefusalCode
from broker.journey import document_view
from consent.documents import Amount, AskedDocument
from tests.broker.facts import a_page

DOCUMENT = AskedDocument(
    "Opdracht", "Tekst", "https://portaal.example/a", "4f2a" * 16, "text/plain", 214_000
)
LAST_DAY = replace(DOCUMENT, answer_before=date(2026, 11, 3))


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 2, 9, 0, tzinfo=UTC),
        datetime(2026, 11, 2, 22, 59, tzinfo=UTC),  # a minute to midnight in the Netherlands
    ],
)
def test_a_document_may_be_answered_until_its_day_begins_in_the_netherlands(now: datetime) -> None:
    document_view.refuse_late(LAST_DAY, now)


@pytest.mark.parametrize(
    "now",
    [datetime(2026, 11, 2, 23, 0, tzinfo=UTC), datetime(2026, 11, 4, 9, 0, tzinfo=UTC)],
)
def test_from_its_day_on_a_document_is_refused(now: datetime) -> None:
    with pytest.raises(LoginRefused) as refused:
        document_view.refuse_late(LAST_DAY, now)
    assert (refused.value.code, refused.value.public_key) == (
        RefusalCode.NOT_ALLOWED,
        "document_over",
    )
    document_view.refuse_late(DOCUMENT, now)  # without a day there is no end


@pytest.mark.parametrize(
    ("media_type", "name"),
    [
        ("application/pdf", "pdf"),
        ("text/plain", "txt"),
        ("application/ld+json", "json"),
        ("image/png", "png"),
    ],
)
def test_a_kind_of_file_has_the_name_that_people_know(media_type: str, name: str) -> None:
    assert document_view.kind(media_type) == name


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (214_000, "214 kB"),
        (1_000_000, "1 MB"),
        (12_400_000, "12 MB"),
    ],
)
def test_a_size_is_counted_as_file_managers_do(value: int, shown: str) -> None:
    assert document_view.size(value) == shown


def test_an_amount_is_written_as_money() -> None:
    asked = replace(DOCUMENT, amount=Amount("1284.50", "EUR"))
    with a_page():
        assert document_view.amount(asked) == "€\xa01.284,50"
        assert document_view.amount(DOCUMENT) is None


def test_every_fact_of_a_document_is_shown() -> None:
    asked = replace(LAST_DAY, amount=Amount("5", "EUR"), may_deposit=True)
    with a_page():
        shown = document_view.shown(asked)
    assert (shown.title, shown.summary, shown.url) == ("Opdracht", "Tekst", asked.url)
    assert (shown.kind, shown.size) == ("txt", "214 kB")
    assert (shown.amount, shown.answer_before) == ("€\xa05,00", "3 november 2026")
    assert (shown.control, shown.may_deposit) == ("4F2A 4F2A 4F2A 4F2A", True)
