"""What remains of an answer to a document: an audit event, and a receipt that the user can keep."""

from __future__ import annotations

from flask_babel import format_datetime
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from broker.journey import document_view
from broker.journey.context import LoginContext
from broker.journey.login import Login
from broker.runtime import Runtime
from broker.web.language import locale
from consent.documents import AskedDocument
from state import audit
from state.audit import AuditEvent, EventTag
from state.outbox import Message, enqueue


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
        message = _receipt(login, context, document, context.person.email)
        enqueue(sql, rt.sealer, message, rt.clock())


def _receipt(login: Login, context: LoginContext, document: AskedDocument, email: str) -> Message:
    """In the language of the page that was answered."""
    answer = login.answer
    assert answer is not None
    subject = _("Bewijs van uw antwoord: %(title)s", title=document.title)
    said = _("U ging akkoord.") if answer.agrees else _("U ging niet akkoord.")
    facts = [
        (_("Document"), document.title),
        (_("Bedrag"), document_view.amount(document)),
        (_("Namens"), _represented(login)),
        (_("Voor"), f"{context.service.name.in_(locale())}, {context.portal_name}"),
        (_("Wanneer"), format_datetime(answer.at, "d MMMM y HH:mm")),
        (_("Opmerking"), answer.remark or None),
        (_("Controlegetal"), document.control),
        (_("Code voor de helpdesk"), f"{login.reference[:4]}-{login.reference[4:]}"),
    ]
    warning = _("Was u dit niet zelf? Waarschuw meteen de beheerder van uw organisatie.")
    lines = "\n".join(f"{name}: {value}" for name, value in facts if value)
    return Message("mail", email, subject, f"{said}\n\n{lines}\n\n{warning}\n", login.reference)


def _represented(login: Login) -> str | None:
    if login.authority is None:
        return None
    party = login.authority.represented
    return party.name or party.value
