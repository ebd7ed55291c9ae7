"""Names of XML Signature and XML Encryption, and which algorithms are accepted."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final

DS: Final = "http://www.w3.org/2000/09/xmldsig#"
XENC: Final = "http://www.w3.org/2001/04/xmlenc#"
XENC11: Final = "http://www.w3.org/2009/xmlenc11#"
EXC_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
# The same where there are no comments, and the guard reads none (SAML Core §5.4.3).
EXC_C14N_COMMENTS: Final = EXC_C14N + "WithComments"
ENVELOPED: Final = DS + "enveloped-signature"
RSA_SHA256: Final = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256: Final = XENC + "sha256"

SIGNATURES: Final = frozenset(
    {RSA_SHA256}
    | {f"http://www.w3.org/2001/04/xmldsig-more#rsa-sha{bits}" for bits in (384, 512)}
    | {f"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha{bits}" for bits in (256, 384, 512)}
    # RSASSA-PSS with one digest for all of its parts (RFC 9231 §2.3.10); eIDAS nodes use it.
    | {f"http://www.w3.org/2007/05/xmldsig-more#sha{bits}-rsa-MGF1" for bits in (256, 384, 512)}
)
DIGESTS: Final = frozenset(
    {SHA256, XENC + "sha512", "http://www.w3.org/2001/04/xmldsig-more#sha384"}
)
GCM: Final = {XENC11 + "aes128-gcm": 16, XENC11 + "aes192-gcm": 24, XENC11 + "aes256-gcm": 32}
# No product was seen to use 192 bits here, and no more is opened than is in use of what
# authenticates nothing.
CBC: Final = {XENC + "aes128-cbc": 16, XENC + "aes256-cbc": 32}
OAEP: Final = XENC + "rsa-oaep-mgf1p"
OAEP11: Final = XENC11 + "rsa-oaep"


def short(algorithms: Iterable[str]) -> str:
    """Algorithms by the last word of their URIs, as people name them."""
    return ", ".join(sorted(uri.rpartition("#")[2] for uri in algorithms))


@cache
def ds(name: str) -> str:
    """``{http://www.w3.org/2000/09/xmldsig#}name``."""
    return f"{{{DS}}}{name}"


@cache
def xenc(name: str) -> str:
    """``{http://www.w3.org/2001/04/xmlenc#}name``."""
    return f"{{{XENC}}}{name}"
