"""The registrations in the README are accepted as they stand there."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.makelaar.catalogue import Makelaar
from sandbox.makelaar.metadata import identity_provider_metadata
from sandbox.prepare import Demo, makelaars
from tests.admin.cli.conftest import Sluis

README = Path(__file__).parents[3] / "README.md"


@pytest.mark.usefixtures("initialised")
def test_the_examples_can_be_applied(sluis: Sluis, demo: Demo, tmp_path: Path) -> None:
    portal, makelaar = re.findall(r"```yaml\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    (tmp_path / "portal.yaml").write_text(portal, encoding="utf-8")
    (tmp_path / "makelaar.yaml").write_text(makelaar, encoding="utf-8")
    (tmp_path / "makelaar.xml").write_bytes(identity_provider_metadata(_named(makelaars(demo)[0])))
    for name in ("portal.yaml", "makelaar.yaml"):
        done = sluis("apply", "-f", str(tmp_path / name))
        assert done.exit_code == 0, done.output
        assert "2 created" in done.output


@pytest.mark.usefixtures("registered")
def test_the_change_at_the_demo_shows_and_can_be_applied(sluis: Sluis, demo: Demo) -> None:
    text = README.read_text("utf-8")
    assert "diff -f var/demo/registrations" in text and "level_ceiling" in text
    file = demo.registrations / "30-makelaars.yaml"
    file.write_text(file.read_text("utf-8").replace("EH4", "EH3"), "utf-8")
    done = sluis("diff", "-f", str(demo.registrations))
    assert done.exit_code == 3, done.output
    assert "changed    IdentityProvider  polderpoort" in done.output
    assert "  level_ceiling:\n    - EH4\n    + EH3\n" in done.output
    assert "1 changed" in sluis("apply", "-f", str(demo.registrations)).output


class _Example(Makelaar):
    @property
    def entity_id(self) -> str:
        return "https://makelaar.example.nl/metadata"

    @property
    def sso_url(self) -> str:
        return "https://makelaar.example.nl/sso"


def _named(makelaar: Makelaar) -> Makelaar:
    """The same makelaar under the names of the README."""
    return _Example(**vars(replace(makelaar)))
