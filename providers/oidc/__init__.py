"""Makelaars that speak OpenID Connect: the request, the answer, their keys. Sends no pages."""
