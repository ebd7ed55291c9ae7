"""Portals that could never work, or would do harm, are refused when they are registered; each with
its field, the reason and what to write, and beside each what is merely odd and taken.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy.orm import Session

from admin.registrations.documents import DocumentsRefused
from broker.settings import Settings
from directory.services import OidcClient
from keys.jwks import as_joserfc
from state.registrations import Kind, standing
from tests.admin.registrations.documents import PORTAL, SERVICE, UUID, applied
from tests.keys_for_tests import ec_key

KEY: Final[dict[str, Any]] = as_joserfc(ec_key("portal"), "a").as_dict(private=False)
SECRET_KEY: Final[dict[str, Any]] = as_joserfc(ec_key("portal"), "a").as_dict(private=True)
DIGEST: Final = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"
BY_SECRET: Final = {
    "token_endpoint_auth_method": "client_secret_basic",
    "secret_sha256": [DIGEST],
    "jwks_uri": None,
}
PUBLIC: Final = {"token_endpoint_auth_method": "none", "jwks_uri": None}
BY_KEY: Final = {"jwks_uri": None, "jwks": {"keys": [KEY]}}
APP: Final = {**PUBLIC, "application_type": "native"}


def tried(
    session: Session, settings: Settings, folder: Path, fields: dict[str, Any]
) -> OidcClient | list[str]:
    """What is registered, or the lines that refuse it."""
    given = {name: value for name, value in {**PORTAL, **fields}.items() if value is not None}
    try:
        applied(session, settings, folder, SERVICE, given)
    except DocumentsRefused as refused:
        assert standing(session, Kind.CLIENT, "portaal") is None
        return [line.partition(": ")[2] for line in refused.lines]
    row = standing(session, Kind.CLIENT, "portaal")
    assert row is not None
    return OidcClient.model_validate(row.document)


GOOD: Final[dict[str, dict[str, Any]]] = {
    "keys at an address": {},
    "a secret": BY_SECRET,
    "a secret in the form": {**BY_SECRET, "token_endpoint_auth_method": "client_secret_post"},
    "two secrets while one is replaced": {**BY_SECRET, "secret_sha256": [DIGEST, "a" * 64]},
    "a digest as PowerShell prints it": {**BY_SECRET, "secret_sha256": [f"{DIGEST.upper()} "]},
    "a portal without a secret": PUBLIC,
    "registered keys": BY_KEY,
    "keys as Keycloak exports them": {
        **BY_KEY,
        "jwks": {
            "keys": [
                {**KEY, "use": "sig", "key_ops": ["verify"], "x5c": ["MIIB"], "x5t": "q"},
                {**KEY, "kid": "b", "use": "enc"},
            ]
        },
    },
    "keys as a browser exports them": {
        **BY_KEY,
        "jwks": {"keys": [{**KEY, "key_ops": ["verify"], "ext": True}]},
    },
    "keys beside a secret, which some products publish anyway": {
        **BY_SECRET,
        "jwks_uri": "https://portaal.example/jwks",
    },
    "an app with a scheme of its own": {**APP, "redirect_uris": ["nl.example.app:/callback"]},
    "an app on loopback": {**APP, "redirect_uris": ["http://127.0.0.1/callback"]},
    "a portal that somebody is developing": {"redirect_uris": ["http://localhost:3000/callback"]},
    "capitals in the host": {"redirect_uris": ["https://OK.example/callback"]},
    "a host in its xn-- form": {"redirect_uris": ["https://xn--bcher-kva.example/callback"]},
    "a query of its own": {"redirect_uris": ["https://portaal.example/terug?tenant=1"]},
    "two hosts and a sector": {
        "redirect_uris": ["https://a.example/terug", "https://b.example/terug"],
        "sector_identifier": "a.example",
    },
    "without PKCE, with a key": {"require_pkce": False},
    "every claim": {
        "claims": [
            {"name": name, "purpose": {"nl": "x", "en": "x"}}
            for name in ("represents", "mandate", "idp", "assurance", "name", "email")
        ]
    },
    "a start page with a fragment": {"home_url": "https://portaal.example/#/start"},
    "logout at another port that we call": {
        "backchannel_logout_uri": "https://portaal.example:8443/logout?x=1"
    },
}


@pytest.mark.parametrize("fields", GOOD.values(), ids=GOOD)
def test_a_portal_that_can_work_is_registered(
    session: Session, settings: Settings, tmp_path: Path, fields: dict[str, Any]
) -> None:
    found = tried(session, settings, tmp_path, fields)
    assert isinstance(found, OidcClient), found


def test_a_digest_is_kept_as_it_is_compared(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    capitals = {**BY_SECRET, "secret_sha256": [DIGEST.upper()]}
    found = tried(session, settings, tmp_path, capitals)
    assert isinstance(found, OidcClient) and found.secret_sha256 == (DIGEST,)


def _back(address: str) -> dict[str, Any]:
    return {"redirect_uris": [address]}


BAD: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "a script to return to": (_back("javascript:alert(1)"), "redirect_uris.0"),
    "data to return to": (_back("data:text/html,x"), "redirect_uris.0"),
    "http elsewhere": (_back("http://portal.example/cb"), "redirect_uris.0"),
    "a fragment": (_back("https://ok.example/cb#x"), "redirect_uris.0"),
    "a wildcard": (_back("https://*.example/cb"), "redirect_uris.0"),
    "a user name": (_back("https://a@ok.example/cb"), "redirect_uris.0"),
    "a password": (_back("https://a:geheim@ok.example/cb"), "redirect_uris.0"),
    "a password of an address that we call": (
        {"jwks_uri": "https://a:gehe@geheim@ok.example/jwks"},
        "jwks_uri",
    ),
    "a relative one": (_back("/cb"), "redirect_uris.0"),
    "an empty one": (_back(""), "redirect_uris.0"),
    "a space": (_back(" https://ok.example/cb"), "redirect_uris.0"),
    "a line break": (_back("https://ok.example/cb\r\nX-A: b"), "redirect_uris.0"),
    "no scheme": (_back("ok.example/cb"), "redirect_uris.0"),
    "an app's scheme of a portal": (_back("nl.example.app:/cb"), "redirect_uris.0"),
    "letters that are not ASCII": (_back("https://bücher.example/cb"), "redirect_uris.0"),
    "the second of two": (
        {"redirect_uris": ["https://ok.example/cb", "https://ok.example/cb#x"]},
        "redirect_uris.1",
    ),
    "none": ({"redirect_uris": []}, "redirect_uris"),
    "an app's scheme without a domain": (
        {**APP, "redirect_uris": ["myapp:/cb"]},
        "redirect_uris.0",
    ),
    "a script of an app": ({**APP, "redirect_uris": ["javascript:alert(1)"]}, "redirect_uris.0"),
    "a script after logging out": (
        {"post_logout_redirect_uris": ["javascript:alert(1)"]},
        "post_logout_redirect_uris.0",
    ),
    "http after logging out": (
        {"post_logout_redirect_uris": ["http://x.example/"]},
        "post_logout_redirect_uris.0",
    ),
    "logout over http": ({"backchannel_logout_uri": "http://10.0.0.1/x"}, "backchannel_logout_uri"),
    "logout with a fragment": (
        {"backchannel_logout_uri": "https://ok.example/x#y"},
        "backchannel_logout_uri",
    ),
    "logout to a file": (
        {"backchannel_logout_uri": "file:///etc/passwd"},
        "backchannel_logout_uri",
    ),
    "logout at an address without a name": (
        {"backchannel_logout_uri": "https://10.0.0.1/x"},
        "backchannel_logout_uri",
    ),
    "logout at a port that we do not call": (
        {"backchannel_logout_uri": "https://ok.example:6443/x"},
        "backchannel_logout_uri",
    ),
    "logout at a name inside a network": (
        {"backchannel_logout_uri": "https://portaal/x"},
        "backchannel_logout_uri",
    ),
    "keys over http": ({"jwks_uri": "http://ok.example/jwks"}, "jwks_uri"),
    "keys at another port": ({"jwks_uri": "https://ok.example:9443/jwks"}, "jwks_uri"),
    "no keys": ({"jwks_uri": None}, "jwks"),
    "no secret": ({**BY_SECRET, "secret_sha256": []}, "secret_sha256"),
    "a secret of a public portal": ({**PUBLIC, "secret_sha256": [DIGEST]}, "secret_sha256"),
    "a secret beside a key": ({"secret_sha256": [DIGEST]}, "secret_sha256"),
    "a public portal without PKCE": ({**PUBLIC, "require_pkce": False}, "require_pkce"),
    "a secret that is no digest": (
        {**BY_SECRET, "secret_sha256": ["geheim in klare taal"]},
        "secret_sha256.0",
    ),
    "a digest of something else": ({**BY_SECRET, "secret_sha256": ["a" * 40]}, "secret_sha256.0"),
    "a digest that is no ASCII": ({**BY_SECRET, "secret_sha256": ["é" * 64]}, "secret_sha256.0"),
    "the digest of nothing": (
        {
            **BY_SECRET,
            "secret_sha256": ["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
        },
        "secret_sha256.0",
    ),
    "a private key": ({**BY_KEY, "jwks": {"keys": [SECRET_KEY]}}, "jwks.keys.0"),
    "half a key": ({**BY_KEY, "jwks": {"keys": [{"kty": "RSA"}]}}, "jwks.keys.0"),
    "a symmetric key": ({**BY_KEY, "jwks": {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}}, "jwks"),
    "a short key": (
        {**BY_KEY, "jwks": {"keys": [{"kty": "RSA", "e": "AQAB", "n": "wJ2bBvY7uFvQ1lA"}]}},
        "jwks.keys.0",
    ),
    "no key in the set": ({**BY_KEY, "jwks": {"keys": []}}, "jwks"),
    "no set": ({**BY_KEY, "jwks": {"key": [KEY]}}, "jwks"),
    "a key that is text": ({**BY_KEY, "jwks": {"keys": ["x"]}}, "jwks.keys.0"),
    "one name for two keys": ({**BY_KEY, "jwks": {"keys": [KEY, KEY]}}, "jwks.keys.1"),
    "keys twice": ({"jwks": {"keys": [KEY]}}, "jwks_uri"),
    "a claim that there is not": (
        {"claims": [{"name": "bsn", "purpose": {"nl": "x", "en": "x"}}]},
        "claims.0.name",
    ),
    "a claim that is always there": (
        {"claims": [{"name": "sub", "purpose": {"nl": "x", "en": "x"}}]},
        "claims.0.name",
    ),
    "a claim twice": (
        {"claims": [{"name": "idp", "purpose": {"nl": "x", "en": "x"}}] * 2},
        "claims.1.name",
    ),
    "a script as start page": ({"home_url": "javascript:alert(1)"}, "home_url"),
    "a start over http": ({"initiate_login_uri": "http://x.example/"}, "initiate_login_uri"),
    "a default service of another": (
        {"default_service": "5a000000-0000-4000-8000-000000000002"},
        "default_service",
    ),
    "a service that there is not": (
        {"services": ["5a000000-0000-4000-8000-0000000000ff"]},
        "services",
    ),
    "two hosts and no sector": (
        {"redirect_uris": ["https://a.example/cb", "https://b.example/cb"]},
        "sector_identifier",
    ),
    "a sector that is an address": (
        {"sector_identifier": "https://portaal.example/uris.json"},
        "sector_identifier",
    ),
    "the sector of another portal": ({"sector_identifier": "client:ander"}, "sector_identifier"),
    "a name that turns the page around": (
        {"name": {"nl": "Portaal \u202eabc", "en": "Portal"}},
        "name.nl",
    ),
}


@pytest.mark.parametrize(("fields", "field"), BAD.values(), ids=BAD)
def test_a_portal_that_cannot_work_is_refused_with_what_to_write(
    session: Session, settings: Settings, tmp_path: Path, fields: dict[str, Any], field: str
) -> None:
    lines = tried(session, settings, tmp_path, fields)
    assert isinstance(lines, list), lines
    where = {line.partition(": ")[0] for line in lines}
    assert any(one == field or one.startswith(f"{field}.") for one in where), lines
    assert "geheim" not in str(lines)  # what may be a secret is not repeated


def test_every_mistake_of_every_document_is_told_at_once(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    wrong = {**_back("/cb"), **BY_SECRET, "secret_sha256": ["x"], "services": [UUID[:-1] + "6"]}
    lines = tried(session, settings, tmp_path, wrong)
    assert isinstance(lines, list)
    assert [line.partition(":")[0] for line in lines] == [
        "redirect_uris.0",
        "secret_sha256.0",
        "services",
    ]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        (_back("https://OK.example/cb"), "redirect_uris.0"),
        ({**BY_KEY, "jwks": {"keys": [{**KEY, "kid": "b", "use": "enc"}, KEY]}}, "jwks.keys.0"),
    ],
)
def test_what_is_merely_odd_is_told_and_done(
    session: Session, settings: Settings, tmp_path: Path, fields: dict[str, Any], field: str
) -> None:
    from admin.registrations import checking
    from admin.registrations.reading import read
    from tests.admin.registrations.documents import written

    assert isinstance(tried(session, settings, tmp_path, fields), OidcClient)
    given = {name: value for name, value in {**PORTAL, **fields}.items() if value is not None}
    entries = read(written(tmp_path, given))
    checked = checking.check(session, settings, entries, may_move=False)
    assert not checked.mistakes
    ((text,),) = checked.warnings.values()
    assert text.startswith(f"{field}: ")
