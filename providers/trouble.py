"""Trouble: why a makelaar could not be asked for a login, one word for each cause, and whose it is.

The word is the same on the page, in trace, log and metrics, and in what ``sluis doctor --parties``
finds; what it means to people is in ``broker.texts.reasons``.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# What Keycloak writes, in either protocol, where somebody is logged in there already by the time
# that the page of this login is used.
EXPIRED_AT_KEYCLOAK: Final = "authentication_expired"


class Side(enum.Enum):
    """Where the cause lies, as far as can be known from here."""

    OURS = enum.auto()  # our settings, our network, our registration of the makelaar
    BETWEEN = enum.auto()  # what we have and what the makelaar has do not fit; either may be wrong
    THEIRS = enum.auto()
    NOBODYS = enum.auto()  # the user was away for too long, or logged in there in another window


class Trouble(enum.StrEnum):
    """Why the makelaar did not help; the user may try again or choose another."""

    UNAVAILABLE = "makelaar_unavailable"  # no answer, or one that says that it has trouble itself
    EXPIRED = "makelaar_login_expired"  # its own login was over before the user was done
    SLOW = "makelaar_slow"  # so many wait for it that the next would stand in the way of others
    BUSY = "makelaar_busy"  # it says that we ask too much
    ANSWER = "makelaar_answer"  # it answers what nobody can read
    KEYS = "makelaar_keys"  # what it publishes is no key set
    FORBIDDEN = "outgoing_refused"  # by our own rules
    PROXY = "outgoing_proxy"  # ours failed
    UNTRUSTED = "outgoing_untrusted"  # its certificate is of an authority that we do not know
    NAME = "name_not_found"
    CONNECTION = "connection_refused"  # at the address that we registered
    TLS_NAME = "tls_name"  # its certificate is of another name
    TLS_EXPIRED = "tls_expired"
    TLS_CLIENT = "tls_client"  # it wants another certificate of ours, or one at all
    ENDPOINT_REFUSED = "endpoint_refused"  # it wants no call of ours at all
    DISCOVERY_NOT_FOUND = "discovery_not_found"  # something else is there, or nothing
    DISCOVERY_UNREADABLE = "discovery_unreadable"  # a page for people, perhaps of maintenance
    DISCOVERY_ISSUER = "discovery_issuer"  # is another than the registered one
    DISCOVERY_HOST = "discovery_host"  # an endpoint lies where none was approved
    DISCOVERY_INCOMPLETE = "discovery_incomplete"
    USERINFO_ABSENT = "userinfo_absent"  # registered, and not offered
    USERINFO_REFUSED = "userinfo_refused"
    SECRET_FILE = "client_secret_file"
    CERTIFICATE_FILE = "tls_certificate_file"  # with which we show who calls
    CLIENT_REFUSED = "client_refused"  # it does not believe that we are this client
    CLIENT_UNAUTHORIZED = "client_unauthorized"  # this client may not do that
    SCOPE_REFUSED = "scope_refused"
    REDIRECT_REFUSED = "redirect_refused"
    REQUEST_REFUSED = "request_refused"
    OWN_KEY = "own_key_missing"  # with which we sign what we ask
    METADATA = "metadata_unusable"
    BINDING = "request_binding"  # no address for the registered one
    CATALOGUE = "catalogue_level"  # the scheme has the service at less than what must be asked

    @property
    def side(self) -> Side:
        """Whose it is."""
        return _SIDES.get(self, Side.THEIRS)


_SIDES: Final[Mapping[Trouble, Side]] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                Trouble.FORBIDDEN,
                Trouble.PROXY,
                Trouble.UNTRUSTED,
                Trouble.DISCOVERY_ISSUER,
                Trouble.DISCOVERY_HOST,
                Trouble.USERINFO_ABSENT,
                Trouble.SECRET_FILE,
                Trouble.CERTIFICATE_FILE,
                Trouble.OWN_KEY,
                Trouble.METADATA,
                Trouble.BINDING,
                Trouble.CATALOGUE,
            ),
            Side.OURS,
        ),
        **dict.fromkeys(
            (
                Trouble.NAME,
                Trouble.CONNECTION,
                Trouble.TLS_NAME,
                Trouble.TLS_CLIENT,
                Trouble.DISCOVERY_NOT_FOUND,
                Trouble.DISCOVERY_UNREADABLE,
                Trouble.ENDPOINT_REFUSED,
                Trouble.USERINFO_REFUSED,
                Trouble.CLIENT_REFUSED,
                Trouble.CLIENT_UNAUTHORIZED,
                Trouble.SCOPE_REFUSED,
                Trouble.REDIRECT_REFUSED,
                Trouble.REQUEST_REFUSED,
            ),
            Side.BETWEEN,
        ),
        Trouble.EXPIRED: Side.NOBODYS,
    }
)
