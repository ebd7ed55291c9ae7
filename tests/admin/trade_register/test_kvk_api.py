"""The API of the KvK as its public documentation shows it; what cannot be is refused, and every
trouble has a word.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from admin.trade_register import kvk_api
from admin.trade_register.entries import RegisteredBranch, RegisterEntry, RegisterTrouble
from admin.trade_register.kvk_api import KvkApi
from state.outgoing import HttpAnswer, OutgoingFailed
from tests.called import Called, said

KVK = "90001201"
SEARCH = {
    "pagina": 1,
    "totaal": 1,
    "resultaten": [
        {
            "kvkNummer": KVK,
            "vestigingsnummer": "000090012011",
            "naam": "De Korenmolen",
            "adres": {"binnenlandsAdres": {"straatnaam": "Molenweg", "plaats": "Voorbeelddorp"}},
            "type": "hoofdvestiging",
            "actief": "Ja",
        }
    ],
}
VISIT = {
    "type": "bezoekadres",
    "indAfgeschermd": "Nee",
    "volledigAdres": "Molenweg 1 0000AA Voorbeelddorp",
}
PROFILE: dict[str, Any] = {
    "kvkNummer": KVK,
    "indNonMailing": "Nee",
    "naam": "De Korenmolen",
    "formeleRegistratiedatum": "20150101",
    "materieleRegistratie": {"datumAanvang": "20150101"},
    "statutaireNaam": "Bakkerij De Korenmolen B.V.",
    "handelsnamen": [{"naam": "De Korenmolen", "volgorde": 0}],
    "_embedded": {
        "hoofdvestiging": {
            "vestigingsnummer": "000090012011",
            "rsin": "800001205",
            "eersteHandelsnaam": "De Korenmolen",
            "adressen": [VISIT],
        },
        "eigenaar": {"rsin": "800001205", "rechtsvorm": "BesloteVennootschap"},
    },
}
BRANCHES: dict[str, Any] = {
    "kvkNummer": KVK,
    "totaalAantalVestigingen": 2,
    "vestigingen": [
        {
            "vestigingsnummer": "000090012011",
            "eersteHandelsnaam": "De Korenmolen, bakkerij",
            "indHoofdvestiging": "Ja",
            "indAdresAfgeschermd": "Nee",
            "volledigAdres": "Molenweg 1 0000AA Voorbeelddorp",
        },
        {
            "vestigingsnummer": "000090012021",
            "eersteHandelsnaam": "De Korenmolen, winkel",
            "indAdresAfgeschermd": "Ja",
            "volledigAdres": "Geheim 1",
        },
    ],
}


class Api(Called):
    """Answers by the end of the address; ``keys``: what identified us."""

    def __init__(self, **answers: Any) -> None:
        super().__init__(said({}))
        self.answers = {"zoeken": SEARCH, KVK: PROFILE, "vestigingen": BRANCHES, **answers}
        self.keys: list[str] = []

    def _call(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        max_bytes: int,
        party: str = "",
    ) -> HttpAnswer:
        assert (method, max_bytes, party) == ("GET", kvk_api.MOST_BYTES, kvk_api.PARTY)
        self.keys.append(headers["apikey"])
        self.calls.append(url)
        found = self.answers[url.partition("?")[0].rpartition("/")[2]]
        if isinstance(found, Exception):
            raise found
        return found if isinstance(found, HttpAnswer) else said(found)


def find(**answers: Any) -> RegisterEntry | None:
    return KvkApi(Api(**answers), "https://api.kvk.example/api", "sleutel").find(KVK)


def changed(**facts: Any) -> dict[str, Any]:
    return {**PROFILE, **facts}


def test_name_address_rsin_and_branches_are_read() -> None:
    api = Api()
    assert KvkApi(api, "https://api.kvk.example/api/", "sleutel").find(KVK) == RegisterEntry(
        kvk=KVK,
        name="Bakkerij De Korenmolen B.V.",
        rsin="800001205",
        address="Molenweg 1 0000AA Voorbeelddorp",
        branches=(
            RegisteredBranch(
                number="000090012011",
                name="De Korenmolen, bakkerij",
                address="Molenweg 1 0000AA Voorbeelddorp",
            ),
            RegisteredBranch(number="000090012021", name="De Korenmolen, winkel"),
        ),
    )
    assert api.calls == [
        f"https://api.kvk.example/api/v2/zoeken?kvkNummer={KVK}&resultatenPerPagina=10",
        f"https://api.kvk.example/api/v1/basisprofielen/{KVK}",
        f"https://api.kvk.example/api/v1/basisprofielen/{KVK}/vestigingen",
    ]
    assert set(api.keys) == {"sleutel"}, "and in no address"


@pytest.mark.parametrize(
    "answers",
    [
        {"zoeken": said({"fout": [{"code": "IPD5200", "omschrijving": "Geen data"}]}, 404)},
        {"zoeken": {"resultaten": []}},
        {KVK: said({"fout": []}, 404)},
    ],
)
def test_what_it_does_not_know_is_nothing_and_no_trouble(answers: dict[str, Any]) -> None:
    assert find(**answers) is None


@pytest.mark.parametrize(
    ("answers", "name", "address", "ended", "branches"),
    [
        ({"vestigingen": said({}, 404)}, None, None, None, 0),
        ({KVK: changed(statutaireNaam=None)}, "De Korenmolen", None, None, 2),
        ({KVK: changed(_embedded={"eigenaar": {"adressen": [VISIT]}})}, None, None, None, 2),
        (
            {KVK: changed(materieleRegistratie={"datumEinde": "20261101"})},
            None,
            None,
            date(2026, 11, 1),
            2,
        ),
        (
            {KVK: changed(materieleRegistratie={"datumEinde": "20260000"})},
            None,
            None,
            date(2026, 1, 1),
            2,
        ),
        (
            {KVK: changed(materieleRegistratie={"datumEinde": "20000000"})},
            None,
            None,
            date(2000, 1, 1),
            2,
        ),
        (
            {KVK: changed(materieleRegistratie={"datumEinde": "20261000"})},
            None,
            None,
            date(2026, 10, 1),
            2,
        ),
        (
            {KVK: changed(naam="De\u202e Koren\nmolen", statutaireNaam=None)},
            "De Koren molen",
            None,
            None,
            2,
        ),
    ],
    ids=[
        "no branches",
        "one-man business",
        "no main branch",
        "ended",
        "a year",
        "the year 2000",
        "a month",
        "hidden signs",
    ],
)
def test_what_is_odd_and_happens_is_read(
    answers: dict[str, Any], name: str | None, address: None, ended: date | None, branches: int
) -> None:
    found = find(**answers)
    assert found is not None
    assert found.name == (name or "Bakkerij De Korenmolen B.V.")
    assert found.address == "Molenweg 1 0000AA Voorbeelddorp"
    assert (found.ended, len(found.branches)) == (ended, branches)


def test_an_address_that_the_register_hides_is_not_shown() -> None:
    hidden = {"hoofdvestiging": {"adressen": [{**VISIT, "indAfgeschermd": "Ja"}]}}
    found = find(**{KVK: changed(_embedded=hidden)})
    assert found is not None and found.address is None


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({KVK: changed(kvkNummer="90001542")}, "other_number"),
        ({"vestigingen": {**BRANCHES, "kvkNummer": "90001542"}}, "other_number"),
        ({KVK: changed(kvkNummer="9000120")}, "not_understood"),
        ({KVK: changed(naam="")}, "not_understood"),
        ({KVK: changed(naam=["De Korenmolen"])}, "not_understood"),
        ({KVK: []}, "not_understood"),
        ({KVK: changed(materieleRegistratie={"datumEinde": "31-12-26"})}, "not_understood"),
        ({KVK: changed(_embedded={"hoofdvestiging": {"rsin": "8"}})}, "not_understood"),
        (
            {
                "vestigingen": {
                    "kvkNummer": KVK,
                    "vestigingen": [BRANCHES["vestigingen"][0]] * 2001,
                }
            },
            "not_understood",
        ),
        (
            {"vestigingen": {"kvkNummer": KVK, "vestigingen": [{"vestigingsnummer": "1"}]}},
            "not_understood",
        ),
        ({KVK: said(b"<html>storing</html>")}, "not_json"),
        ({KVK: said(json.dumps(PROFILE).encode()[:-1])}, "not_json"),
        (
            {KVK: said(b'{"kvkNummer": "90001201", "kvkNummer": "90001542", "naam": "x"}')},
            "not_json",
        ),
        ({KVK: said({}, 302)}, "status_302"),
        ({KVK: said({}, 500)}, "status_500"),
        ({KVK: said({}, 429)}, "status_429"),
        ({"zoeken": said({}, 401)}, "key_refused"),
        ({"zoeken": said({}, 403)}, "key_refused"),
        ({"zoeken": OutgoingFailed("too_large")}, "too_large"),
        ({"zoeken": OutgoingFailed("timeout")}, "timeout"),
        ({"zoeken": OutgoingFailed("circuit_open")}, "circuit_open"),
    ],
)
def test_what_cannot_be_used_is_told_by_a_word(answers: dict[str, Any], reason: str) -> None:
    with pytest.raises(RegisterTrouble) as trouble:
        find(**answers)
    assert trouble.value.reason == reason
