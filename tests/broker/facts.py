"""Facts of a login and of what it runs on, for tests of one rule: each says what it changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, cast

from flask import Request, current_app
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import EnvironBuilder

from assurance.levels import AssuranceLevel
from broker.configuration import Configuration
from broker.downstream import DownstreamName, LoginRequest
from broker.journey.context import LoginContext
from broker.journey.dispatch import Turn
from broker.journey.login import Login
from broker.process import Process
from broker.protocols import downstreams
from broker.runtime import Runtime
from broker.settings import Settings
from broker.texts.outside_request import texts
from directory.services import OidcClient, Service
from keys.keyring import KeyRing
from providers.interface import Identity, RedirectProvider
from providers.members import Makelaars
from providers.registry import ProviderRecord
from state.clock import Clock
from state.stores.memory import MemoryStore
from tests.clocks import START, FakeClock
from tests.keys_for_tests import make_sealer

L = AssuranceLevel
UUID: Final = "11111111-2222-4333-8444-555555555555"
OTHER_UUID: Final = "99999999-2222-4333-8444-555555555555"
PORTAL: Final = OidcClient(
    client_id="portaal",
    name={"nl": "Portaal", "en": "Portal"},
    services=(UUID, OTHER_UUID),
    redirect_uris=("https://portaal.example/terug",),
    home_url="https://portaal.example/",
)
REQUEST: Final = LoginRequest(DownstreamName.OIDC, PORTAL.client_id, UUID, L.EH3)
IDENTITY: Final = Identity("polder", "subject", L.EH3, L.EH3, START)
LOGIN: Final = Login(
    id="0123456789abcdefghjkmnpqrs",
    reference="ABCD1234",
    browser="no browser",
    request=REQUEST,
    created_at=START,
    expires_at=START + timedelta(minutes=15),
)


def a_service(**changes: Any) -> Service:
    """A service at EH3 where no mandate is needed."""
    facts: dict[str, Any] = {
        "uuid": UUID,
        "service_id": "urn:x:vergunningen",
        "name": {"nl": "Vergunningen", "en": "Permits"},
        "provider_name": {"nl": "Gemeente", "en": "Town"},
        "provider_oin": "00000001234567890000",
        "level": L.EH3.label,
        "mandate": "none",
    }
    return Service.model_validate({**facts, **changes})


def a_makelaar(
    name: str = "polder", ceiling: AssuranceLevel = L.EH4, **changes: Any
) -> ProviderRecord:
    """A makelaar that is live and gives up to EH4."""
    facts: dict[str, Any] = {
        "id": name,
        "name": name.title(),
        "level_ceiling": ceiling.label,
        "oidc": {"issuer": f"https://{name}.example", "client_id": "sluis"},
    }
    return ProviderRecord.model_validate({**facts, **changes})


def some_settings(**sections: Any) -> Settings:
    """The defaults, at an address of this site."""
    return Settings.model_validate({"web": {"base_url": "https://sluis.example"}, **sections})


def a_configuration(
    services: Iterable[Service] = (),
    makelaars: Iterable[ProviderRecord] = (),
    adapters: Mapping[str, RedirectProvider] | None = None,
) -> Configuration:
    """What a process knows: one portal, these services and makelaars."""
    portals = {PORTAL.client_id: PORTAL}
    return Configuration(
        revision=1,
        loaded_at=START,
        services={one.uuid: one for one in services or (a_service(),)},
        relying_parties=portals,
        oidc_clients=portals,
        providers=Makelaars({one.id: one for one in makelaars}),
        announcements=(),
        help_desks={},
        former={},
        keyring=KeyRing(()),
        adapters=adapters or {},
    )


@dataclass(frozen=True)
class Holds:
    """In the place of a ``ConfigurationHolder``: always this one."""

    current: Configuration


def a_runtime(
    session: Session | None = None,
    configuration: Configuration | None = None,
    *,
    clock: Clock | None = None,
    settings: Settings | None = None,
) -> Runtime:
    """A process without a server: a store in memory, the given SQL session and configuration."""
    chosen, sealer, runs = settings or some_settings(), make_sealer(), clock or FakeClock()

    def current_session() -> Session:
        assert session is not None, "this rule was not to read the database"
        return session

    return Runtime(
        settings=chosen,
        clock=runs,
        engine=cast(Any, None),
        store=MemoryStore(runs),
        sealer=sealer,
        outgoing=cast(Any, None),
        holder=cast(Any, Holds(configuration or a_configuration())),
        downstreams=downstreams(chosen, sealer),
        current_session=current_session,
    )


def a_process(rt: Runtime) -> Process:
    """What a worker runs on, beside this runtime: same database, same store."""
    engine = cast(Any, rt.session.get_bind())
    return Process(
        settings=rt.settings,
        clock=rt.clock,
        engine=engine,
        sessions=sessionmaker(engine, expire_on_commit=False),
        store=rt.store,
        sealer=rt.sealer,
        outgoing=rt.outgoing,
        holder=rt.holder,
        downstreams=rt.downstreams,
        started_at=rt.clock(),
    )


@contextmanager
def a_page(language: str = "nl", rt: Runtime | None = None) -> Iterator[None]:
    """Within a request of a browser that reads this language; ``rt`` is what it runs on."""
    with texts(), current_app.test_request_context(f"/?ui={language}"):
        if rt is not None:
            current_app.extensions["sluis"] = rt
        yield


def a_context(rt: Runtime, login: Login) -> LoginContext:
    """Where this login stands now."""
    return LoginContext(rt, rt.configuration, login, rt.clock())


def a_request(
    cookies: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
) -> Request:
    """A request of a browser with these cookies; a form that is sent, where there is one."""
    header = "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())
    headers = {"Cookie": header} if header else {}
    method = "GET" if form is None else "POST"
    made = EnvironBuilder(method=method, data=dict(form or {}), headers=headers)
    return Request(made.get_environ())


def a_turn(
    rt: Runtime,
    login: Login,
    *,
    form: Mapping[str, str] | None = None,
    cookies: Mapping[str, str] | None = None,
) -> Turn:
    """One request of this login."""
    return Turn(
        rt=rt,
        login=login,
        context=a_context(rt, login),
        now=rt.clock(),
        request=a_request(cookies, form),
    )


def asking(**changes: Any) -> LoginRequest:
    """The request with these changes."""
    return replace(REQUEST, **changes)


def a_login(request: LoginRequest = REQUEST, **changes: Any) -> Login:
    """The login of this request with these changes."""
    return replace(LOGIN, request=request, **changes)
