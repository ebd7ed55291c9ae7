"""Makelaars that speak OpenID Connect: the request, the answer, their keys. What a mandate that
they assert is worth is in ``providers.authority``. Sends no pages; portals that speak it are in
``broker.oidc``.
"""
