"""``sluis seed --scale``: fills an empty installation, and no other."""

from __future__ import annotations

from tests.admin.cli.conftest import Sluis


def test_an_installation_is_filled_once(sluis: Sluis, initialised: None) -> None:
    done = sluis("seed", "--scale", "--factor", "0.001")
    assert done.exit_code == 0, done.output
    assert "100 organisations, 1,000 people and 5,000 mandates" in done.output
    again = sluis("seed", "--scale", "--factor", "0.001")
    assert again.exit_code == 2 and "the table organisation is not empty" in again.output


def test_a_factor_that_cannot_be_is_named(sluis: Sluis, initialised: None) -> None:
    done = sluis("seed", "--scale", "--factor", "0")
    assert done.exit_code == 2 and "--factor: a factor from 0.001 up to 10" in done.output
