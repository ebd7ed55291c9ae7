"""A recipe says what is true: its registration is taken, its words exist, its tests run it."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest
import yaml

from admin.cli.registering import apply_files
from admin.registrations.documents import DocumentsRefused
from broker import settings as configuration
from broker.recipes import rendering
from broker.recipes.catalogue import BY_NAME, PAGES, RECIPES, Counterpart, Recipe
from broker.recipes.rendering import LANGUAGES, WordUnknown, files, rendered
from broker.recipes.values import Agreed, example
from broker.texts import reasons
from sandbox.prepare import Demo
from tests.architecture.source_tree import ROOT
from tests.installed import install
from tests.providers.saml.back_channel import metadata
from tests.world import ADDRESSES
from tools import saml_messages

SERVER = "https://inloggen.example.nl"
MADE = re.compile(r"^\| (?:`(\S+)`|–) \| .+ \| (.+) \| .+ \|$", re.M)
BY_NAME_OF = pytest.mark.parametrize("recipe", RECIPES, ids=lambda one: one.name)


def agreed_of(recipe: Recipe) -> Agreed:
    return replace(example(recipe), secret="s" * 43, digest="ab" * 32)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return install(tmp_path_factory.mktemp("recipes") / "demo", ADDRESSES)


def registration(recipe: Recipe, folder: Path, agreed: Agreed) -> Path:
    """The registration of the page; metadata come as a file, because nobody answers here."""
    text = files(rendered(recipe, SERVER, "en", agreed))["sluis.yaml"]
    (document,) = yaml.safe_load_all(text)
    saml = document.get("saml", {})
    if saml.pop("metadata_url", None):
        saml.pop("metadata_trust_tls", None)
        saml["metadata_file"] = "its.xml"
    if "metadata_file" in saml:
        described = metadata(entity_id=escape(saml["entity_id"]))
        (folder / saml["metadata_file"]).write_bytes(described)
    for name, content in files(rendered(recipe, SERVER, "en", agreed)).items():
        if name != "sluis.yaml":
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content)
    file = folder / "sluis.yaml"
    file.write_text(yaml.safe_dump(document))
    return file


@BY_NAME_OF
def test_the_registration_of_a_recipe_is_taken(demo: Demo, tmp_path: Path, recipe: Recipe) -> None:
    file = registration(recipe, tmp_path, agreed_of(recipe))
    (outcome, *_) = apply_files(configuration.load(demo.config, {}), file, dry_run=True)
    assert outcome.name == example(recipe).name


@BY_NAME_OF
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_recipe_is_whole_in_both_languages(recipe: Recipe, language: str) -> None:
    page = rendered(recipe, SERVER, language)
    assert page.startswith(f"# {recipe.product} ")
    assert SERVER in page and "login.example.nl" not in page
    assert len(MADE.findall(page)) >= 5
    assert [f"## {number}." in page for number in range(1, 6)] == [True] * 5
    assert page.count("```") % 2 == 0 and "{{" not in page and "{%" not in page


@BY_NAME_OF
def test_both_languages_have_the_same_files_and_mistakes(recipe: Recipe) -> None:
    nl, en = (rendered(recipe, SERVER, language) for language in LANGUAGES)
    assert files(nl) == files(en)
    words = [[word for word, _seen in MADE.findall(page)] for page in (nl, en)]
    assert words[0] == words[1]


@BY_NAME_OF
def test_a_mistake_shows_the_page_that_it_is_said_to_show(recipe: Recipe) -> None:
    for word, seen in MADE.findall(rendered(recipe, SERVER, "en")):
        codes = re.findall(r"SLS-\d{4}", seen)
        if codes and reasons.find(word) is not None:
            assert set(codes) <= pages_of(word), (word, codes)


def pages_of(word: str) -> set[str]:
    """The codes of the pages that a user may see for this reason."""
    answers = set(saml_messages._pages_of_answer(word).split(", "))
    return answers | {saml_messages._page(word)}


@BY_NAME_OF
def test_what_is_said_to_be_executed_is_executed(recipe: Recipe) -> None:
    named = (*recipe.runs, *recipe.replays)
    assert named
    for test in named:
        assert (ROOT / test).exists(), test
    for test in recipe.runs:
        assert f'"{recipe.name}"' in (ROOT / test).read_text(encoding="utf-8") or any(
            f'"{recipe.name}"' in helper.read_text(encoding="utf-8")
            for helper in (ROOT / "tests/interop").glob("*.py")
        ), recipe.name
    page = rendered(recipe, SERVER, "en")
    assert ("Not executed" in page) is not recipe.is_executed


@BY_NAME_OF
def test_the_registration_is_applied_whatever_the_dry_run_says(recipe: Recipe) -> None:
    """A dry run ends with 3 where something would change: behind ``&&`` nothing happened."""
    page = rendered(recipe, SERVER, "en")
    assert "--dry-run &&" not in page
    assert "\nsluis apply -f sluis.yaml\n" in page


SAML_MAKELAARS = [
    one for one in RECIPES if one.counterpart is Counterpart.MAKELAAR and one.protocol == "SAML"
]


@pytest.mark.parametrize("recipe", SAML_MAKELAARS, ids=lambda one: one.name)
def test_another_key_is_told_of_by_the_word_of_the_trace(recipe: Recipe) -> None:
    words = {word for word, _seen in MADE.findall(rendered(recipe, SERVER, "en"))}
    assert "signature_invalid" in words and "signature_key" not in words


def test_every_page_has_a_recipe() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == set(BY_NAME)


def test_a_word_that_no_trace_has_is_no_mistake() -> None:
    with pytest.raises(WordUnknown):
        rendering._meaning("invented")


def test_nobody_registers_a_secret_that_stands_in_a_manual(demo: Demo, tmp_path: Path) -> None:
    file = registration(BY_NAME["flask"], tmp_path, example(BY_NAME["flask"]))
    with pytest.raises(DocumentsRefused) as refused:
        apply_files(configuration.load(demo.config, {}), file, dry_run=True)
    assert any("secret_sha256" in line for line in refused.value.lines)


def test_what_a_makelaar_must_send_names_what_is_read() -> None:
    table = rendering.requirements("en")
    for name in (
        "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
        "urn:etoegang:core:LegalSubjectID",
        "urn:nl-eid-gdi:1.0:ActingSubjectID",
        "http://eidas.europa.eu/attributes/naturalperson/PersonIdentifier",
        "represents.sub",
        "http://eidas.europa.eu/LoA/substantial",
    ):
        assert name in table


def test_portals_and_makelaars_are_both_there() -> None:
    assert {one.counterpart for one in RECIPES} == set(Counterpart)
