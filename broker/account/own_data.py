"""What is kept about the person, as one file of words and numbers (GDPR art. 15, 20).
What is sealed or hashed is named with its number, never opened; operator roles are not in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import make_response
from werkzeug.wrappers import Response

from assurance import enrolment, identity_documents, means
from broker.account.access import AccountContext, owner
from broker.account.factors import blueprint
from broker.account.pages import MineFrame
from broker.console.running_sessions import running, with_places
from broker.web import user_agents
from broker.web.endpoints import Endpoint
from broker.web.registration_names import client_name, makelaar_name, service_name
from broker.web.responses import show
from consent import allocations, mandates, places, register, requests
from directory import (
    change_forms,
    evidence,
    groups,
    history,
    invitations,
    organisation_records,
    people,
)
from directory.consoles import MINE
from providers import accounts
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing

Fact = str | int | bool | None | list[str]
Facts = dict[str, Fact]
FILE: Final = "mijn-gegevens.json"
KIND: Final = "own_data"
MOST: Final = 100_000  # rows of one kind; retention keeps far fewer


@dataclass(frozen=True)
class OwnDataPage:
    """Take along what is kept?"""

    mine: MineFrame
    template: str = "account/own_data.html"


@blueprint.get("/gegevens")
def ask_own_data() -> Response:
    """What is in the file, after a login of the last minutes."""
    who = owner()
    who.demand(MINE.service.level, after="mine.ask_own_data")
    return show(OwnDataPage(who.frame))


@blueprint.post("/gegevens")
@Endpoint(limit="console", shown_at="mine.ask_own_data")
def own_data() -> Response:
    """The file itself; that it was taken is in the audit before it leaves."""
    who = owner()
    who.demand(MINE.service.level, after="mine.ask_own_data")
    with writing(who.rt.session) as sql:
        details = {"kind": KIND, "layout": "json"}
        event = AuditEvent(
            EventTag.EXPORT_MADE, who.session.now, person_id=who.person.id, details=details
        )
        audit.record(sql, event)
    body = json.dumps(collected(who), ensure_ascii=False, indent=2) + "\n"
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{FILE}"',
    }
    return make_response(body, 200, headers)


def collected(who: AccountContext) -> dict[str, Facts | list[Facts]]:
    """By what it is about. Names of fields are those of the documentation."""
    return {
        "person": _person(who),
        "account": _account(who),
        "identities": _identities(who),
        "means": _means(who),
        "identity_documents": _identity_documents(who),
        "memberships": _memberships(who),
        "client_limits": _client_limits(who),
        "groups": _groups(who),
        "account_requests": _account_requests(who),
        "invitations": _invitations(who),
        "forms": _forms(who),
        "mandates": _mandates(who),
        "mandate_requests": _requests(who),
        "factors": _factors(who),
        "logins": _logins(who),
        "sessions": _sessions(who),
        "consents": _consents(who),
        "events": _events(who),
        "kept_sealed_or_hashed": _sealed(who),
    }


def _person(who: AccountContext) -> Facts:
    one = who.person
    return {
        "id": one.id,
        "name": one.display_name,
        "email": one.email,
        "language": one.locale,
        "known_since": _at(one.created_at),
        "logged_out_everywhere_at": _at(one.logged_out_at),
    }


def _account(who: AccountContext) -> Facts:
    one = accounts.of_person(who.rt.session, who.person.id)
    if one is None:
        return {}
    return {
        "user_name": one.user_name,
        "email": one.email,
        "level": one.level.label,
        "since": _at(one.created_at),
        "password_changed_at": _at(one.password_changed_at),
        "wrong_passwords": one.failures,
        "paused_until": _at(one.paused_until),
    }


def _means(who: AccountContext) -> list[Facts]:
    """What was asked for this person and became of it, the oldest first."""
    sql, now = who.rt.session, who.session.now
    found = means.all_of_person(sql, who.person.id)
    return [
        {
            "id": one.id,
            "level": one.level.label,
            "asked_at": _at(one.asked_at),
            "approved_at": _at(one.approved_at),
            "refused_at": _at(one.refused_at),
            "activated_at": _at(one.activated_at),
            "ends_at": _at(one.ends_at),
            "organisations": [link.organisation_id for link in means.links(sql, one.id, now)],
        }
        for one in found
    ]


def _identity_documents(who: AccountContext) -> list[Facts]:
    """Scans that are kept for a while. The files are sealed, and for who decides alone."""
    return [
        {
            "kind": str(one.kind),
            "side": str(one.side),
            "valid_until": one.expires_on.isoformat(),
            "type": one.media_type,
            "bytes": one.size,
            "brought_at": _at(one.brought_at),
        }
        for one in identity_documents.of_person(who.rt.session, who.person.id)
    ]


def _identities(who: AccountContext) -> list[Facts]:
    return [
        {
            "makelaar": makelaar_name(who.rt.configuration, one.provider_id),
            "since": _at(one.since),
            "to_be_activated_before": _at(one.active_until),
        }
        for one in people.known_at(who.rt.session, who.person.id)
    ]


def _memberships(who: AccountContext) -> list[Facts]:
    return [
        {
            "organisation": one.organisation.name,
            "kvk": one.organisation.kvk,
            "role": str(one.role),
            "role_since": _at(one.role_since),
            "since": _at(one.since),
            "until": _at(one.until),
        }
        for one in people.memberships_of(who.rt.session, who.person.id)
    ]


def _client_limits(who: AccountContext) -> list[Facts]:
    """At which intermediaries somebody acts for no more than some clients; of these how many."""
    found = allocations.limits_of(who.rt.session, who.person.id)
    return [
        {"intermediary": one.name, "kvk": one.kvk, "clients": number, "since": _at(since)}
        for one, since, number in found
    ]


def _groups(who: AccountContext) -> list[Facts]:
    return [
        {
            "group": one.group.name,
            "role": str(one.role),
            "since": _at(one.since),
            "until": _at(one.until),
        }
        for one in groups.ever_of(who.rt.session, who.person.id)
    ]


def _account_requests(who: AccountContext) -> list[Facts]:
    return [
        {"kvk": one.kvk, "organisation": one.organisation_name, "asked_at": _at(one.asked_at)}
        for one in groups.asked_by(who.rt.session, who.person.id)
    ]


def _invitations(who: AccountContext) -> list[Facts]:
    """Those that were accepted; who invited stays out."""
    return [
        {
            "organisation": one.organisation.name,
            "name": one.name,
            "email": one.email,
            "role": str(one.role),
            "group": one.group.name if one.group else None,
            "role_in_group": str(one.group_role) if one.group_role else None,
            "outcome_in_group": str(one.group_outcome) if one.group_outcome else None,
            "sent_at": _at(one.created_at),
            "accepted_at": _at(one.ended_at),
        }
        for one in invitations.accepted_by(who.rt.session, who.person.id)
    ]


def _forms(who: AccountContext) -> list[Facts]:
    """Sent by this person. What was written is sealed, and can be read at ``/beheer``."""
    return [
        {
            "organisation": one.organisation.name,
            "about": str(one.kind),
            "state": str(one.state),
            "sent_at": _at(one.sent_at),
            "decided_at": _at(one.decided_at),
            "answer": one.answer,
        }
        for one in change_forms.sent_by(who.rt.session, who.person.id)
    ]


def _mandates(who: AccountContext) -> list[Facts]:
    """``left``: the person left the organisation since, and it counts no more."""
    held = mandates.held_by(who.rt.session, who.person.id)
    left = places.left_behind(who.rt.session, held, who.session.now)
    return [
        {
            "organisation": one.organisation.name,
            "kvk": one.organisation.kvk,
            "service": service_name(who.rt.configuration, one.service_uuid),
            "branches": list(one.branches),
            "level": one.level.label,
            "from": _at(one.valid_from),
            "until": _at(one.valid_until),
            "revoked_at": _at(one.revoked_at),
            "last_used_at": _at(one.last_used_at),
            "left": one.id in left,
        }
        for one in held
    ]


def _requests(who: AccountContext) -> list[Facts]:
    return [
        {
            "service": service_name(who.rt.configuration, one.service_uuid),
            "state": str(one.state),
            "organisation": one.organisation.name,
            "level": one.level.label,
            "asked_at": _at(one.asked_at),
            "decided_at": _at(one.decided_at),
            "message": one.message,
            "answer": one.refusal_reason,
        }
        for one in requests.of_person(who.rt.session, who.person.id)
    ]


def _factors(who: AccountContext) -> list[Facts]:
    return [
        {
            "kind": str(one.kind),
            "name": one.label,
            "added_by": str(one.bound_by),
            "since": _at(one.bound_at),
            "last_used_at": _at(one.last_used_at),
        }
        for one in enrolment.of_person(who.rt.session, who.person.id, who.session.now)
    ]


def _logins(who: AccountContext) -> list[Facts]:
    found = history.recent(who.rt.session, who.person.id, MOST)
    numbers = {number for one in found for number in (one.represented, one.intermediary)}
    names = organisation_records.names(who.rt.session, numbers)
    return [
        {
            "at": _at(one.at),
            "code": one.reference,
            "portal": client_name(who.rt.configuration, one.client_id),
            "service": service_name(who.rt.configuration, one.service_uuid),
            "makelaar": makelaar_name(who.rt.configuration, one.provider_id),
            "outcome": one.outcome,
            "level": one.level.label if one.level else None,
            "on_behalf_of": one.represented,
            "on_behalf_of_name": names.get(one.represented or ""),
            "through": one.intermediary,
            "through_name": names.get(one.intermediary or ""),
            "browser": user_agents.in_words(one.browser) if one.browser else None,
            "disowned_at": _at(one.disowned_at),
        }
        for one in found
    ]


def _sessions(who: AccountContext) -> list[Facts]:
    found = running(who.rt.session, who.rt, person_id=who.person.id)
    return [
        {
            "browser": user_agents.in_words(one.browser) if one.browser else None,
            "makelaar": makelaar_name(who.rt.configuration, one.provider_id),
            "since": _at(one.since),
            "last_used_at": _at(one.last_used),
            "services": _names(
                service_name(who.rt.configuration, place.service_uuid) for place in one.places
            ),
        }
        for one in with_places(who.rt.session, found)
    ]


def _consents(who: AccountContext) -> list[Facts]:
    return [
        {
            "portal": client_name(who.rt.configuration, one.client_id),
            "service": service_name(who.rt.configuration, one.service_uuid),
            "data": (one.claims or "").split(),
            "given_at": _at(one.given_at),
            "withdrawn_at": _at(one.withdrawn_at),
        }
        for one in register.of_person(who.rt.session, who.person.id)
    ]


def _events(who: AccountContext) -> list[Facts]:
    """What the audit keeps of what they did. Its details may name others, so they stay there."""
    return [
        {
            "at": _at(one.at),
            "event": str(one.tag),
            "code": one.reference,
            "service": service_name(who.rt.configuration, one.service_uuid),
            "outcome": one.outcome,
            "reason": one.reason,
        }
        for one in audit.recent(who.rt.session, person_id=who.person.id, limit=MOST)
    ]


def _sealed(who: AccountContext) -> list[Facts]:
    sql, person_id = who.rt.session, who.person.id
    known = people.known_at(sql, person_id)
    return [
        {"what": "names by which makelaars know you (hash)", "number": len(known)},
        {"what": "secrets of second factors (sealed)", "number": len(who.factors)},
        {"what": "evidence of logins (sealed)", "number": evidence.count_of(sql, person_id)},
    ]


def _names(found: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(name for name in found if name is not None))


def _at(moment: datetime | None) -> str | None:
    """ISO 8601, in UTC."""
    return moment.isoformat() if moment is not None else None
