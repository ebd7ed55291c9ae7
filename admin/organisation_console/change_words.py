"""What was done at a company, in words: what it was, and what it is now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask_babel import format_date
from flask_babel import gettext as _

from admin.organisation_console.files import role
from broker.texts.trace_words import EVENTS
from directory.invitations import GroupOutcome
from directory.people import Role
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


def by_another(event: AuditEvent) -> str:
    """Who did it, where that is somebody of another organisation, whose name nobody here knows;
    empty for who runs the installation.
    """
    if event.reason == "merged" or event.tag is EventTag.CHAIN_REQUEST_LAPSED:
        return ""
    if event.reason == "given_up":
        return _("de intermediair")
    if "by_link" in event.details or event.reason == "link":
        return _("wie de link in de e-mail kreeg")
    if "chain_request" in event.details:
        asks = event.tag in (EventTag.CHAIN_REQUEST_SENT, EventTag.CHAIN_REQUEST_WITHDRAWN)
        return _("de intermediair") if asks else _("de klant")
    return _("het beheer van een groep") if "group" in event.details else ""


def in_group(event: AuditEvent, name: str) -> str:
    """Of which group, and for an invitation as what; empty where there is none."""
    if not name:
        return ""
    if "group_role" not in event.details:
        return _("groep %(group)s", group=name)
    if event.details.get("group_outcome", GroupOutcome.JOINED) != GroupOutcome.JOINED:
        return _("kwam niet in groep %(group)s", group=name)
    if event.details["group_role"] == Role.ADMINISTRATOR:
        return _("beheerder van groep %(group)s", group=name)
    return _("lid van groep %(group)s", group=name)


def list_name(kind: Detail) -> str:
    """The list that somebody downloaded."""
    return {
        "people": _("Gebruikers"),
        "invitations": _("Uitnodigingen"),
        "groups": _("Groepen"),
        "group_logins": _("Logins van de groep"),
        "forms": _("Formulieren"),
        "mandates": _("Machtigingen"),
        "own_mandates": _("Mijn machtigingen"),
        "chain_mandates": _("Ketenmachtigingen"),
        "clients": _("Klanten"),
        "allocations": _("Klanten toewijzen"),
        "client_requests": _("Verzoeken aan klanten"),
        "logins": _("Logins"),
        "changes": _("Wijzigingen"),
    }.get(str(kind), str(kind))


def _number(event: AuditEvent, name: str) -> str:
    """Of an organisation; empty for events from before it was written down."""
    kvk = event.details.get(name)
    return f"KvK {kvk[:4]} {kvk[4:]}" if isinstance(kvk, str) else ""


def _relinked(event: AuditEvent) -> ChangeWords:
    title = (
        _("Een ander bedrijf ging op in dit bedrijf")
        if event.reason == "merged"
        else EVENTS[event.tag]
    )
    return ChangeWords(str(title), _number(event, "was"), _number(event, "now"))


def _until(event: AuditEvent, name: str) -> str:
    text = event.details.get(name)
    if not isinstance(text, str):
        return ""
    return _("tot en met %(day)s", day=format_date(date.fromisoformat(text), "d MMMM y"))


def _granted(event: AuditEvent) -> ChangeWords:
    return ChangeWords(_("Machtiging gegeven"), _("geen"), _until(event, "until"))


def _changed(event: AuditEvent) -> ChangeWords:
    if event.reason == "branch_removed":
        return ChangeWords(
            _("Vestigingsnummer verwijderd"),
            str(event.details.get("branches")),
            _("hele organisatie"),
        )
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


def _lapsed(_event: AuditEvent) -> ChangeWords:
    return ChangeWords(_("Machtiging vervallen: niet gebruikt"), _("gold"), _("geldt niet meer"))


def _chain_granted(event: AuditEvent) -> ChangeWords:
    return ChangeWords(_("Ketenmachtiging gegeven"), _("geen"), _until(event, "until"))


def _chain_changed(event: AuditEvent) -> ChangeWords:
    shorter = event.reason == "shortened"
    title = _("Ketenmachtiging ingekort") if shorter else _("Ketenmachtiging verlengd")
    return ChangeWords(title, _until(event, "was"), _until(event, "until"))


def _chain_revoked(event: AuditEvent) -> ChangeWords:
    title = {
        "given_up": _("Ketenmachtiging opgegeven"),
        "merged": _("Ketenmachtiging gestopt: de klant ging op in een andere"),
    }.get(event.reason or "", _("Ketenmachtiging ingetrokken"))
    return ChangeWords(title, _("gold"), _("geldt niet meer"))


def _chain_lapsed(_event: AuditEvent) -> ChangeWords:
    title = _("Ketenmachtiging vervallen: niet gebruikt")
    return ChangeWords(title, _("gold"), _("geldt niet meer"))


def _clients_allocated(event: AuditEvent) -> ChangeWords:
    number = event.details.get("clients")
    now = _("alle klanten") if number is None else _("%(num)s klanten", num=number)
    return ChangeWords(_("Klanten toegewezen"), "", now)


def _chain_request(event: AuditEvent) -> ChangeWords:
    """``other``: the KvK number of the organisation at the other end."""
    number = str(event.details.get("other") or "")
    return ChangeWords(str(EVENTS[event.tag]), "", _("KvK %(number)s", number=number))


def _request_lapsed(_event: AuditEvent) -> ChangeWords:
    return ChangeWords(_("Verzoek vervallen: niemand besliste"))


def _role_extended(event: AuditEvent) -> ChangeWords:
    return ChangeWords(
        _("Rol van beheerder verlengd"), _until(event, "was"), _until(event, "until")
    )


def _invitation(event: AuditEvent) -> ChangeWords:
    return ChangeWords(str(EVENTS[event.tag]), "", role(str(event.details.get("role"))))


def _group_role(event: AuditEvent) -> ChangeWords:
    now = role(str(event.details.get("role")))
    return ChangeWords(str(EVENTS[event.tag]), "", now)


def _means_changed(event: AuditEvent) -> ChangeWords:
    was = event.details.get("was")
    now = event.level.label if was and event.level is not None else ""
    return ChangeWords(str(EVENTS[event.tag]), str(was or ""), now)


def _titled(event: AuditEvent) -> ChangeWords:
    """Of which the words of the trace say all there is."""
    return ChangeWords(str(EVENTS[event.tag]))


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
    EventTag.MANDATE_LAPSED: _lapsed,
    EventTag.CHAIN_MANDATE_GRANTED: _chain_granted,
    EventTag.CHAIN_MANDATE_CHANGED: _chain_changed,
    EventTag.CHAIN_MANDATE_REVOKED: _chain_revoked,
    EventTag.CHAIN_MANDATE_RESTORED: _restored,
    EventTag.CHAIN_MANDATE_LAPSED: _chain_lapsed,
    EventTag.CLIENTS_ALLOCATED: _clients_allocated,
    EventTag.MANDATE_REQUEST_LAPSED: _request_lapsed,
    EventTag.CHAIN_REQUEST_SENT: _chain_request,
    EventTag.CHAIN_REQUEST_WITHDRAWN: _chain_request,
    EventTag.CHAIN_REQUEST_GRANTED: _chain_request,
    EventTag.CHAIN_REQUEST_REFUSED: _chain_request,
    EventTag.CHAIN_REQUEST_TAKEN_BACK: _chain_request,
    EventTag.CHAIN_REQUEST_LAPSED: _chain_request,
    EventTag.ADMINISTRATOR_EXTENDED: _role_extended,
    EventTag.INVITATION_SENT: _invitation,
    EventTag.INVITATION_WITHDRAWN: _invitation,
    EventTag.INVITATION_ACCEPTED: _invitation,
    EventTag.GROUP_MADE: _titled,
    EventTag.GROUP_RENAMED: _titled,
    EventTag.GROUP_COMPANY_ADDED: _titled,
    EventTag.GROUP_COMPANY_REMOVED: _titled,
    EventTag.GROUP_MEMBER_ADDED: _titled,
    EventTag.GROUP_MEMBER_REMOVED: _titled,
    EventTag.GROUP_ROLE_CHANGED: _group_role,
    EventTag.MEANS_ASKED: _titled,
    EventTag.MEANS_IDENTIFIED: _titled,
    EventTag.MEANS_APPROVED: _titled,
    EventTag.MEANS_REFUSED: _titled,
    EventTag.MEANS_LETTER_SENT: _titled,
    EventTag.IDENTITY_DOCUMENT_BROUGHT: _titled,
    EventTag.IDENTITY_DOCUMENT_REFUSED: _titled,
    EventTag.IDENTITY_DOCUMENT_SEEN: _titled,
    EventTag.IDENTITY_DOCUMENT_ERASED: _titled,
    EventTag.MEANS_ACTIVATED: _titled,
    EventTag.MEANS_CHANGED: _means_changed,
    EventTag.MEANS_ENDED: _titled,
    EventTag.ORGANISATION_CHANGED: _titled,
    EventTag.ORGANISATION_RELINKED: _relinked,
    EventTag.BILLING_CHANGED: _titled,
    EventTag.FORM_SENT: _titled,
    EventTag.FORM_WITHDRAWN: _titled,
    EventTag.FORM_TAKEN: _titled,
    EventTag.FORM_DECIDED: _titled,
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
