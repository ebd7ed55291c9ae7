"""``sluis saml catalogue``: what a herkenningsmakelaar must have of us."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from click.testing import CliRunner, Result
from lxml import etree
from signxml.verifier import XMLVerifier

from admin.cli.commands import main
from keys.certificates import to_pem
from keys.keyring import KeyUse
from keys.xml.schema import check_metadata
from sandbox.portal.clients import BODEM
from tests.journeys.test_etd_makelaars import speaks
from tests.world import World, make_world

OIN: Final = "00000003999988880000"
MAKELAAR: Final = "00000003244440010000"
OURS: Final = f"urn:etoegang:DV:{OIN}:entities:9001"
ESC: Final = "urn:etoegang:1.13:service-catalog"
NAMES: Final = {
    "esc": ESC,
    "md": "urn:oasis:names:tc:SAML:2.0:metadata",
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def catalogue(world: World, out: Path, *more: str, oin: str = MAKELAAR) -> Result:
    arguments = ["--config", str(world.demo.config), "saml", "catalogue", "polderpoort"]
    return CliRunner().invoke(main, [*arguments, "--oin", oin, "--out", str(out), *more])


def verified(world: World, file: Path) -> etree._Element:
    """What our published key signed."""
    key = world.runtime.configuration.keyring.active(KeyUse.SAML_SIGNING, "RSA")
    assert key.certificate is not None
    found = XMLVerifier().verify(
        file.read_bytes(), x509_cert=to_pem(key.certificate), id_attribute="ID"
    )
    result = found[0] if isinstance(found, list) else found
    assert result.signed_xml is not None
    return result.signed_xml


def test_a_makelaar_gets_our_metadata_and_our_services(world: World, tmp_path: Path) -> None:
    speaks(world, preset="eherkenning", our_entity_id=OURS)
    out = tmp_path / "catalogue"
    done = catalogue(world, out)
    assert done.exit_code == 0, done.output

    raw = etree.fromstring((out / "dv-metadata.xml").read_bytes())
    check_metadata(raw)
    metadata = verified(world, out / "dv-metadata.xml")
    assert metadata.get("entityID") == OURS
    assert metadata.find(".//md:NameIDFormat", NAMES) is None
    asked = [
        one.get("Name")
        for one in metadata.iterfind(".//md:AttributeConsumingService[@index='1']//*[@Name]", NAMES)
    ]
    assert asked == ["urn:etoegang:DV:00000004000000001000:services:0001"]

    whole = verified(world, out / "dienstencatalogus.xml")
    assert whole.get(f"{{{ESC}}}Version") == "urn:etoegang:1.13:53"
    owners = [
        one.text for one in whole.iterfind("esc:ServiceProvider/esc:ServiceProviderID", NAMES)
    ]
    assert owners == sorted(set(filter(None, owners))) and len(owners) > 1
    (definition,) = [
        one
        for one in whole.iterfind(".//esc:ServiceDefinition", NAMES)
        if one.findtext("esc:ServiceUUID", None, NAMES) == BODEM.uuid
    ]
    assert definition.findtext("saml:AuthnContextClassRef", None, NAMES) == (
        "urn:etoegang:core:assurance-class:loa3"
    )
    assert definition.findtext("esc:HerkenningsmakelaarId", None, NAMES) == MAKELAAR
    (instance,) = [
        one
        for one in whole.iterfind(".//esc:ServiceInstance", NAMES)
        if one.findtext("esc:InstanceOfService", None, NAMES) == BODEM.uuid
    ]
    assert instance.findtext("esc:ServiceUUID", None, NAMES) != BODEM.uuid
    assert instance.find("esc:ServiceCertificate/md:KeyDescriptor", NAMES) is not None
    again = tmp_path / "again"
    assert catalogue(world, again, "--allow", "KvKnr,RSIN", "--allow", "KvKnr").exit_code == 0
    text = (again / "dienstencatalogus.xml").read_text()
    same = instance.findtext("esc:ServiceUUID", "", NAMES)
    assert same in text and 'setNumber="2"' in text


def test_a_scheme_knows_the_request_by_the_same_name(world: World) -> None:
    speaks(world, preset="eherkenning", our_entity_id=OURS, request_binding="redirect")
    adapter: Any = world.runtime.configuration.adapters["polderpoort"]
    assert adapter._sp_entity_id == OURS


@pytest.mark.parametrize(
    ("saml", "oin", "more", "told"),
    [
        ({}, MAKELAAR, (), "write dialect: etd"),
        ({"preset": "eherkenning"}, MAKELAAR, (), "saml.our_entity_id"),
        ({"preset": "eherkenning", "our_entity_id": OURS}, "12", (), "--oin"),
        ({"preset": "eherkenning", "our_entity_id": OURS}, MAKELAAR, ("--allow", "BSN"), "BSN"),
    ],
)
def test_what_is_missing_is_said(
    world: World,
    tmp_path: Path,
    saml: dict[str, Any],
    oin: str,
    more: tuple[str, ...],
    told: str,
) -> None:
    speaks(world, **saml)
    done = catalogue(world, tmp_path / "out", *more, oin=oin)
    assert done.exit_code == 2
    assert told in done.output
    assert not (tmp_path / "out").exists()


def test_a_service_that_lacks_what_the_catalogue_asks_is_named(
    world: World, tmp_path: Path
) -> None:
    speaks(world, preset="eherkenning", our_entity_id=OURS)
    documents = yaml.safe_load_all(
        (world.demo.registrations / "20-services.yaml").read_text(encoding="utf-8")
    )
    bodem = next(d for d in documents if d["uuid"] == BODEM.uuid)
    world.apply(yaml.safe_dump({k: v for k, v in bodem.items() if k != "privacy_url"}))
    done = catalogue(world, tmp_path / "out")
    assert done.exit_code == 2
    assert f"Service {BODEM.uuid}: privacy_url is missing" in done.output


def test_the_metadata_of_that_makelaar_are_under_the_name_that_the_scheme_gave_us(
    world: World,
) -> None:
    speaks(world, preset="eherkenning", our_entity_id=OURS)
    broker = world.demo.addresses.broker
    own = world.wire.request("GET", f"{broker}/saml/metadata/polderpoort")
    everybody = world.wire.request("GET", f"{broker}/saml/metadata")
    names = [etree.fromstring(one.body).get("entityID") for one in (own, everybody)]
    assert names == [OURS, f"{broker}/saml/metadata"]
