"""Towards portals: OpenID Connect, and our own consoles behind the same interface."""
