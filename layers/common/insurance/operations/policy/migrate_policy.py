"""Bring a policy of another system: stage it as a quote that nothing else can become of, cut it over, or take it back.

Until the cut-over there is no policy: nothing renews it, bills it, claims on it or posts it.
"""

from collections.abc import Mapping
from datetime import UTC, date
from typing import Any, NamedTuple

from insurance.domain.billing import BillingAccount, plans_of
from insurance.domain.billing.migrated_account import migrated_account
from insurance.domain.contract.data_origin import SOURCE
from insurance.domain.contract.migration import MigratedChange, Migration
from insurance.domain.contract.premium import CoverPremium, Premium, PremiumLine
from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.identity import named_party, new_quote_id
from insurance.domain.core.money import Money
from insurance.domain.core.money import total as total_of
from insurance.domain.core.period import Period
from insurance.domain.core.stored import Stored
from insurance.domain.ledger.policy_ledger import rounding_of, written_by_segments
from insurance.domain.policy import Policy
from insurance.domain.policy.conditions import Conditions
from insurance.domain.policy.migrated import policy_of
from insurance.domain.product import Product
from insurance.domain.quote.pricing import NewRisk, PricedRisk, same_currency
from insurance.domain.quote.quote import Quote, QuoteStatus
from insurance.operations.command import Command
from insurance.operations.policy.migration_ports import MigrationPorts
from insurance.operations.quoting.find_facts import find_facts
from insurance.operations.quoting.make_quote import RiskInput
from insurance.operations.quoting.ports import LookUps, QuoteBasis
from insurance.operations.quoting.quoted_party import QuotedParty, find_quoted_party


class ChargedInput(NamedTuple):
    """What was charged: net, and taxes, levies and fees by the product's codes."""

    net: Money
    lines: Mapping[str, Money]
    commission: Money | None


class BroughtChange(NamedTuple):
    """An endorsement that the policy had there."""

    effective_on: date
    answers: Mapping[str, Any]
    """Those that it changed."""
    premium: ChargedInput
    """From then on, for a whole term."""
    charged: ChargedInput


class PolicyInput(NamedTuple):
    """A policy in force, as the file of another system says it."""

    number: str
    risk: RiskInput
    issued_on: date | None
    """None: on its first day."""
    ends_on: date | None
    """The first day that is not covered any more; None: as the product says."""
    premium: ChargedInput
    """As it was issued."""
    plan: str
    paid: Money
    changes: tuple[BroughtChange, ...] = ()
    """In order of effect."""


class Origin(NamedTuple):
    """The batch that a policy comes by."""

    source: str
    batch_id: str
    cut_over_on: date


class MigratedPolicy(NamedTuple):
    """A policy as it will be after the cut-over, with its account."""

    quote: Quote
    policy: Policy
    account: BillingAccount
    product: Product
    party: QuotedParty


