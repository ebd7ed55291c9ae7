"""Mails about mandates that were given, changed or given back, in the language of the reader."""

from __future__ import annotations

from datetime import date

import pytest

from broker.texts import mandate_changes
from broker.texts.mandate_changes import ToldChange
from consent.changes import TermChange

DAY = date(2027, 11, 29)
DONE = [
    ToldChange("Meldpunt Bodem", "EH3", TermChange.NEW, DAY),
    ToldChange(None, "EH2+", TermChange.EXTENDED, DAY),
    ToldChange("Subsidieloket", "EH3", TermChange.SHORTENED, DAY),
]


@pytest.mark.parametrize(
    ("locale", "lines"),
    [
        (
            "nl",
            [
                "- Meldpunt Bodem: nieuw, tot en met 29 november 2027",
                "- alle diensten tot en met EH2+, ook toekomstige: verlengd, tot en met 29",
                "- Subsidieloket: ingekort, tot en met 29 november 2027",
            ],
        ),
        (
            "en",
            [
                "- Meldpunt Bodem: new, up to and including 29 November 2027",
                "- all services up to EH2+, also future ones: extended, up to and including 29",
                "- Subsidieloket: shortened, up to and including 29 November 2027",
            ],
        ),
    ],
)
def test_every_change_is_told_with_its_last_day(locale: str, lines: list[str]) -> None:
    told = mandate_changes.told("a@x.example", locale, "De Korenmolen", DONE, "AB12CD34")
    oneself = mandate_changes.to_oneself(
        "a@x.example", locale, "Jan de Vries", "De Korenmolen", DONE, "AB12CD34"
    )
    for mail in (told, oneself):
        assert all(line in mail.text for line in lines), mail.text
        assert "De Korenmolen" in mail.subject and mail.reference == "AB12CD34"
        assert "http" not in mail.text, "nothing to click"
    assert "Jan de Vries" in oneself.subject


@pytest.mark.parametrize("locale", ["nl", "en", "fr"])
def test_what_was_undone_is_told(locale: str) -> None:
    mail = mandate_changes.restored("a@x.example", locale, "Korenmolen", "Bodem", "AB12CD34")
    assert "Bodem" in mail.subject and "Korenmolen" in mail.text
    assert ("holds again" in mail.subject) is (locale == "en")


def test_no_name_begins_a_paragraph_of_its_own() -> None:
    evil = "De Korenmolen\n\nKlik hier: https://elders.example"
    done = [ToldChange(evil, "EH3", TermChange.NEW, DAY)]
    mails = (
        mandate_changes.told("a@x.example", "nl", evil, done, "AB12CD34"),
        mandate_changes.to_oneself("a@x.example", "nl", evil, evil, done, "AB12CD34"),
        mandate_changes.restored("a@x.example", "nl", evil, evil, "AB12CD34"),
    )
    for mail in mails:
        assert "\n" not in mail.subject and "\n\nKlik" not in mail.text
