"""Simulated makelaars: SAML identity providers and OpenID providers, each under a path of its own.

They check what the broker sends as strictly as a real one, let a person be picked instead of asking
for a password, and can answer wrongly on request.
"""
