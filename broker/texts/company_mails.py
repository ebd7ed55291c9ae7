"""Mails about what an organisation settles itself, in Dutch and English: how its invoices go, and
its branch number. Who gets them can do nothing by a link; an account number is masked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from broker.texts.mail import mail
from broker.texts.quoting import one_line
from state.outbox import Message
from state.trace import show_reference

_CHANGED: Final = {
    "nl": {
        "rekeningnummer": "Het rekeningnummer is nu {value}.",
        "factuuradres": "Facturen gaan nu naar {value}.",
        "factuur-per-e-mail": "Facturen komen nu per e-mail.",
        "automatische-incasso": "Facturen worden nu betaald met automatische incasso.",
        "contract": "De duur van het contract is aangepast.",
    },
    "en": {
        "rekeningnummer": "The account number is {value} now.",
        "factuuradres": "Invoices go to {value} now.",
        "factuur-per-e-mail": "Invoices come by e-mail now.",
        "automatische-incasso": "Invoices are paid by direct debit now.",
        "contract": "The term of the contract was changed.",
    },
}


def billing_changed(
    recipient: str, locale: str, organisation: str, what: str, value: str, reference: str
) -> Message:
    """``what``: a key of the table above; ``value``: the new one, as may be read by anybody."""
    language = "en" if locale == "en" else "nl"
    place = one_line(organisation)
    changed = _CHANGED[language][what].format(value=one_line(value))
    if language == "en":
        subject = f"Invoices of {place} were changed"
        lines = [
            f"Something changed about the invoices of {place}.",
            changed,
            "You need not do anything. Is this not right? Tell the administrator of your "
            "organisation at once.",
        ]
    else:
        subject = f"Facturen van {place} zijn veranderd"
        lines = [
            f"Er veranderde iets aan de facturen van {place}.",
            changed,
            "U hoeft niets te doen. Klopt dit niet? Zeg het meteen tegen de beheerder van uw "
            "organisatie.",
        ]
    return _message(recipient, language, subject, lines, reference)


def branch_removed(recipient: str, locale: str, organisation: str, reference: str) -> Message:
    """To whoever's mandate held for the only branch."""
    place = one_line(organisation)
    if locale == "en":
        subject = f"Your authorisations for {place} were changed"
        lines = [
            f"Your authorisations held for one branch of {place}. They hold for the whole "
            "organisation now, at the same services and until the same day.",
            "You need not do anything. Log in again where you were logged in.",
        ]
    else:
        subject = f"Uw machtigingen voor {place} zijn veranderd"
        lines = [
            f"Uw machtigingen golden voor één vestiging van {place}. Ze gelden nu voor de hele "
            "organisatie, bij dezelfde diensten en tot dezelfde dag.",
            "U hoeft niets te doen. Was u ergens ingelogd? Log daar opnieuw in.",
        ]
    return _message(recipient, "en" if locale == "en" else "nl", subject, lines, reference)


def _message(
    recipient: str, language: str, subject: str, lines: Sequence[str], reference: str
) -> Message:
    word = "Reference" if language == "en" else "Referentie"
    text = "\n\n".join([*lines, f"{word}: {show_reference(reference)}"])
    return mail(recipient, language, subject, text, reference)
