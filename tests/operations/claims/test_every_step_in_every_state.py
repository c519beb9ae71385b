"""Every command meets every state of a claim through the API: done as the table says, or refused."""

from itertools import product

import pytest
from insurance.domain.claim import Handling
from insurance.domain.claim.lifecycle import NEXT

from tests.support.claim_states import COMMANDS, REFUSED_BESIDE, claim_in
from tests.support.platform import platform_in_memory


@pytest.mark.parametrize(("state", "command"), list(product(Handling, COMMANDS)))
def test_a_command_does_what_the_table_says_or_is_refused_as_wrong_state(state, command):
    step, ending, body, by = COMMANDS[command]
    with platform_in_memory() as (platform, _):
        path = claim_in(platform, state)
        if command == "payee" and state not in {Handling.ASSESSING, Handling.CLOSED}:
            body = body | {"name": "A"}

        answered = platform.call("POST", f"{path}/{ending}", body, by=by)

    if (state, step) not in NEXT:
        assert (answered.status, answered.body["code"]) == (409, "wrong-state")
        assert state in answered.body["detail"]
    elif answered.status >= 400:
        assert answered.body["code"] in REFUSED_BESIDE
