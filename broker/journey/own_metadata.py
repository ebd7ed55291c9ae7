"""Our metadata as service provider, towards makelaars: for everybody, and at an address for each of
them, so that it is known who read which certificate.
"""

from __future__ import annotations

from flask import Blueprint, Response

from broker.errors import PageError
from broker.runtime import Runtime, runtime
from broker.web import metadata_reads
from broker.web.endpoints import Endpoint, Readers
from keys.saml_keys import EncryptionShown, OwnRole, shown_for_encryption, shown_for_signing
from providers.factory import acs_url, slo_url, sp_entity_id
from providers.members import MemberRecord
from providers.saml.metadata import sp_metadata

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
    """The same at the address of one makelaar, with the key for encryption as its record says."""
    rt = runtime()
    record = rt.configuration.providers.get(provider_id)
    # A federation reads our metadata for all of its members, at the address for everybody.
    if record is None or record.saml is None or isinstance(record, MemberRecord):
        raise PageError(404, "not_found", "no such SAML makelaar")
    shown, keyring = EncryptionShown(record.saml.encryption_key_shown), rt.configuration.keyring
    keys = (*shown_for_signing(keyring, OwnRole.SP), *shown_for_encryption(keyring, shown))
    metadata_reads.note(rt, OwnRole.SP, provider_id, keys)
    return _document(rt, shown, record.saml.our_entity_id)


def _document(rt: Runtime, shown: EncryptionShown, our_entity_id: str | None = None) -> Response:
    url, configuration = rt.base_url, rt.configuration
    body = sp_metadata(
        configuration.keyring,
        our_entity_id or sp_entity_id(url),
        acs_url(url),
        slo_url(url),
        configuration.services.values(),
        shown,
    )
    return Response(body, mimetype="application/samlmetadata+xml")
