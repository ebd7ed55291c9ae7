"""Our own certificates, and which makelaars and portals read the next one. They are changed by
commands at the machine.
"""

from __future__ import annotations

from werkzeug.wrappers import Response

from admin.keys import certificates
from admin.keys.certificate_alarms import in_alarm, own_endings
from admin.keys.certificates import PartyReads
from admin.operator_console.access import OperatorContext, blueprint, requires
from admin.operator_console.certificate_pages import CertificatesPage, PartyRow
from admin.operators.roles import Permission
from admin.registrations.saml_parties import saml_parties
from broker.saml.addresses import METADATA_PATH
from broker.web.responses import show
from keys.saml_keys import SIGNING, OwnRole
from keys.signing_key import KeyState

_PATHS = {OwnRole.SP: "/saml/metadata", OwnRole.IDP: METADATA_PATH}


@blueprint.get("/certificaten")
@requires(Permission.SEE_STATE)
def certificates_and_readers(desk: OperatorContext) -> Response:
    """What we have, what ends soon, and who can know what comes."""
    sql = desk.rt.session
    ours = certificates.own_certificates(sql)
    waiting = {one.use for one in ours if one.state is KeyState.NEXT}
    page = CertificatesPage(
        desk=desk.frame,
        certificates=ours,
        endings=in_alarm(own_endings(sql, desk.now)),
        parties=tuple(_row(desk, one) for one in certificates.reads(sql, saml_parties(sql))),
        rolls=frozenset(str(role) for role, use in SIGNING.items() if use in waiting),
    )
    return show(page)


def _row(desk: OperatorContext, one: PartyReads) -> PartyRow:
    return PartyRow(
        role=str(one.role),
        name=one.party,
        address=f"{desk.rt.base_url}{_PATHS[one.role]}/{one.party}",
        current_at=one.current_at,
        next_at=one.next_at,
        by_browser=one.by_browser,
    )
