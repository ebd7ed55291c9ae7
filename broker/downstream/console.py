"""The console as a portal of its own: the same journey, at EH2+ or higher, ends in a session cookie
for ``/beheer``.

The session is a grant, so that it can be revoked like every other; the cookie carries its id,
sealed. Idle time is kept in the expiring store.
"""

from __future__ import annotations

import base64
from datetime import datetime, timedelta

from assurance.levels import AssuranceLevel
from broker.downstream.interface import (
    DownstreamName,
    GrantFacts,
    LoginRefused,
    LoginRequest,
    LoginResult,
    Prepared,
    Purpose,
    RefusalCode,
    Reply,
)
from broker.runtime import Runtime
from directory.fields import LocalizedText
from directory.services import ConsentRule, MandateRule, Service
from state.ephemeral import Put

COOKIE = "__Host-sluis-beheer"
CONTEXT = "console-session"
CLIENT_ID = "sluis-beheer"
CONSOLE_SERVICE = Service(
    uuid="5b1c9a60-0000-4000-8000-73a1b2c3d4e5",
    service_id="urn:sluis:service:beheer",
    name=LocalizedText(nl="Beheer", en="Administration"),
    description=LocalizedText(
        nl="Mensen en machtigingen van uw organisatie",
        en="People and mandates of your organisation",
    ),
    provider_name=LocalizedText(nl="Sluis", en="Sluis"),
    provider_oin="00000000000000000000",
    level=AssuranceLevel.EH2_PLUS,
    own_means=True,
    mandate=MandateRule.NONE,
    consent=ConsentRule.NONE,
)


def idle_key(grant_id: str) -> str:
    return f"console-idle:{grant_id}"


def login_request(next_path: str, locale: str) -> LoginRequest:
    """What the console asks of the journey. ``next_path`` is one of our own paths."""
    return LoginRequest(
        downstream=DownstreamName.CONSOLE,
        client_id=CLIENT_ID,
        service_uuid=CONSOLE_SERVICE.uuid,
        level=CONSOLE_SERVICE.level,
        purpose=Purpose.CONSOLE,
        locale=locale,
        reply_to={"next": next_path},
    )


class ConsoleDownstream:
    """Implements ``broker.downstream.interface.Downstream``."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt

    def prepare(self, result: LoginResult, now: datetime) -> Prepared:
        """A session for the console, and the way to the page that was asked."""
        hours = self._rt.settings.login.session_hours
        sealed = self._rt.sealer.seal(result.grant_id.encode(), CONTEXT)
        cookie = base64.urlsafe_b64encode(sealed).decode().rstrip("=")
        idle = self._rt.settings.login.session_idle_minutes * 60
        return Prepared(
            reply=Reply(
                url=self._rt.base_url + (result.request.reply_to.get("next") or "/beheer"),
                cookies={COOKIE: cookie},
            ),
            operations=(Put(idle_key(result.grant_id), b"1", idle),),
            grant=GrantFacts(
                id=result.grant_id,
                client_id=CLIENT_ID,
                person_id=result.person_id,
                service_uuid=result.request.service_uuid,
                expires_at=now + timedelta(hours=hours),
            ),
        )

    def refuse(self, request: LoginRequest, why: LoginRefused, reference: str) -> Reply:  # noqa: ARG002
        """The console's front page, which offers to log in again."""
        word = "cancelled" if why.code is RefusalCode.CANCELLED else "refused"
        return Reply(url=f"{self._rt.base_url}/beheer/uitgelogd?reason={word}")