def read_migrated(
    given: PolicyInput, origin: Origin, command: Command, ports: MigrationPorts
) -> MigratedPolicy:
    """What the policy will be. Nothing is stored.

    Its covers are those that our product gives this risk, and its premium is what was charged. What underwriting would
    say today is not asked: the policy is in force.

    Raises:
        PartyNotFound: The named party does not exist, or belongs to another partner.
        AlreadyErased: The named party was erased.
        PartyDiffers: Other details are stored for the party.
        ProcessingRestricted: The party demanded that their data are used for nothing new.
        ProductNotFound: No such product is on sale.
        NoRate: The product has no price for such a risk, and so no taxes.
        InvalidFields: The product cannot read an answer, the policy is not in force on the day of the cut-over, or an
            amount does not fit.
    """
    quoting = ports.quoting
    product = quoting.products.on_sale(given.risk.product, command.now.date(), command.caller.mode)
    answers = product.read_answers(dict(given.risk.answers))
    term = product.period(given.risk.start, answers)
    period = Period(start=term.start.astimezone(UTC), end=term.end.astimezone(UTC))
    risk = given.risk
    new = NewRisk(product, answers, risk.options, risk.territory, risk.start, period)
    facts = find_facts(new.look_ups, quoting.look_ups)
    priced = new.priced({**facts, SOURCE: command.origin.facts()} if command.origin else facts)
    migration = Migration(
        source=origin.source,
        batch_id=origin.batch_id,
        number=given.number,
        issued_at=product.moment(given.issued_on or risk.start).astimezone(UTC),
        cut_over_at=product.moment(origin.cut_over_on).astimezone(UTC),
        plan=given.plan,
        paid=given.paid,
    )
    _check_days(given, migration, priced)
    same_currency(given.paid, product.currency, "/paid")
    party = find_quoted_party(risk.party, command, quoting)
    changes, changed = _changes(given, priced, quoting.look_ups)
    migration = migration.replace(changes=changes)
    quote = _quote(given, migration, priced, party, command).replace(
        carrier=quoting.carrier, migrated_answers=changed or None
    )
    policy = policy_of(quote)
    _check_written(policy, product)
    account = account_of(policy, product, command)
    if migration.paid > account.owed(policy):
        detail = f"The policy costs {account.owed(policy)}."
        raise InvalidFields([FieldFault("/paid", "too-large", detail)])
    return MigratedPolicy(quote, policy, account, product, party)


def stage_policy(
    given: PolicyInput, origin: Origin, command: Command, ports: MigrationPorts
) -> Stored[Quote]:
    """Keep the policy until its batch is cut over, once, and its number for it alone.

    Raises:
        KeyReused: The key has staged another policy.
        NumberTaken: A policy of this source and number is here already.
        PartyNotFound: The named party does not exist, or belongs to another partner.
        AlreadyErased: The named party was erased.
        PartyDiffers: Other details are stored for the party.
        ProcessingRestricted: The party demanded that their data are used for nothing new.
        ProductNotFound: No such product is on sale.
        NoRate: The product has no price for such a risk, and so no taxes.
        InvalidFields: The policy does not fit.
    """
    migrated = read_migrated(given, origin, command, ports)
    quote, party = migrated.quote, migrated.party
    event = quote.made(party.key)
    stored = Stored(quote, event.head, party.key)
    ports.quoting.quotes.add(
        event,
        quote,
        key=party.key,
        command=command.with_answer(stored),
        basis=QuoteBasis(registered=party.registered, party=party.stored),
    )
    return stored


def account_of(policy: Policy, product: Product, command: Command) -> BillingAccount:
    """The account that the policy comes with.

    Raises:
        InvalidFields: The product has no such plan.
    """
    if policy.migration is None:
        raise ValueError(f"{policy.id} comes from no other system")
    plans = {plan.code: plan for plan in plans_of(product)}
    plan = plans.get(policy.migration.plan)
    if plan is None:
        detail = f"The product offers: {', '.join(plans)}."
        raise InvalidFields([FieldFault("/plan", "not-offered", detail)])
    return migrated_account(policy, policy.migration, plan, product.zone, command.now)


def _check_days(given: PolicyInput, migration: Migration, priced: PricedRisk) -> None:
    period, faults = priced.period, []
    if not period.start <= migration.cut_over_at < period.end:
        detail = f"It is not in force on the day of the cut-over: its term ends at {period.end}."
        faults.append(FieldFault("/start", "not-in-force", detail))
    if given.ends_on is not None and priced.product.moment(given.ends_on) != period.end:
        detail = f"The product's term from this day ends at {period.end}."
        faults.append(FieldFault("/ends_on", "not-the-term", detail))
    if migration.issued_at > migration.cut_over_at:
        detail = "It was issued after the cut-over."
        faults.append(FieldFault("/issued_on", "too-late", detail))
    if faults:
        raise InvalidFields(faults)


