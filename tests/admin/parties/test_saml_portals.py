"""A SAML portal as it is registered: what is in order is not told, what ends soon is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from admin.parties import saml_portals
from admin.parties.examination import Means, examined
from state.addresses import OutgoingRefused
from state.outgoing import HttpAnswer, OutgoingFailed
from tests.admin.parties.test_makelaars_and_portals import Internet
from tests.broker.facts import some_settings
from tests.broker.saml.logging_out import single_logout
from tests.broker.saml.portals import a_portal, acs, certificate, key_descriptor, metadata
from tests.called import Called, said
from tests.clocks import START

SIGNS = key_descriptor(certificate("portal"))
SOON = key_descriptor(certificate("portal", days=20))
OPENS = key_descriptor(certificate("portal"), "encryption")
OVER = key_descriptor(certificate("portal", begins=-10, days=5), "encryption")
IN_A_MONTH = (START + timedelta(days=29)).strftime("%Y-%m-%dT%H:%M:%SZ")


def troubles(text: str, **saml: Any) -> list[tuple[str, str]]:
    nobody = Called(AssertionError("nobody is called"))
    found = list(saml_portals.troubles(a_portal(text, saml=saml), nobody, now=START))
    assert all(one.remedy for one in found)
    return [(one.field, one.seen) for one in found]


@pytest.mark.parametrize(
    ("text", "saml"),
    [
        (metadata(), {}),
        (metadata(keys=""), {}),
        (metadata(keys=SIGNS + SOON), {}),
        (metadata(keys=SIGNS + OVER), {}),
        (metadata(keys=SIGNS + OVER + OPENS), {"encrypt_assertion": "always"}),
        (metadata(keys=SIGNS), {"encrypt_assertion": "when_possible"}),
    ],
)
def test_what_is_in_order_is_not_told(text: str, saml: dict[str, Any]) -> None:
    assert troubles(text, **saml) == []


@pytest.mark.parametrize(
    ("text", "saml", "field", "said"),
    [
        (metadata(keys=SOON), {}, "saml.metadata", "with which it signs ends on"),
        (metadata(entity=f'validUntil="{IN_A_MONTH}"'), {}, "saml.metadata", "valid until"),
        ("<x/>", {}, "saml.metadata", "EntityDescriptor"),
        (
            metadata(keys=SIGNS + OVER),
            {"encrypt_assertion": "when_possible"},
            "saml.encrypt_assertion",
            "so it goes open",
        ),
        (
            metadata(keys=SIGNS + OVER),
            {"encrypt_assertion": "always"},
            "saml.encrypt_assertion",
            "so nobody logs in",
        ),
    ],
)
def test_what_ends_is_told(text: str, saml: dict[str, Any], field: str, said: str) -> None:
    found = troubles(text, **saml)
    assert (field, True) in {(one, said in seen) for one, seen in found}


def test_a_portal_is_examined_by_its_protocol() -> None:
    means = Means(some_settings(), lambda: Internet({}), None, START)
    (tried,) = examined([(a_portal(metadata(keys=SOON)), None)], means)
    assert (tried.kind, tried.name) == ("Client", "waterkaart")
    assert [one.field for one in tried.troubles] == ["saml.metadata"]


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        (said(b"", 405), None),
        (said(b"", 200), None),
        (OutgoingFailed("tls"), "no TLS connection"),
        (OutgoingRefused("address"), "never called"),
    ],
)
def test_where_a_portal_is_called_when_somebody_logs_out_is_tried(
    answer: HttpAnswer | Exception, seen: str | None
) -> None:
    addresses = single_logout("https://waterkaart.example/slo", "SOAP") + acs()
    portal = a_portal(metadata(addresses=addresses))
    found = list(saml_portals.logout_troubles(portal, Internet({"soap": answer}), now=START))
    assert [one.field for one in found] == ([] if seen is None else ["saml.metadata"])
    assert seen is None or seen in found[0].seen
    silent = Internet({"soap": answer})
    assert not list(saml_portals.logout_troubles(a_portal(), silent, now=START))
    assert not silent.calls


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (said(metadata().encode()), []),
        (said(metadata(keys=SOON).encode()), ["saml.metadata: the last certificate"]),
        (said(b"", 404), ["saml.metadata_url: https://w.example/m answers with status 404"]),
        (OutgoingFailed("no_answer"), ["saml.metadata_url: https://w.example/m: nothing answers"]),
        (said(b"\xff\xfe\xff"), ["saml.metadata_url: "]),
    ],
)
def test_a_portal_with_an_address_is_looked_at_before_anything_is_taken(
    answer: HttpAnswer | Exception, told: list[str]
) -> None:
    """As ``sluis apply --check`` does with what is new."""
    portal = a_portal(saml={"metadata": None, "metadata_url": "https://w.example/m"})
    calls = Called(answer)
    found = [one.told for one in saml_portals.troubles(portal, calls, now=START)]
    assert calls.calls == ["https://w.example/m"]
    assert len(found) == len(told)
    assert all(one.startswith(begin) for one, begin in zip(found, told, strict=True)), found
