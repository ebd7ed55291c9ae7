"""Metadata in a file that end soon: whoever registers them is warned, of either role alike."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from admin.registrations import makelaar_rules, rules, saml_portal_rules
from admin.registrations.rule import Breach
from broker.settings import Settings
from tests.broker.saml.portals import a_portal, certificate, key_descriptor, metadata
from tests.clocks import START
from tests.providers.saml.habits.documents import key_info, keys
from tests.providers.saml.maker import record_of

Told = Callable[[str, str], list[Breach]]  # a certificate, attributes of the entity


@pytest.fixture(params=["makelaar", "portal"])
def told(
    request: pytest.FixtureRequest, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Told:
    for module in (makelaar_rules, saml_portal_rules):
        monkeypatch.setattr(module, "utc_now", lambda: START)

    def of(shown: str, attributes: str) -> list[Breach]:
        calls = rules.calls_of(settings)
        if request.param == "portal":
            text = metadata(keys=key_descriptor(shown))
            text = text.replace("entityID=", f"{attributes} entityID=", 1)
            return rules.breaches("Client", a_portal(text), calls)
        text = keys(key_info(shown)).replace("entityID=", f"{attributes} entityID=", 1)
        return rules.breaches("IdentityProvider", record_of(metadata=text), calls)

    return of


@pytest.mark.parametrize(
    ("begins", "days", "words"),
    [
        (-400, 390, "the last signing certificate in them ended on 2026-10-23"),
        (-400, 420, "the last signing certificate in them ends on 2026-11-22"),
        (20, 400, "the last signing certificate in them begins on 2026-11-22"),
        (-400, 800, None),
    ],
    ids=["over", "soon", "not yet", "well"],
)
def test_a_signing_certificate_that_holds_no_month_is_told(
    told: Told, begins: int, days: int, words: str | None
) -> None:
    """A file may hold one that is over, and products go on with it: taken, but not in silence."""
    found = told(certificate("portal", begins=begins, days=days), "")
    assert [one.what for one in found] == ([words] if words else [])
    assert all(one.warns and one.field == "saml.metadata" for one in found)


@pytest.mark.parametrize(("until", "many"), [("2026-11-04", 1), ("2027-11-04", 0)])
def test_metadata_that_hold_for_two_days_are_told(told: Told, until: str, many: int) -> None:
    """As python3-saml writes them, and ADFS behind some scripts."""
    found = told(certificate("portal"), f'validUntil="{until}T00:00:00Z"')
    assert len(found) == many and all(one.warns for one in found)
    assert all(f"they are valid until {until}" in one.what for one in found)


def test_one_that_is_replaced_by_another_is_no_news(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(makelaar_rules, "utc_now", lambda: START)
    both = certificate("old", begins=-800, days=790), certificate("portal")
    text = keys(*map(key_info, both))
    calls = rules.calls_of(settings)
    assert rules.breaches("IdentityProvider", record_of(metadata=text), calls) == []
