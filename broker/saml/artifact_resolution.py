"""The back channel of portals: a signed ArtifactResolve over SOAP is answered with what its
artifact stands for (Core §3.5, Bindings §3.6.5), or with a fault where nobody can be trusted to be
told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

import structlog
from lxml import etree

from broker.downstream import LoginRefused, LoginResult
from broker.errors import PageError
from broker.runtime import Runtime
from broker.saml import kept_answers
from broker.saml.addresses import artifact_url, idp_entity_id
from broker.saml.assertion import new_id
from broker.saml.attributes import written
from broker.saml.downstream import still_registered
from broker.saml.errors import RefusedRequest, UntrustedRequest
from broker.saml.kept_answers import Fetched, NotThere
from broker.saml.login_answer import LoginAnswers, released
from broker.saml.messages import MOST_ELEMENTS, ReceivedRequest, unreadable
from broker.saml.refusals import NoteRefusal
from broker.saml.reply_to import SamlReplyTo
from broker.saml.request_target import check_destination, check_issued, check_version, who_asks
from broker.sso import grants, standing
from broker.web import rate_limits
from broker.web.responses import remember_portal, remember_reference
from directory.saml_portals import SamlServiceProvider
from keys.saml_keys import OwnRole, signing_key
from keys.xml import guard, schema
from keys.xml.guard import XmlRefused, local_name
from keys.xml.signature import sign_enveloped
from providers.saml.wire import soap
from providers.saml.wire.artifact import read_artifact
from providers.saml.wire.key_descriptors import key_name
from providers.saml.wire.names import SAML, SAMLP, SUCCESS, saml, samlp
from providers.saml.wire.redirect import LARGEST
from providers.saml.wire.refused import WireRefused
from providers.saml.wire.soap import FaultCode, SoapFault
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing

READ: Final = LARGEST + 1  # bytes; one more than is accepted says that there were more
_FAULTS: Final = {"soap_version": FaultCode.VERSION, "soap_header": FaultCode.HEADER}
# What a portal's maker reads of it; the rest stands in the trace behind the reference.
_SAYS: Final = {
    RefusedRequest.UNREADABLE: "this is no ArtifactResolve of SAML 2.0 in SOAP 1.1",
    RefusedRequest.PORTAL: "the Issuer is not registered here",
    RefusedRequest.ADDRESS: "the metadata registered here cannot be used any more",
    RefusedRequest.SIGNATURE: "sign it with a key of the metadata registered here",
    RefusedRequest.DESTINATION: "Destination is not the address in our metadata",
    RefusedRequest.TIME: "IssueInstant is too old or in the future",
}
log = structlog.get_logger()


@dataclass(frozen=True)
class SoapAnswer:
    body: bytes
    status: int


def answer(rt: Runtime, raw: bytes, note: NoteRefusal) -> SoapAnswer:
    """What goes back. Raises TooManyRequests and StoreUnavailable."""
    code = FaultCode.CLIENT
    try:
        message = _read(raw)
        received = ReceivedRequest(message, None, by_browser=False)
        portal, _ = who_asks(received, rt.configuration.saml_portals, now=rt.clock(), signed=True)
        remember_portal(portal.client_id)
        rate_limits.count_client(rt, "artifact", portal.client_id)
        check_version(message, portal)
        check_destination(received, artifact_url(rt.base_url), portal)
        check_issued(message, rt.clock(), portal)
    except UntrustedRequest as error:
        log.warning("artifact_resolve.refused", reason=str(error.reason), detail=error.detail)
        reference = note(rt, error.reason, at=error.step, client_id=error.client_id, **error.found)
        code = _FAULTS.get(error.detail, code)
        says = f"{_SAYS[error.reason]} (reference {reference})"
        return SoapAnswer(soap.fault(code, says), 500)
    return SoapAnswer(soap.enveloped(_resolved(rt, message, portal, note)), 200)


def _read(raw: bytes) -> etree._Element:
    """Raises UntrustedRequest."""
    try:
        message = soap.opened(raw, max_bytes=LARGEST, max_elements=MOST_ELEMENTS)
        if message.tag != samlp("ArtifactResolve"):
            raise _not_asked(local_name(message))
        schema.check_protocol(message)
    except SoapFault:
        raise unreadable(_not_asked("Fault")) from None
    except (WireRefused, XmlRefused) as refused:
        raise unreadable(refused) from None
    return message


def _not_asked(seen: str) -> WireRefused:
    return WireRefused("not_a_request", element="Body", seen=seen, expected="ArtifactResolve")


def _resolved(
    rt: Runtime, message: etree._Element, portal: SamlServiceProvider, note: NoteRefusal
) -> etree._Element:
    """The signed ArtifactResponse. What is not there, or not for this portal, leaves no Response in
    it, nor what the user logged out of or what lost its worth meanwhile; which of these it was,
    nobody hears.
    """
    now = rt.clock()
    try:
        artifact = read_artifact(message.findtext(samlp("Artifact"))).value
        found = kept_answers.fetch(rt.store, rt.sealer, artifact, portal.client_id)
        found = _as_released(rt, found.judged(partial(_fault, rt, now)), portal, now)
    except WireRefused:
        found = Fetched(None, NotThere.UNKNOWN)
    if found.answer is not None and found.answer.reference is not None:
        remember_reference(found.answer.reference)
    response = found.answer.response if found.answer is not None else None
    if found.why is not None:
        _note_missing(rt, found, portal, note)
    else:
        log.info("artifact.resolved", client=portal.client_id)
    asked = str(message.get("ID"))
    return _artifact_response(rt, asked, response, names_key=portal.saml.sends_key_name)


def _fault(rt: Runtime, now: datetime, result: LoginResult) -> str | None:
    """Why what waited is worth nothing by now; None while it stands. Who brings an artifact to an
    address that was taken away since is not let in either.
    """
    asking = rt.configuration.relying_parties.get(result.request.client_id)
    try:
        still_registered(asking, SamlReplyTo.of(result.request), now)
    except PageError as gone:
        return gone.public_key
    if grants.live(rt.session, result.grant_id, now) is None:
        return standing.LOGIN_ENDED
    return standing.fault(rt, rt.session, result, now)


def _also(rt: Runtime, found: Fetched) -> str | None:
    """What else stands in the way of a login that is worth nothing any more."""
    if found.fault is None or found.answer is None or found.answer.login is None:
        return None
    return standing.also(rt, rt.session, found.answer.login.result, rt.clock(), found.fault)


def _as_released(
    rt: Runtime, found: Fetched, portal: SamlServiceProvider, now: datetime
) -> Fetched:
    """Written anew, without what the portal may not have any more since the login, and where a key
    was replaced since, by which it is encrypted or signed; it gets nothing where that cannot be
    done.
    """
    if found.why is not None or found.answer is None or found.answer.login is None:
        return found
    result, said = found.answer.login.result, found.answer.login.said
    answers = LoginAnswers.of(rt.settings, rt.sealer, rt.configuration)
    left = released(portal, answers.service(result))
    _, metadata = still_registered(portal, SamlReplyTo.of(result.request), now)
    keys = answers.keys(portal, metadata, now)
    if set(said.released) <= set(left) and said.keys == keys:
        return found
    said = replace(said, released=tuple(one for one in said.released if one in left), keys=keys)
    try:
        answer = answers.written(portal, metadata, result, said)
    except LoginRefused as refused:
        return found.fallen(refused.public_key)
    log.info("artifact.written_anew", client=portal.client_id)
    return replace(found, answer=replace(found.answer, response=answer.response.decode()))


def _note_missing(
    rt: Runtime, found: Fetched, portal: SamlServiceProvider, note: NoteRefusal
) -> None:
    """A second time, or by another portal, it may have been stolen: that is for the audit too, as
    is who came for it after the session ended. Why a login is worth nothing any more is told as
    that.
    """
    why = str(found.why)
    log.warning("artifact.not_there", client=portal.client_id, seen=why)
    reason = standing.explained(found.fault) if found.fault else "saml_artifact"
    note(rt, reason, at="answer", client_id=portal.client_id, seen=why, also=_also(rt, found))
    if found.answer is None:
        return
    with writing(rt.session) as session:
        audit.record(
            session,
            AuditEvent(
                tag=EventTag.ARTIFACT_REFUSED,
                at=rt.clock(),
                reference=found.answer.reference,
                client_id=portal.client_id,
                outcome="refused",
                reason=reason,
                details={"seen": why},
            ),
        )


def _artifact_response(
    rt: Runtime, request_id: str, response: str | None, *, names_key: bool
) -> etree._Element:
    root = etree.Element(
        samlp("ArtifactResponse"),
        {
            "ID": new_id(),
            "Version": "2.0",
            "IssueInstant": written(rt.clock()),
            "InResponseTo": request_id,
        },
        nsmap={"samlp": SAMLP, "saml": SAML},
    )
    etree.SubElement(root, saml("Issuer")).text = idp_entity_id(rt.base_url)
    status = etree.SubElement(root, samlp("Status"))
    etree.SubElement(status, samlp("StatusCode"), Value=SUCCESS)
    if response is not None:
        root.append(guard.parse(response.encode()))
    key = signing_key(rt.configuration.keyring, OwnRole.IDP)
    sign_enveloped(root, key, position=1, key_name=key_name(key) if names_key else None)
    return root
