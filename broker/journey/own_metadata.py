"""What makelaars read of us: our keys as their client, and our metadata as service provider, for
everybody and at an address for each of them, so that it is known who read which certificate.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Response

from broker.errors import PageError
from broker.runtime import Runtime, runtime
from broker.web import metadata_reads
from broker.web.endpoints import Audience, Endpoint, Readers
from directory.services import Service
from keys.saml_keys import EncryptionShown, OwnRole, shown_for_encryption, shown_for_signing
from providers.factory import acs_url, slo_url, sp_entity_id
from providers.members import MemberRecord
from providers.oidc.client_jwks import client_jwks
from providers.saml.dialects.saml2int import SAML2INT
from providers.saml.metadata import sp_metadata
from providers.saml.request import CONSUMERS
from providers.saml_settings import SamlSettings

blueprint = Blueprint("own_metadata", __name__)


@blueprint.get("/saml/metadata")
@Endpoint(limit="metadata", readers=Readers.ANYBODY)
def for_everybody() -> Response:
    """Every key that signs, so that makelaars learn the next one in time; also before any makelaar
    is registered.
    """
    return _document(runtime(), EncryptionShown.CURRENT)


@blueprint.get("/saml/metadata/<provider_id>")
@Endpoint(limit="metadata", readers=Readers.ANYBODY)
def for_makelaar(provider_id: str) -> Response:
    """The same at the address of one makelaar, with the key for encryption as its record says; for
    an ordinary one without what a scheme looks up in them: our services, the other consumer.
    """
    rt = runtime()
    record = rt.configuration.providers.get(provider_id)
    # A federation reads our metadata for all of its members, at the address for everybody.
    if record is None or record.saml is None or isinstance(record, MemberRecord):
        raise PageError(404, "not_found", "no such SAML makelaar")
    shown, keyring = EncryptionShown(record.saml.encryption_key_shown), rt.configuration.keyring
    keys = (*shown_for_signing(keyring, OwnRole.SP), *shown_for_encryption(keyring, shown))
    metadata_reads.note(rt, OwnRole.SP, provider_id, keys)
    return _document(rt, shown, record.saml)


@blueprint.get("/oidc/client-jwks")
@Endpoint(
    limit=None,
    because="from memory, the same for everybody",
    audience=Audience.PROGRAMS,
    readers=Readers.ANYBODY,
)
def oidc_client_jwks() -> Response:
    """Public keys with which we authenticate at OIDC makelaars."""
    response = Response(mimetype="application/jwk-set+json")
    response.set_data(client_jwks(runtime().configuration.keyring))
    return response


def _document(
    rt: Runtime, shown: EncryptionShown, settings: SamlSettings | None = None
) -> Response:
    url, configuration = rt.base_url, rt.configuration
    our_entity_id = None if settings is None else settings.our_entity_id
    services: Iterable[Service] = configuration.services.values()
    answers: Iterable[str] = CONSUMERS
    if settings is not None and _asks_by_address(settings):
        # Keycloak keeps two addresses that are one, or two attributes of one name, for a mistake.
        services, answers = (), (settings.response_binding,)
    body = sp_metadata(
        configuration.keyring,
        our_entity_id or sp_entity_id(url),
        acs_url(url),
        slo_url(url),
        services,
        shown,
        answers,
    )
    return Response(body, mimetype="application/samlmetadata+xml")


def _asks_by_address(settings: SamlSettings) -> bool:
    """Is this an ordinary makelaar, which no request points at an index of ours?"""
    indexed = settings.acs == "index" or settings.attribute_consuming_service_index is not None
    return settings.dialect == SAML2INT.name and not indexed
