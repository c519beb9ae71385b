"""Operators at work on partners, with times of their own."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from insurance.api.idempotent import recorded
from insurance.api_products import ApiProduct
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.identity import Mode
from insurance.domain.core.roles import Role
from insurance.domain.core.scopes import Scope
from insurance.domain.partner.application import ApplicationInput, PartnerPlan
from insurance.operations.command import Command
from insurance.operations.idempotency import Idempotency, RecordedAnswer

from tests.support.builders import NOW

LATER_THAN_A_CLAIM = timedelta(seconds=31)
ASKED = ApplicationInput(
    code="oak-web",
    name="Oak web",
    team="Oak digital",
    plan=PartnerPlan.BRONZE,
    products=(ApiProduct("quoting"),),
    scopes=(Scope.QUOTES_READ, Scope.QUOTES_WRITE),
    reason="first_application",
)


def as_nothing(_: Any) -> RecordedAnswer:
    return RecordedAnswer("{}")


def command(
    key: str,
    *,
    by: str = "ann",
    now: datetime = NOW,
    received_at: datetime | None = None,
    mode: Mode = Mode.TEST,
    show: Callable[[Any], Any] | None = None,
    revision: int | None = None,
) -> Command:
    """A command of an operator; `show` is the view of its answer, and `now` the caller's clock."""
    caller = Caller(
        principal=by,
        kind=CallerKind.STAFF,
        partner="",
        roles=frozenset({Role.OPERATOR}),
        scopes=frozenset({Scope.PARTNERS_WRITE}),
        mode=mode,
    )
    render = (lambda result: recorded(show(result))) if show else as_nothing
    return Command(
        caller,
        Idempotency(by, f"{mode} POST", key, bytes(32), now, received_at or now, render),
        expected_revision=revision,
    )
