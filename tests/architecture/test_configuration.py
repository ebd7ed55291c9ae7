"""config.example.toml is the reference of the settings: every key with its default."""

from __future__ import annotations

import tomllib

from pydantic import BaseModel

from broker.settings import Settings, load
from tests.architecture.source_tree import ROOT

EXAMPLE = ROOT / "config.example.toml"
REQUIRED = {("web", "base_url")}


def _keys_of_the_settings() -> dict[tuple[str, str], object]:
    found = {}
    for section, field in Settings.model_fields.items():
        model = field.annotation
        assert isinstance(model, type) and issubclass(model, BaseModel), f"{section} is no section"
        for key, inner in model.model_fields.items():
            found[section, key] = inner.default
    return found


def _keys_of_the_example() -> dict[tuple[str, str], bool]:
    """(section, key) -> is it switched on? A commented ``# key = value`` counts as named."""
    found: dict[tuple[str, str], bool] = {}
    section = ""
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line[1 : line.index("]")]
            continue
        key, equals, _ = line.removeprefix("# ").partition(" = ")
        if equals and key.isidentifier():
            found[section, key] = not line.startswith("#")
    return found


def test_the_example_can_be_used_as_it_is() -> None:
    assert load(EXAMPLE, environment={}).base_url.startswith("https://")


def test_the_example_names_every_key_and_no_other() -> None:
    assert set(_keys_of_the_example()) == set(_keys_of_the_settings())


def test_the_example_shows_the_defaults() -> None:
    example = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    shown = load(EXAMPLE, environment={})
    for (section, key), default in _keys_of_the_settings().items():
        if (section, key) in REQUIRED or key not in example.get(section, {}):
            continue
        assert getattr(getattr(shown, section), key) == default, f"{section}.{key}"


def test_only_keys_without_a_value_are_commented_out() -> None:
    switched_on = _keys_of_the_example()
    wrong = [
        name
        for name, default in _keys_of_the_settings().items()
        if name not in REQUIRED and (default is None) == switched_on[name]
    ]
    assert not wrong
