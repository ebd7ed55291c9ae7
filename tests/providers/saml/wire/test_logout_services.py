"""Where a party hears of logouts, as metadata have it."""

from __future__ import annotations

import pytest
from lxml import etree

from providers.saml.wire.logout_services import BY_BROWSER, SOAP, first_of, logout_services
from providers.saml.wire.names import POST, REDIRECT

URL = "https://idp.example/slo"


def read(*elements: str) -> list[tuple[str, str, str]]:
    text = "<md:R xmlns:md='urn:oasis:names:tc:SAML:2.0:metadata'>" + "".join(elements) + "</md:R>"
    return [(o.binding, o.location, o.answers) for o in logout_services(etree.fromstring(text))]


def service(binding: str = REDIRECT, url: str = URL, more: str = "") -> str:
    return f'<md:SingleLogoutService Binding="{binding}" Location="{url}" {more}/>'


def test_answers_go_to_their_own_address_where_there_is_one() -> None:
    assert read(service()) == [(REDIRECT, URL, URL)]
    more = f'ResponseLocation="{URL}/done"'
    assert read(service(more=more)) == [(REDIRECT, URL, f"{URL}/done")]


def test_white_space_around_an_address_is_of_a_printer() -> None:
    assert read(service(url=f"\n  {URL}\n")) == [(REDIRECT, URL, URL)]


@pytest.mark.parametrize(
    "element",
    [
        service("urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact"),
        service(url="http://idp.example/slo"),
        service(url="javascript:alert(1)"),
        service(url="https://user:secret@idp.example/slo"),
        service(url=""),
        service(more='ResponseLocation="http://idp.example/slo"'),
        '<md:SingleLogoutService Location="https://idp.example/slo"/>',
    ],
)
def test_where_nobody_can_be_sent_is_passed_over(element: str) -> None:
    assert read(element, service(POST)) == [(POST, URL, URL)]


def test_the_first_binding_that_is_wanted_and_offered_counts() -> None:
    text = f"<md:R xmlns:md='urn:oasis:names:tc:SAML:2.0:metadata'>{service(SOAP)}{service(POST)}"
    found = logout_services(etree.fromstring(f"{text}</md:R>"))
    by_browser, by_call = first_of(found, BY_BROWSER), first_of(found, (SOAP,))
    assert by_browser is not None and by_browser.binding == POST
    assert by_call is not None and by_call.binding == SOAP
    assert first_of(found, (REDIRECT,)) is None
