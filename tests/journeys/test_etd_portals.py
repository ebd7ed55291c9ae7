"""A portal that spoke to a makelaar of eHerkenning connects here: it asks as it did, and reads what
it read. What is said of the login is the same as to any portal.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from sandbox.portal.clients import BODEM
from tests.broker.saml.in_world import ENTITY, SamlPortal, document, make_saml_world, numbered
from tests.broker.saml.in_world import portal_metadata as metadata_in_world
from tests.broker.saml.portals import NAMES, TRANSIENT, certificate, key_descriptor
from tests.broker.saml.test_etd import ETD, KEYS, KVK, PSEUDO, read
from tests.world import World

LOA3 = f"{ETD}core:assurance-class:loa3"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_saml_world(tmp_path)


def speaks_etd(world: World, keys: str = KEYS) -> SamlPortal:
    section = {"dialect": "etd", "metadata": metadata_in_world(keys=keys)}
    world.apply(yaml.safe_dump(document(saml=section)))
    return SamlPortal(world)


def test_a_portal_of_eherkenning_logs_somebody_in(world: World) -> None:
    portal = speaks_etd(world)
    acting = []
    for _ in range(2):
        page = portal.walk(portal.by_redirect(portal.asked(numbered(BODEM))))
        assert page.heading == "Terug bij Waterkaart", page.text
        arrived = portal.arrived()
        assert arrived.text("AuthnContextClassRef") == LOA3
        name_id = arrived.assertion.find("saml:Subject/saml:NameID", NAMES)
        assert name_id is not None and name_id.get("Format") == TRANSIENT
        found = read(arrived.assertion, recipient=ENTITY)
        assert found[f"{ETD}core:ServiceUUID"] == [BODEM.uuid]
        assert KVK in dict(found[f"{ETD}core:LegalSubjectID"])
        ((kind, pseudonym),) = found[f"{ETD}core:ActingSubjectID"]
        assert kind == PSEUDO
        acting.append(pseudonym)
    assert acting[0] == acting[1]


def test_without_a_key_to_encrypt_for_nothing_is_registered(world: World) -> None:
    with pytest.raises(Exception, match="mistakes"):
        speaks_etd(world, key_descriptor(certificate("portal")))
