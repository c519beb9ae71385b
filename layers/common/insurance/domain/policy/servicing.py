"""Servicing: endorse, cancel, reinstate a policy, or reverse a transaction, at any date.

A backdated transaction reverses the standing transactions that take effect later, is applied, and
applies them again: a policy is always the replay of its transactions in order of effect. Nothing is
stored here, so a preview is the same computation.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from insurance.domain.core.errors import (
    AlreadyErased,
    NoticeNotServed,
    OutsideTerm,
    TermsNotOffered,
    TooManyChanges,
    TransactionNotFound,
    WrongState,
)
from insurance.domain.core.money import Money
from insurance.domain.core.money import total as total_of
from insurance.domain.core.posting import Posting
from insurance.domain.jurisdiction.jurisdiction import NoticeKind
from insurance.domain.policy.charging import COOLING_OFF, Charging
from insurance.domain.policy.conditions import Conditions
from insurance.domain.policy.notice import NON_PAYMENT, NoticeEnd
from insurance.domain.policy.policy import Policy
from insurance.domain.policy.transaction import (
    ChangedAnswers,
    Computation,
    Initiator,
    Terms,
    Transaction,
    TransactionKind,
)
from insurance.domain.policy.transaction_input import TransactionInput, request_of

LATER_CHANGES_MAX: Final = 20
CHANGES_MAX: Final = 200
"""Of one term, so that a policy stays far below what an item may hold."""


STAYS: Final = frozenset({TransactionKind.REVERSAL, TransactionKind.LIMIT_REINSTATEMENT})
"""Never reversed by themselves, and never applied again."""


type Reprice = Callable[[Policy, TransactionInput], tuple[Terms, dict[str, Any]]]
"""Terms and answers of the policy from a date on, with the requested change."""


class ServicingResult(NamedTuple):
    """What a transaction does to a policy; of a preview, what it would do."""

    policy: Policy
    requested: Transaction
    reversed: tuple[Transaction, ...]
    reapplied: tuple[Transaction, ...]
    """Those of the reversed that were applied again; the others have lapsed."""

    @property
    def applied(self) -> tuple[Transaction, ...]:
        """The new transactions: the requested one, and those applied again."""
        return (self.requested, *self.reapplied)

    @property
    def difference(self) -> Money:
        """What the customer owes more in total; negative: gets back."""
        parts = [transaction.computation.total for transaction in self.applied]
        parts += [-transaction.computation.total for transaction in self.reversed]
        return total_of(parts, self.requested.computation.total.currency)

    @property
    def postings(self) -> tuple[Posting, ...]:
        moved: tuple[Posting, ...] = ()
        first = self.policy.first_partner
        for transaction in self.reversed:
            moved += transaction.computation.reversed().postings(first)
        for transaction in self.applied:
            moved += transaction.computation.postings(first)
        return moved


class Servicing(NamedTuple):
    """One change of one policy: the conditions that rule it, who makes it, and when."""

    conditions: Conditions
    reprice: Reprice
    actor: str
    now: datetime

    def change(self, policy: Policy, request: TransactionInput) -> ServicingResult:
        """Apply a transaction, and apply again what takes effect later.

        Raises:
            AlreadyErased: The policy's answers were erased.
            OutsideTerm: The transaction would take effect outside the term.
            WrongState: The policy or the transaction to reverse is in no state for it.
            TransactionNotFound: There is no transaction of the number to reverse.
            TermsNotOffered: The product offers no such cancellation or reinstatement.
            NoticeNotServed: The insurer has not served the notice that a cancellation needs.
            TooManyChanges: Too many transactions take effect later, or were made in the term.
        """
        if policy.answers is None:
            raise AlreadyErased(policy.id)
        if request.kind is TransactionKind.REVERSAL:
            return self._reverse(policy, request)
        request = _placed(policy, request)
        if not policy.period.start <= request.effective_at < policy.period.end:
            raise OutsideTerm(policy.id, policy.period.start, policy.period.end)
        later = _later(policy, lambda transaction: transaction.effective_at > request.effective_at)
        policy = _reversed(policy, later, by=policy.next_number)
        policy, made = self._apply(policy, request)
        policy, reapplied = self._apply_again(policy, (*later, *_restored(policy, made)))
        return ServicingResult(policy, made, later, reapplied)

    def _reverse(self, policy: Policy, request: TransactionInput) -> ServicingResult:
        """Reverse one transaction as if it had never been, and apply the later ones again."""
        undone = _reversible(policy, request.number)
        later = _later(
            policy,
            lambda transaction: (
                (transaction.effective_at, transaction.number)
                > (undone.effective_at, undone.number)
            ),
        )
        reversed_ = (undone, *later)
        policy = _reversed(policy, reversed_, by=policy.next_number)
        nothing = Computation(method="reversal", total=Money.zero(self.conditions.currency))
        request = request._replace(effective_at=undone.effective_at)
        made = self._transaction(policy, request, nothing, None).replace(follows=undone.number)
        policy = _with(policy, made)
        ended = undone.kind is TransactionKind.CANCELLATION
        restored = _restored(policy, made) if ended else ()
        policy, reapplied = self._apply_again(policy, (*later, *restored))
        return ServicingResult(policy, made, reversed_, reapplied)

    def _apply_again(
        self, policy: Policy, reversed_: tuple[Transaction, ...]
    ) -> tuple[Policy, tuple[Transaction, ...]]:
        """The policy with those of the reversed transactions applied again that still fit."""
        reapplied: list[Transaction] = []
        for transaction in _to_apply_again(reversed_):
            if _still_fits(policy, transaction, reapplied):
                policy, again = self._apply(policy, request_of(policy, transaction), transaction)
                reapplied.append(again)
        if len(policy.transactions) > CHANGES_MAX:
            raise TooManyChanges(policy.id, CHANGES_MAX, "in one term")
        return policy, tuple(reapplied)

    def _apply(
        self, policy: Policy, request: TransactionInput, reapplied: Transaction | None = None
    ) -> tuple[Policy, Transaction]:
        makes = {
            TransactionKind.ENDORSEMENT: self._endorse,
            TransactionKind.CANCELLATION: self._cancel,
            TransactionKind.REINSTATEMENT: self._reinstate,
            TransactionKind.TRANSFER: self._transfer,
        }
        return makes[request.kind](policy, request, reapplied)

    def _endorse(
        self, policy: Policy, request: TransactionInput, reapplied: Transaction | None
    ) -> tuple[Policy, Transaction]:
        if not policy.covers_at(request.effective_at):
            raise WrongState(policy.id, "not in force then", "be changed")
        before = policy.at(request.effective_at)
        terms, answers = self.reprice(before, request)
        if not self.conditions.adjusts:  # nobody is charged the new price: a refund goes by the old
            terms = terms.replace(premium=before.premium)
        charging = Charging(self.conditions, policy)
        computation = charging.of_change(before.premium, terms.premium, request.effective_at)
        made = self._transaction(policy, request, computation, reapplied).replace(
            options=request.options, terms=terms
        )
        changed = dict(policy.changed or {})
        changed[str(made.number)] = ChangedAnswers(asked=request.answers or {}, answers=answers)
        return _with(policy, made).replace(changed=changed), made

    def _transfer(
        self, policy: Policy, request: TransactionInput, reapplied: Transaction | None
    ) -> tuple[Policy, Transaction]:
        """The terms stay, and so does the price, unless the risk is another one with the new holder."""
        if request.answers or request.options is not None:
            return self._endorse(policy, request, reapplied)
        if not policy.covers_at(request.effective_at):
            raise WrongState(policy.id, "not in force then", "pass on")
        computation = Computation(method="transfer", total=Money.zero(self.conditions.currency))
        transfer = request.transfer
        if transfer and transfer.from_partner and transfer.to_partner:
            computation = Charging(self.conditions, policy).of_another_broker(
                request.effective_at,
                transfer.from_partner,
                transfer.to_partner,
                agreed=transfer.commission_share,
                not_due=request.not_due,
            )
        made = self._transaction(policy, request, computation, reapplied)
        return _with(policy, made), made

    def _cancel(
        self, policy: Policy, request: TransactionInput, reapplied: Transaction | None
    ) -> tuple[Policy, Transaction]:
        if not policy.covers_at(request.effective_at):
            raise WrongState(policy.id, "not in force then", "be cancelled")
        if request.by is Initiator.INSURER and reapplied is None:
            policy, request = self._after_notice(policy, request)
        computation = Charging(self.conditions, policy).of_cancelling(
            request.effective_at,
            by=request.by,
            reason=request.reason,
            now=reapplied.processed_at if reapplied else self.now,
        )
        made = self._transaction(policy, request, computation, reapplied)
        if computation.method == COOLING_OFF:
            made = made.replace(earns_from=policy.period.start)
        return _with(policy, made), made

    def _after_notice(
        self, policy: Policy, request: TransactionInput
    ) -> tuple[Policy, TransactionInput]:
        """The policy with its notice carried out, and the cancellation for the notice's reason.

        The insurer ends no cover before the days of notice are over.
        """
        lapse = request.reason == NON_PAYMENT
        notice = policy.open_notice(NoticeKind.LAPSE if lapse else NoticeKind.CANCELLATION)
        served = (
            notice is not None
            and notice.effective_at is not None
            and request.reason in {None, notice.reason}
        )
        if notice is None or not served or request.effective_at < (notice.effective_at or self.now):
            if self.conditions.jurisdiction is None:
                return policy, request
            raise NoticeNotServed(policy.id, notice.effective_at if notice else None)
        ended = notice.ending(NoticeEnd.CARRIED_OUT, self.now)
        return policy.with_notice(ended), request._replace(reason=notice.reason)

    def _reinstate(
        self, policy: Policy, request: TransactionInput, reapplied: Transaction | None
    ) -> tuple[Policy, Transaction]:
        """Cover again: with a gap from a later date, or as if it had never ended.

        Without a gap the policyholder declares that there was no loss meanwhile.
        """
        cancelled = policy.cancelled_by()
        if cancelled is None or request.effective_at < cancelled.effective_at:
            raise WrongState(policy.id, "not cancelled then", "be reinstated")
        window = timedelta(days=self.conditions.reinstatement_days)
        now = reapplied.processed_at if reapplied else self.now
        if now > max(cancelled.effective_at, cancelled.processed_at) + window:
            raise TermsNotOffered(
                f"a reinstatement more than {self.conditions.reinstatement_days} days after the end"
            )
        charging = Charging(self.conditions, policy)
        if request.gap:
            computation = charging.of_return(request.effective_at, cancelled)
            made = self._transaction(policy, request, computation, reapplied).replace(
                follows=cancelled.number
            )
            return _with(policy, made), made
        if not request.no_known_loss:
            raise TermsNotOffered("a reinstatement without a gap and without a declaration of loss")
        computation = cancelled.computation.reversed()
        made = self._transaction(policy, request, computation, reapplied).replace(
            follows=cancelled.number, earns_from=cancelled.earns_from
        )
        return _with(policy, made), made

    def _transaction(
        self,
        policy: Policy,
        request: TransactionInput,
        computation: Computation,
        reapplied: Transaction | None,
    ) -> Transaction:
        charging = Charging(self.conditions, policy)
        return Transaction(
            number=policy.next_number,
            kind=request.kind,
            effective_at=request.effective_at,
            processed_at=self.now,
            actor=self.actor,
            by=request.by,
            reason=request.reason,
            gap=request.gap,
            no_known_loss=request.no_known_loss,
            computation=charging.with_shares(computation, request.effective_at),
            transfer=request.transfer,
            reapplies=reapplied.number if reapplied else None,
        )


def _later(policy: Policy, comes_after: Callable[[Transaction], bool]) -> tuple[Transaction, ...]:
    """Standing transactions that come after, of the kinds that are applied again."""
    later = tuple(
        transaction
        for transaction in policy.standing()
        if comes_after(transaction) and transaction.kind not in STAYS
    )
    if len(later) > LATER_CHANGES_MAX:
        raise TooManyChanges(policy.id, LATER_CHANGES_MAX, "with a later effect")
    return later


def _reversible(policy: Policy, number: int | None) -> Transaction:
    """The transaction, if it stands and no other depends on it."""
    transaction = next(
        (transaction for transaction in policy.transactions if transaction.number == number), None
    )
    if transaction is None:
        raise TransactionNotFound(str(number))
    name = f"Transaction {number}"
    if not transaction.stands:
        raise WrongState(name, f"reversed by {transaction.reversed_by}", "be reversed")
    if transaction.kind in {*STAYS, TransactionKind.TRANSFER}:
        raise WrongState(name, f"a {transaction.kind.replace('_', ' ')}", "be reversed")
    if any(transaction.follows == number for transaction in policy.standing()):
        raise WrongState(name, "taken back", "be reversed")
    return transaction


def _placed(policy: Policy, request: TransactionInput) -> TransactionInput:
    """The request with its instant: a reinstatement without a gap starts at the cancellation."""
    cancelled = policy.cancelled_by()
    if request.kind is not TransactionKind.REINSTATEMENT or request.gap or cancelled is None:
        return request
    return request._replace(effective_at=cancelled.effective_at)


def _with(policy: Policy, made: Transaction) -> Policy:
    return policy.replace(transactions=(*policy.transactions, made))


def _reversed(policy: Policy, later: tuple[Transaction, ...], *, by: int) -> Policy:
    """The policy with these transactions undone."""
    numbers = {transaction.number for transaction in later}
    return policy.replace(
        transactions=tuple(
            transaction.replace(reversed_by=by) if transaction.number in numbers else transaction
            for transaction in policy.transactions
        )
    )


def _restored(policy: Policy, made: Transaction) -> tuple[Transaction, ...]:
    """Endorsements that the cancellation had reversed, and that return when it is taken back."""
    if made.follows is None or made.gap:
        return ()
    cancelled: set[int] = set()
    number: int | None = made.follows
    while number is not None:
        cancelled.add(number)
        number = policy.transaction(number).reapplies
    return tuple(
        transaction
        for transaction in policy.transactions
        if transaction.reversed_by in cancelled and transaction.kind is TransactionKind.ENDORSEMENT
    )


def _to_apply_again(later: tuple[Transaction, ...]) -> list[Transaction]:
    """Transactions to apply again, in order of effect.

    A cancellation that was taken back is left out, and so is the reinstatement that did it.
    """
    undone = {transaction.follows for transaction in later if not transaction.gap}
    standing = [
        transaction
        for transaction in later
        if transaction.number not in undone and (transaction.follows is None or transaction.gap)
    ]
    return sorted(standing, key=lambda again: (again.effective_at, again.number))


def _still_fits(policy: Policy, transaction: Transaction, reapplied: list[Transaction]) -> bool:
    """Whether the policy still has cover that it can change or end, or an end to take back."""
    if transaction.kind is TransactionKind.REINSTATEMENT:
        return transaction.follows in {again.reapplies for again in reapplied}
    return policy.covers_at(transaction.effective_at)
