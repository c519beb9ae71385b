"""Claims in their table: one item each, and beside them a register of each policy's claims."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from insurance.domain.claim import Claim
from insurance.domain.claim.context import ClaimContext, NoticeContext
from insurance.domain.claim.evidence import first_seen
from insurance.domain.claim.limits import LimitUsage, movements
from insurance.domain.claim.set_off import SetOffEntry
from insurance.domain.core.errors import (
    AccountMoved,
    ClaimNotFound,
    LimitMoved,
    StaleRevision,
)
from insurance.domain.core.event import Event
from insurance.domain.core.identity import billing_id_for, mode_of, party_id_for, policy_id_for
from insurance.domain.core.running_totals import LimitMovement, Pool, Room
from insurance.domain.core.stored import Stored
from insurance.domain.party.party import Payee
from insurance.domain.policy import Policy
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.claims.claim_items import (
    claim_item,
    in_pool,
    read_account,
    read_register,
    read_revision,
    register_columns,
)
from insurance.dynamodb.claims.payee_accounts import DynamoDBPayeeAccounts
from insurance.dynamodb.codec import Item
from insurance.dynamodb.contract_keys import unless_erased
from insurance.dynamodb.idempotency_records import IdempotencyRecords
from insurance.dynamodb.numbers import give_number
from insurance.dynamodb.payment_queue import recalls
from insurance.dynamodb.policy.policy_reader import PolicyReader
from insurance.dynamodb.shared_limits import (
    LIFE,
    USED,
    DynamoDBRunningTotals,
    arithmetic,
    read_used,
)
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import (
    Refusal,
    Write,
    add,
    load,
    put,
    transact,
    update,
)
from insurance.operations.command import Command

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


ITEMS_PER_READ = 100
"""What DynamoDB returns in one BatchGetItem at most: claims and their parties together."""

FILE = "file_"
"""In front of a file's mark: the column that says to which claim it came first."""


