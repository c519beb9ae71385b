"""Eight product managers publish one version at the same moment: it is published once."""

from collections import Counter

import pytest

from tests.support import pet
from tests.support.calls import AUTHOR, CLOCK, PUBLISHER, event
from tests.support.platform import Platform
from tests.support.zygote import Run, Zygote, final_answers

pytestmark = pytest.mark.xdist_group("resilience")

VERSION = "/v1/products/pet/versions/2026.1"
CLIENTS = 8


def test_one_publishes_and_the_others_are_told_that_it_is_active(
    handlers: Platform, zygote: Zygote
):
    handlers.call("POST", f"{VERSION}/draft", pet.files()._asdict(), by=AUTHOR)
    for name, who in (("submit", AUTHOR), ("approve", PUBLISHER)):
        body = {"step": name, "reason": "because"}
        assert handlers.call("POST", f"{VERSION}/steps", body, by=who).status == 200
    body = {"step": "publish", "reason": "because"}
    runs = [
        Run(
            "products",
            event("POST", f"{VERSION}/steps", body, caller=PUBLISHER, key=f"k{n}", clock=CLOCK),
        )
        for n in range(CLIENTS)
    ]

    answers = final_answers(runs, zygote)

    assert Counter(answer.status for answer in answers) == {200: 1, 409: CLIENTS - 1}
    assert {answer.code for answer in answers if answer.status == 409} == {"wrong-state"}
    stands = handlers.call("GET", VERSION, by=AUTHOR)
    assert (stands.body["status"], stands.headers["ETag"]) == ("active", '"4-version"')
