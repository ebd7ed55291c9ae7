"""OidcProvider: a makelaar that speaks OpenID Connect, authorization code with PKCE."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from assurance.levels import AssuranceLevel
from keys.keyring import KeyRing
from providers import received
from providers.authority import AskedService
from providers.calls import MakelaarEndpoint
from providers.credit import credit, word_that_counts
from providers.interface import (
    NOTHING_SAID,
    AuthenticationRequest,
    Callback,
    Departure,
    Identity,
    ProviderLevelUnknown,
    ProviderRefused,
    ProviderUnavailable,
    Remembered,
)
from providers.oidc import client, encrypted_tokens, representation
from providers.oidc.authorize import asked, departure, take_code
from providers.oidc.client_proof import check_proof
from providers.oidc.discovery import ProviderMetadata, fetch_document, fetch_metadata
from providers.oidc.keys import MAX_BYTES, PublishedKeys, VerifyingKey, read_jwks
from providers.oidc.logout import OidcLogout
from providers.oidc.logout_token import TYPES, LogoutNotice, read_logout_token
from providers.oidc.pushed_request import push
from providers.oidc.tokens import (
    Claims,
    ExpectedToken,
    check_parties,
    read_id_token,
    seconds_in,
    subject_of,
    verify,
)
from providers.registry import ProviderRecord
from state.copies import replace
from state.last_good import LastGood
from state.outgoing import ACCEPT_KEYS, OutgoingClient

KEYS_FRESH: Final = timedelta(seconds=60)  # a key that is withdrawn counts no longer than this
LONGEST_REPLAY: Final = timedelta(hours=1)
MAX_FACTORS: Final = 10
MAX_FACTOR: Final = 64  # signs of one


class OidcProvider:
    """Safe between threads; keeps its makelaar's documents and keys, nothing of any login."""

    def __init__(
        self,
        *,
        record: ProviderRecord,
        keyring: KeyRing,
        outgoing: OutgoingClient,
        redirect_uri: str,
    ) -> None:
        if record.oidc is None:
            raise ValueError("not a makelaar that speaks OpenID Connect")
        self._record = record
        self._settings = record.oidc
        self._keyring = keyring
        self._outgoing = outgoing
        self._redirect_uri = redirect_uri
        self._party = f"makelaar {record.id}"
        self._metadata: LastGood[ProviderMetadata] = LastGood(
            lambda: fetch_metadata(self._outgoing, self._settings, self._party),
            ProviderUnavailable,
        )
        self._jwks_uri = ""
        self._keys: LastGood[PublishedKeys] = LastGood(
            self._fetch_keys, ProviderUnavailable, fresh=KEYS_FRESH
        )

    def begin(self, ask: AuthenticationRequest, now: datetime) -> Departure:
        """Where to send the browser. Raises ProviderUnavailable."""
        metadata = self._metadata.get(now)
        check_proof(self._settings, metadata, self._keyring)
        encrypted_tokens.check_keys(self._settings, self._keyring)
        request = asked(
            ask,
            record=self._record,
            settings=self._settings,
            metadata=metadata,
            redirect_uri=self._redirect_uri,
            now=now,
        )
        query = request.query
        if metadata.push_endpoint is not None:
            query = push(
                self._outgoing,
                query,
                endpoint=metadata.push_endpoint,
                settings=self._settings,
                metadata=metadata,
                keyring=self._keyring,
                now=now,
                party=self._party,
            )
        return departure(query, request.remembered, metadata.authorization_endpoint)

    def finish(self, remembered: Remembered, callback: Callback) -> Identity:
        """Check the answer completely; see RedirectProvider."""
        now = callback.received_at
        if remembered.provider_id != self._record.id:
            raise ProviderRefused(
                "other_makelaar",
                "asked another makelaar",
                element="callback",
                seen=self._record.id,
                expected=remembered.provider_id,
            )
        if remembered.values.get("redirect_uri") != self._redirect_uri:
            raise ProviderRefused(
                "redirect_uri_mismatch",
                "asked for another address",
                element="redirect_uri",
                seen=received.told_address(remembered.values.get("redirect_uri")),
                expected=self._redirect_uri,
            )
        metadata = self._metadata.get(now)
        code = take_code(callback, remembered, self._settings, metadata)
        tokens = client.redeem(
            self._outgoing,
            settings=self._settings,
            metadata=metadata,
            keyring=self._keyring,
            code=code,
            values=remembered.values,
            now=now,
            party=self._party,
        )
        id_token = encrypted_tokens.opened_token(tokens.id_token, self._settings, self._keyring)
        id_claims = read_id_token(
            id_token,
            settings=self._settings,
            find_key=lambda kid: self._find_key(kid, metadata, now),
            expected=_expected(remembered, code, tokens.access_token, now),
        )
        more = self._userinfo(metadata, tokens, id_claims, now)
        claims = representation.together(more, id_claims)
        there = self.logout.names_in(
            subject_of(id_claims), id_claims.get("sid"), id_token, metadata
        )
        return replace(self._identity(id_claims, claims, remembered, code, now), there=there)

    @property
    def logout(self) -> OidcLogout:
        """Logging out at this makelaar."""
        return OidcLogout(self._record, self._metadata.get)

    def logout_notice(self, token: str, now: datetime) -> LogoutNotice:
        """What a logout token says. Raises ProviderRefused, ProviderUnavailable."""
        metadata, settings = self._metadata.get(now), self._settings
        claims = verify(
            encrypted_tokens.opened_token(token, settings, self._keyring),
            settings.id_token_signed_response_alg,
            lambda kid: self._find_key(kid, metadata, now),
            TYPES,
        )
        return read_logout_token(claims, provider_id=self._record.id, settings=settings, now=now)

    def _fetch_keys(self) -> PublishedKeys:
        document = fetch_document(
            self._outgoing,
            self._jwks_uri,
            MAX_BYTES,
            MakelaarEndpoint.JWKS,
            self._party,
            ACCEPT_KEYS,
        )
        return read_jwks(document)

    def _find_key(self, kid: str | None, metadata: ProviderMetadata, now: datetime) -> VerifyingKey:
        """The key that the token names; an unknown one makes us look again at once, and then not
        for a minute.
        """
        alg = self._settings.id_token_signed_response_alg
        self._jwks_uri = metadata.jwks_uri
        names: tuple[str, ...] = ()
        for known in self._keys.copies(now):
            key = known.choose(kid, alg)
            if key is not None:
                return key
            names = known.names(alg)
        raise ProviderRefused(
            "token_key_unknown",
            element="kid",
            seen=received.masked(kid),
            expected=received.masked(", ".join(names) or None),
            alg=alg,
        )

    def _userinfo(
        self, metadata: ProviderMetadata, tokens: client.Tokens, id_claims: Claims, now: datetime
    ) -> Mapping[str, Any]:
        """What userinfo adds about the same person; nothing where it is not registered."""
        if not self._settings.userinfo:
            return {}
        answered = client.fetch_userinfo(
            self._outgoing, metadata, tokens, self._settings, self._party
        )
        found = encrypted_tokens.opened_userinfo(answered, self._settings, self._keyring)
        if isinstance(found, str):
            alg = self._settings.id_token_signed_response_alg
            found = verify(found, alg, lambda kid: self._find_key(kid, metadata, now))
            check_parties(found, self._settings)
        if subject_of(found) != subject_of(id_claims):
            raise ProviderRefused(
                "userinfo_subject",
                "about somebody else",
                element="userinfo sub",
                seen="another person",
                expected="the person of the ID token",
            )
        return found

    def _identity(
        self, id_claims: Claims, claims: Claims, remembered: Remembered, code: str, now: datetime
    ) -> Identity:
        said = word_that_counts(
            self._record,
            _said(id_claims, remembered.level),
            _methods(id_claims, self._settings.level_claim),
        )
        given = credit(self._record, said, asked=remembered.level)
        until = datetime.fromtimestamp(seconds_in(id_claims, "exp"), UTC)
        return Identity(
            provider_id=self._record.id,
            subject=subject_of(id_claims),
            proofing=given.proofing,
            authentication=given.authentication,
            authenticated_at=_authenticated_at(id_claims),
            said=said,
            factors=_factors(id_claims),
            attributes=_attributes(claims),
            authority=representation.asserted_authority(
                claims,
                self._record,
                level=given.authentication,
                service=AskedService(
                    remembered.values["service_uuid"], remembered.values.get("service_id")
                ),
            ),
            replay_keys=tuple(
                _replay_key(self._record.id, kind, value)
                for kind, value in (("nonce", remembered.request_id), ("code", code))
            ),
            replay_until=min(until, now + LONGEST_REPLAY),
        )


