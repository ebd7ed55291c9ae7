"""The mails to a first administrator who asks for an account: the code, the temporary password, and
that there is an account already.
"""

from __future__ import annotations

from broker.texts.mail import mail
from state.outbox import Message


def code(recipient: str, locale: str, site: str, text_code: str) -> Message:
    """The code that shows that who asks reads the mail of the address."""
    if locale == "en":
        subject = f"Your code for {site}"
        text = (
            f"Your code is {text_code}. It works for ten minutes.\n\n"
            "With it you go on asking for an account. Give it to nobody.\n\n"
            "Did you not ask for this? Then you need not do anything.\n"
        )
    else:
        subject = f"Uw code voor {site}"
        text = (
            f"Uw code is {text_code}. Hij werkt tien minuten.\n\n"
            "Daarmee gaat u verder met de aanvraag van uw account. Geef hem aan niemand.\n\n"
            "Vroeg u dit niet? Dan hoeft u niets te doen.\n"
        )
    return mail(recipient, locale, subject, text, codes=[text_code])


def has_account(recipient: str, locale: str, site: str, recovery_url: str) -> Message:
    """Instead of a code, where there is an account with this address."""
    if locale == "en":
        subject = f"You have an account for {site} already"
        text = (
            f"Somebody, probably you, asked for an account for {site} with this address. "
            "There is one already, so no code was sent.\n\n"
            f"Did you forget your login details? Go to {recovery_url}\n\n"
            "Did you not ask for this? Then you need not do anything.\n"
        )
    else:
        subject = f"U heeft al een account voor {site}"
        text = (
            f"Iemand, waarschijnlijk u, vroeg met dit adres een account voor {site} aan. "
            "Dat account is er al. Daarom kwam er geen code.\n\n"
            f"Bent u uw inloggegevens vergeten? Ga naar {recovery_url}\n\n"
            "Vroeg u dit niet? Dan hoeft u niets te doen.\n"
        )
    return mail(recipient, locale, subject, text, links=[recovery_url])


def temporary_password(
    recipient: str, locale: str, site: str, user_name: str, password: str, url: str
) -> Message:
    """User name and temporary password: the first login asks for another one."""
    if locale == "en":
        subject = f"Your temporary password for {site}"
        text = (
            f"Your account for {site} was made.\n\n"
            f"Your user name: {user_name}\n"
            f"Your temporary password: {password}\n\n"
            f"Log in within seven days at {url}\n"
            "You then choose a password of your own.\n"
        )
    else:
        subject = f"Uw tijdelijke wachtwoord voor {site}"
        text = (
            f"Uw account voor {site} is gemaakt.\n\n"
            f"Uw gebruikersnaam: {user_name}\n"
            f"Uw tijdelijke wachtwoord: {password}\n\n"
            f"Log binnen zeven dagen in op {url}\n"
            "U kiest dan een eigen wachtwoord.\n"
        )
    return mail(recipient, locale, subject, text, links=[url], codes=[user_name, password])
