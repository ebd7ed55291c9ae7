"""The figures of SAML messages: what is measured is what the issue of them names."""

from __future__ import annotations

import pytest

from benchmarks import etd, login, saml
from benchmarks.floor import Floor
from tests.providers.saml.maker import NAMES, Recipe, finish
from tests.running_demo import RunningDemo


def test_what_is_verified_has_two_signatures_and_ten_attributes_and_is_accepted() -> None:
    recipe = Recipe(before=(saml._attributes,))
    tree = recipe.tree()
    assert len(tree.findall(".//ds:Signature", NAMES)) == 2
    assert len(tree.findall(".//saml:Attribute", NAMES)) == saml.ATTRIBUTES == 10
    assert finish(recipe).subject


def test_figures_come_of_one_run_and_have_a_budget() -> None:
    first, found = saml.measured(rounds=2, messages=2)
    assert first != found
    assert min(found.verify_ms, found.sign_ms, found.rsa_sign_ms) > 0
    assert found.verify == round(found.verify_ms / found.rsa_sign_ms, 2)
    assert found.sign == round(found.sign_ms / found.rsa_sign_ms / 2, 2)
    budgets = ("saml_verify_vs_rsa_sign", "saml_sign_vs_rsa_sign")
    assert [login.BUDGETS[name] for name in budgets] == [3.0, 3.0]
    whole = ("login_ratio_saml_out", "login_ratio_etd")
    assert [login.BUDGETS[name] for name in whole] == [10.0, 10.0]


def test_the_floor_of_a_saml_portal_signs_three_times() -> None:
    operations = {one.name: one.times for one in Floor(encrypt=False, saml_out=True).operations}
    assert operations["sign ours"] == 2 and operations["sign the AuthnRequest"] == 1
    assert operations["verify the portal's request"] == 1


def test_the_floor_of_eherkenning_asks_for_the_answer_and_opens_each_identifier() -> None:
    plain = {one.name: one.times for one in Floor(encrypt=False).operations}
    floor = Floor(encrypt=False, identifiers=etd.IDENTIFIERS)
    operations = {one.name: one.times for one in floor.operations}
    assert plain.items() <= operations.items()
    assert operations["sign the ArtifactResolve"] == 1
    assert operations["unwrap the keys of identifiers"] == etd.IDENTIFIERS == 3
    assert operations["decrypt the identifiers"] == 3
    floor.once()
    assert floor.milliseconds > 0


@pytest.mark.slow
def test_the_measured_login_of_eherkenning_is_a_whole_one(running: RunningDemo) -> None:
    """By artifact, with as many identifiers as its floor counts, and the mandate in the token."""
    one = etd.introduced(running.demo)
    for _ in range(2):
        claims = one.log_in()
        represents = claims["represents"]
        assert isinstance(represents, dict) and represents["sub"] == "90001639"
        assert represents["alt_sub"]["sub"] == "800001643"  # acting, KvK, RSIN: three
