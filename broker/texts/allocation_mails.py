"""The mail to somebody at an intermediary about the clients that he or she acts for, in Dutch and
English.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from broker.texts.mail import mail
from broker.texts.quoting import one_line
from state.outbox import Message
from state.trace import show_reference

_MOST_NAMED: Final = 20


def allocated(
    recipient: str,
    locale: str,
    organisation: str,
    clients: Sequence[str] | None,
    reference: str,
    *,
    by: str | None = None,
) -> Message:
    """``clients``: by name; None for all. ``by``: the administrator, where the organisation shares
    who they are.
    """
    place, who = one_line(organisation), one_line(by) if by else None
    if locale == "en":
        subject = f"Your clients at {place} were changed"
        lines = [
            f"{who or f'An administrator of {place}'} changed for which clients you may act.",
            _names(clients, "You act for these clients:", "You act for every client.", "and more"),
            "You still need an authorisation of your own organisation for the service.",
            f"Reference: {show_reference(reference)}",
        ]
    else:
        subject = f"Uw klanten bij {place} zijn veranderd"
        lines = [
            f"{who or f'Een beheerder van {place}'} veranderde voor welke klanten u mag handelen.",
            _names(
                clients, "U handelt voor deze klanten:", "U handelt voor alle klanten.", "en meer"
            ),
            "U heeft daarbij ook een machtiging van uw eigen organisatie voor de dienst nodig.",
            f"Referentie: {show_reference(reference)}",
        ]
    return mail(recipient, locale, subject, "\n\n".join(lines), reference)


def _names(clients: Sequence[str] | None, intro: str, every: str, more: str) -> str:
    if clients is None:
        return every
    shown = [f"- {one_line(name)}" for name in clients[:_MOST_NAMED]]
    rest = [f"- {more}"] if len(clients) > _MOST_NAMED else []
    return "\n".join([intro, *(shown or ["–"]), *rest])
