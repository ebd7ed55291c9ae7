"""The register of the settings: none, a file or the API; answers of the API are kept for a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy.orm import Session

from admin.trade_register import lookup, register_file
from admin.trade_register.entries import (
    RegisteredBranch,
    RegisterEntry,
    RegisterTrouble,
    is_rsin,
)
from broker.organisation_settings import RegisterSettings
from broker.settings import Settings
from directory.organisation_records import NumberChange, OldNumber
from directory.organisations import Organisation
from state.ephemeral import ExpiringStore, StoreUnavailable
from state.outgoing import OutgoingClient
from state.stores.memory import MemoryStore
from tests.admin.trade_register.test_kvk_api import KVK, Api
from tests.clocks import START, FakeClock
from tests.databases import make_database

YAML = f"""
- kvk: "{KVK}"
  name: Bakkerij De Korenmolen B.V.
  rsin: "800001205"
  address: Molenweg 1, 0000 AA Voorbeelddorp
  branches:
    - {{number: "000090012011", name: "De Korenmolen, bakkerij"}}
"""
HEAD = "kvk;name;rsin;address;branch;branch_name;branch_address"
LINE = (
    f"{KVK};Bakkerij De Korenmolen B.V.;800001205;Molenweg 1, 0000 AA Voorbeelddorp;000090012011;"
    "De Korenmolen, bakkerij;"
)
CSV = f"{HEAD}\n{LINE}\n"
ENTRY = RegisterEntry(
    kvk=KVK,
    name="Bakkerij De Korenmolen B.V.",
    rsin="800001205",
    address="Molenweg 1, 0000 AA Voorbeelddorp",
    branches=(RegisteredBranch(number="000090012011", name="De Korenmolen, bakkerij"),),
)


@dataclass(frozen=True)
class Within:
    settings: Settings
    outgoing: OutgoingClient
    store: ExpiringStore


def within(tmp_path: Path, outgoing: OutgoingClient | None = None, **chosen: Any) -> Within:
    key = tmp_path / "key"
    key.write_text("sleutel\n")
    values = {"adapter": "kvk_api", "api_key_file": key, "url": "https://api.kvk.example/api"}
    register = RegisterSettings.model_validate({**values, **chosen})
    settings = cast(Settings, SimpleNamespace(trade_register=register))
    return Within(settings, outgoing or Api(), MemoryStore(FakeClock()))


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(make_database(tmp_path), expire_on_commit=False)


@pytest.mark.parametrize(
    ("number", "counts"), [("800001205", True), ("800001206", False), ("", False)]
)
def test_an_rsin_checks_itself(number: str, counts: bool) -> None:
    assert is_rsin(number) is counts


@pytest.mark.parametrize(
    ("name", "text"), [("r.yaml", YAML), ("r.csv", CSV), ("r.csv", "\ufeff" + CSV)]
)
def test_a_file_is_a_register(tmp_path: Path, session: Session, name: str, text: str) -> None:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    asked = within(tmp_path, adapter="file", file=file)
    assert lookup.look_up(session, asked, KVK) == lookup.Found(ENTRY)
    assert lookup.look_up(session, asked, "90001542").entry is None


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("r.yaml", "- [", "file_not_understood"),
        ("r.yaml", YAML.replace("name: Bak", "naam: Bak"), "file_not_understood"),
        ("r.yaml", YAML.replace(f'"{KVK}"', KVK), "file_not_understood"),
        ("r.yaml", YAML + YAML, "number_twice"),
        ("r.csv", CSV.replace("branch_name", "vestiging"), "file_not_understood"),
        ("r.csv", CSV.replace("800001205", "8"), "file_not_understood"),
    ],
)
def test_a_file_that_is_not_right_is_no_register(
    tmp_path: Path, name: str, text: str, reason: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(RegisterTrouble) as trouble:
        register_file.read(tmp_path / name)
    assert trouble.value.reason == reason


def test_an_answer_is_kept_and_so_is_that_there_is_none(tmp_path: Path, session: Session) -> None:
    api = Api()
    asked = within(tmp_path, api)
    first = lookup.look_up(session, asked, KVK)
    assert lookup.look_up(session, asked, KVK) == first and len(api.calls) == 3
    missing = Api(zoeken={"resultaten": []})
    asked = replace(asked, outgoing=missing)
    assert lookup.look_up(session, asked, "90001542").entry is None
    assert lookup.look_up(session, asked, "90001542").entry is None
    assert len(missing.calls) == 1


def test_without_a_store_the_register_is_asked(tmp_path: Path, session: Session) -> None:
    class Down:
        def get(self, key: str) -> bytes:
            raise StoreUnavailable

    asked = replace(within(tmp_path), store=cast(ExpiringStore, Down()))
    assert lookup.look_up(session, asked, KVK).entry is not None


def test_trouble_is_not_kept(tmp_path: Path, session: Session) -> None:
    broken = within(tmp_path, Api(zoeken=ValueError("x")))
    with pytest.raises(ValueError):
        lookup.look_up(session, broken, KVK)
    assert lookup.look_up(session, replace(broken, outgoing=Api()), KVK).entry is not None


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        ({"adapter": "none"}, "none"),
        ({"api_key_file": Path("/nowhere")}, "key_not_readable"),
        ({"adapter": "file", "file": Path("/nowhere.yaml")}, "file_not_readable"),
    ],
)
def test_what_cannot_be_asked_says_so(
    tmp_path: Path, session: Session, chosen: dict[str, Any], reason: str
) -> None:
    with pytest.raises(RegisterTrouble) as trouble:
        lookup.look_up(session, within(tmp_path, **chosen), KVK)
    assert trouble.value.reason == reason


def test_an_old_number_says_where_it_went(tmp_path: Path, session: Session) -> None:
    session.add(Organisation(id="bakery", kvk="90009999", name="De Korenmolen"))
    session.flush()
    old = OldNumber(kvk=KVK, organisation_id="bakery", why=NumberChange.MERGED, changed_at=START)
    session.add(old)
    session.flush()
    assert lookup.look_up(session, within(tmp_path), KVK).moved_to == "90009999"
