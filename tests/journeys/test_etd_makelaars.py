"""From portal to token with a makelaar of eHerkenning: encrypted identifiers, the service by its
index, and a direct, a chain or a limited mandate. The demo's makelaar makes its answers with
libraries of its own.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import text

from admin.cli.commands import main
from directory import evidence
from keys.keyring import KeyUse
from providers.saml.advice import unpacked
from sandbox.browser import Page
from sandbox.makelaar.etd import pseudonym
from state import audit
from state.audit import EventTag
from state.db import Base
from tests.providers.saml.edits import CLASS_REF, NAME_ID, STATEMENT, add, put
from tests.providers.saml.edits import text as text_of
from tests.providers.saml.etd import BSN, GDI, MIDDEN, TRANSIENT, NameId
from tests.providers.saml.etd_sealing import EtdEnvelope, KeyFor
from tests.providers.saml.in_world import BODEM, CONSENT, IN, made, rejections
from tests.providers.saml.maker import spoilt
from tests.world import ADDRESSES, World, make_world

HANNA: Final = "pp-hanna-d07e68"  # as the makelaar knows her inside
GROENRIJK: Final = "90001639"
KANTOOR: Final = "90001542"
BRANCH: Final = "000012345678"


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = make_world(tmp_path)
    speaks(made, preset="eherkenning")
    return made


def speaks(world: World, **saml: Any) -> None:
    """Polderpoort as a makelaar of eHerkenning."""
    file = world.demo.registrations / "30-makelaars.yaml"
    documents = yaml.safe_load_all(file.read_text(encoding="utf-8"))
    document = next(d for d in documents if d["id"] == "polderpoort")
    kept = {name: document["saml"][name] for name in ("entity_id", "metadata_file")}
    world.apply(yaml.safe_dump({**document, "saml": {**kept, **saml}}))


def answers(world: World, **how: str) -> None:
    """What the makelaar of the demo answers from now on."""
    form = "&".join(f"{name}={value}" for name, value in {"dialect": "etd", **how}.items())
    world.wire.request(
        "POST",
        f"{ADDRESSES.makelaars}/polderpoort/config",
        form,
        {"Content-Type": "application/x-www-form-urlencoded"},
    )


def login(world: World, service: str = BODEM) -> Page:
    browser = world.browser()
    page = world.walk(service, "Polderpoort", "hanna", browser=browser).run()
    return browser.press("agree", "yes") if page.heading == CONSENT else page


def test_a_direct_mandate_of_eherkenning_reaches_the_portal(world: World) -> None:
    answers(world)
    page = login(world)
    assert page.heading == IN, page.text
    assert GROENRIJK in page.text
    assert KANTOOR not in page.text


def test_a_chain_of_eherkenning_reaches_the_portal(world: World) -> None:
    answers(world, mandate="chain")
    page = login(world)
    assert page.heading == IN, page.text
    assert GROENRIJK in page.text
    assert KANTOOR in page.text


def test_a_limit_of_eherkenning_reaches_the_portal(world: World) -> None:
    answers(world, mandate="branch")
    page = login(world)
    assert page.heading == IN, page.text
    assert BRANCH in page.text


def test_a_chain_within_a_branch_is_refused(world: World) -> None:
    answers(world, mandate="both")
    assert login(world).heading != IN
    assert [row.reason for row in rejections(world)] == ["branch"]


def test_identifiers_in_the_clear_are_refused(world: World) -> None:
    answers(world, dialect="clear")
    assert login(world).heading != IN
    assert [row.reason for row in rejections(world)] == ["identifier_clear"]


def test_the_same_person_comes_back_as_the_same_person(world: World) -> None:
    """By the acting subject, whatever the name of the session."""
    answers(world)
    for _ in range(2):
        assert login(world).heading == IN
    with world.session() as session:
        rows = session.execute(
            text("SELECT person_id FROM external_identity WHERE provider_id = 'polderpoort'")
        ).all()
    assert len({row[0] for row in rows}) == len(rows)


def test_the_evidence_is_kept_sealed_and_found_by_its_reference(world: World) -> None:
    answers(world)
    assert login(world).heading == IN
    with world.session() as session:
        ((reference,),) = session.execute(text("SELECT reference FROM login_evidence")).all()
        (kept,) = evidence.of_login(session, world.process.sealer, reference)
        assert b"urn:etoegang:MR:" in unpacked(kept)
        (named,) = session.execute(
            text("SELECT count(*) FROM login_history WHERE reference = :one"), {"one": reference}
        ).one()
        assert named == 1
        assert evidence.purge(session, world.clock() + timedelta(days=1)) == 1


def test_an_operator_takes_the_evidence_out_and_that_is_audited(
    world: World, tmp_path: Path
) -> None:
    answers(world)
    assert login(world).heading == IN
    with world.session() as session:
        ((reference,),) = session.execute(text("SELECT reference FROM login_evidence")).all()
    out = tmp_path / "taken"
    out.mkdir()

    def taken(named: str) -> Result:
        start = ["--config", str(world.demo.config), "audit", "evidence"]
        return CliRunner().invoke(main, [*start, named, "--out", str(out)])

    done = taken(f"{reference[:4]}-{reference[4:]}".lower())
    assert done.exit_code == 0, done.output
    (file,) = out.iterdir()
    assert b"urn:etoegang:MR:" in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    assert taken("ABCD2345").exit_code == 1
    assert taken("no").exit_code == 2
    with world.session() as session:
        told = audit.recent(session, tags=[EventTag.EXPORT_MADE])
    assert {event.reference for event in told} == {reference, "ABCD2345"}


def test_a_login_without_evidence_keeps_none(world: World) -> None:
    speaks(world)
    answers(world, dialect="clear")
    assert login(world).heading == IN
    with world.session() as session:
        assert session.execute(text("SELECT count(*) FROM login_evidence")).scalar() == 0


NUMBER: Final = "999993653"  # a BSN that nobody has


def test_a_citizen_service_number_is_nowhere_to_be_read(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    """DigiD under ST-SAML: who logs in is known by a BSN; no page, log, address or row has it."""
    speaks(
        world,
        preset="digid",
        response_binding="post",
        request_binding="redirect",
        require_signed="both",
    )
    key = world.runtime.configuration.keyring.active(KeyUse.SAML_ENCRYPTION, "RSA").key
    assert isinstance(key, rsa.RSAPrivateKey)
    ours = f"{ADDRESSES.broker}/saml/metadata"
    how = EtdEnvelope(keys=(KeyFor(ours, key),))
    name_id = NameId(NUMBER, BSN, how).xml()
    acting = f"{GDI}ActingSubjectID"
    recipe = spoilt(
        put(NAME_ID, "Format", TRANSIENT),
        text_of(CLASS_REF, MIDDEN),
        add(
            STATEMENT,
            f'<saml:Attribute Name="{acting}"><saml:AttributeValue>{name_id}'
            "</saml:AttributeValue></saml:Attribute>",
        ),
    )
    asked = made(world, recipe, service="Bodemkaart inzien", subject="of-this-session")
    page = asked.bring()
    for _ in range(3):
        if page.heading == IN or not page.forms:
            break
        page = asked.browser.press("agree", "yes")
    assert page.heading == IN, page.text
    out = capfd.readouterr()
    kept = everything(world)
    for place in (kept, page.text, *asked.browser.visited, out.out, out.err):
        assert NUMBER not in place


def test_what_the_makelaar_sealed_lies_nowhere_open(world: World) -> None:
    """Pseudonym, evidence and name of the session: not in a table, trace, log or page."""
    answers(world)
    page = login(world)
    assert page.heading == IN
    secret = pseudonym(HANNA, f"{ADDRESSES.broker}/saml/metadata")
    kept = everything(world)
    for word in (secret, secret.partition("@")[0], "urn:etoegang:AD:", "EncryptedID"):
        assert word not in kept
        assert word not in page.text


def everything(world: World) -> str:
    found = []
    with world.session() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(text(f'SELECT * FROM "{table.name}"')):
                found += [v.decode("latin-1") if isinstance(v, bytes) else str(v) for v in row]
    return "\n".join(found)
