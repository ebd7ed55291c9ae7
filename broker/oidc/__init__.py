"""OpenID Connect towards portals: discovery, the authorization code flow with PKCE, tokens and
their claims, userinfo, and logging out in the words of the protocol. Knows no journey: a request
becomes a ``LoginRequest``, a ``LoginResult`` an answer (``broker.downstream``). Makelaars that
speak it are in ``providers.oidc``.
"""
