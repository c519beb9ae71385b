"""Ready-made values: each says what a test needs to name, the rest is a plain motor policy."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from insurance.domain.claim import Claim
from insurance.domain.contract.premium import CoverPremium, LineKind, Premium, PremiumLine
from insurance.domain.contract.terms import CoverTerms, ProductRef
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.event import Event, EventType, Seal, StreamPosition
from insurance.domain.core.identity import Mode, new_claim_id, new_quote_id
from insurance.domain.core.money import Currency, Money
from insurance.domain.core.period import Period
from insurance.domain.party.party import Claimant, Payee, Policyholder
from insurance.domain.policy import Policy
from insurance.domain.quote.quote import Quote, QuoteStatus
from insurance.operations.command import Command, Query
from insurance.operations.idempotency import Idempotency, RecordedAnswer

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
QUOTE_ID = new_quote_id(Mode.TEST, "app_one", "key-1")

PARTNER = Caller(
    principal="app_one",
    kind=CallerKind.APPLICATION,
    partner="ptn_one",
    roles=frozenset(),
    scopes=frozenset({"quotes:read", "quotes:write", "policies:write", "claims:write"}),
    mode=Mode.TEST,
)
UNDERWRITER = Caller(
    principal="staff-ursula",
    kind=CallerKind.STAFF,
    partner="",
    roles=frozenset({"underwriter"}),
    scopes=frozenset({"quotes:underwrite"}),
    mode=Mode.TEST,
)


def gbp(major: str) -> Money:
    return Money.of(major, Currency.GBP)


PREMIUM = Premium(
    net=gbp("128.80"),
    lines=(
        PremiumLine(
            kind=LineKind.TAX, code="ipt", name="Insurance premium tax", amount=gbp("15.46")
        ),
        PremiumLine(kind=LineKind.FEE, code="fee", name="Arrangement fee", amount=gbp("25.00")),
    ),
    by_cover=(CoverPremium(cover="accidental_damage", amount=gbp("128.80")),),
    total=gbp("169.26"),
)


def make_quote(**changes: Any) -> Quote:
    start = NOW + timedelta(days=10)
    quote = Quote(
        id=QUOTE_ID,
        partner="ptn_one",
        carrier="Coverwright Insurance",
        product=ProductRef(code="personal_motor", version="1"),
        period=Period(start=start, end=start + timedelta(days=365)),
        policyholder=Policyholder(name="Ada Lovelace", email="ada@example.com"),
        answers={"registration": "AB12 CDE", "drivers": [{"age": 35, "convictions": 0}]},
        looked_up={"vehicle": {"vehicle_group": 15}},
        status=QuoteStatus.BINDABLE,
        covers=(
            CoverTerms(code="accidental_damage", name="Accidental Damage", limit=gbp("12000")),
        ),
        premium=PREMIUM,
        created_at=NOW,
        created_by="app_one",
        valid_until=NOW + timedelta(days=14),
    )
    return quote.replace(**changes)


def make_policy(**changes: Any) -> Policy:
    return Policy.from_quote(make_quote(), now=NOW).replace(**changes)


def make_claim(policy: Policy | None = None, **changes: Any) -> Claim:
    policy = policy or make_policy()
    claim = Claim(
        id=new_claim_id(policy.id, "app_one", "claim-key-1"),
        policy_id=policy.id,
        partner=policy.partner,
        cover="accidental_damage",
        occurred_at=policy.period.start + timedelta(days=30),
        reported_at=policy.period.start + timedelta(days=31),
        claimed=gbp("3000"),
        facts={"driver_age": 35, "fault": True},
        claimant=Claimant(name="Ada Lovelace"),
        payee=Payee(name="Ada Lovelace"),
    )
    return claim.replace(**changes)


def make_idempotency(
    key: str = "key-1",
    *,
    request: bytes = b"r" * 32,
    operation: str = "test POST /v1/quotes",
    now: datetime = NOW,
    received_at: datetime | None = None,
    render: Callable[[Any], RecordedAnswer] | None = None,
) -> Idempotency:
    return Idempotency(
        principal="app_one",
        operation=operation,
        key=key,
        request_hash=request,
        now=now,
        received_at=received_at or now,
        render=render or (lambda kept: RecordedAnswer(kept.record.id, '"1-test"')),
    )


def make_command(
    key: str = "key-1",
    *,
    caller: Caller = PARTNER,
    expected_revision: int | None = None,
    **record: Any,
) -> Command:
    """A command of one application; `record` is what `make_idempotency` takes."""
    return Command(caller, make_idempotency(key, **record), expected_revision)


def make_query(caller: Caller = PARTNER, *, now: datetime = LATER) -> Query:
    """A query of one application."""
    return Query(caller, now, now)


def next_event(
    head: StreamPosition, record: Any, seal: Seal | None, *, type: EventType, now: datetime = LATER
) -> Event:
    assert seal is not None, "what was erased has no next event here"
    return Event.following(
        head, record, seal, stream=record.id, type=type, actor="app_one", now=now
    )
