"""A SAML makelaar is registered with its metadata, which must be its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from admin.registrations import makelaar_metadata
from admin.registrations.documents import DocumentsRefused, Entry
from broker.settings import Settings
from providers.registry import ProviderRecord, SamlSettings


def entry(saml: SamlSettings | None) -> Entry:
    record = ProviderRecord.model_construct(id="m", saml=saml)
    return Entry("IdentityProvider", record, "file:1", Path())


def test_another_makelaar_stays_as_it_is(settings: Settings) -> None:
    without = entry(None)
    assert makelaar_metadata.complete(without, settings) is without


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
        makelaar_metadata.complete(entry(described), settings)
    (line,) = refused.value.lines
    assert line.startswith("file:1: saml.metadata: ") and said in line
