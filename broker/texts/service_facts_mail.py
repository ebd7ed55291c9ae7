"""The mail that somebody sends to the own administrator: what a mandate is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from flask_babel import gettext as _

from broker.texts.quoting import one_line


def mail_address(
    *,
    service: str,
    owner: str,
    level: str,
    chain_mandates: bool,
    numbers: Sequence[tuple[str, str]],
    person: str | None,
    reference: str,
) -> str:
    """A ``mailto:`` address without a recipient, whom the user fills in (RFC 6068). ``numbers``:
    what the service is called in registers, each with its name; ``reference`` as people read it.
    """
    service, owner = one_line(service), one_line(owner)
    subject = _("Verzoek om een machtiging voor %(service)s", service=service)
    chain = _("Mag bij deze dienst") if chain_mandates else _("Mag niet bij deze dienst")
    facts = (
        (_("Dienst"), service),
        (_("Aanbieder"), owner),
        (_("Niveau"), level),
        (_("Ketenmachtiging"), chain),
        *numbers,
        (_("Code voor de helpdesk"), reference),
    )
    lines = [
        _(
            "Ik wil inloggen bij %(service)s. Daarvoor heb ik een machtiging nodig.",
            service=service,
        ),
        "",
        _("Wilt u mij machtigen? U heeft deze gegevens nodig:"),
        "",
        *(f"{name}: {value}" for name, value in facts),
    ]
    if person:
        lines += ["", one_line(person)]
    return f"mailto:?subject={_as_header(subject)}&body={_as_header(chr(10).join(lines))}"


def _as_header(text: str) -> str:
    """Percent-encoded, with the line ends of mail (RFC 6068 section 5)."""
    return quote(text.replace("\n", "\r\n"), safe="")
