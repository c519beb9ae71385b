"""Cut a staged policy of another system over to ours, or take it back."""

from insurance.domain.billing import BillingEventType
from insurance.domain.billing.account import BillingAccount, payment_postings
from insurance.domain.control.stop import Activity, Reach
from insurance.domain.core.errors import AlreadyErased, QuoteAlreadyIssued, WrongState
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import screening_id_for
from insurance.domain.core.stored import PartyKey, Stored
from insurance.domain.policy import Policy
from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.policy.migrated import migrated_postings, policy_of
from insurance.domain.policy.numbering import policy_numbers
from insurance.domain.quote.event_types import QuoteEventType
from insurance.domain.quote.pricing import territory_of
from insurance.domain.quote.quote import Quote, QuoteStatus
from insurance.domain.screening.screening import ScreeningSubject
from insurance.operations.command import Command
from insurance.operations.free_number import with_free_number
from insurance.operations.idempotency import AlreadyAnswered
from insurance.operations.parties.screen_name import screen_name
from insurance.operations.policy.migrate_policy import account_of
from insurance.operations.policy.migration_ports import MigrationPorts
from insurance.operations.policy.ports import QuoteEvent


def cut_over_policy(quote_id: str, command: Command, ports: MigrationPorts) -> None:
    """Let the policy be ours, with its account and its balances, in one transaction. It is done once.

    A name that resembles one on the sanctions list opens a case, and the policy comes all the same: it is in force.

    Raises:
        QuoteNotFound: There is no such quote.
        WrongState: It was reversed.
        QuoteExpired: It was kept for too long.
        AlreadyErased: Its personal data were erased.
        Stopped: A stop holds the issue.
        NumberTaken: Every number that the policy could get is taken.
        StaleRevision: It has changed meanwhile.
    """
    try:
        before, stops = ports.policies.load_quote(quote_id, command)
        bound = before.record.cut_over(now=command.now)
    except (AlreadyAnswered, QuoteAlreadyIssued):
        return
    product = ports.quoting.products.version(bound.product)
    reach = Reach(product.code, territory_of(bound, product), bound.partner)
    stops.check(Activity.BIND, reach, command.received_at)
    if before.key is None:
        raise AlreadyErased(f"quote {quote_id}")
    _screen(bound, before.key, command, ports)
    policy = policy_of(bound)
    account = account_of(policy, product, command)
    with_free_number(
        policy_numbers(policy, product, None),
        lambda number: _store(
            policy.replace(number=number), account, (bound, before), command, ports
        ),
    )


def reverse_policy(quote_id: str, command: Command, ports: MigrationPorts) -> None:
    """Take a staged policy back; its number is free again. It is done once.

    Raises:
        QuoteNotFound: There is no such quote.
        WrongState: It was cut over.
        QuoteExpired: It was kept for too long.
        AlreadyErased: Its personal data were erased.
        StaleRevision: It has changed meanwhile.
    """
    try:
        before = ports.quoting.quotes.load(quote_id, command)
    except AlreadyAnswered:
        return
    if before.record.status is QuoteStatus.REVERSED:
        return
    after = before.record.reversed(now=command.now)
    event = _event(after, before, QuoteEventType.REVERSED, command)
    stored = Stored(after, event.head, before.key)
    ports.quoting.quotes.change(event, after, before=before, command=command.with_answer(stored))


def _screen(quote: Quote, key: PartyKey, command: Command, ports: MigrationPorts) -> None:
    name = quote.policyholder.name if quote.policyholder else ""
    subject = ScreeningSubject(screening_id_for(quote.id), quote.partner, quote.party, name)
    screen_name(subject, key, command, ports.screening)


def _store(
    policy: Policy,
    account: BillingAccount,
    quote: tuple[Quote, Stored[Quote]],
    command: Command,
    ports: MigrationPorts,
) -> None:
    bound, before = quote
    if before.key is None or policy.migration is None:
        raise WrongState(f"Quote {bound.id}", bound.status, "be cut over")
    migrated = Event.following(
        StreamPosition(),
        policy,
        before.key,
        stream=policy.id,
        type=PolicyEventType.MIGRATED,
        actor=command.actor,
        now=command.now,
        effective_at=policy.migration.cut_over_at,
        postings=migrated_postings(policy),
    )
    paid = [posting for each in account.paid_in for posting in payment_postings(each)]
    opened = Event.following(
        StreamPosition(),
        account,
        before.key,
        stream=account.id,
        type=BillingEventType.MIGRATED,
        actor=command.actor,
        now=command.now,
        effective_at=policy.migration.cut_over_at,
        postings=(*account.opening_postings(None), *paid),
    )
    ports.policies.issue(
        migrated,
        policy,
        bound=QuoteEvent(_event(bound, before, QuoteEventType.BOUND, command), before, bound),
        account=opened,
        command=command.with_answer(Stored(policy, migrated.head, before.key)),
    )


def _event(quote: Quote, before: Stored[Quote], type: QuoteEventType, command: Command) -> Event:
    if before.key is None:
        raise AlreadyErased(f"quote {quote.id}")
    return Event.following(
        before.head,
        quote,
        before.key,
        stream=quote.id,
        type=type,
        actor=command.actor,
        now=command.now,
    )
