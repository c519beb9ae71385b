"""A contract that is made while its party is corrected has what is right: neither passes the other by.

One call waits at its write until the other is done. On a real engine, over the functions' HTTP.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from insurance.dynamodb.policy import corrections, policy_transfers
from insurance.dynamodb.quoting import quotes

from tests.support.claims import MOTOR
from tests.support.driving.http import Json
from tests.support.platform import Platform
from tests.support.search import ADA, PLATES, insured

RIGHT = "Zoë Ada Elmgrove"
RENAMED: Json = {"name": RIGHT, "reason": "A new name."}
PASSED: Json = {"reason": "divorce", "consents": ["holder", "new_holder"]}


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[ModuleType, Callable[[], Any]], None]:
    """Do this when the next transaction of that module is about to be written."""

    def arrange(module: ModuleType, act: Callable[[], Any]) -> None:
        transact = module.transact

        def held(*args: Any, **options: Any) -> Any:
            monkeypatch.setattr(module, "transact", transact)
            act()
            return transact(*args, **options)

        monkeypatch.setattr(module, "transact", held)

    return arrange


class House:
    """A registered customer, and a policy of somebody else that may pass to her."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.party = platform.post("/v1/parties", ADA)["id"]
        self.other = insured(platform, {"name": "Cleo Adler"}, PLATES[2])
        self.own = insured(platform, {"party_id": self.party})
        self.made: list[str] = []

    def correct(self) -> None:
        self.platform.post(f"/v1/parties/{self.party}/corrections", RENAMED)

    def quote(self) -> None:
        risk = {"product": "personal_motor", "start": "2027-01-10"}
        answers = MOTOR | {"registration": PLATES[1]}
        body = risk | {"answers": answers, "party_id": self.party}
        made = self.platform.post("/v1/quotes", body)
        self.made.append(f"/v1/quotes/{made['id']}")

    def renew(self) -> None:
        now = self.platform.now
        ends = datetime.fromisoformat(self.own["period"]["end"])
        self.platform.now = ends - timedelta(days=10)
        made = self.platform.post(f"/v1/policies/{self.own['id']}/renewals")
        self.platform.now = now
        self.made.append(f"/v1/quotes/{made['id']}")

    def pass_on(self) -> None:
        path = f"/v1/policies/{self.other['id']}"
        self.platform.post(f"{path}/transfers", PASSED | {"party_id": self.party})
        self.made.append(path)

    def names(self) -> list[str]:
        found = [self.platform.get(path) for path in self.made]
        return [each["policyholder"]["name"] for each in found]


ACTS = pytest.mark.parametrize(
    ("act", "module"),
    [(House.quote, quotes), (House.renew, quotes), (House.pass_on, policy_transfers)],
)


@ACTS
def test_what_is_written_after_a_correction_is_made_of_what_is_right(
    platform: Platform, meanwhile: Any, act: Callable[[House], None], module: ModuleType
):
    house = House(platform)
    platform.now += timedelta(days=30)
    meanwhile(module, house.correct)

    act(house)

    assert house.names() == [RIGHT]


@pytest.mark.parametrize("act", [House.quote, House.renew, House.pass_on])
def test_what_is_written_before_a_correction_is_corrected(
    platform: Platform, meanwhile: Any, act: Callable[[House], None]
):
    house = House(platform)
    platform.now += timedelta(days=30)
    meanwhile(corrections, lambda: act(house))

    house.correct()

    assert house.names() == [RIGHT]
