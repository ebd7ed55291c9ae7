"""Files of the lists of a company, and the words in them: those of the pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask_babel import gettext as _
from werkzeug.wrappers import Response

from admin.lists.exports import take_along
from admin.organisation_console.access import BeheerContext
from broker.console.sessions import ConsoleSession
from broker.web.lists.file import ListFile
from broker.web.lists.request import ListRequest


def take(
    console: BeheerContext,
    kind: str,
    asked: ListRequest,
    file: ListFile,
    also: Callable[[ConsoleSession], bool] = lambda _: True,
) -> Response:
    """The answer with the file; ``kind`` is which list, as the audit calls it. ``also``: whether it
    may still be taken along by more than the role here.
    """
    return take_along(
        console.sql,
        kind,
        asked,
        file,
        actor=console.actor,
        clock=console.rt.clock,
        may_still=partial(_may_still, console, also),
        organisation_id=console.here.id,
    )


def _may_still(console: BeheerContext, also: Callable[[ConsoleSession], bool]) -> bool:
    with console.as_it_stands() as found:
        return found is not None and also(found)


def role(word: str) -> str:
    """Of a person here."""
    return _("Beheerder") if word == "administrator" else _("Gebruiker")


def means(state: str) -> str:
    """Whether somebody can log in, and what is awaited."""
    return {
        "active": _("Actief"),
        "expired": _("Activatie verlopen"),
        "blocked": _("Geblokkeerd"),
        "approval": _("Wachten op goedkeuring"),
        "activation": _("Wachten op activatie"),
        "change": _("Mutatie in behandeling"),
        "refused": _("Aanvraag afgekeurd"),
        "none": _("Nog geen inlogmiddel"),
    }[state]


def mandate(state: str) -> str:
    """How a mandate or chain mandate stands; ``undo`` was taken back as well."""
    return {
        "active": _("Geldt"),
        "soon": _("Stopt binnen twee maanden"),
        "future": _("Begint later"),
        "off": _("Telt niet: gegeven met een link"),
        "left": _("Telt niet meer: hoort niet meer bij de organisatie"),
    }.get(state, _("Vandaag ingetrokken"))


def form_kind(word: str) -> str:
    """What is asked with a change form."""
    return {
        "eigen-mobiel": _("Mobiel nummer van een beheerder wijzigen"),
        "otp-apparaat": _("Apparaat met codes aanvragen"),
        "kvk-nummer": _("Ander KvK-nummer"),
        "vestigingsnummer": _("Vestigingsnummer verwijderen bij meer vestigingen"),
        "geen-beheerder": _("Er is geen beheerder meer"),
    }.get(word, _("Iets anders"))


def form_state(word: str) -> str:
    """How far a change form is."""
    return {
        "open": _("Ontvangen"),
        "taken": _("In behandeling"),
        "done": _("Afgehandeld"),
        "refused": _("Afgewezen"),
    }.get(word, _("Ingetrokken"))


def outcome(word: str) -> str:
    """How a login ended."""
    return {
        "success": _("Gelukt"),
        "refused": _("Mislukt"),
        "cancelled": _("Gestopt"),
    }.get(word, _("Verlopen"))
