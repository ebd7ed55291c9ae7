"""Letters about an account: the link to recover it, and that its password was changed."""

from __future__ import annotations

from broker.texts.mail import mail
from providers.recovery import Recipient
from state.outbox import Message


def to_recover(recipient: Recipient, site: str, url: str) -> Message:
    """User name and link. Who did not ask need do nothing."""
    if recipient.locale == "en":
        subject = f"Your login details for {site}"
        text = (
            f"Somebody, probably you, asked for the login details of {site}.\n\n"
            f"Your user name: {recipient.user_name}\n\n"
            f"Choose a new password within 15 minutes:\n{url}\n\n"
            "Did you not ask for this? Then you need not do anything. Your password stays the same."
            "\n"
        )
    else:
        subject = f"Uw inloggegevens voor {site}"
        text = (
            f"Iemand, waarschijnlijk u, vroeg om de inloggegevens van {site}.\n\n"
            f"Uw gebruikersnaam: {recipient.user_name}\n\n"
            f"Kies binnen 15 minuten een nieuw wachtwoord:\n{url}\n\n"
            "Vroeg u dit niet? Dan hoeft u niets te doen. Uw wachtwoord blijft hetzelfde.\n"
        )
    return mail(
        recipient.email,
        recipient.locale,
        subject,
        text,
        links=[url],
        codes=[recipient.user_name],
    )


def password_changed(email: str, locale: str, site: str) -> Message:
    """What its owner must know when somebody else did it."""
    if locale == "en":
        subject = f"Your password for {site} was changed"
        text = (
            f"The password of your account at {site} was changed. You are logged out everywhere."
            f"\n\nWas this not you? Warn the help desk of {site} at once.\n"
        )
    else:
        subject = f"Uw wachtwoord voor {site} is veranderd"
        text = (
            f"Het wachtwoord van uw account bij {site} is veranderd. U bent overal uitgelogd.\n\n"
            f"Was u dit niet zelf? Waarschuw meteen de helpdesk van {site}.\n"
        )
    return mail(email, locale, subject, text)


def confirm_address(email: str, locale: str, site: str, code: str) -> Message:
    """The code that makes this the address of an account. Who did not ask need do nothing."""
    if locale == "en":
        subject = f"Code for your e-mail address at {site}"
        text = (
            f"Somebody, probably you, wants to get the messages of {site} at this address.\n\n"
            f"Your code: {code}\n\nFill it in within 10 minutes, on the page where you asked for "
            "it. Give it to nobody.\n\nDid you not ask for this? Then you need not do anything.\n"
        )
    else:
        subject = f"Code voor uw e-mailadres bij {site}"
        text = (
            f"Iemand, waarschijnlijk u, wil de berichten van {site} op dit adres ontvangen.\n\n"
            f"Uw code: {code}\n\nVul hem binnen 10 minuten in op de pagina waar u erom vroeg. "
            "Geef hem aan niemand.\n\nVroeg u dit niet? Dan hoeft u niets te doen.\n"
        )
    return mail(email, locale, subject, text, codes=[code])
