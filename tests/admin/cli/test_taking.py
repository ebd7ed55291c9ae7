"""``sluis diff`` and ``apply`` where rights of people end: shown as what they take away, asked, and
told; and ``sluis export`` of people.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from consent.mandates import Mandate
from directory.people import Membership
from sandbox.prepare import Demo
from state.db import writing
from tests.admin.cli.conftest import Sluis

TAKEN = "  takes away: administrator of 90001201\n"


@pytest.fixture
def less(demo: Demo, session: Session, registered: None, tmp_path: Path) -> str:
    """The document of Sanne without the bakery."""
    people = (demo.registrations / "40-people.yaml").read_text(encoding="utf-8")
    sanne = next(one for one in yaml.safe_load_all(people) if one["id"] == "sanne")
    sanne["organisations"] = [one for one in sanne["organisations"] if one["kvk"] != "90001201"]
    file = tmp_path / "sanne.yaml"
    file.write_text(yaml.safe_dump(sanne), encoding="utf-8")
    return str(file)


def administers(session: Session) -> int:
    session.rollback()
    query = select(Membership).where(Membership.person_id == "sanne", Membership.until.is_(None))
    return len(session.scalars(query).all())


@pytest.mark.parametrize("command", [("diff",), ("apply", "--dry-run")])
def test_a_plan_shows_what_it_takes_away(
    sluis: Sluis,
    session: Session,
    less: str,
    command: tuple[str, ...],
) -> None:
    done = sluis(*command, "-f", less)
    assert done.exit_code == 3, done.output
    assert f"changed    Person            sanne\n{TAKEN}" in done.output
    assert administers(session) == 3


def test_machines_read_it_too(sluis: Sluis, less: str) -> None:
    (change,) = json.loads(sluis("diff", "--json", "-f", less).output)
    assert change["takes"] == ["administrator of 90001201"]


def test_taking_rights_is_asked(sluis: Sluis, session: Session, less: str) -> None:
    done = sluis("apply", "-f", less)
    assert done.exit_code == 2
    assert TAKEN in done.output
    assert "nothing was changed: the above takes rights from people; to do so add --yes" in (
        done.output
    )
    assert administers(session) == 3
    done = sluis("apply", "--yes", "-f", less)
    assert done.exit_code == 0, done.output
    assert f"changed    Person            sanne\n{TAKEN}" in done.output
    assert administers(session) == 2
    assert sluis("diff", "-f", less).exit_code == 0


def test_what_stays_is_listed_where_nothing_changes(
    sluis: Sluis,
    demo: Demo,
    session: Session,
    registered: None,
) -> None:
    with writing(session):
        mandate = session.scalars(select(Mandate).where(Mandate.person_id == "jan")).one()
        mandate.granted_by = "sanne"
    people = str(demo.registrations / "40-people.yaml")
    done = sluis("diff", "-f", people)
    assert done.exit_code == 0, done.output
    assert done.output.startswith(
        "unchanged  Person            jan\n"
        "  stays, in no document: mandate for 90001201 at every service, given at /beheer, until "
    )
    (jan,) = json.loads(sluis("diff", "--json", "-f", people).output)
    assert (jan["change"], len(jan["stays"])) == ("unchanged", 1)
    assert "stays" not in sluis("apply", "-f", people).output


def test_export_writes_people_and_can_be_asked_for_one_kind(sluis: Sluis, registered: None) -> None:
    kinds = {d["kind"] for d in yaml.safe_load_all(sluis("export").output)}
    assert kinds > {"Organisation", "Person", "Mandate", "ChainMandate", "Service"}
    asked = ("--kind", "Service", "--kind", "Client")
    found = yaml.safe_load_all(sluis("export", *asked).output)
    assert {d["kind"] for d in found} == {"Service", "Client"}
    assert sluis("export", "--kind", "Servise").exit_code == 2


def test_mandates_in_no_file_leave_with_prune(
    sluis: Sluis,
    demo: Demo,
    session: Session,
    registered: None,
) -> None:
    file = demo.registrations / "50-mandates.yaml"
    kept = [
        one
        for one in yaml.safe_load_all(file.read_text(encoding="utf-8"))
        if one.get("person") != "jan"
    ]
    file.write_text(yaml.safe_dump_all(kept), encoding="utf-8")
    silent = sluis("diff", "-f", str(demo.registrations))
    assert silent.exit_code == 0
    said = "In no file, and left as it is: 1 Mandate. Look with diff --prune.\n"
    assert said in silent.output and said in sluis("apply", "-f", str(demo.registrations)).output
    assert json.loads(sluis("diff", "--json", "-f", str(demo.registrations)).output) == []
    assert "In no file" not in sluis("diff", "-f", str(file)).output, "a file is not the folder"
    plan = sluis("diff", "--prune", "-f", str(demo.registrations))
    told = "mandate of jan for 90001201 at every service"
    assert plan.exit_code == 3 and f"removed    Mandate           {told}\n" in plan.output
    assert sluis("apply", "--prune", "-f", str(demo.registrations)).exit_code == 2
    done = sluis("apply", "--prune", "--yes", "-f", str(demo.registrations))
    assert done.exit_code == 0, done.output
    assert "In no file" not in sluis("diff", "-f", str(demo.registrations)).output
    session.rollback()
    jans = session.scalars(select(Mandate).where(Mandate.person_id == "jan")).all()
    assert jans and all(mandate.revoked_at is not None for mandate in jans)