def _quote(
    given: PolicyInput,
    migration: Migration,
    priced: PricedRisk,
    party: QuotedParty,
    command: Command,
) -> Quote:
    caller = command.caller
    quote_id = new_quote_id(caller.mode, caller.principal, command.idempotency.key)
    return Quote(
        id=quote_id,
        party_id=named_party(party.party_id, quote_id) if party.party_id else None,
        partner=caller.partner,
        producer=given.risk.producer,
        carrier="",
        product=priced.product.ref,
        period=priced.period,
        territory=given.risk.territory,
        options=tuple(priced.risk.covers),
        policyholder=party.policyholder,
        answers=dict(priced.risk.answers.to_json()),
        looked_up=priced.looked_up,
        status=QuoteStatus.MIGRATING,
        covers=priced.covers,
        premium=_premium(given.premium, priced, "/premium"),
        migration=migration,
        created_at=command.now,
        created_by=caller.principal,
        valid_until=priced.period.end,
    )


def _changes(
    given: PolicyInput, priced: PricedRisk, look_ups: LookUps
) -> tuple[tuple[MigratedChange, ...], dict[str, dict[str, Any]]]:
    """The endorsements in order, and the answers that each changed, by its number."""
    product, risk = priced.product, priced.risk
    changes: list[MigratedChange] = []
    changed: dict[str, dict[str, Any]] = {}
    earliest = priced.period.start
    for place, each in enumerate(given.changes):
        at = f"/endorsements/{place}"
        effective_at = product.moment(each.effective_on).astimezone(UTC)
        if not earliest <= effective_at < priced.period.end:
            detail = "Endorsements follow each other within the term."
            raise InvalidFields([FieldFault(f"{at}/effective_on", "not-in-order", detail)])
        earliest = effective_at
        after = product.read_answers({**risk.answers.to_json(), **each.answers})
        facts = find_facts(product.look_ups(after), look_ups)
        risk = risk._replace(answers=after, looked_up={**risk.looked_up, **facts})
        offered = PricedRisk(product, risk, priced.period, product.offer(risk))
        changes.append(
            MigratedChange(
                effective_at=effective_at,
                options=tuple(risk.covers),
                looked_up=offered.looked_up,
                covers=offered.covers,
                premium=_premium(each.premium, offered, f"{at}/premium"),
                charged=_premium(each.charged, offered, f"{at}/charged"),
            )
        )
        answers = {"asked": dict(each.answers), "answers": dict(after.to_json())}
        changed[str(place + 2)] = answers
    return tuple(changes), changed


def _check_written(policy: Policy, product: Product) -> None:
    """What was charged for endorsements is, but for rounding, their price for the rest of the term."""
    conditions = Conditions.of(product)
    difference = written_by_segments(policy, conditions) - policy.written
    if abs(difference.amount) > rounding_of(policy, conditions):
        detail = f"Each at its price for its time, the net premium is {difference} more."
        raise InvalidFields([FieldFault("/endorsements", "not-pro-rata", detail)])


def _premium(given: ChargedInput, priced: PricedRisk, at: str) -> Premium:
    """What was charged, in the lines and shares of our product."""
    ours, currency = priced.premium, priced.product.currency
    if ours is None or not priced.covers:
        detail = "The product gives such a risk no cover."
        raise InvalidFields([FieldFault("/answers", "no-cover", detail)])
    same_currency(given.net, currency, f"{at}/net")
    same_currency(given.commission, currency, f"{at}/commission")
    by_code = {line.code: line for line in ours.lines}
    faults = [
        FieldFault(f"{at}/lines/{code}", "unknown", f"The product has: {', '.join(by_code)}.")
        for code in given.lines
        if code not in by_code
    ]
    if faults:
        raise InvalidFields(faults)
    lines: list[PremiumLine] = []
    for code, amount in given.lines.items():
        same_currency(amount, currency, f"{at}/lines/{code}")
        lines.append(by_code[code].replace(amount=amount))
    shares = [share.amount.amount for share in ours.by_cover]
    parts = given.net.split(shares) if any(shares) else ()
    return Premium(
        net=given.net,
        lines=tuple(lines),
        by_cover=tuple(
            CoverPremium(cover=share.cover, amount=part)
            for share, part in zip(ours.by_cover, parts, strict=bool(parts))
        ),
        total=total_of((given.net, *given.lines.values()), currency),
        commission=given.commission,
    )
