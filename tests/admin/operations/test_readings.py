"""What is read at each scrape, and what was read at the one before."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from admin.operations import readings
from admin.operations.readings import Readings
from tests.providers.saml.maker import ENTITY_ID, certificate, metadata_of
from tests.world import World, make_world

EXPIRY = "sluis_certificate_expiry_timestamp_seconds"
NEW = "https://nieuwpoort.example/metadata"


def ends(told: Readings) -> dict[str, float]:
    """Of each makelaar the end of its certificate, in seconds."""
    (family,) = (one for one in told.collect() if one.name == EXPIRY)
    found = ((one.labels["owner"], one.value) for one in family.samples)
    return {owner: value for owner, value in found if owner != readings.OURS}


def register(world: World, metadata: str) -> None:
    """A makelaar like one of the demo, with these metadata."""
    text = (world.demo.registrations / "30-makelaars.yaml").read_text(encoding="utf-8")
    known = next(one for one in yaml.safe_load_all(text) if one and one.get("id") == "polderpoort")
    saml = {name: value for name, value in known["saml"].items() if name != "metadata_file"}
    own = {"entity_id": NEW, "metadata": metadata}
    named = {"id": "nieuwpoort", "name": "Nieuwpoort", "aliases": []}
    world.apply(yaml.safe_dump({**known, **named, "saml": {**saml, **own}}), "new.yaml")
    world.process.holder.refresh()


def test_metadata_are_read_once_and_anew_where_they_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scrape comes every few seconds and there may be a thousand makelaars."""
    world = make_world(tmp_path)
    read: list[str] = []
    original = readings.read_metadata

    def noted(document: str, *, entity_id: str) -> Any:
        read.append(entity_id)
        return original(document, entity_id=entity_id)

    monkeypatch.setattr(readings, "read_metadata", noted)
    told = Readings(world.process)
    first = ends(told)
    assert len(read) == len(first) >= 2
    read.clear()
    assert ends(told) == first
    assert read == []

    file = next(world.demo.registrations.rglob("*polderpoort*.xml"))
    like = re.sub(r'entityID="[^"]+"', f'entityID="{NEW}"', file.read_text(encoding="utf-8"))
    register(world, like)
    assert ends(told) == {**first, "nieuwpoort": first["polderpoort"]}
    assert read == [NEW]
    read.clear()

    other = certificate("makelaar")
    register(world, metadata_of(other).decode().replace(ENTITY_ID, NEW))
    assert ends(told) == {**first, "nieuwpoort": other.not_valid_after_utc.timestamp()}
    assert read == [NEW]
