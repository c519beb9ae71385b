"""A customer with policies, who is corrected by operations on stores in memory."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from insurance.domain.core.errors import (
    CorrectionNotPossible,
)
from insurance.domain.core.identity import Mode
from insurance.domain.party.correction import CorrectedDetails, Correction
from insurance.domain.party.party import Address, Policyholder
from insurance.domain.policy import Policy
from insurance.operations.command import Query
from insurance.operations.policy.correct_party import (
    PartyCorrection,
    correct_party,
    preview_correction,
)
from insurance.operations.policy.ports import CorrectionPorts
from insurance.operations.quoting.quoted_party import PartyInput
from insurance.products import SampleLookUps

from tests.fakes.screening import screening_ports
from tests.support.platform import Platform
from tests.support.policy_life import PARTNER

FROM = date(2026, 7, 2)
NOW = datetime(2026, 8, 1, 9, tzinfo=UTC)
HOME = Address(lines=("1 High Street",), postcode="AB1 1AA", country="GB")
NEAR_THIEVES = Address(lines=("3 New Road",), postcode="EF3 3CC", country="GB")
BY_THE_PARK = Address(lines=("4 Park Lane",), postcode="GH4 4DD", country="GB")
IN_THE_FLOOD = Address(lines=("2 River Walk",), postcode="CD2 2BB", country="GB")
ADA = Policyholder(
    name="Ada Byron", email="ada@example.com", date_of_birth=date(1991, 3, 14), address=HOME
)
CONTENTS: dict[str, Any] = {
    "postcode": "ab1 1aa",
    "contents_sum": {"amount": 4_000_000, "currency": "GBP"},
    "property_type": "semi",
    "alarm": True,
    "occupied_by_day": True,
    "previous_claims": 0,
}
LIFE: dict[str, Any] = {
    "date_of_birth": "1991-03-14",
    "sum_assured": {"amount": 10_000_000, "currency": "GBP"},
    "smoker": False,
    "height_m": "1.75",
    "weight_kg": "70.0",
    "occupation": "office",
}
LISTED = "Ilse Brandt Vonderhausen"


class Customer:
    """A customer of a platform that sells one product."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        stores = platform.stores
        screening = screening_ports(platform.memory)
        self.ports = CorrectionPorts(
            platform.products, SampleLookUps(), stores.corrections, screening
        )

    def insured(self, answers: dict[str, Any], start: date = date(2026, 1, 1)) -> Policy:
        """Another policy: the first one makes the customer known."""
        party = PartyInput(None, self.party_id) if self.platform.policy_id else PartyInput(ADA)
        return self.platform.issue(start, party=party, all_answers=answers)

    @property
    def home(self) -> str:
        """The policy that insures where the customer lives."""
        [home] = [
            policy_id
            for policy_id in ids(self)
            if (self.policy(policy_id).answers or {})["postcode"] == CONTENTS["postcode"]
        ]
        return home

    def cases(self) -> list[str]:
        """The open screening cases."""
        part = SimpleNamespace(after="", limit=10)
        return [entry.position for entry in self.ports.screening.cases.list_open(Mode.TEST, part)]

    @property
    def parties(self) -> dict[str, list[str]]:
        """The types of the events of parties."""
        return {
            stream: [event.type for event in events]
            for stream, events in self.platform.memory.events.items()
            if stream.startswith("pty_")
        }

    @property
    def party_id(self) -> str:
        return self.platform.policy.party

    def preview(self, **said: Any) -> PartyCorrection:
        query = Query(said.pop("caller", PARTNER), self.platform.now, self.platform.now)
        return preview_correction(self.party_id, correction(**said), query, self.ports)

    def correct(self, *, revision: int | None = None, **said: Any) -> PartyCorrection:
        command = self.platform.command("correct", caller=said.pop("caller", PARTNER))
        command = type(command)(command.caller, command.idempotency, revision)
        return correct_party(self.party_id, correction(**said), command, self.ports)

    def policy(self, policy_id: str) -> Policy:
        return self.platform.policies.get(policy_id).record

    def obstacles(self, **said: Any) -> list[tuple[str, str]]:
        """Why nothing is corrected; nothing is."""
        before = {stream: len(events) for stream, events in self.platform.memory.events.items()}
        with pytest.raises(CorrectionNotPossible) as previewed:
            self.preview(**said)
        with pytest.raises(CorrectionNotPossible) as refused:
            self.correct(**said)
        assert previewed.value.obstacles == refused.value.obstacles
        after = {stream: len(events) for stream, events in self.platform.memory.events.items()}
        assert after == before
        return [(obstacle.code, obstacle.about) for obstacle in refused.value.obstacles]


def correction(**said: Any) -> Correction:
    grounds = {
        name: said.pop(name)
        for name in ("effective_on", "evidence", "leave_ended_terms")
        if name in said
    }
    return Correction(CorrectedDetails(**said), "told by telephone", **grounds)


def ids(customer: Customer) -> list[str]:
    return sorted(customer.platform.memory.policies)
