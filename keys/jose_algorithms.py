"""The signature algorithms of JSON Web Tokens that portals may choose from and sign with."""

from __future__ import annotations

from typing import Final

ALGORITHMS: Final = ("RS256", "PS256", "ES256")
