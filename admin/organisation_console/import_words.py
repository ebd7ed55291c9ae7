"""What is wrong with a file, in words: what was expected, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from flask_babel import format_date
from flask_babel import gettext as _

from admin.imports.faults import RowFault, SheetRefused
from admin.imports.reading import MOST_ROWS

Facts = Mapping[str, str]


def column(name: str) -> str:
    """The name of a column in the language of the page."""
    return {
        "UniekID": _("UniekID"),
        "E-mailadres": _("E-mailadres"),
        "Naam": _("Naam"),
        "Rol": _("Rol"),
        "Dienst": _("Dienst"),
        "Niveau": _("Niveau"),
        "Einde": _("Einde"),
    }.get(name, _("Hele regel"))


def expected(fault: RowFault) -> str:
    """What should stand there."""
    return _EXPECTED[fault.expected](fault.facts)


def refused(file: SheetRefused) -> str:
    """Why nothing of a file can be read."""
    return _REFUSED[file.why](file.seen)


def _day(facts: Facts, name: str) -> str:
    return format_date(date.fromisoformat(facts[name]), "d MMMM y")


def _term(facts: Facts) -> str:
    first, last = _day(facts, "first"), _day(facts, "last")
    return _("Een dag van %(first)s tot en met %(last)s", first=first, last=last)


_EXPECTED: Final[Mapping[str, Callable[[Facts], str]]] = {
    "formula": lambda _facts: _("Een waarde, geen formule"),
    "readable": lambda _facts: _("Gewone letters en cijfers op één regel"),
    "no_column": lambda _facts: _("Niets: deze cel heeft geen kolom"),
    "same_row": lambda facts: _("Eén keer; dit staat al op regel %(line)s", line=facts["other"]),
    "not_here": lambda _facts: _("Het UniekID van iemand bij uw bedrijf"),
    "email_not_here": lambda _facts: _("Het e-mailadres van iemand bij uw bedrijf"),
    "email_twice": lambda _facts: _("Een UniekID: dit e-mailadres hoort bij meer mensen"),
    "other_email": lambda _facts: _("Het e-mailadres dat bij dit UniekID hoort, of niets"),
    "nobody": lambda _facts: _("Een UniekID of een e-mailadres"),
    "email": lambda _facts: _("Een e-mailadres, zoals naam@voorbeeld.nl"),
    "name": lambda _facts: _("Een naam van ten hoogste 200 tekens, zonder schuine streep"),
    "other_name": lambda facts: _(
        "%(name)s, zoals deze persoon bij ons heet, of niets", name=facts["name"]
    ),
    "blocked": lambda _facts: _("Iemand die niet geblokkeerd is"),
    "role": lambda _facts: _("Beheerder of gebruiker"),
    "unidentified": lambda _facts: _(
        "Gebruiker: vraag de rol van beheerder aan bij het inlogmiddel van deze persoon"
    ),
    "own_role": lambda _facts: _("Uw eigen rol, ongewijzigd: laat een andere beheerder dit doen"),
    "document_role": lambda _facts: _(
        "De rol die deze persoon heeft: het beheer van deze installatie legde haar vast"
    ),
    "last_administrator": lambda _facts: _("Ten minste één beheerder die overblijft"),
    "service": lambda _facts: _("De naam, het id of de UUID van een dienst, of Algemeen"),
    "service_twice": lambda _facts: _("Een UUID: er zijn meer diensten met deze naam"),
    "day": lambda _facts: _("Een dag, zoals 31-12-2027"),
    "ends_before_tomorrow": _term,
    "too_long": _term,
    "level": lambda _facts: _("EH2, EH2+, EH3 of EH4"),
    "level_needed": lambda _facts: _("Een niveau: een algemene bevoegdheid geldt tot daar"),
    "level_below": lambda facts: _(
        "%(level)s of hoger: dat vraagt deze dienst", level=facts["needed"]
    ),
    "above_own_level": lambda facts: _(
        "Ten hoogste %(level)s: daarmee bent u ingelogd", level=facts["own"]
    ),
    "no_service": lambda _facts: _("Een dienst die nog bestaat"),
    "no_colleague": lambda _facts: _("Iemand die bij uw bedrijf hoort"),
    "means_level": lambda facts: _(
        "Iemand met een inlogmiddel op %(level)s of hoger", level=facts["needed"]
    ),
    "means_expired": lambda _facts: _("Iemand met een actief inlogmiddel; dit is verlopen"),
    "means_blocked": lambda _facts: _("Iemand die niet geblokkeerd is"),
    "means_none": lambda _facts: _("Iemand met een inlogmiddel"),
}
_REFUSED: Final[Mapping[str, Callable[[str], str]]] = {
    "nothing": lambda _seen: _("Kies eerst een bestand."),
    "empty": lambda _seen: _("In het bestand staan geen regels onder de kolomnamen."),
    "too_large": lambda _seen: _("Het bestand is groter dan 2 MB. Maak er kleinere van."),
    "too_many_rows": lambda _seen: _(
        "Het bestand heeft meer dan %(most)s regels. Maak er kleinere van.", most=MOST_ROWS
    ),
    "too_many_columns": lambda _seen: _(
        "Het bestand heeft te veel kolommen. Gebruik ons sjabloon."
    ),
    "old_excel": lambda _seen: _(
        "Dit is een bestand van een oude Excel (xls). Bewaar het als xlsx of csv."
    ),
    "not_text": lambda _seen: _(
        "Wij kunnen de letters in dit bestand niet lezen. Bewaar het als xlsx of als csv (UTF-8)."
    ),
    "separator": lambda seen: _(
        "Achter sep= staat %(seen)s. Gebruik een puntkomma of een komma.", seen=seen
    ),
    "quotes": lambda seen: _(
        "Een aanhalingsteken op of na regel %(line)s wordt niet afgesloten, of een cel is veel te "
        "lang.",
        line=seen,
    ),
    "workbook": lambda _seen: _(
        "Wij kunnen dit Excel-bestand niet lezen. Heeft het een wachtwoord? Bewaar het zonder, of "
        "als csv."
    ),
    "workbook_too_large": lambda _seen: _(
        "Dit Excel-bestand is uitgepakt te groot. Bewaar alleen dit blad, of maak er csv van."
    ),
    "column_unknown": lambda seen: _(
        "De kolom %(column)s kennen wij niet. Haal haar weg, of gebruik ons sjabloon.", column=seen
    ),
    "column_twice": lambda seen: _("De kolom %(column)s staat er twee keer.", column=seen),
    "columns_lacking": lambda seen: _(
        "Deze kolommen ontbreken: %(columns)s.",
        columns=", ".join(column(one) for one in seen.split(", ")),
    ),
}
TOLD: Final = frozenset(_EXPECTED)
TOLD_OF_FILES: Final = frozenset(_REFUSED)
