"""What a newer version wrote, met by this one: told in a line, with the version to run."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from admin.cli import serving
from sandbox.prepare import Demo
from state.registrations import Kind, Registration
from tests.admin.cli.conftest import Sluis

TOLD = "this version of Sluis does not know oidc.newer; run the version that wrote it"


class Served(Exception):
    """It would be the server by now."""


@pytest.fixture(autouse=True)
def becomes(monkeypatch: pytest.MonkeyPatch) -> None:
    def serve(*_: object) -> None:
        raise Served

    monkeypatch.setattr(serving.os, "execve", serve)
    monkeypatch.setattr(serving.stopping, "hold", lambda: None)
    monkeypatch.setattr(serving.listening, "comes_free", lambda _bind: True)


@pytest.fixture
def of_a_newer_version(session: Session, registered: None) -> None:
    row = session.get_one(Registration, (Kind.IDENTITY_PROVIDER, "zekerweg"))
    row.document["oidc"]["newer"] = "a secret"
    flag_modified(row, "document")
    session.commit()


def test_what_it_knows_is_served(sluis: Sluis, registered: None) -> None:
    assert isinstance(sluis("serve").exception, Served)


@pytest.mark.parametrize("command", ["serve", "diff", "service list"])
def test_what_a_newer_version_wrote_is_told_in_a_line(
    sluis: Sluis, demo: Demo, of_a_newer_version: None, command: str
) -> None:
    folder: Path = demo.registrations / "00-none.yaml"
    folder.write_text("{kind: HelpDesk, name: {nl: Helpdesk}, phone: 088 123}")
    arguments = [*command.split(), *(["-f", str(folder)] if command == "diff" else [])]
    told = sluis(*arguments)
    assert told.exit_code == 1 and isinstance(told.exception, SystemExit)
    assert TOLD in told.output and "secret" not in told.output


def test_doctor_says_which_it_cannot_read(
    sluis: Sluis, session: Session, of_a_newer_version: None
) -> None:
    told = sluis("doctor").output
    assert any(
        line.startswith("problem") and "registrations" in line and TOLD in line
        for line in told.splitlines()
    )
    assert "secret" not in told
    row = session.get_one(Registration, (Kind.IDENTITY_PROVIDER, "zekerweg"))
    del row.document["oidc"]["newer"]
    flag_modified(row, "document")
    session.commit()
    (line,) = [one for one in sluis("doctor").output.splitlines() if " registrations " in one]
    assert line.startswith("ok") and line.endswith(" read")
