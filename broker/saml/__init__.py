"""SAML 2.0 towards portals, with Sluis as identity provider: metadata, requests by HTTP-Redirect
and HTTP-POST, signed Responses by HTTP-POST and HTTP-Artifact. Knows no journey: a request becomes
a ``LoginRequest``, a ``LoginResult`` an answer (``broker.downstream``). Makelaars that speak it are
in ``providers.saml``; what both roles share in ``providers.saml.wire``.
"""
