"""``sluis keys request``, ``import``, ``date``, ``certificates``: the yearly change by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)

from admin.cli import main
from keys.certificates import fingerprint
from sandbox.prepare import Demo
from tests.admin.cli.conftest import Sluis
from tests.keys.authority import YEAR, bundle, issued
from tests.keys_for_tests import rsa_key

SUBJECT = "CN=login.example.nl,O=Waterschap Voorbeeld,C=NL"
NOW = datetime.now(UTC)
DAY = (NOW + timedelta(days=40)).strftime("%Y-%m-%d")


@pytest.fixture(autouse=True)
def _initialised(initialised: None) -> None:
    """For every test."""


def shown(sluis: Sluis) -> dict[str, Any]:
    done = sluis("keys", "certificates", "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.output)
    return found


def of(sluis: Sluis, use: str = "saml_signing") -> list[dict[str, Any]]:
    return [one for one in shown(sluis)["certificates"] if one["use"] == use]


def asked(sluis: Sluis, use: str = "saml_signing", *more: str) -> RSAPublicKey:
    done = sluis("keys", "request", "--use", use, "--subject", SUBJECT, *more)
    assert done.exit_code == 0, done.output
    key = x509.load_pem_x509_csr(done.output.encode()).public_key()
    assert isinstance(key, RSAPublicKey)
    return key


def certificate(key: RSAPublicKey) -> x509.Certificate:
    return issued(key, begin=NOW - timedelta(days=1), end=NOW + 3 * YEAR)


def written(folder: Path, text: str | bytes, name: str = "chain.pem") -> str:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(file)


def test_a_certificate_is_asked_imported_and_moved(sluis: Sluis, tmp_path: Path) -> None:
    given = certificate(asked(sluis))
    assert [one["state"] for one in of(sluis)] == ["active", "requested"]
    file = written(tmp_path, bundle(given))
    done = sluis("keys", "import", "--use", "saml_signing", file, "--from", DAY)
    assert done.exit_code == 0 and f"is used from {DAY[:8]}" in done.output, done.output
    (following,) = (one for one in of(sluis) if one["state"] == "next")
    assert following["fingerprint"] == fingerprint(given)
    assert following["issuer"] == "CN=issuing authority"

    later = (NOW + timedelta(days=50)).strftime("%Y-%m-%d")
    done = sluis("keys", "date", "--", following["kid"], later)
    assert done.exit_code == 0, done.output
    (moved,) = (one for one in of(sluis) if one["state"] == "next")
    assert moved["activates_at"] > following["activates_at"]
    assert "issuing authority" in sluis("keys", "certificates").output


def test_the_request_of_a_key_that_waits_is_had_again(sluis: Sluis) -> None:
    assert asked(sluis) == asked(sluis, "saml_signing", "--again")
    done = sluis("keys", "request", "--use", "saml_signing", "--subject", SUBJECT)
    assert (done.exit_code, "open already" in done.output) == (2, True)


def test_a_private_key_of_elsewhere_is_asked_its_password(
    sluis: Sluis, demo: Demo, tmp_path: Path
) -> None:
    pair = rsa_key("elsewhere")
    sealed = pair.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"geheim")
    )
    arguments = ["--config", str(demo.config), "keys", "import", "--use", "saml_tls_client"]
    arguments += [written(tmp_path, bundle(certificate(pair.public_key())))]
    arguments += ["--key", written(tmp_path, sealed, "key.pem")]
    done = CliRunner().invoke(main, arguments, input="anders\n")
    assert (done.exit_code, "cannot be read" in done.output) == (2, True), done.output
    done = CliRunner().invoke(main, arguments, input="geheim\n")
    assert (done.exit_code, "is used from now on" in done.output) == (0, True), done.output
    assert [one["state"] for one in of(sluis, "saml_tls_client")] == ["active"]
    assert "geheim" not in done.output


def test_a_date_is_given_to_one_that_is_made_here(sluis: Sluis) -> None:
    done = sluis("keys", "rotate", "--use", "saml_idp_signing", "--from", DAY)
    assert done.exit_code == 0, done.output
    (following,) = (one for one in of(sluis, "saml_idp_signing") if one["state"] == "next")
    at = datetime.fromisoformat(following["activates_at"])
    assert timedelta(days=38) < at - NOW < timedelta(days=40)


def test_parties_are_listed_that_read_nothing_yet(sluis: Sluis, registered: None) -> None:
    found = {(one["role"], one["party"]): one for one in shown(sluis)["parties"]}
    assert found["sp", "polderpoort"]["next_at"] is None
    assert ("sp", "zekerweg") not in found  # OpenID Connect
    assert "polderpoort" in sluis("keys", "certificates").output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("date", "nobody-knows", DAY), "no key in use has the id nobody-knows"),
        (("date", "-hno-key-at-all", DAY), "no key in use has the id -hno-key-at-all"),
        (("date", "--", "ACTIVE", DAY), "only the day of a next key"),
        (("import", "--use", "saml_signing", "FILE"), "no certificate in PEM"),
        (("request", "--use", "saml_signing", "--subject", "login"), "cannot be read"),
        (("request", "--use", "oidc_signing", "--subject", SUBJECT), "oidc_signing"),
    ],
    ids=["unknown", "looks like an option", "active", "no PEM", "no subject", "no certificate"],
)
def test_what_cannot_be_ends_with_2_and_says_why(
    sluis: Sluis, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    before = shown(sluis)
    stand_ins = {
        "ACTIVE": of(sluis)[0]["kid"],
        "FILE": written(tmp_path, "something else"),
    }
    done = sluis("keys", *(stand_ins.get(one, one) for one in arguments))
    assert (done.exit_code, told in done.output) == (2, True), done.output
    assert shown(sluis) == before


def test_beside_a_next_one_nothing_is_imported(sluis: Sluis, tmp_path: Path) -> None:
    assert sluis("keys", "rotate", "--use", "saml_signing").exit_code == 0
    file = written(tmp_path, bundle(certificate(asked(sluis))))
    done = sluis("keys", "import", "--use", "saml_signing", file)
    assert (done.exit_code, "published already" in done.output) == (2, True), done.output


def test_a_next_key_past_the_end_of_its_certificate_is_refused(
    sluis: Sluis, tmp_path: Path
) -> None:
    file = written(tmp_path, bundle(certificate(asked(sluis))))
    assert sluis("keys", "import", "--use", "saml_signing", file).exit_code == 0
    (following,) = (one for one in of(sluis) if one["state"] == "next")
    done = sluis("keys", "date", "--", following["kid"], f"{NOW.year + 4}-01-01")
    assert (done.exit_code, "is valid from" in done.output) == (2, True), done.output
