"""``sluis operator``, as whoever runs the machine meets it."""

from __future__ import annotations

import json
import re

import pytest

from admin.cli.operator_commands import ROLES
from admin.operators.roles import OperatorRole
from sandbox.prepare import Demo
from tests.admin.cli.conftest import Sluis

ROBIN = ("--name", "Robin Kuiper", "--email", "robin@voorbeeld.example", "--role", "helpdesk")


@pytest.fixture(autouse=True)
def _initialised(initialised: None) -> None:
    """For every test."""


def test_create_prints_a_link_and_no_password(sluis: Sluis, demo: Demo) -> None:
    done = sluis("operator", "create", *ROBIN)
    assert done.exit_code == 0, done.output
    assert re.search(
        rf"{demo.addresses.broker}/operator/instellen/[A-Za-z0-9_-]{{43}}$", done.output, re.M
    )
    assert "robin" in done.output
    assert "password" not in done.output.lower()


def test_list_shows_who_has_which_role(sluis: Sluis) -> None:
    assert "sluis operator create" in sluis("operator", "list").output  # nobody yet
    sluis("operator", "create", *ROBIN, "--role", "auditor")
    told = sluis("operator", "list").output
    assert "robin" in told
    assert "auditor helpdesk" in told
    assert "waiting for set-up" in told
    (one,) = json.loads(sluis("operator", "list", "--json").output)
    assert one["user_name"] == "robin"
    assert one["roles"] == ["auditor", "helpdesk"]
    assert "robin@" not in told + json.dumps(one)


def test_recover_gives_another_link(sluis: Sluis) -> None:
    first = sluis("operator", "create", *ROBIN).output.split()[-1]
    done = sluis("operator", "recover", "robin")
    assert done.exit_code == 0
    assert done.output.split()[-1] != first
    assert "/operator/instellen/" in done.output


def test_end_takes_the_operator_off_the_list(sluis: Sluis) -> None:
    sluis("operator", "create", *ROBIN)
    assert sluis("operator", "end", "robin").exit_code == 0
    assert json.loads(sluis("operator", "list", "--json").output) == []


@pytest.mark.parametrize("command", ["recover", "end"])
def test_an_unknown_user_name_is_said_with_a_way_on(sluis: Sluis, command: str) -> None:
    done = sluis("operator", command, "niemand")
    assert done.exit_code == 1
    assert "sluis operator list" in done.output


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--user-name", "x"), "--user-name"),
        (("--email", "nergens"), "e-mail"),
        (("--role", "baas"), "baas"),
    ],
)
def test_what_cannot_be_is_refused_with_a_hint(
    sluis: Sluis, more: tuple[str, ...], says: str
) -> None:
    done = sluis("operator", "create", *ROBIN, *more)
    assert done.exit_code == 2
    assert says in done.output
    assert json.loads(sluis("operator", "list", "--json").output) == []


def test_a_user_name_that_is_taken_is_refused(sluis: Sluis) -> None:
    sluis("operator", "create", *ROBIN)
    done = sluis("operator", "create", *ROBIN)
    assert done.exit_code == 2
    assert "taken" in done.output


def test_the_command_knows_every_role() -> None:
    assert set(ROLES) == set(OperatorRole)