class DynamoDBClaims:
    """The port `Claims` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        *,
        policies: PolicyReader,
        idempotency: IdempotencyRecords,
        payee_accounts: DynamoDBPayeeAccounts,
        running_totals: DynamoDBRunningTotals,
    ) -> None:
        self._client = client
        self._policies = policies
        self._claims_table = tables.claims
        self._tables = tables  # billing's is asked for by operations that read accounts alone
        self._events_table = tables.events
        self._parties_table = tables.parties
        self._idempotency = idempotency
        self._payee_accounts = payee_accounts
        self._running_totals = running_totals

    def load_policy(
        self, policy_id: str, command: Command | None, *, naming: Payee | None = None
    ) -> NoticeContext:
        wanted = [
            self._shares_key(policy_id),
            self._account_key(policy_id),
            *self._policies.wants(policy_id),
        ]
        mode = mode_of(policy_id)
        of_payee = self._payee_accounts.wants(mode, naming)
        if command is not None:
            wanted.append(self._idempotency.key(command.idempotency))
        register, account, header, body, party, *rest = load(self._client, [*wanted, *of_payee])
        keys = self._policies.keys(policy_id, party)
        if command is not None:
            self._idempotency.check(command.idempotency, rest.pop(0), keys)
        policy = self._policies.read(policy_id, [header, body, party])
        used = self._used(policy.record, register)
        return NoticeContext(
            policy=policy,
            noticed=read_register(register),
            register_revision=read_revision(register),
            used=used,
            account=read_account(account, keys),
            demands=keys.demands,
            payee_account=self._payee_accounts.read(mode, naming, rest),
        )

    def notify(
        self,
        event: Event,
        claim: Claim,
        *,
        context: NoticeContext,
        command: Command,
        account: SetOffEntry | None = None,
        totals: Sequence[LimitMovement] = (),
    ) -> None:
        def noticed(_item: Item | None) -> Exception:
            return StaleRevision(claim.policy_id)

        transact(
            self._client,
            [
                give_number(self._claims_table, claim.number or claim.id, claim.id),
                *self._change_account(account),
                *self._take((), claim, totals, apart=True),
                add(self._claims_table, claim_item(event, claim), noticed, key="id"),
                aggregates.append(self._events_table, event, taken=noticed),
                self._enter(claim, context, totals),
                self._idempotency.keep(
                    command.idempotency, about=claim.party, key=context.policy.key
                ),
            ],
        )

    def get(self, claim_id: str) -> Stored[Claim]:
        item, party = load(self._client, [self._key(claim_id), self._party_key(claim_id)])
        return self._read(claim_id, item, party)

    def get_many(self, claim_ids: Sequence[str]) -> Sequence[Stored[Claim]]:
        return [claim for some in _reads(claim_ids) for claim in self._get_at_once(some)]

    def _get_at_once(self, claim_ids: Sequence[str]) -> Sequence[Stored[Claim]]:
        parties = _parties_of(claim_ids)
        items = load(
            self._client,
            [
                *map(self._key, claim_ids),
                *((self._parties_table, {"id": codec.text(party)}) for party in parties),
            ],
        )
        keys = dict(zip(parties, items[len(claim_ids) :], strict=True))
        return [
            self._read(claim_id, item, keys[party_id_for(claim_id)])
            for claim_id, item in zip(claim_ids, items, strict=False)
        ]

    def load(self, claim_id: str, command: Command, *, naming: Payee | None = None) -> ClaimContext:
        policy_id = policy_id_for(claim_id)
        wanted = [
            self._key(claim_id),
            self._shares_key(policy_id),
            self._idempotency.key(command.idempotency),
        ]
        mode = mode_of(claim_id)
        of_payee = self._payee_accounts.wants(mode, naming)
        account, *items = load(
            self._client,
            [
                self._account_key(policy_id),
                *wanted,
                *self._policies.wants(policy_id),
                *of_payee,
            ],
        )
        end = len(items) - len(of_payee)
        context = self._context(claim_id, items[:end], command, account=account)
        payee_account = self._payee_accounts.read(mode, naming, items[end:])
        return replace(context, payee_account=payee_account)

    def load_evidence(self, claim_id: str, command: Command) -> ClaimContext:
        policy_id = policy_id_for(claim_id)
        wanted = [
            self._key(claim_id),
            self._shares_key(policy_id),
            self._idempotency.key(command.idempotency),
        ]
        marks, *items = load(
            self._client,
            [self._marks_key(policy_id), *wanted, *self._policies.wants(policy_id)],
        )
        return self._context(claim_id, items, command, marks=marks)

    def change(
        self,
        event: Event,
        claim: Claim,
        *,
        before: Stored[Claim],
        command: Command,
        account: SetOffEntry | None = None,
        totals: Sequence[LimitMovement] = (),
    ) -> None:
        def stale(_item: Item | None) -> Exception:
            return StaleRevision(claim.id)

        condition, values = aggregates.as_read(before, before.record.party)
        transact(
            self._client,
            [
                *self._change_account(account),
                *recalls(self._tables, before.record.payments, claim.payments),
                *self._take(before.record.limit_usage, claim, totals),
                *self._mark(before.record, claim, stale),
                put(
                    self._claims_table,
                    claim_item(event, claim),
                    stale,
                    condition=condition,
                    **values,
                ),
                aggregates.append(self._events_table, event, taken=stale),
                self._idempotency.keep(command.idempotency, about=claim.party, key=before.key),
            ],
        )

    def _take(
        self,
        used_before: Sequence[LimitUsage],
        claim: Claim,
        totals: Sequence[LimitMovement],
        *,
        apart: bool = False,
    ) -> Sequence[Write]:
        """Take of the shared limits, or give back: arithmetic on what is there, whatever it is by
        now, as long as the whole is not exceeded. Never by revision, so claims do not queue up.

        `apart`: what stands with the policy's register is left to the write that enters the claim.
        """
        moved = (*movements(used_before, claim.limit_usage), *totals)
        pools = sorted({each.pool or claim.policy_id for each in moved})
        return [
            Write(
                "Update",
                arithmetic(self._shares_key(pool), in_pool(moved, pool, claim)),
                lambda _item: LimitMoved(claim.id),
            )
            for pool in pools
            if not (apart and pool == claim.policy_id)
        ]

    def _enter(
        self, claim: Claim, context: NoticeContext, totals: Sequence[LimitMovement]
    ) -> Write:
        """Enter a claim in its policy's register, with what it takes of the limits beside it."""

        def refused(item: Item | None) -> Exception:
            if read_revision(item) == context.register_revision:
                return LimitMoved(claim.id)
            return StaleRevision(claim.policy_id)

        moved = in_pool((*movements((), claim.limit_usage), *totals), claim.policy_id, claim)
        entry = arithmetic(
            self._shares_key(claim.policy_id), moved, entering=register_columns(claim, context)
        )
        return unless_erased(Write("Update", entry, refused), claim.party)

    def totals(self, pools: Sequence[Pool], *, look: bool = True) -> Sequence[Room]:
        return self._running_totals.totals(pools, look=look)

    def _used(self, policy: Policy, limits: Item | None) -> dict[str, int]:
        """What is taken of the limits of the term, and of those of the whole life: with a policy
        that shares them with earlier terms, one more read."""
        shared = limits
        if policy.shares_with is not None:
            [shared] = load(self._client, [self._shares_key(policy.shares_with)])
        return read_used(limits, USED) | read_used(shared, LIFE)

    def _change_account(self, change: SetOffEntry | None) -> Sequence[Write]:
        """The policy's account beside the claim, as it was when the claim was decided on it."""
        if change is None:
            return ()

        def stale(_item: Item | None) -> Exception:
            return AccountMoved(change.account.policy_id)

        return aggregates.moved(
            self._tables.billing, self._events_table, change.event, change.before, stale
        )

    def _mark(self, before: Claim, claim: Claim, stale: Refusal) -> Sequence[Write]:
        """Enter files that came here first: columns of one item, so that claims do not queue up."""
        return [
            update(
                self._claims_table,
                self._marks_key(claim.policy_id)[1],
                {FILE + mark: codec.text(claim.id)},
                stale,
                condition="attribute_not_exists(#0)",
            )
            for mark in first_seen(before, claim)
        ]

    def _context(
        self,
        claim_id: str,
        items: Sequence[Item | None],
        command: Command,
        *,
        marks: Item | None = None,
        account: Item | None = None,
    ) -> ClaimContext:
        item, limits, earlier, *rest = items
        party = rest[-1]
        keys = self._policies.keys(claim_id, party)
        self._idempotency.check(command.idempotency, earlier, keys)
        claim = self._read(claim_id, item, party)  # first: it is the claim that was asked for
        policy = self._policies.read(policy_id_for(claim_id), rest).record
        return ClaimContext(
            claim=claim,
            account=read_account(account, keys),
            demands=keys.demands,
            policy=policy,
            used=self._used(policy, limits),
            seen={
                name.removeprefix(FILE): claim["S"]
                for name, claim in (marks or {}).items()
                if name.startswith(FILE)
            },
        )

    def _read(self, claim_id: str, item: Item | None, party: Item | None) -> Stored[Claim]:
        if item is None:
            raise ClaimNotFound(claim_id)
        return aggregates.read_stored(Claim, item, self._policies.keys(claim_id, party))

    def _key(self, claim_id: str) -> tuple[str, Item]:
        return self._claims_table, {"id": codec.text(claim_id)}

    def _party_key(self, claim_id: str) -> tuple[str, Item]:
        return self._parties_table, {"id": codec.text(party_id_for(claim_id))}

    def _marks_key(self, policy_id: str) -> tuple[str, Item]:
        """One item for the files on all the claims of a policy: not beside the limits, where every
        payment would carry it."""
        return self._claims_table, {"id": codec.text(f"{policy_id}#files")}

    def _account_key(self, policy_id: str) -> tuple[str, Item]:
        return self._tables.billing, {"id": codec.text(billing_id_for(policy_id))}

    def _shares_key(self, pool: str) -> tuple[str, Item]:
        """One item for all that a policy's claims share, beside its register; one for each running total."""
        return self._claims_table, {"id": codec.text(pool)}


def _parties_of(claim_ids: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(map(party_id_for, claim_ids)))


def _reads(claim_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """The claims in parts that fit into one read, each with the parties of its claims."""
    some: list[str] = []
    for claim_id in claim_ids:
        if len(some) + 1 + len(_parties_of([*some, claim_id])) > ITEMS_PER_READ:
            yield some
            some = []
        some.append(claim_id)
    if some:
        yield some
