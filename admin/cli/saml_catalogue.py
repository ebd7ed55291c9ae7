"""``sluis saml catalogue``: what a herkenningsmakelaar must have of us, written into a folder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from admin.cli.installation import opened
from broker.settings import Settings
from directory.portals import portal_model
from directory.services import RelyingParty, Service
from keys.keyring import load_keyring
from providers.factory import acs_url, slo_url, sp_entity_id
from providers.registry import ProviderRecord
from providers.saml.metadata import sp_metadata
from providers.saml.service_catalogue import (
    CatalogueFacts,
    CatalogueRefused,
    dv_metadata,
    listed,
    service_catalogue,
)
from state.registrations import Kind, all_registrations, read_as

__all__ = ["CatalogueRefused", "write_catalogue"]

_OIN: Final = re.compile(r"[0-9A-Z]{20}")


def write_catalogue(
    settings: Settings, makelaar: str, oin: str, out: Path, kinds: Sequence[Sequence[str]]
) -> list[str]:
    """What was written, a line each. Raises CatalogueRefused."""
    with opened(settings) as at:
        rows = list(all_registrations(at.session))
        record = next(
            (
                read_as(row, ProviderRecord)
                for row in rows
                if row.kind is Kind.IDENTITY_PROVIDER and row.name == makelaar
            ),
            None,
        )
        services = [Service.model_validate(r.document) for r in rows if r.kind is Kind.SERVICE]
        portals = [
            portal_model(r.document).model_validate(r.document)
            for r in rows
            if r.kind is Kind.CLIENT
        ]
        keyring = load_keyring(at.session, at.sealer)
        now = at.now
    if faults := list(_faults(record, makelaar, oin)):
        raise CatalogueRefused(faults)
    assert record is not None and record.saml is not None
    base = settings.base_url
    name = record.saml.our_entity_id or sp_entity_id(base)
    ours = sp_metadata(keyring, name, acs_url(base), slo_url(base), services)
    facts = CatalogueFacts(services, oin, kinds, _urls(portals), now)
    written = {
        "dienstencatalogus.xml": service_catalogue(facts, keyring),
        "dv-metadata.xml": dv_metadata(ours, name, keyring, record.saml.dialect or "etd"),
    }
    out.mkdir(parents=True, exist_ok=True)
    for file, document in written.items():
        (out / file).write_bytes(document)
    number = len(listed(services))
    return [
        f"{out / 'dv-metadata.xml'}: {name}, {number} services",
        f"{out / 'dienstencatalogus.xml'}: {number} services for {oin}",
        "The schema of the catalogue is the scheme's and is not here: have the makelaar check it.",
    ]


def _faults(record: ProviderRecord | None, makelaar: str, oin: str) -> Iterator[str]:
    if record is None or record.saml is None:
        yield f"{makelaar} is no registered makelaar that speaks SAML; see: sluis export"
        return
    if record.saml.dialect not in ("etd", "st-saml"):
        yield f"{makelaar} speaks no dialect with a catalogue: write dialect: etd, or st-saml"
    if record.saml.our_entity_id is None:
        yield (
            f"{makelaar} has no saml.our_entity_id: write the EntityID that the scheme gave us, "
            "such as urn:etoegang:DV:<OIN>:entities:<n>"
        )
    if not _OIN.fullmatch(oin):
        yield "--oin: an OIN has 20 digits or capitals"


def _urls(portals: Sequence[RelyingParty]) -> Mapping[str, str]:
    """Where each service begins: at the first portal that offers it and says so."""
    found: dict[str, str] = {}
    for portal in portals:
        for service in portal.services:
            if portal.start_url is not None:
                found.setdefault(service, portal.start_url)
    return found
