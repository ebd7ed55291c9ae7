"""The mails about invitations, in Dutch and English: to who is invited, and to who invited. The
link in the first works once and is asked a code besides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from broker.texts import times
from broker.texts.mail import mail
from broker.texts.quoting import one_line
from directory.invitations import GroupOutcome
from directory.people import Role
from state.outbox import Message

_IN_GROUP: Final = (GroupOutcome.JOINED, GroupOutcome.ALREADY_HERE)


@dataclass(frozen=True)
class InGroup:
    """A place in a user group."""

    name: str
    is_administrator: bool


@dataclass(frozen=True)
class GroupNews:
    """What came of a place in a group."""

    said: InGroup
    outcome: GroupOutcome


@dataclass(frozen=True)
class InvitationFacts:
    """What the mail says. ``by``: who invites, where the organisation shares who its administrators
    are; ``url``: the link, known to nobody else; ``group``: into which one too.
    """

    name: str
    organisation: str
    by: str | None
    role: Role
    site: str
    until: datetime
    url: str
    group: InGroup | None = None


def in_group(name: str, role: Role | None) -> InGroup:
    """As mails tell it."""
    return InGroup(one_line(name), role is Role.ADMINISTRATOR)


def to_invited(recipient: str, locale: str, said: InvitationFacts) -> Message:
    """From whom, for which organisation, in which role, until when, and the link."""
    name, organisation = one_line(said.name), one_line(said.organisation)
    is_administrator = said.role is Role.ADMINISTRATOR
    if locale == "en":
        who = one_line(said.by) if said.by else f"An administrator of {organisation}"
        role = "an administrator" if is_administrator else "a user"
        subject = f"Invitation: {role} at {organisation}"
        means = (
            "To become an administrator you log in at level EH2+ or higher. "
            "An account with an e-mail address alone is not enough."
            if is_administrator
            else "You log in with what you have, or make an account with this e-mail address."
        )
        text = (
            f"Dear {name},\n\n"
            f"{who} invites you to become {role} at {organisation} on {said.site}.\n\n"
            f"{_group_to_come(said.group, 'en')}"
            f"Accept the invitation here:\n{said.url}\n\n"
            f"The link works once, until {times.moment(said.until, 'en')}. "
            "It is for you alone: do not send it on.\n\n"
            f"{means}\n\n"
            "Do you not know who this is from? Then you need not do anything.\n"
        )
    else:
        who = one_line(said.by) if said.by else f"Een beheerder van {organisation}"
        role = "beheerder" if is_administrator else "gebruiker"
        subject = f"Uitnodiging: {role} bij {organisation}"
        means = (
            "Om beheerder te worden logt u in op niveau EH2+ of hoger. "
            "Een account met alleen een e-mailadres is niet genoeg."
            if is_administrator
            else "U logt in met wat u heeft, of u maakt een account met dit e-mailadres."
        )
        text = (
            f"Beste {name},\n\n"
            f"{who} nodigt u uit om {role} te worden bij {organisation} op {said.site}.\n\n"
            f"{_group_to_come(said.group, 'nl')}"
            f"Aanvaard de uitnodiging hier:\n{said.url}\n\n"
            f"De link werkt één keer, tot {times.moment(said.until, 'nl')}. "
            "Hij is alleen voor u: stuur hem niet door.\n\n"
            f"{means}\n\n"
            "Weet u niet van wie dit komt? Dan hoeft u niets te doen.\n"
        )
    return mail(recipient, locale, subject, text, links=[said.url])


def code(recipient: str, locale: str, site: str, text_code: str) -> Message:
    """The code that shows that who accepts reads the mail of the address."""
    if locale == "en":
        subject = f"Your code for {site}"
        text = (
            f"Your code is {text_code}. It works for ten minutes.\n\n"
            "With it you show that the invitation is for you. Give it to nobody.\n\n"
            "Did you not ask for this? Then you need not do anything.\n"
        )
    else:
        subject = f"Uw code voor {site}"
        text = (
            f"Uw code is {text_code}. Hij werkt tien minuten.\n\n"
            "Daarmee laat u zien dat de uitnodiging voor u is. Geef hem aan niemand.\n\n"
            "Vroeg u dit niet? Dan hoeft u niets te doen.\n"
        )
    return mail(recipient, locale, subject, text, codes=[text_code])


def account_made(recipient: str, locale: str, site: str, user_name: str) -> Message:
    """What somebody keeps of a new account: the name, which stays."""
    if locale == "en":
        subject = f"Your account for {site}"
        text = (
            f"You have an account for {site} now.\n\n"
            f"Your user name: {user_name}\n\n"
            "This name stays the same. You can also log in with your e-mail address.\n\n"
            f"Was this not you? Warn the help desk of {site}.\n"
        )
    else:
        subject = f"Uw account voor {site}"
        text = (
            f"U heeft nu een account voor {site}.\n\n"
            f"Uw gebruikersnaam: {user_name}\n\n"
            "Deze naam blijft hetzelfde. U kunt ook met uw e-mailadres inloggen.\n\n"
            f"Was u dit niet zelf? Waarschuw de helpdesk van {site}.\n"
        )
    return mail(recipient, locale, subject, text, codes=[user_name])


def accepted(
    recipient: str,
    locale: str,
    *,
    name: str,
    organisation: str,
    role: Role,
    console_url: str,
    group: GroupNews | None = None,
) -> Message:
    """To who invited: it was accepted, what came of the group, and what comes next."""
    who, place = one_line(name), one_line(organisation)
    is_administrator = role is Role.ADMINISTRATOR
    if locale == "en":
        subject = f"{who} accepted your invitation"
        as_what = "an administrator" if is_administrator else "a user"
        text = (
            f"At {place} {who} is {as_what} now.\n\n"
            f"{_group_news(group, 'en', place)}"
            f"{_next_en(group, place, console_url)}"
        )
    else:
        subject = f"{who} aanvaardde uw uitnodiging"
        as_what = "beheerder" if is_administrator else "gebruiker"
        text = (
            f"Bij {place} is {who} nu {as_what}.\n\n"
            f"{_group_news(group, 'nl', place)}"
            f"{_next_nl(group, place, console_url)}"
        )
    return mail(recipient, locale, subject, text, links=[console_url])


def _group_to_come(group: InGroup | None, locale: str) -> str:
    if group is None:
        return ""
    if locale == "en":
        role = "administrator of the group" if group.is_administrator else "a member of the group"
        return (
            f"You then also become {role} {group.name}: you may act for its companies, "
            "and everybody in the group sees who logged in for them.\n\n"
        )
    role = "beheerder van de groep" if group.is_administrator else "groepslid van"
    return (
        f"U wordt dan ook {role} {group.name}: u mag inloggen namens de bedrijven van de groep, "
        "en iedereen in de groep ziet wie dat doet.\n\n"
    )


def _group_news(news: GroupNews | None, locale: str, place: str) -> str:
    if news is None:
        return ""
    name, is_english = news.said.name, locale == "en"
    if news.outcome is GroupOutcome.JOINED:
        return (
            f"The group {name} has one more person, who may act for its companies.\n\n"
            if is_english
            else f"De groep {name} heeft er iemand bij, die mag inloggen namens de bedrijven "
            "van de groep.\n\n"
        )
    why = {
        GroupOutcome.INVITER: (
            "u beheert de groep niet meer",
            "you look after the group no more",
        ),
        GroupOutcome.COMPANY: (
            f"{place} zit niet meer in de groep",
            f"{place} is not in the group any more",
        ),
        GroupOutcome.LEVEL: (
            "in de groep geldt nu een hoger niveau dan dat van uw login bij het uitnodigen",
            "the group has a higher level now than your login had when you invited",
        ),
        GroupOutcome.ALREADY_HERE: (
            "die persoon zat er al in, met de rol van toen",
            "this person was in it already, and keeps the role of then",
        ),
        GroupOutcome.OTHER_GROUP: (
            "die persoon zit in een andere groep, en een account kan maar in één",
            "this person is in another group, and an account can be in one only",
        ),
    }[news.outcome]
    if is_english:
        return f"In the group {name} nothing changed: {why[1]}.\n\n"
    return f"In de groep {name} veranderde niets: {why[0]}.\n\n"


def _next_en(group: GroupNews | None, place: str, console_url: str) -> str:
    if group is not None and group.outcome in _IN_GROUP:
        return f"Log in at {console_url} to see who works for {place}.\n"
    return (
        f"A user may not act for {place} yet: that takes an authorisation. "
        f"Log in at {console_url} to grant one.\n"
    )


def _next_nl(group: GroupNews | None, place: str, console_url: str) -> str:
    if group is not None and group.outcome in _IN_GROUP:
        return f"Log in op {console_url} om te zien wie er bij {place} werkt.\n"
    return (
        f"Inloggen namens {place} kan pas met een machtiging. "
        f"Log in op {console_url} om die te geven.\n"
    )


def asked_again(
    recipient: str, locale: str, *, name: str, organisation: str, console_url: str
) -> Message:
    """To who invited: the link was over before it was used."""
    who, place = one_line(name), one_line(organisation)
    if locale == "en":
        subject = f"{who} asks for a new invitation"
        text = (
            f"You invited {who} to {place}, and the link was over before it was used.\n\n"
            f"Log in at {console_url} to send the invitation again.\n"
        )
    else:
        subject = f"{who} vraagt een nieuwe uitnodiging"
        text = (
            f"U nodigde {who} uit voor {place}, maar de link verliep ongebruikt.\n\n"
            f"Log in op {console_url} om de uitnodiging opnieuw te sturen.\n"
        )
    return mail(recipient, locale, subject, text, links=[console_url])
