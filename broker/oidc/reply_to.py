"""What an authorization request leaves for its answer, kept with the login."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from broker.downstream import LoginRequest

QUERY: Final = "query"
FORM_POST: Final = "form_post"


@dataclass(frozen=True)
class OidcReplyTo:
    """``challenge``: the S256 ``code_challenge``, None without PKCE. ``mode``: ``form_post`` where
    the answer goes in a form, None where it goes in the address.

    Of several values, with a space between: ``sub``, the users that may log in; ``acr``, the
    essential values, of which one is the answer; ``scope``, what was granted; ``id_token`` and
    ``userinfo``, names of claims that were asked there beyond what always stands there.
    """

    redirect_uri: str
    state: str | None = None
    nonce: str | None = None
    challenge: str | None = None
    sub: str | None = None
    acr: str | None = None
    scope: str | None = None
    id_token: str | None = None
    userinfo: str | None = None
    mode: str | None = None

    def stored(self) -> Mapping[str, str | None]:
        """As ``LoginRequest.reply_to`` holds it."""
        return dict(vars(self))

    @classmethod
    def of(cls, request: LoginRequest) -> OidcReplyTo:
        """What this request left."""
        kept = request.reply_to
        return cls(
            redirect_uri=kept["redirect_uri"] or "",
            state=kept.get("state"),
            nonce=kept.get("nonce"),
            challenge=kept.get("challenge"),
            sub=kept.get("sub"),
            acr=kept.get("acr"),
            scope=kept.get("scope"),
            id_token=kept.get("id_token"),
            userinfo=kept.get("userinfo"),
            mode=kept.get("mode"),
        )
