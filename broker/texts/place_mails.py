"""The mails about a place at an organisation that an administrator gave or changed, in Dutch and
English. Not to be answered by a link.
"""

from __future__ import annotations

from collections.abc import Sequence

from broker.texts.quoting import one_line
from broker.texts.referenced_mail import referenced_mail
from state.outbox import Message


def told(
    recipient: str,
    locale: str,
    organisation: str,
    reference: str,
    *,
    administers: bool,
    is_new: bool,
    by: str | None = None,
) -> Message:
    """To the person whose place it is. ``by``: the administrator, where the organisation shares who
    they are.
    """
    place, who = one_line(organisation), one_line(by) if by else None
    if locale == "en":
        role = "an administrator" if administers else "a user"
        subject = f"You are {role} of {place}"
        lines = [
            f"{who or f'An administrator of {place}'} "
            f"{'added you to' if is_new else 'changed your role at'} {place}. "
            f"You are {role} there now.",
            "You need not do anything. Is this not right? Ask your organisation.",
        ]
    else:
        role = "beheerder" if administers else "gebruiker"
        subject = f"U bent {role} van {place}"
        lines = [
            f"{who or f'Een beheerder van {place}'} "
            f"{'voegde u toe aan' if is_new else 'veranderde uw rol bij'} {place}. "
            f"U bent daar nu {role}.",
            "U hoeft niets te doen. Klopt dit niet? Vraag het uw organisatie.",
        ]
    return referenced_mail(recipient, locale, subject, lines, reference)


def to_administrators(
    recipient: str,
    locale: str,
    who: str,
    organisation: str,
    came: Sequence[str],
    went: Sequence[str],
    reference: str,
) -> Message:
    """To the other administrators: one of them changed who administers."""
    person, place = one_line(who), one_line(organisation)
    if locale == "en":
        subject = f"Other administrators of {place}"
        lines = [
            f"{person} changed who is an administrator of {place}:",
            _list([(name, "is an administrator now") for name in came]),
            _list([(name, "is an administrator no longer") for name in went]),
            "Is this not right? Ask your colleague, and look at the changes in your "
            "administration.",
        ]
    else:
        subject = f"Andere beheerders van {place}"
        lines = [
            f"{person} veranderde wie beheerder is van {place}:",
            _list([(name, "is nu beheerder") for name in came]),
            _list([(name, "is geen beheerder meer") for name in went]),
            "Klopt dit niet? Vraag het uw collega, en kijk bij Beheer naar de wijzigingen.",
        ]
    return referenced_mail(recipient, locale, subject, lines, reference)


def _list(rows: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f"- {one_line(name)} {what}" for name, what in rows)
