"""The mails about user groups, in Dutch and English: to who was let in, and to who was let go."""

from __future__ import annotations

from collections.abc import Sequence

from broker.texts.mail import mail
from broker.texts.quoting import one_line
from state.outbox import Message


def joined(recipient: str, locale: str, group: str, companies: Sequence[str]) -> Message:
    """For which companies somebody may act from now on."""
    name, places = one_line(group), _names(companies)
    if locale == "en":
        subject = f"You are in the group {name}"
        text = (
            f"An administrator put you in the group {name}.\n\n"
            f"You may act for: {places}.\n\n"
            "Everybody in the group sees who logged in for these companies.\n\n"
            "Do you not know this group? Tell the administrator of your organisation.\n"
        )
    else:
        subject = f"U zit in de groep {name}"
        text = (
            f"Een beheerder zette u in de groep {name}.\n\n"
            f"U mag inloggen namens: {places}.\n\n"
            "Iedereen in de groep ziet wie voor deze bedrijven inlogde.\n\n"
            "Kent u deze groep niet? Meld het aan de beheerder van uw organisatie.\n"
        )
    return mail(recipient, locale, subject, text)


def left(recipient: str, locale: str, group: str, companies: Sequence[str]) -> Message:
    """What somebody may do no more."""
    name, places = one_line(group), _names(companies)
    if locale == "en":
        subject = f"You are no longer in the group {name}"
        text = (
            f"An administrator took you out of the group {name}.\n\n"
            f"Through this group you may no longer act for: {places}.\n\n"
            "Ask the administrator of your organisation why.\n"
        )
    else:
        subject = f"U zit niet meer in de groep {name}"
        text = (
            f"Een beheerder haalde u uit de groep {name}.\n\n"
            f"Via deze groep mag u niet meer inloggen namens: {places}.\n\n"
            "Vraag uw beheerder naar de reden.\n"
        )
    return mail(recipient, locale, subject, text)


def _names(companies: Sequence[str]) -> str:
    return ", ".join(one_line(one) for one in companies) or "-"
