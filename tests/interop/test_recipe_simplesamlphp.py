"""SimpleSAMLphp as a makelaar by its recipe as it stands, in a small browser."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from tests.interop import recipes, registrations, simplesamlphp
from tests.running_demo import RunningDemo

pytestmark = [pytest.mark.interop, pytest.mark.interop_php]


def test_a_user_of_simplesamlphp_logs_in_by_the_recipe(
    running: RunningDemo, tmp_path: Path
) -> None:
    ours = requests.get(f"{running.addresses.broker}/saml/metadata", timeout=60).content
    # At a port that the broker may call: it fetches the metadata.
    provider = simplesamlphp.prepare(tmp_path / "idp", ours, artifact_port=running.spare_port)
    agreed = recipes.agree("recept-ssp", provider.base_url)
    page = recipes.page_of("simplesamlphp", running, agreed)
    hosted = provider.folder / "metadata/saml20-idp-hosted.php"
    hosted.write_text(recipes.file_of(page, "saml20-idp-hosted.php"))
    with simplesamlphp.serving(provider):
        recipes.follow("simplesamlphp", running, tmp_path, agreed)
        _, person, mandate = registrations.makelaar(agreed.name, provider, hosted).split("---\n")
        running.apply("recept-ssp-mensen", f"{person}---\n{mandate}")
        browser = recipes.at_makelaar(running, "Bodemkaart inzien", agreed.name)
        browser.fill("username", provider.user)
        browser.fill("password", provider.password)
        browser.click("Inloggen")
        asked = recipes.go_on(browser)
        company = asked.tree.xpath("//button[@name='choice' and @value!='self']/@value")
        shown = browser.press("choice", str(company[0]))
    assert shown.url.startswith(running.addresses.portal), (shown.url, shown.text[:500])
    assert "90001201" in shown.text
    assert recipes.BASIC in shown.text  # a password, and no more
