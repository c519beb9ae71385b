"""What is in force of the access policies of a mode: one row, which the edge of every function reads once a minute."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from insurance.domain.core.errors import Unavailable
from insurance.dynamodb import codec
from insurance.dynamodb.kinds import ACCESS_RULES
from insurance.dynamodb.transaction import read

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient

    from insurance.domain.control.access_policy import PoliciesInForce
    from insurance.domain.control.decision import CompiledRule, Ruleset
    from insurance.domain.core.identity import Mode
    from insurance.dynamodb.codec import Item
    from insurance.dynamodb.tables import Tables

RULES_SECONDS: Final = 60
"""How long a process goes by the rules that it read last."""
STALE_SECONDS: Final = 600
"""How long it goes on by them while they cannot be read. After that nothing is let through."""


class DynamoDBAccessRules:
    """The port `AccessRules` on DynamoDB. Where no rule is in force, nothing of the language is loaded."""

    def __init__(
        self, client: DynamoDBClient, tables: Tables, *, now: Callable[[], float] = time.time
    ) -> None:
        self._client = client
        self._tables = tables
        self._now = now
        self._known: dict[Mode, tuple[float, int, Ruleset | None]] = {}

    def ruleset(self, mode: Mode) -> Ruleset | None:
        read_at, revision, ruleset = self._known.get(mode, (0.0, -1, None))
        now = self._now()
        age = now - read_at
        if 0 <= age < RULES_SECONDS:
            return ruleset
        try:
            row = read(self._client, *rules_key(self._tables, mode))
        except Unavailable:
            if 0 <= age < STALE_SECONDS:
                return ruleset
            raise
        if revision_of(row) != revision:
            revision, ruleset = revision_of(row), _compiled(row)
        self._known[mode] = now, revision, ruleset
        return ruleset

    def note_refusal(self, by: CompiledRule, mode: Mode, at: datetime) -> None:
        """Count a call that a rule refuses; see the port.

        Raises:
            Unavailable: It is not counted, or nobody knows.
        """
        from insurance.dynamodb.controls.hits import note_refusal  # noqa: PLC0415 - calls that pass need none

        note_refusal(self._client, self._tables, by, mode, at)


def _compiled(row: Item | None) -> Ruleset | None:
    policies = rules_in(row)
    if not policies:
        return None
    from insurance.domain.control.decision import compile_policies  # noqa: PLC0415 - most processes have no rules

    return compile_policies(policies)


def rules_key(tables: Tables, mode: Mode) -> tuple[str, Item]:
    """Where it stands."""
    return tables.controls, {"id": codec.text(f"rules_{mode}")}


def revision_of(row: Item | None) -> int:
    """How often it has changed."""
    return int(row["revision"]["N"]) if row else 0


def rules_in(row: Item | None) -> PoliciesInForce:
    """What is in force of each policy."""
    if row is None:
        return {}
    stored = codec.unpack(ACCESS_RULES.current(row)["body"]["B"])
    if not stored:
        return {}
    from insurance.domain.control.access_policy import PolicyText  # noqa: PLC0415 - as above

    return {code: codec.read_value(PolicyText, text) for code, text in stored.items()}
