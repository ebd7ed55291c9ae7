"""Keys as products publish them in metadata. Each test says which product writes so and where that
is known from.
"""

from __future__ import annotations

import pytest
from cryptography import x509

from keys.certificates import to_pem
from providers.interface import ProviderRefused
from providers.saml.metadata import read_metadata
from tests.providers.saml.habits.documents import (
    CERTIFICATE,
    GOOD,
    KEY,
    issued,
    key_info,
    keys,
    pem,
)
from tests.providers.saml.habits.reading import works
from tests.providers.saml.maker import (
    SUBJECT,
    Recipe,
    base64_of,
    certificate,
    finish,
    provider_for,
)
from tests.providers.saml.signing import Signing


@pytest.mark.parametrize(
    "text",
    [
        pem(certificate()),
        f"\n\t  {pem(certificate())}  ",
        to_pem(certificate()).replace("\n", "\r\n"),
        pem(certificate()).replace("CERTIFICATE", "TRUSTED CERTIFICATE"),
        " ".join(CERTIFICATE[at : at + 7] for at in range(0, len(CERTIFICATE), 7)),
        f"\n      {CERTIFICATE}\n    ",
    ],
    ids=["PEM", "spaces around", "CRLF", "another label", "spaces inside", "indented"],
)
def test_a_certificate_is_pasted_as_it_came(text: str) -> None:
    """PEM lines and breaks: WSO2, OneLogin's and hand-made files."""
    works(keys(key_info(text)))


@pytest.mark.parametrize("use", ["", ' use=""', ' use=" "', ' use="signing "'])
def test_a_key_without_use_serves_both(use: str) -> None:
    """Absent (SAML Metadata §2.4.1.1) in Google's and IBM's, empty in products that fill in a
    template.
    """
    document = keys(key_info(CERTIFICATE, use=use))
    works(document)
    with pytest.raises(ProviderRefused, match="signature_invalid"):  # it is checked all the same
        finish(Recipe(signing=Signing(key="thief")), provider_for(document))
    with pytest.raises(ProviderRefused, match="signature_missing"):
        finish(Recipe(signs="none"), provider_for(document))


def test_a_key_on_a_curve_is_a_key() -> None:
    """eIDAS nodes and Keycloak with an EC key."""
    curve = issued("curve", elliptic=True)
    works(keys(key_info(base64_of(curve)), KEY))
    assert read_metadata(keys(key_info(base64_of(curve)))).signing == (curve,)


AUTHORITY = issued("authority")
LEAF = issued("makelaar", by="authority")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["end first", "authority first"])
def test_of_a_chain_only_its_end_signs(order: tuple[int, int]) -> None:
    """PingFederate, and PKIoverheid makelaars: the whole chain in one KeyInfo (XML Signature
    §4.4.4). An authority speaks for nobody's logins.
    """
    chain = [base64_of(LEAF), base64_of(AUTHORITY)]
    document = keys(key_info(*(chain[at] for at in order)))
    assert read_metadata(document).signing == (LEAF,)
    provider = provider_for(document.encode())
    assert finish(Recipe(), provider).subject == SUBJECT
    with pytest.raises(ProviderRefused, match="signature_invalid"):
        finish(Recipe(signing=Signing(key="authority")), provider)


def test_a_chain_in_one_element_of_pem_is_a_chain() -> None:
    assert read_metadata(keys(key_info(pem(LEAF) + pem(AUTHORITY)))).signing == (LEAF,)


def test_a_renewed_certificate_for_the_same_key_is_no_chain() -> None:
    """ADFS renews under one name; each certificate signs itself, with one key."""
    renewed = issued("makelaar", days=700)
    found = read_metadata(keys(key_info(base64_of(issued("makelaar")), base64_of(renewed))))
    assert found.signing == (issued("makelaar"), renewed)


@pytest.mark.parametrize(
    "odd",
    [
        key_info("AAAA"),
        key_info("not base64 at all!"),
        key_info(""),
        "<md:KeyDescriptor><ds:KeyInfo><ds:KeyName>x</ds:KeyName></ds:KeyInfo></md:KeyDescriptor>",
        key_info(CERTIFICATE, use=' use="both"'),
    ],
    ids=["no DER", "no base64", "empty", "a name alone", "an unknown use"],
)
def test_a_key_that_cannot_be_read_stands_beside_one_that_can(odd: str) -> None:
    """During a change of keys, and from templates that were not filled in."""
    assert works(keys(odd, KEY)).signing == (certificate(),)
    assert works(keys(KEY, odd)).signing == (certificate(),)


def test_an_ended_certificate_stands_beside_a_good_one() -> None:
    """Nearly every product leaves the old one in for a while."""
    old = issued("old", days=1)
    assert set(works(keys(key_info(base64_of(old)), KEY)).signing) == {old, certificate()}


def test_certificates_are_listed_once() -> None:
    """Keycloak names the same key for signing and for both."""
    assert works(keys(KEY, KEY, key_info(CERTIFICATE, use=""))).signing == (certificate(),)
    assert isinstance(works(GOOD).signing[0], x509.Certificate)
