"""A policy and everything that serves it, in memory: what the tests of policy life stand on."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.identity import Mode, policy_id_for
from insurance.domain.core.money import Currency, Money
from insurance.domain.jurisdiction import DispatchChannel
from insurance.domain.party.party import Policyholder
from insurance.domain.policy import Initiator, Policy, TransactionKind
from insurance.domain.policy.conditions import Conditions
from insurance.domain.product import Product, ProductSource
from insurance.operations.command import Command, Query
from insurance.operations.idempotency import Idempotency, RecordedAnswer
from insurance.operations.policy.change_policy import (
    ChangeInput,
    PolicyChange,
    change_policy,
    preview_change,
)
from insurance.operations.policy.give_notice import give_notice
from insurance.operations.policy.issue_policy import issue_policy
from insurance.operations.policy.report_dispatch import DispatchInput, report_dispatch
from insurance.operations.policy.store_notice import NoticeResult
from insurance.operations.quoting.accept_quote import accept_quote
from insurance.operations.quoting.make_quote import RiskInput, make_quote
from insurance.products import product

from tests.fakes.memory import Memory
from tests.fakes.policy import MemoryPolicyChanges
from tests.fakes.policy_ports import issuing_ports, servicing_ports
from tests.fakes.quoting import MemoryQuotes, quoting_ports
from tests.support.motor import answers, driver

PARTNER = Caller(
    principal="app_one",
    kind=CallerKind.APPLICATION,
    partner="ptn_one",
    roles=frozenset(),
    scopes=frozenset({"policies:read", "policies:write"}),
    mode=Mode.TEST,
)
UNDERWRITER = Caller(
    principal="staff-ursula",
    kind=CallerKind.STAFF,
    partner="",
    roles=frozenset({"underwriter"}),
    scopes=frozenset({"policies:read", "policies:write"}),
    mode=Mode.TEST,
)
BOUGHT_ON = datetime(2025, 12, 20, 9, tzinfo=UTC)
WITH_A_TEENAGER: dict[str, Any] = {"drivers": [driver(), driver(19)]}


def gbp(major: str) -> Money:
    return Money.of(major, Currency.GBP)


def motor_with(**life: Any) -> Product:
    """Personal motor with other rules for the life of a policy."""
    return product_with("personal_motor", life=life)


def product_with(code: str, *, life: Mapping[str, Any], **changes: Any) -> Product:
    bundled = product(code).source
    document = copy.deepcopy(dict(bundled.document))
    document["life"] = {**document["life"], **life}
    document.update(changes)
    return Product(ProductSource(document=document, tables=bundled.tables))


@dataclass
class OneProduct:
    """A catalogue of one."""

    of: Product

    def on_sale(self, code: str, day: date, mode: Mode) -> Product:  # noqa: ARG002 - it answers to any name
        return self.of

    def for_renewal(self, code: str, day: date, mode: Mode) -> Product:  # noqa: ARG002 - the same
        return self.of

    def version(self, ref: ProductRef) -> Product:  # noqa: ARG002 - the same
        return self.of

    def sells(self, ref: ProductRef, day: date, mode: Mode, *, renewal: bool) -> bool:  # noqa: ARG002
        return True

    def all_on_sale(self, day: date, mode: Mode) -> list[Product]:  # noqa: ARG002 - the same
        return [self.of]


@dataclass
class House:
    """Operations on stores in memory, with a clock that the test sets."""

    product: Product = field(default_factory=lambda: product("personal_motor"))
    now: datetime = BOUGHT_ON
    memory: Memory = field(default_factory=Memory)
    calls: int = 0

    def __post_init__(self) -> None:
        self.products = OneProduct(self.product)
        self.policies = MemoryPolicyChanges(self.memory)
        self.policy_id = ""

    def issue(
        self,
        start: date = date(2026, 1, 1),
        covers: tuple[str, ...] = (),
        holder: Policyholder = Policyholder(name="Ada Lovelace"),  # noqa: B008 - a value
        **risk: Any,
    ) -> Policy:
        quotes = MemoryQuotes(self.memory)
        risk_input = RiskInput(
            product=self.product.code,
            start=start,
            policyholder=holder,
            answers=risk.pop("all_answers", None) or answers(**risk),
            options=covers,
            territory=risk.pop("territory", ""),
            producer=None,
        )
        ports = quoting_ports(self.products, quotes)
        quote_id = make_quote(risk_input, self.command("POST /v1/quotes"), ports).record.id
        accept_quote(quote_id, self.command("accept"), ports)
        issue_policy(quote_id, self.command("issue"), issuing_ports(self.products, self.memory))
        self.policy_id = policy_id_for(quote_id)
        return self.policy

    @property
    def conditions(self) -> Conditions:
        return Conditions.of(self.product)

    @property
    def policy(self) -> Policy:
        return self.policies.get(self.policy_id).record

    def preview(self, kind: str, on: date | datetime | None = None, **asked: Any) -> PolicyChange:
        caller = asked.pop("caller", PARTNER)
        return preview_change(
            self.policy_id,
            _change(kind, on, asked),
            Query(caller, self.now, self.now),
            servicing_ports(self.products, self.memory),
        )

    def change(self, kind: str, on: date | datetime | None = None, **asked: Any) -> PolicyChange:
        caller = asked.pop("caller", PARTNER)
        return change_policy(
            self.policy_id,
            _change(kind, on, asked),
            self.command(kind, caller=caller),
            servicing_ports(self.products, self.memory),
        )

    def endorse(self, on: date | datetime, **changed: Any) -> PolicyChange:
        return self.change("endorsement", on, answers=changed)

    def cancel(self, on: date | datetime, by: str = "policyholder") -> PolicyChange:
        caller = PARTNER if by == "policyholder" else UNDERWRITER
        return self.change("cancellation", on, by=Initiator(by), caller=caller)

    def announce(self, reason: str = "false_facts", on: date | None = None) -> NoticeResult:
        return give_notice(
            self.policy_id,
            reason,
            on,
            self.command("announce", caller=UNDERWRITER),
            servicing_ports(self.products, self.memory),
        )

    def prove_dispatch(
        self,
        at: datetime | None = None,
        channel: DispatchChannel = DispatchChannel.POST,
        number: int | None = None,
        reference: str = "RR123456789GB",
    ) -> NoticeResult:
        return report_dispatch(
            self.policy_id,
            number or len(self.policy.notices),
            DispatchInput(channel, reference, at or self.now),
            self.command("dispatch", caller=UNDERWRITER),
            servicing_ports(self.products, self.memory),
        )

    def reinstate(self, on: date | None = None, **asked: Any) -> PolicyChange:
        return self.change("reinstatement", on, **asked)

    def command(self, operation: str, *, caller: Caller = PARTNER) -> Command:
        return Command(caller, self.idempotency(operation))

    def idempotency(self, operation: str) -> Idempotency:
        self.calls += 1
        return Idempotency(
            principal="app_one",
            operation=operation,
            key=f"key-{self.calls}",
            request_hash=b"r" * 32,
            now=self.now,
            received_at=self.now,
            render=lambda _result: RecordedAnswer("{}"),
        )


def _change(kind: str, on: date | datetime | None, asked: dict[str, Any]) -> ChangeInput:
    instant = on if isinstance(on, datetime) else None
    return ChangeInput(
        kind=TransactionKind(kind),
        effective_on=None if instant or on is None else on,
        effective_at=instant,
        **asked,
    )


def major(money: Money) -> Decimal:
    return money.major
