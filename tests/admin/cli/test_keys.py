"""``sluis keys``: an operator sees, rotates and revokes keys."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest
from click.testing import CliRunner
from joserfc.jwk import RSAKey
from sqlalchemy.orm import Session

from admin.cli import main
from broker import settings
from keys.rotation import NEEDED
from keys.sealing import KEY_BYTES
from keys.signing_key import KeyUse
from sandbox.prepare import Demo
from state import audit
from state.audit import AuditEvent, EventTag
from state.engine import make_engine
from tests.admin.cli.conftest import Sluis

WRITES = (
    ("init",),
    ("serve",),
    ("keys", "rotate"),
    ("keys", "revoke", "--now", "--yes"),
)


def listed(sluis: Sluis) -> list[dict[str, Any]]:
    done = sluis("keys", "list", "--json")
    assert done.exit_code == 0, done.output
    found: list[dict[str, Any]] = json.loads(done.output)
    return found


def kid_of(sluis: Sluis, use: KeyUse, state: str = "active", algorithm: str = "") -> str:
    found = [k for k in listed(sluis) if (k["use"], k["state"]) == (use, state)]
    kid: str = next(k["kid"] for k in found if k["algorithm"].startswith(algorithm))
    return kid


@pytest.fixture(autouse=True)
def _initialised(initialised: None) -> None:
    """For every test."""


def events(demo: Demo, tag: EventTag) -> list[AuditEvent]:
    with Session(make_engine(settings.load(demo.config, {}).database.url)) as session:
        return audit.recent(session, tags=[tag])


def test_the_list_shows_each_key_and_nothing_of_its_private_half(sluis: Sluis) -> None:
    keys = listed(sluis)
    assert [(k["use"], k["algorithm"]) for k in keys] == [(str(u), a) for u, a in NEEDED]
    members = {"kid", "use", "algorithm", "state", "since", "moves_at", "certificate_end"}
    assert all(set(key) == members for key in keys)
    head, *lines = sluis("keys", "list").output.splitlines()
    assert head.split() == [
        *("use", "algorithm", "id", "state", "since", "(UTC)", "moves", "certificate", "until")
    ]
    for key, line in zip(keys, lines, strict=True):
        days = [(key[n] or "-")[:10] for n in ("since", "moves_at", "certificate_end")]
        assert line.split() == [key["use"], key["algorithm"], key["kid"][:12], "active", *days]


@pytest.mark.parametrize("short", [True, False])
def test_a_makelaar_that_keeps_a_key_by_hand_gets_its_public_half(
    sluis: Sluis, *, short: bool
) -> None:
    """The same numbers as in the key set, and nothing of the private half."""
    kid = kid_of(sluis, KeyUse.CLIENT_ENCRYPTION)
    shown = sluis("keys", "public", kid[:12] if short else kid).output
    assert shown.startswith("-----BEGIN PUBLIC KEY-----\n") and shown.count("-----BEGIN") == 1
    assert RSAKey.import_key(shown).thumbprint() == kid


def test_of_a_key_that_is_not_there_nothing_is_shown(sluis: Sluis) -> None:
    done = sluis("keys", "public", "nothingofthekind")
    assert done.exit_code == 2 and "no key in use has the id" in done.output
    assert "BEGIN" not in done.output


def test_the_plan_changes_nothing_and_the_rotation_publishes_each_key_once(sluis: Sluis) -> None:
    before = listed(sluis)
    plan = sluis("keys", "rotate", "--plan", "--use", "saml_signing").output.splitlines()
    old = kid_of(sluis, KeyUse.SAML_SIGNING)[:12]
    assert [line.split("RSA")[1].strip() for line in plan] == [
        "a new key is published",
        "a new key is used",
        f"{old} is published for what it did before",
        f"{old} goes",
    ]
    assert listed(sluis) == before

    first = sluis("keys", "rotate", "--use", "saml_signing")
    assert (first.exit_code, len(first.output.splitlines())) == (0, 1)
    following = kid_of(sluis, KeyUse.SAML_SIGNING, "next")
    assert following[:12] in first.output
    assert len(listed(sluis)) == len(before) + 1
    again = sluis("keys", "rotate").output.splitlines()
    assert [line for line in again if "published already" in line] == [
        "saml_signing RSA: a next key is published already"
    ]
    assert len(listed(sluis)) == 2 * len(before)


def test_K_03_a_key_is_revoked_and_replaced_and_audited(sluis: Sluis, demo: Demo) -> None:
    old = kid_of(sluis, KeyUse.OIDC_SIGNING, algorithm="ES256")
    done = sluis("keys", "revoke", "--now", "--yes", "--", old)
    assert done.exit_code == 0, done.output
    assert "/jwks" in done.output and "is revoked" in done.output
    new = kid_of(sluis, KeyUse.OIDC_SIGNING, algorithm="ES256")
    assert new != old and new[:12] in done.output
    assert old not in {key["kid"] for key in listed(sluis)}
    (event,) = events(demo, EventTag.KEY_RETIRED)
    assert (event.reason, event.details["kid"]) == ("revoked", old)


@pytest.mark.parametrize(("answer", "goes"), [("y\n", True), ("n\n", False), ("", False)])
def test_a_revocation_asks_first(sluis: Sluis, demo: Demo, answer: str, goes: bool) -> None:
    old = kid_of(sluis, KeyUse.CLIENT_SIGNING)
    command = ["--config", str(demo.config), "keys", "revoke", "--now", "--", old[:12]]
    done = CliRunner().invoke(main, command, input=answer)
    assert "Revoke this key?" in done.output
    assert done.exit_code == (0 if goes else 1)
    assert (kid_of(sluis, KeyUse.CLIENT_SIGNING) != old) is goes


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nobody-knows-this-key", "--now", "--yes"), "no key in use has the id nobody-knows"),
        (("-hno-key-at-all", "--now", "--yes"), "no key in use has the id -hno-key-at-all"),
        (("nobody-knows-this-key",), "add --now"),
    ],
)
def test_a_revocation_that_cannot_be_ends_with_2(
    sluis: Sluis, arguments: tuple[str, ...], told: str
) -> None:
    before = listed(sluis)
    done = sluis("keys", "revoke", *arguments)
    assert done.exit_code == 2
    assert told in done.output
    assert listed(sluis) == before


@pytest.mark.parametrize("command", WRITES[1:], ids=" ".join)
def test_K_06_without_its_master_key_it_stops_and_says_why(
    sluis: Sluis, demo: Demo, command: tuple[str, ...]
) -> None:
    before = listed(sluis)
    path = settings.load(demo.config, {}).keys.master_key_file
    path.unlink()
    done = sluis(*_whole(command, before))
    assert done.exit_code == 1
    assert path.name in done.output and "sluis init" in done.output
    assert listed(sluis) == before


@pytest.mark.parametrize("command", WRITES, ids=" ".join)
def test_K_06_with_another_master_key_it_stops_and_says_why(
    sluis: Sluis, demo: Demo, command: tuple[str, ...]
) -> None:
    before = listed(sluis)
    path = settings.load(demo.config, {}).keys.master_key_file
    right = path.read_bytes()
    path.write_bytes(b64encode(b"2" * KEY_BYTES))
    done = sluis(*_whole(command, before))
    assert done.exit_code == 1, done.output
    assert "not the master key of this database" in done.output
    assert listed(sluis) == before
    path.write_bytes(right)
    assert sluis("init").exit_code == 0


def _whole(command: tuple[str, ...], keys: list[dict[str, Any]]) -> tuple[str, ...]:
    return (*command, "--", keys[0]["kid"]) if "revoke" in command else command
