"""HTTP-Artifact (Bindings §3.6): the browser brings a reference, and what it stands for is fetched
at the makelaar that made it, over SOAP and once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Final

from lxml import etree

from keys.keyring import KeyRing
from keys.saml_keys import SIGNING, OwnRole
from keys.xml.guard import MAX_BYTES, XmlRefused
from keys.xml.signature import sign_enveloped
from providers import received
from providers.calls import MakelaarEndpoint, not_ok, place, unavailable, unreadable
from providers.interface import Callback, ProviderRefused, ProviderUnavailable
from providers.own_key import own_key
from providers.registry import ProviderRecord
from providers.saml.artifact_response import Resolved, resolved
from providers.saml.client_certificate import calling
from providers.saml.conditions import ExpectedResponse
from providers.saml.request import new_id
from providers.saml.wire import soap
from providers.saml.wire.artifact import NAME, Artifact, read_artifact, source_id
from providers.saml.wire.key_descriptors import key_name
from providers.saml.wire.names import SAML, SAMLP, saml, samlp
from providers.saml.wire.refused import WireRefused
from providers.saml.wire.soap import SoapFault
from providers.trouble import Trouble
from state.addresses import OutgoingRefused
from state.copies import replace
from state.outgoing import HttpAnswer, OutgoingClient, OutgoingFailed

LARGEST: Final = MAX_BYTES + 16 * 1024  # a Response, and what stands around it
_AT: Final = MakelaarEndpoint.ARTIFACT
_NO_SOAP: Final = frozenset({"not_well_formed", "encoding", "dtd", "soap", "soap_version"})


@dataclass(frozen=True)
class ArtifactResolution:
    """``seconds`` is a clock that never goes back: what is fetched is younger than the callback."""

    record: ProviderRecord
    keyring: KeyRing
    outgoing: OutgoingClient
    seconds: Callable[[], float] = monotonic

    def response(
        self, callback: Callback, expected: ExpectedResponse
    ) -> tuple[etree._Element, ExpectedResponse]:
        """The Response, and what it must fit by now. Raises WireRefused, ProviderRefused and
        ProviderUnavailable.
        """
        artifact = read_artifact(callback.one(NAME))
        location = self._location(artifact, expected)
        identifier = new_id()
        key = own_key(self.keyring, SIGNING[OwnRole.SP], "RSA")
        asked = artifact_resolve(
            identifier, artifact.value, location, expected.sp_entity_id, expected.now
        )
        named = key_name(key) if expected.settings.sends_key_name else None
        sign_enveloped(asked, key, position=1, key_name=named)
        begun = self.seconds()
        answer = self._sent(location, soap.enveloped(asked))
        later = replace(expected, now=expected.now + timedelta(seconds=self.seconds() - begun))
        answers = replace(later, request_id=identifier, requested_at=expected.now)
        found: Resolved = resolved(_message(location, answer), answers)
        return found.response, replace(later, is_covered=found.is_covered)

    def _location(self, artifact: Artifact, expected: ExpectedResponse) -> str:
        """Of the makelaar that was asked, and of no other. Nobody is called for another one's."""
        entity_id = expected.metadata.entity_id
        if artifact.source_id != source_id(entity_id):
            raise ProviderRefused(
                "artifact_source",
                element=f"{NAME} SourceID",
                seen=artifact.source_id.hex(),
                expected=f"SHA-1 of {entity_id}",
                setting="saml.entity_id",
            )
        location = expected.metadata.resolution_at(artifact.endpoint_index)
        if location is None:
            known = ", ".join(str(one.index) for one in expected.metadata.resolution)
            raise ProviderRefused(
                "artifact_endpoint",
                element=f"{NAME} EndpointIndex",
                seen=artifact.endpoint_index,
                expected=known or "none",
                setting="saml.metadata",
            )
        return location

    def _sent(self, location: str, document: bytes) -> HttpAnswer:
        """What came back with the status of success, or of a fault."""
        assert self.record.saml is not None
        try:
            answer = calling(self.outgoing, self.record.saml, self.keyring).post_xml(
                location,
                document,
                headers=soap.ACTION,
                max_bytes=LARGEST,
                party=self.record.id,
            )
        except (OutgoingRefused, OutgoingFailed) as error:
            raise unavailable(_AT, location, error) from None
        if answer.status not in (200, 500):  # SOAP 1.1 §6.2: a fault comes with 500
            raise not_ok(_AT, location, answer)
        return answer


def artifact_resolve(
    identifier: str, artifact: str, location: str, issuer: str, now: datetime
) -> etree._Element:
    """The message that asks for it (Core §3.5.1), not yet signed."""
    root = etree.Element(
        samlp("ArtifactResolve"),
        {
            "ID": identifier,
            "Version": "2.0",
            "IssueInstant": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Destination": location,
        },
        nsmap={"samlp": SAMLP, "saml": SAML},
    )
    etree.SubElement(root, saml("Issuer")).text = issuer
    etree.SubElement(root, samlp("Artifact")).text = artifact
    return root


def _message(location: str, answer: HttpAnswer) -> etree._Element:
    """What stands in the Body. Whoever answers no SOAP, such as a page, is not the makelaar as
    registered, or in trouble: another try may help.
    """
    try:
        message = soap.opened(answer.body, max_bytes=LARGEST)
    except SoapFault as fault:
        raise _faulted(location, answer, fault) from None
    except (WireRefused, XmlRefused) as refused:
        if answer.status != 200:
            raise not_ok(_AT, location, answer) from None
        if refused.reason not in _NO_SOAP:
            raise ProviderRefused(refused.reason, "", **refused.measured) from None
        what = f"{refused.reason}: {refused.measured.get('seen', 'no SOAP 1.1')}"
        raise unreadable(_AT, location, received.told(what)) from None
    if answer.status != 200:
        raise not_ok(_AT, location, answer)
    return message


def _faulted(location: str, answer: HttpAnswer, fault: SoapFault) -> ProviderUnavailable:
    """Of a server it is theirs; any other says that our message is not what it wants."""
    is_theirs = fault.code.startswith(soap.FaultCode.SERVER)
    trouble = Trouble.UNAVAILABLE if is_theirs else Trouble.REQUEST_REFUSED
    said: dict[str, str | int] = {
        "makelaar_error": received.masked(fault.code or None),
        "makelaar_says": received.masked(fault.says or None),
        "http_status": answer.status,
        **place(_AT, location, trouble),
    }
    return ProviderUnavailable(f"{_AT}: fault {said['makelaar_error']}", trouble, measured=said)
