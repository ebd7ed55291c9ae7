"""Explanations of tokens that a makelaar encrypts for us, or should (``broker.texts.reasons``)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from broker.texts.explanation import AT_MAKELAAR, WITH_US, Explanation, Fixer, _

_CANNOT: Final = _("Wij kunnen niet openen wat de makelaar voor ons versleutelde.")
_READ_AGAIN: Final = _(
    "Laat de makelaar onze sleutels opnieuw lezen: het adres eindigt op /oidc/client-jwks. Hij "
    "versleutelt met een sleutel die daar staat, met use: enc."
)
_OTHER: Final = _("De makelaar versleutelt het token anders dan is geregistreerd.")
_COMPARE: Final = _("Vergelijk zijn instelling met die onder oidc in zijn registratie.")
_CLEAR: Final = _("De makelaar versleutelt niet wat hij volgens zijn registratie versleutelt.")
_LET_HIM: Final = _(
    "Laat de makelaar weer versleutelen, met onze sleutel. Hoort dat niet zo? Haal de afspraak "
    "dan uit zijn registratie."
)
OF_ENCRYPTION: Final[Mapping[str, Explanation]] = MappingProxyType(
    {
        "token_encrypted": Explanation(
            _("De makelaar versleutelt zijn token, en dat staat niet in zijn registratie."),
            _(
                "Laat de makelaar alleen ondertekenen. Of zet in zijn registratie "
                "oidc.id_token_encrypted_response_alg, voor UserInfo "
                "oidc.userinfo_encrypted_response_alg."
            ),
            Fixer.OPERATOR,
            WITH_US,
            (
                Explanation(
                    _(
                        "De makelaar versleutelt zijn token (%(seen)s). Zijn registratie zegt "
                        "dat niet."
                    ),
                    _(
                        "Zet dit in zijn registratie onder oidc: %(line)s. Of laat de makelaar "
                        "alleen ondertekenen."
                    ),
                    Fixer.OPERATOR,
                    WITH_US,
                ),
            ),
        ),
        "token_not_encrypted": Explanation(
            _CLEAR,
            _LET_HIM,
            Fixer.MAKELAAR,
            AT_MAKELAAR,
            (
                Explanation(
                    _CLEAR,
                    _(
                        "Laat de makelaar weer versleutelen, met onze sleutel. Hoort dat niet zo? "
                        "Haal %(setting)s dan uit zijn registratie."
                    ),
                    Fixer.MAKELAAR,
                    AT_MAKELAAR,
                ),
            ),
        ),
        "token_encryption": Explanation(
            _OTHER,
            _COMPARE,
            Fixer.MAKELAAR,
            AT_MAKELAAR,
            (
                Explanation(
                    _(
                        "De makelaar versleutelt met %(seen)s. In de registratie staat "
                        "%(expected)s."
                    ),
                    _("Laat de makelaar %(expected)s gebruiken, of pas %(setting)s aan."),
                    Fixer.OPERATOR,
                    WITH_US,
                ),
            ),
        ),
        "token_decryption": Explanation(_CANNOT, _READ_AGAIN, Fixer.MAKELAAR, AT_MAKELAAR),
    }
)
