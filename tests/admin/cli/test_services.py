"""``sluis service list``: who registers a portal or a makelaar finds the UUIDs."""

from __future__ import annotations

import json

from directory.consoles import BEHEER
from sandbox.portal.clients import BODEM, SCHOUW
from tests.admin.cli.conftest import Sluis


def test_list_names_every_service_with_its_uuid(sluis: Sluis, registered: None) -> None:
    told = sluis("service", "list")
    assert told.exit_code == 0, told.output
    line = next(one for one in told.output.splitlines() if one.startswith(BODEM.uuid))
    assert "Soil" in line and "bronhouderportaal" in line
    assert f"{BEHEER.service.uuid}  EH2+   Administration" in told.output
    assert told.output.splitlines()[-1].endswith("(of Sluis itself)")


def test_as_json_it_says_which_makelaars_serve_it(sluis: Sluis, registered: None) -> None:
    found = {one["uuid"]: one for one in json.loads(sluis("service", "list", "--json").output)}
    assert "polderpoort" in found[SCHOUW.uuid]["makelaars"]
    assert found[BEHEER.service.uuid]["of_sluis"] is True and not found[BODEM.uuid]["of_sluis"]


def test_a_fresh_installation_has_our_own_consoles(sluis: Sluis, initialised: None) -> None:
    told = sluis("service", "list").output
    assert told.splitlines()[0].split() == ["UUID", "LEVEL", "NAME", "PORTALS"]
    assert BEHEER.service.uuid in told
