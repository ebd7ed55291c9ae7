"""What was done at a company, in words: what it was, and what it is now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask_babel import format_date
from flask_babel import gettext as _

from admin.organisation_console.files import role
from state.audit import AuditEvent, Detail, EventTag


@dataclass(frozen=True)
class ChangeWords:
    """``was`` and ``now`` are empty where there is nothing to say."""

    title: str
    was: str = ""
    now: str = ""


def of(event: AuditEvent) -> ChangeWords:
    """Of an event of ``company_changes.KINDS``."""
    return _WORDS[event.tag](event)


def list_name(kind: Detail) -> str:
    """The list that somebody downloaded."""
    return {
        "people": _("Gebruikers"),
        "mandates": _("Machtigingen"),
        "logins": _("Logins"),
        "changes": _("Wijzigingen"),
    }.get(str(kind), str(kind))


def _until(event: AuditEvent, name: str) -> str:
    text = event.details.get(name)
    if not isinstance(text, str):
        return ""
    return _("tot en met %(day)s", day=format_date(date.fromisoformat(text), "d MMMM y"))


def _granted(event: AuditEvent) -> ChangeWords:
    return ChangeWords(_("Machtiging gegeven"), _("geen"), _until(event, "until"))


def _changed(event: AuditEvent) -> ChangeWords:
    shorter = event.reason == "shortened"
    title = _("Machtiging ingekort") if shorter else _("Machtiging verlengd")
    return ChangeWords(title, _until(event, "was"), _until(event, "until"))


def _revoked(event: AuditEvent) -> ChangeWords:
    if event.reason == "term_shortened":
        return ChangeWords(_("Machtiging ingekort"))
    if event.reason == "level_lowered":
        return ChangeWords(_("Machtiging op een lager niveau"))
    return ChangeWords(_("Machtiging ingetrokken"), _("gold"), _("geldt niet meer"))


def _restored(_event: AuditEvent) -> ChangeWords:
    return ChangeWords(_("Intrekken ongedaan gemaakt"), _("ingetrokken"), _("geldt weer"))


def _chain_revoked(_event: AuditEvent) -> ChangeWords:
    return ChangeWords(_("Ketenmachtiging ingetrokken"), _("gold"), _("geldt niet meer"))


def _requested(_event: AuditEvent) -> ChangeWords:
    return ChangeWords(_("Machtiging gevraagd"))


def _request_refused(event: AuditEvent) -> ChangeWords:
    if event.reason == "service_withdrawn":
        return ChangeWords(_("Verzoek gesloten: de dienst is er niet meer"))
    return ChangeWords(_("Verzoek afgewezen"))


def _place_ended(event: AuditEvent) -> ChangeWords:
    was = role(str(event.details.get("role")))
    return ChangeWords(_("Rol beëindigd"), was, _("niet meer"))


def _place_given(event: AuditEvent) -> ChangeWords:
    return ChangeWords(
        _("Gebruiker toegevoegd"), _("hoorde er niet bij"), role(str(event.details.get("role")))
    )


def _place_changed(event: AuditEvent) -> ChangeWords:
    was, now = str(event.details.get("was")), str(event.details.get("role"))
    return ChangeWords(_("Rol veranderd"), role(was), role(now))


def _branch_ended(_event: AuditEvent) -> ChangeWords:
    return ChangeWords(_("Vestiging beëindigd"))


def _imported(event: AuditEvent) -> ChangeWords:
    number = event.details.get("changed")
    title = _("Bestand ingelezen: %(list)s", list=list_name(event.details.get("kind")))
    return ChangeWords(title, "", _("%(num)s regels vastgelegd", num=number))


def _exported(event: AuditEvent) -> ChangeWords:
    return ChangeWords(_("Lijst gedownload: %(list)s", list=list_name(event.details.get("kind"))))


_WORDS: Final[Mapping[EventTag, Callable[[AuditEvent], ChangeWords]]] = {
    EventTag.MANDATE_GRANTED: _granted,
    EventTag.MANDATE_CHANGED: _changed,
    EventTag.MANDATE_REVOKED: _revoked,
    EventTag.MANDATE_RESTORED: _restored,
    EventTag.CHAIN_MANDATE_REVOKED: _chain_revoked,
    EventTag.MANDATE_REQUESTED: _requested,
    EventTag.MANDATE_REQUEST_REFUSED: _request_refused,
    EventTag.MEMBERSHIP_GIVEN: _place_given,
    EventTag.MEMBERSHIP_CHANGED: _place_changed,
    EventTag.MEMBERSHIP_ENDED: _place_ended,
    EventTag.ESTABLISHMENT_ENDED: _branch_ended,
    EventTag.EXPORT_MADE: _exported,
    EventTag.IMPORT_MADE: _imported,
}
TOLD: Final = frozenset(_WORDS)
