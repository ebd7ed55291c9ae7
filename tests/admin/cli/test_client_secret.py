"""A secret of ``sluis client secret`` is one with which a portal gets in."""

from __future__ import annotations

import re

import yaml
from click.testing import CliRunner

from admin.cli import main
from broker.oidc.client_authentication import _is_one_of


def _made() -> tuple[str, str]:
    said = CliRunner().invoke(main, ["client", "secret"]).output
    found = re.search(r"For the portal: +(\S+)$", said, re.MULTILINE)
    assert found is not None
    (digest,) = yaml.safe_load("\n".join(said.splitlines()[-2:]))["secret_sha256"]
    return found[1], digest


def test_the_secret_is_that_of_the_line() -> None:
    secret, digest = _made()
    assert _is_one_of((digest,), secret)
    assert not _is_one_of((digest,), secret + "x")


def test_a_secret_cannot_be_guessed_and_is_another_one_each_time() -> None:
    secrets = {_made()[0] for _ in range(5)}
    assert len(secrets) == 5
    assert all(len(secret) == 43 for secret in secrets)  # 256 bits in base64url


def test_the_lines_fit_in_a_window_of_eighty_columns() -> None:
    said = CliRunner().invoke(main, ["client", "secret"]).output
    assert max(len(line) for line in said.splitlines()) <= 80
