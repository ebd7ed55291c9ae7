"""``sluis doctor --parties`` and ``sluis apply --check``, with makelaars at real addresses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from keys.jwks import as_joserfc
from tests.admin.cli.conftest import Sluis
from tests.keys_for_tests import rsa_key
from tests.listener import Listener, Said, Seen, listening
from tests.servers import free_port

KEYS = {"keys": [as_joserfc(rsa_key("makelaar"), "m").as_dict(private=False)]}


def _makelaar(folder: Path, port: int, **oidc: object) -> str:
    document = {
        "kind": "IdentityProvider",
        "id": "nieuw",
        "name": "Nieuw",
        "level_ceiling": "EH3",
        "oidc": {"issuer": f"http://127.0.0.1:{port}", "client_id": "sluis", **oidc},
    }
    file = folder / "nieuw.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    return str(file)


def _allow(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    monkeypatch.setenv("SLUIS__DEVELOPMENT__LOOPBACK", f"127.0.0.1:{port}")


@pytest.mark.usefixtures("initialised")
def test_what_does_not_answer_is_not_registered_with_check_and_told_by_doctor_without(
    sluis: Sluis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    _allow(monkeypatch, port)
    file = _makelaar(tmp_path, port)
    done = sluis("apply", "-f", file, "--check")
    assert done.exit_code == 3
    assert "IdentityProvider nieuw" in done.output and "nobody listens there" in done.output
    assert "oidc.issuer" in done.output and "nothing was changed" in done.output
    assert sluis("export").output == "# Nothing is registered.\n"
    assert sluis("apply", "-f", file).exit_code == 0
    assert sluis("apply", "-f", file, "--check").exit_code == 0  # nothing is new
    told = json.loads(sluis("doctor", "--parties", "--json").output)
    (problem,) = [one for one in told if one["check"] == "IdentityProvider nieuw"]
    assert problem["verdict"] == "problem" and problem["remedy"]
    without = json.loads(sluis("doctor", "--json").output)
    assert not [one for one in without if "nieuw" in one["check"]]


@pytest.mark.usefixtures("initialised")
def test_what_fits_is_registered(
    sluis: Sluis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here: list[str] = []

    def answer(seen: Seen) -> Said:
        sent = {"content-type": "application/json"}
        if seen.path.endswith("openid-configuration"):
            (issuer,) = here
            document = {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/a",
                "token_endpoint": f"{issuer}/t",
                "jwks_uri": f"{issuer}/k",
            }
            return Said(json.dumps(document).encode(), headers=sent)
        if seen.path == "/k":
            return Said(json.dumps(KEYS).encode(), headers=sent)
        return Said(b'{"error": "invalid_grant"}', status=400, headers=sent)

    with listening(answer) as at:
        here.append(f"http://127.0.0.1:{at.port}")
        _allow(monkeypatch, at.port)
        file = _makelaar(tmp_path, at.port)
        done = sluis("apply", "-f", file, "--check")
        assert done.exit_code == 0, done.output
        _asked(at)
        lines = sluis("doctor", "--parties").output.splitlines()
    assert any("IdentityProvider nieuw" in line and line.startswith("ok") for line in lines)


def _asked(at: Listener) -> None:
    """A code that nobody gave, with our authentication."""
    (token,) = [seen for seen in at.seen if seen.path == "/t"]
    assert b"client_assertion=" in token.body and b"code=sluis-doctor" in token.body
