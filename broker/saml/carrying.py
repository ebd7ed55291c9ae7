"""How an answer travels to a portal: in a form (Bindings §3.5), or by a reference in an address
(§3.6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from broker.downstream import Reply
from broker.saml import kept_answers
from broker.saml.addresses import RESOLUTION_INDEX
from broker.saml.answer_bindings import AnswerBinding
from broker.saml.kept_answers import KeptAnswer, KeptLogin
from broker.saml.reply_to import SamlReplyTo
from keys.sealing import Sealer
from providers.saml.wire.artifact import NAME, new_artifact
from providers.saml.wire.bindings import form_value
from state.ephemeral import Operation

LONGEST_ADDRESS: Final = 2000  # characters; what is longer travels in a form


@dataclass(frozen=True)
class CarriedAnswer:
    """``operations`` keep what the portal fetches, and run before the browser leaves."""

    reply: Reply
    operations: tuple[Operation, ...] = ()


def carried(
    response: bytes,
    to: SamlReplyTo,
    *,
    issuer: str,
    client_id: str,
    reference: str | None,
    sealer: Sealer,
    login: KeptLogin | None = None,
) -> CarriedAnswer:
    """A signed Response for this portal, as it asked. ``reference``: of the login; ``login``:
    what that came to, without which the answer is worth nothing.
    """
    if to.binding is AnswerBinding.POST:
        return CarriedAnswer(_in_form(to, {"SAMLResponse": form_value(response)}))
    artifact = new_artifact(issuer, RESOLUTION_INDEX)
    answer = KeptAnswer(client_id, reference, response.decode(), login)
    kept = kept_answers.put(artifact, answer, sealer)
    parts = {NAME: artifact} | _relay(to)
    url = f"{to.acs_url}{'&' if '?' in to.acs_url else '?'}{urlencode(parts)}"
    reply = Reply(url) if len(url) <= LONGEST_ADDRESS else _in_form(to, {NAME: artifact})
    return CarriedAnswer(reply, (kept,))


def _in_form(to: SamlReplyTo, fields: Mapping[str, str]) -> Reply:
    return Reply(to.acs_url, {**fields, **_relay(to)})


def _relay(to: SamlReplyTo) -> dict[str, str]:
    return {} if to.relay_state is None else {"RelayState": to.relay_state}
