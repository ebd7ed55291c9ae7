"""A SAML makelaar is registered with its metadata, which must be its own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from admin.registrations import metadata_sources
from admin.registrations.documents import DocumentsRefused, Entry
from broker.settings import Settings
from keys.certificates import self_signed, to_pem
from providers.registry import ProviderRecord
from providers.saml.metadata import read_metadata
from providers.saml_settings import SamlSettings
from state.addresses import OutgoingRefused
from state.outgoing import HttpAnswer, OutgoingFailed
from tests.admin.parties.test_makelaars_and_portals import PAIRS, metadata
from tests.called import Called, said
from tests.keys_for_tests import rsa_key
from tests.listener import Said, Seen, listening
from tests.providers.saml.maker import ENTITY_ID, NAMES, certificate, metadata_of
from tests.providers.saml.signing import Signing, sign

METADATA = metadata_of(certificate())


def entry(saml: SamlSettings | None) -> Entry:
    record = ProviderRecord.model_construct(id="m", saml=saml)
    return Entry("IdentityProvider", record, "file:1", Path())


def test_another_makelaar_stays_as_it_is(settings: Settings) -> None:
    without = entry(None)
    assert metadata_sources.complete(without, settings) is without


@pytest.mark.parametrize(
    ("saml", "said"),
    [
        ({"metadata": None, "metadata_url": None}, "give metadata_file or metadata_url"),
        ({"metadata": "<no-metadata/>", "metadata_url": None}, ""),
    ],
)
def test_metadata_that_is_not_there_or_not_right_is_a_mistake_at_its_place(
    settings: Settings, saml: dict[str, str | None], said: str
) -> None:
    described = SamlSettings.model_construct(entity_id="urn:x", **saml)
    with pytest.raises(DocumentsRefused) as refused:
        metadata_sources.complete(entry(described), settings)
    (line,) = refused.value.lines
    assert line.startswith("file:1: saml.metadata: ") and said in line


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (OutgoingRefused("address"), "never called: its name leads to an address that is not on"),
        (OutgoingFailed("name_not_found"), "its host is not in DNS; correct the host"),
        (
            OutgoingFailed("something_new"),
            "it did not answer properly; try again later",
        ),
        (said(b"", 406), "answered 406"),
        (said(b"\xff"), "it is not UTF-8"),
    ],
)
def test_why_metadata_could_not_be_fetched_is_told_in_words_with_what_to_do(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    answer: HttpAnswer | Exception,
    told: str,
) -> None:
    monkeypatch.setattr(metadata_sources, "outgoing_client", lambda _: Called(answer))
    saml = SamlSettings(entity_id="urn:x", metadata_url="https://makelaar.example/metadata")
    with pytest.raises(DocumentsRefused) as refused:
        metadata_sources.complete(entry(saml), settings)
    (line,) = refused.value.lines
    assert line.startswith("file:1: saml.metadata") and told in line


def keycloak(seen: Seen) -> Said:
    """Its address of metadata answers who does not take XML with 406."""
    accepted = [part.partition(";")[0].strip() for part in seen.headers["accept"].split(",")]
    if not {"application/xml", "text/xml"} & set(accepted):
        return Said(status=406)
    return Said(METADATA, headers={"Content-Type": "application/xml"})


def fetched_from(url: str, settings: Settings, *loopback: str) -> Entry:
    development = settings.development.model_copy(update={"loopback": loopback})
    described = SamlSettings(entity_id=ENTITY_ID, metadata_url=url)
    return metadata_sources.complete(
        entry(described), settings.model_copy(update={"development": development})
    )


def test_keycloak_gives_its_metadata_to_who_takes_xml(settings: Settings) -> None:
    with listening(keycloak) as server:
        found = fetched_from(f"http://{server.authority}/saml", settings, server.authority)
    assert found.metadata == METADATA.decode()
    assert server.seen[0].headers["accept"].startswith("application/samlmetadata+xml, ")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://idp/saml", ("(rule host)", 'add "idp" to outgoing.allow')),
        ("https://10.1.2.3/saml", ('add "10.1.2.3" to outgoing.allow',)),
        ("https://idp.example:9443/saml", ("listen on 443 or 8443", '"idp.example:9443"')),
        ("http://idp.example/saml", ("(rule scheme)", "it is not https")),
    ],
)
def test_an_address_that_our_rules_forbid_is_told_with_the_rule_and_the_setting(
    settings: Settings, url: str, told: tuple[str, ...]
) -> None:
    with pytest.raises(DocumentsRefused) as refused:
        fetched_from(url, settings)
    (line,) = refused.value.lines
    for part in ("file:1: saml.metadata_url: ", *told):
        assert part in line


def test_metadata_that_does_not_come_is_told_with_its_address_and_why(settings: Settings) -> None:
    with listening(lambda _: Said()) as server:
        pass
    url = f"http://{server.authority}/saml"
    with pytest.raises(DocumentsRefused) as refused:
        fetched_from(url, settings, server.authority)
    (line,) = refused.value.lines
    assert f"{url}: nobody listens there" in line


def said_by(saml: SamlSettings, settings: Settings) -> str:
    """The line that refuses it; empty where it is taken."""
    try:
        metadata_sources.complete(entry(saml), settings)
    except DocumentsRefused as refused:
        (line,) = refused.lines
        return line
    return ""


def test_the_binding_must_be_one_that_the_makelaar_offers(settings: Settings) -> None:
    both = SamlSettings(entity_id="urn:m", metadata=metadata("old"))
    assert said_by(both, settings) == ""
    post = both.model_copy(update={"request_binding": "post"})
    assert "saml.request_binding: it is post" in said_by(post, settings)
    assert "write redirect" in said_by(post, settings)


def test_metadata_that_must_be_signed_are_judged_when_they_are_registered(
    settings: Settings,
) -> None:
    pem = PAIRS["old"].certificate_pem.decode()
    unsigned = SamlSettings(
        entity_id="urn:m", metadata=metadata("old"), metadata_signing_certificate=pem
    )
    assert "saml.metadata: the metadata cannot be read: " in said_by(unsigned, settings)
    root = etree.fromstring(metadata("old").encode())
    root.set("ID", "_m")
    sign(root, Signing(key="federation"))
    federation = to_pem(certificate("federation"))
    signed = unsigned.model_copy(
        update={
            "metadata": etree.tostring(root).decode(),
            "metadata_signing_certificate": federation,
        }
    )
    assert said_by(signed, settings) == ""


def of(document: str, **more: object) -> SamlSettings:
    return SamlSettings.model_validate({"entity_id": ENTITY_ID, "metadata": document, **more})


def test_metadata_that_ended_are_refused_and_those_that_end_later_are_not(
    settings: Settings,
) -> None:
    """SAML Metadata §2.3.2: what ended is never used."""
    now = datetime(2026, 11, 29, 12, tzinfo=UTC)

    def told(until: str) -> str:
        document = METADATA.decode().replace(" entityID", f' validUntil="{until}" entityID', 1)
        try:
            metadata_sources.complete(entry(of(document)), settings, now)
        except DocumentsRefused as refused:
            return refused.lines[0]
        return ""

    assert told("2026-11-29T12:00:01Z") == ""
    assert "validUntil 2026-11-29 12:00 UTC has passed" in told("2026-11-29T12:00:00Z")
    assert "ask the makelaar for newer metadata" in told("2024-01-01T00:00:00Z")


def test_a_fetched_key_that_ended_cannot_be_registered(settings: Settings) -> None:
    """A file that an operator gave is trusted itself; an address is not."""
    ended = metadata_of(self_signed(rsa_key("makelaar"), "m", datetime(2015, 1, 1, tzinfo=UTC)))
    assert said_by(of(ended.decode()), settings) == ""
    url = {"metadata_url": "https://makelaar.example/metadata"}
    assert "saml.metadata_url: its last signing certificate ended" in said_by(
        of(ended.decode(), **url), settings
    )
    assert said_by(of(METADATA.decode(), **url), settings) == ""


def test_requests_are_signed_where_the_metadata_want_that(settings: Settings) -> None:
    wanting = METADATA.decode().replace(
        "<md:IDPSSODescriptor", '<md:IDPSSODescriptor WantAuthnRequestsSigned="true"'
    )
    assert said_by(of(wanting), settings) == ""
    assert "saml.sign_requests: it is false" in said_by(of(wanting, sign_requests=False), settings)
    assert said_by(of(METADATA.decode(), sign_requests=False), settings) == ""


def test_an_entity_of_a_list_is_registered_by_its_name(settings: Settings) -> None:
    other = metadata_of(certificate("other"), entity_id="https://other.example").decode()
    inner = other + METADATA.decode()
    document = f'<md:EntitiesDescriptor xmlns:md="{NAMES["md"]}">{inner}</md:EntitiesDescriptor>'
    assert said_by(of(document), settings) == ""
    absent = said_by(of(document, entity_id="urn:absent"), settings)
    assert "2 entities are in it and none is 'urn:absent': 'https://other.example'" in absent
    assert "\n" not in absent


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_an_address_that_answers_in_another_encoding_is_taken(
    settings: Settings, codec: str
) -> None:
    """Entra ID serves a byte order mark; others declare an encoding of their own."""
    name = codec.removesuffix("-sig")
    told = f'<?xml version="1.0" encoding="{name}"?><!-- Coöperatie -->{METADATA.decode()}'
    with listening(lambda _: Said(told.encode(codec))) as server:
        found = fetched_from(f"http://{server.authority}/m", settings, server.authority)
    assert read_metadata(found.metadata).entity_id == ENTITY_ID


@pytest.mark.parametrize("written", ["", "\ufeff", "\n  "])
def test_metadata_in_the_document_itself_declare_what_they_were(
    settings: Settings, written: str
) -> None:
    text = f'{written}<?xml version="1.0" encoding="ISO-8859-1"?>{METADATA.decode()}'
    assert said_by(of(text), settings) == ""