def _expected(
    remembered: Remembered, code: str, access_token: str | None, now: datetime
) -> ExpectedToken:
    max_age = remembered.values.get("max_age")
    return ExpectedToken(
        nonce=remembered.request_id,
        code=code,
        access_token=access_token,
        now=now,
        requested_at=remembered.requested_at,
        max_age=int(max_age) if max_age else None,
        fresh_since=remembered.requested_at if remembered.values.get("force_authn") else None,
    )


def _authenticated_at(id_claims: Claims) -> datetime:
    """When the person logged in there; not saying so, the token's own age is all that we know."""
    name = "auth_time" if "auth_time" in id_claims else "iat"
    return datetime.fromtimestamp(seconds_in(id_claims, name), UTC)


def _said(id_claims: Claims, asked: AssuranceLevel) -> str:
    """The word for the level. None and an empty one are no word (OpenID Connect Core §5.3.2)."""
    acr = id_claims.get("acr")
    if acr is None:
        return NOTHING_SAID
    if not isinstance(acr, str):
        seen = received.masked(json.dumps(acr))
        raise ProviderLevelUnknown(asked, element="acr", seen=seen, expected="a text")
    return acr if acr.strip(received.XML_SPACE) else NOTHING_SAID


def _methods(id_claims: Claims, name: str | None) -> tuple[str, ...]:
    """How somebody logged in, where the registration reads that from a claim: texts as they are."""
    found = id_claims.get(name) if name is not None else None
    values = found if isinstance(found, list) else [found]
    return tuple(value for value in values if isinstance(value, str))


def _factors(id_claims: Claims) -> tuple[str, ...]:
    amr = id_claims.get("amr")
    values = amr[:MAX_FACTORS] if isinstance(amr, list) else []
    words = (v for v in values if isinstance(v, str) and received.is_word(v, MAX_FACTOR))
    return tuple(word.lower() for word in words)


def _attributes(claims: Claims) -> dict[str, tuple[str, ...]]:
    name, address = claims.get("name"), claims.get("email")
    found = {
        "display_name": received.person_name(name) if isinstance(name, str) else None,
        "email": received.email(address) if isinstance(address, str) else None,
    }
    return {ours: (value,) for ours, value in found.items() if value is not None}


def _replay_key(provider_id: str, kind: str, value: str) -> str:
    digest = hashlib.sha256(f"{provider_id} {kind} {value}".encode()).hexdigest()
    return f"oidc:{kind}:{digest}"
