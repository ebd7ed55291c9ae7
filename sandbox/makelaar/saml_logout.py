"""A makelaar that the broker asks to log somebody out (SAML Core §3.7), by HTTP-Redirect. Nobody
stays logged in at these makelaars, so it is done at once.
"""

from __future__ import annotations

import base64
import secrets
import zlib
from datetime import datetime
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sandbox.makelaar.catalogue import Makelaar
from sandbox.makelaar.metadata import ServiceProvider
from sandbox.makelaar.saml_request import (
    NAMES,
    RSA_SHA256,
    SAML,
    SAMLP,
    RequestRefused,
    verified_query,
)

SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"


def answer_url(makelaar: Makelaar, query: bytes, sp: ServiceProvider, now: datetime) -> str:
    """Where the browser goes with the signed answer. Raises RequestRefused."""
    root, relay_state = verified_query(query, sp.signing)
    if root.tag != f"{{{SAMLP}}}LogoutRequest" or root.get("Destination") != makelaar.slo_url:
        raise RequestRefused("dit is geen LogoutRequest voor deze makelaar")
    if (root.findtext("saml:Issuer", "", NAMES) or "").strip() != sp.entity_id:
        raise RequestRefused("Issuer is niet bekend")
    if not root.findtext("saml:NameID", "", NAMES):
        raise RequestRefused("NameID ontbreekt")
    to = sp.logout
    message = (
        f'<samlp:LogoutResponse xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" Version="2.0" '
        f'ID="_{secrets.token_hex(16)}" IssueInstant="{now:%Y-%m-%dT%H:%M:%SZ}" '
        f'Destination="{to}" InResponseTo="{root.get("ID")}">'
        f"<saml:Issuer>{makelaar.entity_id}</saml:Issuer><samlp:Status>"
        f'<samlp:StatusCode Value="{SUCCESS}"/></samlp:Status></samlp:LogoutResponse>'
    )
    machine = zlib.compressobj(wbits=-15)
    deflated = base64.b64encode(machine.compress(message.encode()) + machine.flush()).decode()
    values = {"SAMLResponse": deflated, "RelayState": relay_state, "SigAlg": RSA_SHA256}
    said = "&".join(f"{n}={quote(v, safe='')}" for n, v in values.items() if v is not None)
    key = makelaar.pair.key
    assert isinstance(key, rsa.RSAPrivateKey)
    made = key.sign(said.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{to}?{said}&{urlencode({'Signature': base64.b64encode(made).decode()})}"
