"""Logging out at an OpenID Connect makelaar (RP-Initiated Logout 1.0): the browser goes to its end
session endpoint, with the ID token that says which session is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from assurance.session_names import SessionName
from providers.logout import NEVER, LogoutAsk, LogoutDeparture
from providers.oidc.discovery import ProviderMetadata
from providers.registry import ProviderRecord

LONGEST_HINT: Final = 4096  # of an ID token that is kept for this
LONGEST_ADDRESS: Final = 1800  # what is longer travels in a form (§2 allows both)


@dataclass(frozen=True)
class OidcLogout:
    """Implements ``providers.logout.MakelaarLogout``. ``metadata_at``: its discovery document then.
    Raises ProviderUnavailable.
    """

    record: ProviderRecord
    metadata_at: Callable[[datetime], ProviderMetadata]

    @property
    def can_be_called(self) -> bool:
        """Who logs out at an OpenID Connect makelaar does so in person."""
        return False

    @property
    def can_visit(self) -> bool:
        """Where is in its discovery document, which is asked when somebody goes there."""
        return self.record.logout != NEVER

    def names_in(
        self, sub: str, sid: object, id_token: str, metadata: ProviderMetadata
    ) -> tuple[SessionName, ...]:
        """What the makelaar calls the session that this login began; nothing where nobody is to log
        out there.
        """
        if self.record.logout == NEVER or not (metadata.end_session_endpoint or metadata.tells):
            return ()
        index = sid if isinstance(sid, str) and sid else None
        hint = id_token if len(id_token) <= LONGEST_HINT else None
        return (SessionName(sub, index, id_token=hint),)

    def departure(self, names: Sequence[SessionName], ask: LogoutAsk) -> LogoutDeparture | None:
        """With our ``client_id``: it goes as well where the token is too long to be kept."""
        endpoint = self.metadata_at(ask.now).end_session_endpoint
        assert self.record.oidc is not None
        if endpoint is None or not names or self.record.logout == NEVER:
            return None
        fields = {
            "client_id": self.record.oidc.client_id,
            "post_logout_redirect_uri": ask.return_to,
            "state": ask.request_id,
        }
        hint = names[-1].id_token
        if hint is not None:
            fields["id_token_hint"] = hint
        address = f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(fields)}"
        if len(address) > LONGEST_ADDRESS:
            return LogoutDeparture(endpoint, fields)
        return LogoutDeparture(address)
