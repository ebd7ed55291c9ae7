"""What a makelaar's registration must hold to work at all, and must not hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final, TypeVar

from admin.registrations.metadata_rules import ending, left_out, metadata_rules
from admin.registrations.rule import Breach, Rule, addresses, called, never, refusal, shown
from directory.web_addresses import link_fault
from providers.registry import OidcSettings, ProviderRecord
from providers.saml.metadata import MetadataRefused, read_metadata
from providers.saml.wire.names import NAME_ID, TRANSIENT
from providers.saml_settings import SamlSettings, SpokenSaml
from state.addresses import OutgoingRefused
from state.clock import utc_now
from state.outgoing import OutgoingClient

_KVK: Final = re.compile(r"[0-9]{8}")
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]{1,1000}")
# EntityIDs of a dienstverlener in eTD and ST-SAML.
_OUR_NAMES: Final = {
    "etd": re.compile(r"urn:etoegang:DV:[0-9A-Z]{20}:entities:[0-9]{1,4}"),
    "st-saml": re.compile(
        r"urn:etoegang:DV:[0-9A-Z]{20}:entities:[0-9]{1,4}"
        r"|urn:nl-eid-gdi:1\.0:(?:DV|LC):[0-9A-Z]{20}:entities:[0-9]{4}"
    ),
}
LONGEST_VALIDITY: Final = 24 * 3600
_ALL_TENANTS: Final = re.compile(
    r"https://login\.microsoftonline\.com/(?:common|organizations|consumers)(?:/|\Z)"
)
DISCOVERY: Final = "/.well-known/openid-configuration"
R = TypeVar("R")
S = TypeVar("S")


def _by_secret(oidc: OidcSettings) -> bool:
    return oidc.token_endpoint_auth_method != "private_key_jwt"


def _is_more_than_an_issuer(oidc: OidcSettings) -> bool:
    """OpenID Connect Discovery §3: no query, no fragment; people paste the whole address."""
    issuer = oidc.issuer
    return any(sign in issuer for sign in "?#") or issuer.rstrip("/").endswith(DISCOVERY)


def _is_of_all_tenants(oidc: OidcSettings) -> bool:
    """Addresses of Entra ID that say ``{tenantid}`` of themselves, and that word."""
    return "{" in oidc.issuer or bool(_ALL_TENANTS.match(oidc.issuer))


def _content_alone(what: str) -> Rule[OidcSettings]:
    """``enc`` goes with ``alg``."""
    alg, enc = (f"{what}_encrypted_response_{member}" for member in ("alg", "enc"))
    usual = OidcSettings.model_fields[enc].default
    return never(
        enc,
        lambda oidc: getattr(oidc, alg) is None and getattr(oidc, enc) != usual,
        f"without {alg} nothing is encrypted, so it does nothing",
        f"write {alg} as well, or take it away",
    )


def _hosts(oidc: OidcSettings, calls: OutgoingClient) -> Iterator[Breach]:
    for number, host in enumerate(oidc.endpoint_hosts):
        field = f"endpoint_hosts.{number}"
        if "/" in host or host != host.lower() or not host.strip():
            yield Breach(
                field,
                f"{shown(host)} is no host, so it approves none",
                "write the host in small letters, with its port if that is not 443",
            )
            continue
        try:
            calls.check(f"https://{host}/")
        except OutgoingRefused as refused:
            what, instead = refusal(refused)
            yield Breach(field, f"{shown(host)} will never be called: {what}", instead)


def _is_name_format(word: str) -> bool:
    return word in ("none", *NAME_ID) or bool(_URI.fullmatch(word))


def _is_transient(word: str) -> bool:
    return NAME_ID.get(word, word) == TRANSIENT


def _classes(saml: SpokenSaml, _: OutgoingClient) -> Iterator[Breach]:
    for label, classes in saml.authn_context_classes.items():
        if not classes or not all(_URI.fullmatch(one) for one in classes):
            yield Breach(
                f"authn_context_classes.{label}",
                "it names no class, or something that is none",
                "write a list of the makelaar's own classes, each a whole URN or URL",
            )


def _speaks_for(record: ProviderRecord, _: OutgoingClient) -> Iterator[Breach]:
    for number, kvk in enumerate(() if record.speaks_for == "register" else record.speaks_for):
        if not _KVK.fullmatch(kvk):
            yield Breach(
                f"speaks_for.{number}",
                f"{shown(kvk)} is no KvK number, so it fits no organisation",
                "write its eight digits, in quotes",
            )


OIDC_RULES: Final[tuple[Rule[OidcSettings], ...]] = (
    never(
        "issuer",
        _is_more_than_an_issuer,
        "it holds more than an issuer",
        f"write what stands in issuer at its {DISCOVERY}",
    ),
    never(
        "issuer",
        _is_of_all_tenants,
        "it is of all tenants together, and no token has it",
        "write the id of your own tenant: https://login.microsoftonline.com/<tenant id>/v2.0",
    ),
    called("issuer", lambda oidc: oidc.issuer),
    called("discovery_url", lambda oidc: oidc.discovery_url),
    never(
        "discovery_url",
        lambda oidc: oidc.discovery_url is not None and "#" in oidc.discovery_url,
        "it holds a fragment, which is never sent",
        "take away the # and what follows",
    ),
    never(
        "client_assertion_audience",
        lambda oidc: _by_secret(oidc) and oidc.client_assertion_audience != "issuer",
        "with a secret no assertion is sent, so it does nothing",
        "take it away, or write private_key_jwt",
    ),
    never(
        "token_endpoint_auth_signing_alg",
        lambda oidc: _by_secret(oidc) and oidc.token_endpoint_auth_signing_alg is not None,
        "with a secret no assertion is sent, so it does nothing",
        "take it away, or write private_key_jwt",
    ),
    *(_content_alone(what) for what in ("id_token", "userinfo")),
    never(
        "userinfo_encrypted_response_alg",
        lambda oidc: oidc.userinfo_encrypted_response_alg is not None and not oidc.userinfo,
        "userinfo is off, so nothing of it is opened",
        "write userinfo: true as well, or take it away",
    ),
    Rule("endpoint_hosts", _hosts),
    never(
        "client_id",
        lambda oidc: not oidc.client_id.strip(),
        "it is empty",
        "write the name under which the makelaar knows us",
    ),
    never(
        "client_secret_file",
        lambda oidc: _by_secret(oidc) and not oidc.client_secret_file,
        "this method needs a secret, and no file is named",
        "name the file that holds it, or write private_key_jwt",
    ),
    never(
        "client_secret_file",
        lambda oidc: not _by_secret(oidc) and bool(oidc.client_secret_file),
        "with private_key_jwt nobody reads the secret",
        "take it away, or write client_secret_basic",
    ),
    never(
        "scopes",
        lambda oidc: "openid" not in oidc.scopes,
        "without openid no ID token comes back",
        "add openid",
    ),
)
SPOKEN_RULES: Final[tuple[Rule[SpokenSaml], ...]] = (
    never(
        "our_entity_id",
        lambda saml: (
            saml.our_entity_id is not None
            and saml.our_entity_id != "".join(saml.our_entity_id.split())
        ),
        "it holds white space, and entity ids are compared sign by sign",
        "write it as the makelaar has it",
    ),
    never(
        "our_entity_id",
        lambda saml: (
            saml.our_entity_id is not None
            and saml.dialect in _OUR_NAMES
            and not _OUR_NAMES[saml.dialect].fullmatch(saml.our_entity_id)
        ),
        "it is no EntityID of a dienstverlener",
        "write urn:etoegang:DV:<OIN>:entities:<n>, or urn:nl-eid-gdi:1.0:DV:<OIN>:entities:<nnnn> "
        "for st-saml",
    ),
    never(
        "subject_attribute",
        lambda saml: saml.subject == "attribute" and not saml.subject_attribute,
        "subject is attribute, and none is named",
        "write the Name of the attribute",
    ),
    never(
        "max_validity_seconds",
        lambda saml: saml.max_validity_seconds <= 0,
        "no assertion is ever valid",
        "write the longest window that the makelaar uses, such as 3600",
    ),
    never(
        "max_validity_seconds",
        lambda saml: saml.max_validity_seconds > LONGEST_VALIDITY,
        "an assertion that is valid so long can be used by whoever finds it",
        f"write {LONGEST_VALIDITY} at most; Entra ID needs 4200",
    ),
    never(
        "name_id_policy.format",
        lambda saml: not _is_name_format(saml.name_id_policy.format),
        "it is no kind of name",
        f"write {', '.join(word for word in NAME_ID if word != 'transient')}, none, or a whole "
        "URN or URL",
    ),
    never(
        "name_id_policy.format",
        lambda saml: saml.subject == "nameid" and _is_transient(saml.name_id_policy.format),
        "a transient name is another one at each login, so nobody would be known again",
        "write persistent, or subject: attribute with one that lasts",
    ),
    never(
        "authn_context_classes",
        lambda saml: bool(saml.authn_context_classes) and saml.authn_context_comparison == "none",
        "with authn_context_comparison: none no level is asked, so they are never sent",
        "take them away, or write minimum, exact or better",
    ),
    Rule("authn_context_classes", _classes),
    never(
        "authn_context_names",
        lambda saml: (
            saml.dialect not in (None, "saml2int")
            and saml.authn_context_names not in saml.speaks.levels
        ),
        "the makelaar would be asked in words that its dialect does not have, and not believed",
        "write etd for etd, digid or eidas for st-saml, eidas for eidas, or another dialect",
    ),
    never(
        "subject",
        lambda saml: saml.subject == "acting" and not saml.speaks.acting,
        "this dialect has no word for who acts",
        "write nameid or attribute, or dialect: etd or st-saml",
    ),
    never(
        "extensions",
        lambda saml: (
            saml.extensions == "audience" and saml.attribute_consuming_service_index is not None
        ),
        "a request names the service by index or in Extensions, not both",
        "take attribute_consuming_service_index away, or write extensions: none",
    ),
    never(
        "allow_cbc_signed_inside",
        lambda saml: saml.allow_cbc_signed_inside and not saml.allow_cbc,
        "it widens allow_cbc, which is off",
        "write allow_cbc: true as well, or take it away",
    ),
    never(
        "tls_key_file",
        lambda saml: saml.tls_key_file is not None and saml.tls_certificate_file is None,
        "it is the key of a certificate, and none is named",
        "name the file of the certificate in tls_certificate_file, or take it away",
    ),
)


SAML_RULES: Final[tuple[Rule[SamlSettings], ...]] = (
    never(
        "entity_id",
        lambda saml: not saml.entity_id or saml.entity_id != "".join(saml.entity_id.split()),
        "it is empty or holds white space, and entity ids are compared sign by sign",
        "copy entityID from the metadata",
    ),
)


def in_section(
    name: str, section: Callable[[R], S | None], rules: Iterable[Rule[S]]
) -> tuple[Rule[R], ...]:
    """The rules of one section, for records that have it."""
    return tuple(_lifted(name, section, rule) for rule in rules)


def _lifted(name: str, section: Callable[[R], S | None], rule: Rule[S]) -> Rule[R]:
    def look(record: R, calls: OutgoingClient) -> Iterator[Breach]:
        settings = section(record)
        for one in rule.look(settings, calls) if settings is not None else ():
            yield replace(one, field=f"{name}.{one.field}")

    return Rule(f"{name}.{rule.field}", look)


def _in_hand(saml: SamlSettings, _: OutgoingClient) -> Iterator[Breach]:
    """Metadata that cannot be read are refused elsewhere."""
    try:
        described = read_metadata(saml.metadata or "", entity_id=saml.entity_id)
    except MetadataRefused:
        return
    told = [*left_out(described.left_out)]
    if not saml.follows_metadata:
        told += ending(described.valid_until, described.signing, utc_now())
    for one in told:
        yield replace(one, field="metadata")


MAKELAAR_RULES: Final[tuple[Rule[ProviderRecord], ...]] = (
    addresses("help_url", lambda record: record.help_url, lambda _, at: link_fault(at)),
    Rule("speaks_for", _speaks_for),
    never(
        "levels",
        lambda record: "" in record.levels,
        "an empty word names no level",
        "write level_without_word for a makelaar that sends none",
    ),
    never(
        "level_without_word",
        lambda record: record.kind == "saml" and record.level_without_word is not None,
        "an assertion always names a class, so it would never be used",
        "write that class in levels, such as urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified",
    ),
    never(
        "level_without_word",
        lambda record: (
            record.level_without_word is not None and not record.level_without_word.is_of_a_scheme
        ),
        "a makelaar gives EH2 or higher",
        "write EH2, or take it away",
    ),
    *in_section("oidc", lambda record: record.oidc, OIDC_RULES),
    *in_section("saml", lambda record: record.saml, SAML_RULES),
    *in_section("saml", lambda record: record.saml, SPOKEN_RULES),
    *in_section("saml", lambda record: record.saml, (Rule("metadata", _in_hand),)),
    *metadata_rules(lambda record: record.saml),
)
