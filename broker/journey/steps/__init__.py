"""Steps: each row of the journey has one module that shows its question and reads its answer. A
step knows no other step and touches neither cookies nor store; which is next is told by
``broker.journey.flow``, and what became of it is kept by ``broker.journey.dispatch``.
"""

from __future__ import annotations

from collections.abc import Mapping

from broker.journey.dispatch import StepModule
from broker.journey.flow import Step
from broker.journey.steps import (
    approve,
    ask_consent,
    authenticate,
    bind_account,
    choose_mandate,
    choose_method,
    choose_provider,
    confirm,
    ended,
    give_password,
    means_status,
    replace_password,
    respond,
    step_up,
)

STEPS: Mapping[Step, StepModule] = {
    Step.ENDED: ended,
    Step.CHOOSE_METHOD: choose_method,
    Step.CHOOSE_PROVIDER: choose_provider,
    Step.AUTHENTICATE: authenticate,
    Step.GIVE_PASSWORD: give_password,
    Step.BIND_ACCOUNT: bind_account,
    Step.REPLACE_PASSWORD: replace_password,
    Step.MEANS_STATUS: means_status,
    Step.STEP_UP: step_up,
    Step.CHOOSE_MANDATE: choose_mandate,
    Step.ASK_CONSENT: ask_consent,
    Step.APPROVE: approve,
    Step.CONFIRM: confirm,
    Step.RESPOND: respond,
}
