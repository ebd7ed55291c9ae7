"""A makelaar with a preset is registered with everything that holds, and exported so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.orm import Session

from admin.registrations.export import export
from broker.settings import Settings
from tests.admin.registrations.documents import ROBIN, applied, outcomes
from tests.admin.registrations.test_entity_ids import makelaar
from tests.clocks import START
from tests.keys_for_tests import make_sealer


def with_(**saml: Any) -> dict[str, Any]:
    document = makelaar("een")
    return {**document, "saml": {**document["saml"], **saml}}


def exported(session: Session) -> dict[str, Any]:
    text = export(session, make_sealer(), ["IdentityProvider"], actor=ROBIN, now=START)
    found = yaml.safe_load(text)
    assert isinstance(found, dict)
    return found


def test_what_a_preset_fills_in_is_kept_and_exported(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    own = with_(preset="entra", max_validity_seconds=600, name_id_policy={"format": "none"})
    applied(session, settings, tmp_path, own)
    saml = exported(session)["saml"]
    assert saml["preset"] == "entra"
    assert (saml["require_signed"], saml["extensions"]) == ("assertion", "none")
    assert (saml["max_validity_seconds"], saml["name_id_policy"]["format"]) == (600, "none")
    (again,) = outcomes(session, settings, tmp_path, exported(session))
    assert again.word == "unchanged"
    (same,) = outcomes(session, settings, tmp_path, own)
    assert same.word == "unchanged"


def test_what_a_preset_changes_is_shown_before_it_is_applied(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    applied(session, settings, tmp_path, with_())
    (outcome,) = outcomes(session, settings, tmp_path, with_(preset="adfs"), dry_run=True)
    shown = {one.field: (one.old, one.new) for one in outcome.differences}
    assert shown["saml.preset"] == (None, "adfs")
    assert shown["saml.require_signed"] == ("both", "assertion")
    assert shown["saml.extensions"] == ("service", "none")
    assert shown["saml.authn_context_comparison"] == ("minimum", "exact")
