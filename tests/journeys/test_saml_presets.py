"""A makelaar of a product, registered with its preset as an operator writes it, lets somebody in.
The makelaar of the demo reads the request and makes the answer with libraries of its own.
"""

from __future__ import annotations

from typing import Any, Final

import pytest
import yaml

from providers.saml.presets import PRESETS
from tests.providers.saml.in_world import BODEM, CONSENT, IN
from tests.world import World

# Those that the demo's makelaar can play: it knows the classes of eTD, and encrypts nothing here.
FITTING: Final = sorted(PRESETS.keys() - {"eidas", "digid"})


def registered(world: World, **saml: Any) -> None:
    """Polderpoort, with these settings."""
    text = (world.demo.registrations / "30-makelaars.yaml").read_text(encoding="utf-8")
    document = next(d for d in yaml.safe_load_all(text) if d["id"] == "polderpoort")
    kept = {name: document["saml"][name] for name in ("entity_id", "metadata_file")}
    world.apply(yaml.safe_dump({**document, "saml": {**kept, **saml}}))


def lets_in(world: World) -> bool:
    browser = world.browser()
    page = world.walk(BODEM, "Polderpoort", "jan", browser=browser).run()
    if page.heading == CONSENT:
        page = browser.press("agree", "yes")
    return page.heading == IN


@pytest.mark.parametrize("preset", FITTING)
def test_a_makelaar_with_a_preset_lets_somebody_in(world: World, preset: str) -> None:
    registered(world, preset=preset)
    assert lets_in(world)


@pytest.mark.parametrize(
    "saml",
    [
        {},
        {"acs": "index", "request_binding": "post"},
        {"force_authn": "always", "provider_name": "Voorbeeld"},
        {"authn_context_comparison": "none", "extensions": "none"},
        {"name_id_policy": {"format": "persistent", "allow_create": True}},
    ],
    ids=["as it was", "index", "always", "nothing asked", "a name"],
)
def test_a_setting_by_itself_lets_somebody_in(world: World, saml: dict[str, Any]) -> None:
    registered(world, **saml)
    assert lets_in(world)


def test_what_does_not_fit_the_preset_is_refused(world: World) -> None:
    """eIDAS: an assertion that is not encrypted."""
    registered(world, preset="eidas")
    assert not lets_in(world)
