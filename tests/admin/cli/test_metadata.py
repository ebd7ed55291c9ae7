"""``sluis metadata``: in 80 columns and two languages, for programs, and with its exit status."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from admin.registrations import metadata_sources
from broker import start as starting
from sandbox.prepare import Demo
from tests.admin.cli.conftest import Sluis
from tests.admin.metadata.conftest import fingerprint_of
from tests.admin.metadata.publishing import URL, Publisher, document, makelaar
from tests.providers.saml.aggregates import NOORD, ZUID, Listed
from tests.providers.saml.maker import ENTITY_ID


@pytest.fixture
def party(monkeypatch: pytest.MonkeyPatch) -> Publisher:
    """What this installation reaches when it calls anybody."""
    made = Publisher()
    monkeypatch.setattr(metadata_sources, "outgoing_client", lambda _: made)
    monkeypatch.setattr(starting, "outgoing_client", lambda _: made)
    return made


@pytest.fixture
def followed(initialised: None, sluis: Sluis, party: Publisher, tmp_path: Path) -> None:
    """A makelaar that publishes its metadata unsigned."""
    party.put(document("makelaar"))
    apply(sluis, tmp_path)


def apply(sluis: Sluis, folder: Path, **saml: object) -> str:
    file = folder / "makelaar.yaml"
    file.write_text(yaml.safe_dump(makelaar(**saml)), encoding="utf-8")
    done = sluis("apply", "-f", str(file))
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.usefixtures("followed")
def test_all_is_well(sluis: Sluis) -> None:
    done = sluis("metadata", "status")
    assert done.exit_code == 0, done.output
    assert done.output.startswith(f"polderpoort  identity provider\n  {URL}\n")
    assert f"signing key {fingerprint_of('makelaar')[:16]}, 2025-12-31 to " in done.output
    dutch = sluis("metadata", "status", "polderpoort", "--language", "nl").output
    assert "polderpoort  makelaar" in dutch and "wachten op goedkeuring" in dutch


@pytest.mark.usefixtures("followed")
def test_what_waits_is_shown_and_approved(sluis: Sluis, party: Publisher) -> None:
    party.put(document("next", sso="https://makelaar.example/" + "lang/" * 30 + "sso"))
    done = sluis("metadata", "refresh")
    assert done.exit_code == 3
    assert done.output.startswith("polderpoort  waits for approval\n")
    done = sluis("metadata", "status")
    assert done.exit_code == 3
    assert "! Waits since " in done.output
    assert f"    - signing key {fingerprint_of('makelaar')[:16]}" in done.output
    assert f"    + signing key {fingerprint_of('next')[:16]}" in done.output
    assert "    + SingleSignOnService HTTP-Redirect" in done.output
    assert max(map(len, done.output.splitlines())) <= 80
    refused = sluis("metadata", "approve", "polderpoort")
    assert refused.exit_code == 1 and "Take this?" in refused.output  # nobody said yes
    approved = sluis("metadata", "approve", "polderpoort", "--yes", "--kind", "makelaar")
    assert approved.exit_code == 0, approved.output
    assert "Taken: logins go by it within a minute." in approved.output
    assert sluis("metadata", "status").exit_code == 0
    nothing = sluis("metadata", "approve", "polderpoort", "--yes")
    assert nothing.exit_code == 3 and "nothing of it waits" in nothing.output


@pytest.mark.usefixtures("followed")
def test_what_waits_is_rejected_and_reconsidered(sluis: Sluis, party: Publisher) -> None:
    party.put(document("next"))
    sluis("metadata", "refresh")
    assert sluis("metadata", "reject", "polderpoort", "--yes").exit_code == 2  # why?
    too_long = sluis("metadata", "reject", "polderpoort", "--yes", "--because", "x" * 501)
    assert too_long.exit_code == 2 and "at most 500 characters" in too_long.output
    done = sluis("metadata", "reject", "polderpoort", "--yes", "--because", "not announced")
    assert done.exit_code == 0, done.output
    assert "The same does not wait another time." in " ".join(done.output.split())
    assert sluis("metadata", "refresh").output == "polderpoort  rejected by an operator\n"
    told = sluis("metadata", "status")
    assert told.exit_code == 0 and "Rejected on " in told.output
    (fields,) = json.loads(sluis("metadata", "status", "--json").output)
    assert fields["rejected"]["at"] and fields["waiting"] is None
    again = sluis("metadata", "reconsider", "polderpoort")
    assert again.exit_code == 0, again.output
    assert "It waits for approval again." in again.output
    assert sluis("metadata", "reconsider", "polderpoort").exit_code == 3
    assert sluis("metadata", "reconsider", "nergens").exit_code == 2
    approved = sluis("metadata", "approve", "polderpoort", "--yes", "--because", "called them")
    assert approved.exit_code == 0, approved.output


@pytest.mark.usefixtures("followed")
def test_what_fails_is_told_with_why(sluis: Sluis, party: Publisher) -> None:
    party.put(document("makelaar", entity_id="https://other.example"))
    done = sluis("metadata", "refresh", "polderpoort")
    assert done.exit_code == 3
    words = " ".join(done.output.split())
    assert words.startswith("polderpoort not taken: they are of 'https://other.example', and ")
    assert f"'{ENTITY_ID}' is registered (entity_other)" in words
    told = sluis("metadata", "status")
    assert told.exit_code == 3 and "! Failed since " in told.output
    ill = sluis("doctor")
    assert "of polderpoort nothing good since" in ill.output
    party.put(document("makelaar"))
    assert sluis("metadata", "refresh").output == "polderpoort  renewed, nothing else\n"
    assert "1 followed of 1, none fails, waits or ends soon" in sluis("doctor").output


@pytest.mark.usefixtures("followed")
def test_for_programs(sluis: Sluis, party: Publisher) -> None:
    party.put(document("makelaar", "next"))
    sluis("metadata", "refresh")
    done = sluis("metadata", "status", "--json")
    (told,) = json.loads(done.output)
    assert done.exit_code == 3
    assert (told["kind"], told["name"], told["address"]) == ("IdentityProvider", "polderpoort", URL)
    assert told["voucher"] == "nobody" and told["failing"] is None
    assert told["waiting"]["reason"] == "not_vouched"
    assert told["waiting"]["keys_added"] == [fingerprint_of("next")]
    assert [key["sha256"] for key in told["keys"]] == [fingerprint_of("makelaar")]


@pytest.mark.usefixtures("initialised")
def test_nothing_is_registered(sluis: Sluis) -> None:
    assert (
        sluis("metadata", "status").output == "No identity provider and no portal has metadata.\n"
    )
    assert sluis("metadata", "status", "--json").output == "[]\n"


@pytest.mark.usefixtures("registered")
def test_metadata_from_files_have_no_address(sluis: Sluis, demo: Demo) -> None:
    done = sluis("metadata", "refresh")
    assert done.exit_code == 0 and "no" in done.output
    told = sluis("metadata", "status", "polderpoort").output
    assert "From the registration itself" in told


@pytest.mark.usefixtures("followed")
@pytest.mark.parametrize("command", [("status",), ("refresh",), ("approve", "--yes")])
def test_a_name_that_is_not_known(sluis: Sluis, command: tuple[str, ...]) -> None:
    done = sluis("metadata", command[0], "nergens", *command[1:])
    assert done.exit_code == 2
    assert "no party with SAML metadata is called nergens" in done.output


@pytest.mark.usefixtures("followed")
def test_apply_of_other_metadata_says_what_it_replaces(
    sluis: Sluis, party: Publisher, tmp_path: Path
) -> None:
    unchanged = apply(sluis, tmp_path)
    assert "1 unchanged" in unchanged
    file = tmp_path / "makelaar.yaml"
    file.write_text(yaml.safe_dump(makelaar(metadata=document("next"))), encoding="utf-8")
    done = sluis("diff", "-f", str(file))
    assert f"    - signing {fingerprint_of('makelaar')[:16]}" in done.output
    assert f"    + signing {fingerprint_of('next')[:16]}" in done.output
    assert URL in sluis("export").output
    assert "EntityDescriptor" not in sluis("export").output


def test_the_list_of_a_federation_is_looked_at_and_told(
    initialised: None,
    sluis: Sluis,
    tmp_path: Path,
) -> None:
    bad = replace(ZUID, key="")
    now = datetime.now(UTC)
    listed = Listed(members=(NOORD, bad), since=now).write(tmp_path / "list.xml")
    federation = {
        "kind": "Federation",
        "id": "noordzee",
        "name": "Noordzee",
        "services": "all",
        "level_ceiling": "EH2",
        "saml": {
            "aggregate_file": str(listed),
            "metadata_signing_fingerprints": [fingerprint_of("federation")],
        },
    }
    file = tmp_path / "federation.yaml"
    file.write_text(yaml.safe_dump(federation), encoding="utf-8")
    assert sluis("apply", "-f", str(file)).exit_code == 0
    done = sluis("metadata", "status")
    assert done.exit_code == 3 and "! No list of this federation holds yet." in done.output
    done = sluis("metadata", "refresh", "noordzee")
    assert done.exit_code == 0, done.output
    assert "noordzee  taken\n" in done.output and "1, new: 1, changed: 0" in done.output
    done = sluis("metadata", "status", "noordzee")
    assert done.exit_code == 0, done.output
    assert done.output.startswith(f"noordzee  federation\n  {listed}\n")
    assert "Identity providers: 1; left out: 1" in done.output
    assert ZUID.entity_id in done.output and "(certificates)" in done.output
    told = json.loads(sluis("metadata", "status", "noordzee", "--json").output)
    assert (told[0]["listed"]["members"], told[0]["kind"]) == (1, "Federation")
    assert told[0]["listed"]["left_out_first"][0]["reason"] == "certificates"
    nothing = sluis("metadata", "approve", "noordzee", "--yes")
    assert nothing.exit_code == 3 and "nothing of it waits" in nothing.output
