"""The endpoints of the SAML identity provider."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from broker.downstream import LoginRequest
from broker.errors import PageError
from broker.runtime import Runtime, runtime
from broker.saml import artifact_views, messages
from broker.saml.addresses import METADATA_PATH, SSO_PATH, idp_entity_id, sso_url
from broker.saml.authn_request import parse
from broker.saml.carrying import carried
from broker.saml.errors import RefusedRequest, StatusRefused, UntrustedRequest
from broker.saml.messages import ReceivedRequest
from broker.saml.metadata import idp_metadata
from broker.saml.refusals import NoteRefusal, kept
from broker.saml.reply_to import SamlReplyTo
from broker.saml.request_target import RequestTarget, request_target
from broker.saml.response import Envelope, failure
from broker.saml.start_view import add_start
from broker.web import metadata_reads, rate_limits
from broker.web.endpoints import Endpoint, Readers
from broker.web.language import locale
from broker.web.responses import leave
from directory.saml_portals import SamlServiceProvider
from keys.saml_keys import OwnRole, shown_for_signing

METADATA_TYPE = "application/samlmetadata+xml"
log = structlog.get_logger()


def create_blueprint(
    open_login: Callable[[LoginRequest], AnyResponse], note: NoteRefusal
) -> Blueprint:
    """``open_login`` begins the journey for a request that is in order; ``note`` keeps what is
    not.
    """
    blueprint = Blueprint("saml_idp", __name__)

    def receive(read: Callable[[], ReceivedRequest]) -> AnyResponse:
        rt = runtime()
        try:
            target = _trusted(rt, read())
        except UntrustedRequest as error:
            raise kept(rt, error, note) from None
        try:
            asked = parse(
                target,
                rt.configuration.services,
                rt.configuration.providers,
                idp_entity_id=idp_entity_id(rt.base_url),
                now=rt.clock(),
            )
        except StatusRefused as error:
            return _told(rt, target, error, note)
        return open_login(asked)

    @blueprint.get(SSO_PATH)
    @Endpoint(limit="authorize", sets_language=False)
    def by_redirect() -> AnyResponse:
        """Single sign-on service, HTTP-Redirect. Judged by the octets of the query as sent."""
        return receive(lambda: messages.from_redirect(request.query_string))

    @blueprint.post(SSO_PATH)
    @Endpoint(
        limit="authorize",
        csrf=False,
        because="a portal's cross-site POST; reads no cookie",
        sets_language=False,
    )
    def by_post() -> AnyResponse:
        """Single sign-on service, HTTP-POST."""
        return receive(lambda: messages.from_post(tuple(request.form.items(multi=True))))

    add_start(blueprint, open_login, note)

    @blueprint.get(METADATA_PATH)
    @Endpoint(limit="metadata", readers=Readers.ANYBODY)
    def metadata() -> Response:
        """Our metadata as identity provider, also before any portal is registered."""
        rt = runtime()
        body = idp_metadata(rt.configuration.keyring, rt.base_url)
        return Response(body, mimetype=METADATA_TYPE)

    @blueprint.get(f"{METADATA_PATH}/<client_id>")
    @Endpoint(limit="metadata", readers=Readers.ANYBODY)
    def metadata_of_portal(client_id: str) -> Response:
        """The same at the address of one portal, so that it is known who read which certificate."""
        rt = runtime()
        if not isinstance(rt.configuration.relying_parties.get(client_id), SamlServiceProvider):
            raise PageError(404, "not_found", "no such SAML portal")
        keyring = rt.configuration.keyring
        metadata_reads.note(rt, OwnRole.IDP, client_id, shown_for_signing(keyring, OwnRole.IDP))
        return Response(idp_metadata(keyring, rt.base_url), mimetype=METADATA_TYPE)

    artifact_views.add_to(blueprint, note)
    return blueprint


def _trusted(rt: Runtime, received: ReceivedRequest) -> RequestTarget:
    """Who asks, for the first time. Raises UntrustedRequest, TooManyRequests."""
    target = request_target(
        received,
        rt.configuration.saml_portals,
        sso_url=sso_url(rt.base_url),
        now=rt.clock(),
    )
    client_id = target.portal.client_id
    rate_limits.count_client(rt, "authorize", client_id)
    if rt.store.batch([target.once]) != [True]:
        raise UntrustedRequest(RefusedRequest.AGAIN, "received", "seen before", client_id=client_id)
    return target


def _told(
    rt: Runtime, target: RequestTarget, error: StatusRefused, note: NoteRefusal
) -> AnyResponse:
    """The portal hears what is wrong with its request, and the reference of it."""
    status, portal = error.status, target.portal
    second = (status.second or "").rpartition(":")[2]
    reference = note(
        rt,
        RefusedRequest.REQUEST,
        at="received",
        client_id=portal.client_id,
        error=second,
        told=status.message,
    )
    log.warning("authn_request.refused", client=portal.client_id, error=second)
    to = SamlReplyTo(
        target.acs_url,
        target.request_id,
        relay_state=target.received.relay_state,
        binding=target.answer.binding,
    )
    issuer = idp_entity_id(rt.base_url)
    keyring, named = rt.configuration.keyring, portal.saml.sends_key_name
    envelope = Envelope(issuer, to, keyring, rt.clock(), named)
    answer = carried(
        failure(envelope, status, f"{status.message} (reference {reference})"),
        to,
        issuer=issuer,
        client_id=portal.client_id,
        reference=None,
        sealer=rt.sealer,
    )
    if answer.operations:
        rt.store.batch(answer.operations)
    return leave(answer.reply.url, answer.reply.fields, portal.name.in_(locale()))
