"""Revocation: a key that must go at once, whatever breaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from keys.keyring import load_keyring
from keys.rotation import live_keys, make_key, move_key, rotate_due
from keys.sealing import Sealer
from keys.signing_key import KeyState, KeyUse, SigningKey
from state.locks import Held, one_at_a_time
from state.registrations import raise_revision

SHORTEST: Final = 8  # characters of an id that name a key
_PORTALS: Final = "Users of portals that speak SAML cannot log in until those read our new "
_AGAIN: Final = "Users of these makelaars cannot log in until the makelaars have read our new "
_LOST: Final = {
    KeyUse.OIDC_SIGNING: "Tokens signed with it are refused as soon as a portal reads /jwks again.",
    KeyUse.SAML_SIGNING: "Requests signed with it, under way now, are refused.",
    KeyUse.SAML_IDP_SIGNING: "Answers signed with it, under way now, are refused by portals.",
    KeyUse.SAML_TLS_CLIENT: "Makelaars that ask for it in TLS refuse the calls that use it.",
    KeyUse.SAML_ENCRYPTION: "Answers encrypted to it cannot be opened: logins under way fail.",
    KeyUse.CLIENT_SIGNING: "Requests for tokens signed with it, under way now, are refused.",
    KeyUse.CLIENT_ENCRYPTION: "Tokens encrypted to it cannot be opened: logins under way fail.",
    KeyUse.AUDIT_SIGNING: "Checkpoints of the audit that it signed are still verified.",
}
_UNKNOWN: Final = {
    KeyUse.OIDC_SIGNING: "Portals with the old key set refuse new tokens until they read /jwks.",
    KeyUse.SAML_SIGNING: _AGAIN + "metadata: tell them today.",
    KeyUse.SAML_ENCRYPTION: _AGAIN + "metadata: tell them today.",
    KeyUse.SAML_IDP_SIGNING: _PORTALS + "metadata: tell them today.",
    KeyUse.SAML_TLS_CLIENT: "A certificate of an authority is not replaced: import another one.",
    KeyUse.CLIENT_SIGNING: _AGAIN + "key set.",
    KeyUse.CLIENT_ENCRYPTION: "Makelaars that encrypt tokens must read our new key set first.",
    KeyUse.AUDIT_SIGNING: "Nothing is sealed in the audit until there is a new key.",
}


class NoSuchKey(LookupError):
    """No key that is in use has this id; the message says what to do."""


@dataclass(frozen=True)
class Revoked:
    """What was done. ``replacement`` signs from now on; ``published`` tells that partners could
    know it already. Both are empty when the key was not the active one."""

    kid: str
    replacement: str | None = None
    published: bool = False


def find(session: Session, kid: str) -> SigningKey:
    """The key with this id, or whose id alone begins so (8 characters). Raises NoSuchKey."""
    found = [
        key
        for key in live_keys(session)
        if key.kid == kid or (len(kid) >= SHORTEST and key.kid.startswith(kid))
    ]
    if not found:
        raise NoSuchKey(f"no key in use has the id {kid}; see: sluis keys list")
    if len(found) > 1:
        raise NoSuchKey(f"{len(found)} keys begin with {kid}; give the whole id (--json shows it)")
    return found[0]


def consequences(use: KeyUse, state: KeyState, *, successor: bool) -> tuple[str, ...]:
    """What breaks when a key of this use and state goes, as sentences for an operator.

    ``successor``: partners can know the next key already.
    """
    if state is KeyState.REQUESTED:
        return ("The certificate that was asked for can then not be imported: ask a new one.",)
    if state is KeyState.NEXT:
        return ("Nothing was signed with it. The rotation of this use begins anew.",)
    if state is not KeyState.ACTIVE:
        return (_LOST[use],)
    if successor:
        return (_LOST[use], "The next key signs at once. Partners that read it already go on.")
    return (_LOST[use], _UNKNOWN[use])


def revoke(
    session: Session, sealer: Sealer, kid: str, now: datetime, *, by: str | None = None
) -> Revoked:
    """Retire a key at once, in the transaction of the caller; an active one is replaced, by the
    next key when there is one. ``by``: the person who asked, for the audit.

    Raises NoSuchKey, and WrongMasterKey before anything changed.
    """
    one_at_a_time(session, Held.KEYS)
    load_keyring(session, sealer)
    rotate_due(session, now, retires=False)
    key = find(session, kid)
    was_active = key.state is KeyState.ACTIVE
    move_key(session, key, KeyState.RETIRED, now, reason="revoked", by=by)
    raise_revision(session)  # who loses the database now must not go on with a ring of before
    if not was_active:
        return Revoked(key.kid)
    following = session.scalar(
        select(SigningKey).where(
            SigningKey.use == key.use,
            SigningKey.algorithm == key.algorithm,
            SigningKey.state == KeyState.NEXT,
        )
    )
    if following is not None:
        move_key(session, following, KeyState.ACTIVE, now, reason="revoked", by=by)
        return Revoked(key.kid, following.kid, published=True)
    made = make_key(session, sealer, key.use, key.algorithm, KeyState.ACTIVE, now, by=by)
    return Revoked(key.kid, made)
