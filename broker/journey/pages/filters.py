"""Template filters that know the pages of the journey."""

from __future__ import annotations

from flask import Flask
from flask_babel import format_date, gettext

from assurance.levels import AssuranceLevel
from broker.journey.pages.choose_mandate import MandateChoice
from broker.journey.pages.consent import ConsentItem
from broker.journey.pages.frame import Frame
from broker.texts import consent_words
from broker.web.templating import numbers_whole
from consent.release import BRANCH
from directory.organisations import grouped


def install(app: Flask) -> None:
    """Register them; ``app`` has the filters of every page already."""
    app.jinja_env.filters.update(
        refusal=_refusal,
        refusal_of=_refusal_of,
        claim_label=lambda item: consent_words.claim(item.claim)[0],
        claim_why=lambda item: consent_words.claim(item.claim)[1],
        claim_values=_claim_values,
    )


def _refusal(choice: MandateChoice, frame: Frame) -> str:
    """Why a mandate cannot be used, below the name of its organisation."""
    return consent_words.refusal(choice.reason or "", _until(choice), frame.makelaar or "")


def _refusal_of(choice: MandateChoice, frame: Frame) -> str:
    """The same as a sentence of its own."""
    mandate = consent_words.mandate_for(choice.name, choice.intermediary)
    return consent_words.refusal_of(
        mandate, choice.reason or "", _until(choice), frame.makelaar or ""
    )


def _until(choice: MandateChoice) -> str:
    return format_date(choice.valid_until, "d MMMM y") if choice.valid_until else ""


def _claim_values(item: ConsentItem) -> tuple[str, ...]:
    if item.claim == "sub":
        return (gettext("Een code in plaats van uw naam"),)
    if item.claim == "acr" and item.values == (AssuranceLevel.EMAIL.label,):
        return (gettext("Inloggen met uw e-mailadres, zonder niveau"),)
    if item.claim == "assurance":  # what it says of the login; the level stands with acr
        return (gettext("Het tijdstip, het niveau bij uw makelaar en de tweede factor"),)
    if item.claim == "mandate":
        kind = consent_words.mandate_kind(item.values[0])
        return (f"{kind}, {item.values[1]}",)
    return tuple(numbers_whole(_branch(value)) for value in item.values)


def _branch(value: str) -> str:
    if not value.startswith(BRANCH):
        return value
    return gettext("Vestiging %(number)s", number=grouped(value.removeprefix(BRANCH)))
