"""What remains of an answer to a document: an audit event, and a receipt that the user can keep."""

from __future__ import annotations

from flask_babel import gettext
from sqlalchemy.orm import Session

from broker.journey import document_view
from broker.journey.context import LoginContext
from broker.journey.login import Login
from broker.runtime import Runtime
from broker.texts.document_receipt import Receipt
from broker.web.language import locale
from directory.organisations import grouped
from state import audit
from state.audit import AuditEvent, EventTag
from state.outbox import enqueue


def keep(sql: Session, rt: Runtime, login: Login, context: LoginContext) -> None:
    """With the transaction of the login's answer; nothing where the portal asked about none."""
    document, answer = login.request.document, login.answer
    if document is None or answer is None:
        return
    details: dict[str, audit.Detail] = {
        "digest": document.digest,
        "confirmed_with": login.confirmed.method if login.confirmed else "makelaar",
        "deposit": answer.deposit,
    }
    event = AuditEvent(
        EventTag.DOCUMENT_ANSWERED,
        rt.clock(),
        login.reference,
        person_id=login.person_id,
        client_id=login.request.client_id,
        service_uuid=login.request.service_uuid,
        provider_id=login.provider_id,
        outcome="agreed" if answer.agrees else "declined",
        details=details,
    )
    audit.record(sql, event)
    if context.person.email is not None:
        receipt = Receipt(
            document=document,
            answer=answer,
            amount=document_view.amount(document),
            represented=_represented(login),
            recipient=f"{context.service.name.in_(locale())}, {context.portal_name}",
            reference=login.reference,
            portal_url=context.relying_party.start_url if context.relying_party else None,
        )
        enqueue(sql, rt.sealer, receipt.message(context.person.email), rt.clock())


def _represented(login: Login) -> str | None:
    if login.authority is None:
        return None
    party = login.authority.represented
    name = party.name or party.value
    branches = ", ".join(map(grouped, login.authority.branches))
    return (
        gettext("%(name)s, vestiging %(branch)s", name=name, branch=branches) if branches else name
    )
