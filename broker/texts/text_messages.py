"""What a text message says before its code, and the alarm when none go out any more."""

from __future__ import annotations

from flask_babel import gettext as _

from broker.texts.mail import in_two_languages
from state.outbox import Message


def to_log_in(service: str, code: str) -> str:
    """``service``: its name in the language of the page."""
    return _("Uw code om in te loggen bij %(service)s: %(code)s", service=service, code=code)


def to_answer(subject: str, code: str, *, agrees: bool) -> str:
    """``subject``: of the document that is answered."""
    if agrees:
        return _("Uw code om akkoord te gaan met “%(what)s”: %(code)s", what=subject, code=code)
    return _("Uw code om niet akkoord te gaan met “%(what)s”: %(code)s", what=subject, code=code)


def to_add_number(code: str) -> str:
    """To a number that somebody adds to their account."""
    return _("Uw code om dit nummer toe te voegen bij Sluis: %(code)s", code=code)


def to_activate(code: str) -> str:
    """To the number of a means that is being activated."""
    return _("Uw code om uw inlogmiddel te activeren bij Sluis: %(code)s", code=code)


def none_this_hour(address: str, most: int) -> Message:
    """To operators: the limit of the installation is reached."""
    dutch = (
        f"Sluis stuurt dit uur geen sms meer: de grens van {most} per uur is bereikt.\n"
        "Kijk of iemand misbruik maakt van de sms-codes. Andere factoren werken gewoon."
    )
    english = (
        f"Sluis sends no more SMS this hour: the limit of {most} per hour is reached.\n"
        "See whether somebody abuses the SMS codes. Other factors work as always."
    )
    return in_two_languages(
        address,
        ("Sluis: geen sms meer dit uur", dutch),
        ("no more SMS this hour", english),
    )
