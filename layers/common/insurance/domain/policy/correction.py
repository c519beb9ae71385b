"""Corrections: what a corrected detail of the holder does to a policy of theirs.

The policy takes over the detail, and so do the answers that repeat it, by endorsements: from the day on
which it holds, or from the beginning where it never changes. An answer that said something else than the
party's record is about another person or place, and stays.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple, Self

from insurance.domain.core.errors import AlreadyErased
from insurance.domain.core.money import Money
from insurance.domain.core.money import total as total_of
from insurance.domain.core.posting import Posting
from insurance.domain.party.correction import (
    CorrectedDetails,
    Correction,
    corrected_values,
    stated_fields,
    told_values,
)
from insurance.domain.party.correction_record import CorrectedField, PartyField
from insurance.domain.party.party import Policyholder
from insurance.domain.party.record import Party
from insurance.domain.policy.difference import PolicyDifference, differences
from insurance.domain.policy.holders import ENDORSEMENTS_MAX, LastCorrection
from insurance.domain.policy.policy import Policy
from insurance.domain.policy.servicing import Servicing, ServicingResult
from insurance.domain.policy.timeline import Segment
from insurance.domain.policy.transaction import Transaction, TransactionKind
from insurance.domain.policy.transaction_input import TransactionInput
from insurance.domain.product import Product

REASON: Final = "holder_corrected"
"""The reason of the endorsements that a correction makes."""
ENDORSEMENT_LETTER: Final = "endorsement_letter"


class HolderCorrection(NamedTuple):
    """A correction of a party, as its policies need it."""

    details: CorrectedDetails
    fields: tuple[CorrectedField, ...]
    values: Mapping[PartyField, str]
    """What is right, as answers repeat it."""
    told: Mapping[PartyField, frozenset[str]]
    """What was told of the party until now."""
    effective_on: date | None
    now: datetime

    @classmethod
    def of(cls, party: Party, correction: Correction, *, now: datetime) -> Self:
        """The correction of a party, whose record is not corrected yet.

        Raises:
            AlreadyErased: The party was erased.
            InvalidFields: Nothing is stated, or something that a party of its kind does not have.
        """
        details = correction.details
        fields = stated_fields(party, details)
        return cls(
            details=details,
            fields=fields,
            values=corrected_values(details, fields),
            told=told_values(party),
            effective_on=correction.effective_on,
            now=now,
        )

    def effective_at(self, product: Product) -> datetime:
        """From when it holds on policies of this product: their days begin at their own time."""
        if self.effective_on is None:
            return self.now
        return min(product.moment(self.effective_on).astimezone(UTC), self.now)

    def reaches_ended(self, policy: Policy, product: Product) -> bool:
        """Whether it would change the price of a term that has ended."""
        return next_change(policy, self, product) is not None


class CorrectedPolicy(NamedTuple):
    """A policy before and after a correction of its holder."""

    before: Policy
    policy: Policy
    endorsements: tuple[ServicingResult, ...]
    documents: tuple[str, ...]
    """The kinds of document that are made again."""

    @property
    def is_changed(self) -> bool:
        return self.policy != self.before

    def recorded(self, revision: int, now: datetime) -> Self:
        """The same, with the policy saying when it was corrected, and in which revision."""
        before = self.before.last_correction
        made = [each.number for each in self.policy.transactions[len(self.before.transactions) :]]
        last = LastCorrection(
            revision=revision,
            corrected_at=now,
            endorsements=((before.endorsements if before else ()) + tuple(made))[
                -ENDORSEMENTS_MAX:
            ],
        )
        return self._replace(policy=self.policy.replace(last_correction=last))

    @property
    def difference(self) -> Money:
        """What the customer owes more in total; negative: gets back."""
        currency = self.before.premium.total.currency
        return total_of((made.difference for made in self.endorsements), currency)

    @property
    def changes(self) -> tuple[PolicyDifference, ...]:
        """How the terms differ, each at the instant from which an endorsement rules them."""
        shown: dict[str, PolicyDifference] = {}
        for made in self.endorsements:
            at = made.requested.effective_at
            for difference in differences(self.before, self.policy, (at, at)):
                shown.setdefault(difference.pointer, difference)
        return tuple(shown.values())

    @property
    def postings(self) -> tuple[Posting, ...]:
        return tuple(posting for made in self.endorsements for posting in made.postings)


def correct_holder(
    policy: Policy, correction: HolderCorrection, product: Product, servicing: Servicing
) -> CorrectedPolicy:
    """The policy with the corrected details of its holder, and priced on the answers that repeat them.

    `product` is the version of the contract: it says which answers repeat a detail.

    Raises:
        AlreadyErased: The holder's personal data were erased.
        InvalidFields, OutsideTerm, RiskNotAccepted, WrongState, TooManyChanges: As in
            `Servicing.change`.
    """
    if policy.policyholder is None:
        raise AlreadyErased(policy.id)
    changed, endorsements = policy, []
    change = next_change(policy, correction, product)
    while change is not None:
        made = servicing.change(changed, change)
        changed = made.policy
        endorsements.append(made)
        change = next_change(changed, correction, product, after=change.effective_at)
    changed = changed.replace(policyholder=corrected_policyholder(policy.policyholder, correction))
    letter = [ENDORSEMENT_LETTER] if endorsements else []
    sent = documents_again(product, letter, is_changed=changed != policy)
    return CorrectedPolicy(policy, changed, tuple(endorsements), sent)


def documents_again(
    product: Product, letters: Sequence[str] = (), *, is_changed: bool
) -> tuple[str, ...]:
    """The kinds of document that are made again after a correction, as far as the product has them."""
    kinds = dict.fromkeys([*(product.corrections.documents if is_changed else ()), *letters])
    return tuple(kind for kind in kinds if kind in product.documents.kinds)


def next_change(
    policy: Policy, correction: HolderCorrection, product: Product, *, after: datetime | None = None
) -> TransactionInput | None:
    """The first endorsement that the correction needs, behind an instant if one is given: of the answers
    that repeat a corrected detail, and said what was told of it. None: there is nothing to endorse.

    An answer that an endorsement repeats later is changed there again, by another endorsement.
    """
    for segment in policy.segments():
        for effective_at, codes in _due_in(segment, correction, product):
            answers = _corrected_among(
                codes, segment.answers or {}, policy.policyholder, correction
            )
            if answers and (after is None or effective_at > after):
                return TransactionInput(
                    kind=TransactionKind.ENDORSEMENT,
                    effective_at=effective_at,
                    reason=REASON,
                    answers=answers,
                )
    return None


def corrected_answers(
    said: Mapping[str, Any], holder: Policyholder, correction: HolderCorrection, product: Product
) -> dict[str, Any]:
    """The answers that repeat a corrected detail and said what was told of it, as they are right."""
    codes = {
        code: detail
        for code, detail in product.corrections.answers.items()
        if detail in correction.values
    }
    return _corrected_among(codes, said, holder, correction)


def _corrected_among(
    codes: Mapping[str, PartyField],
    said: Mapping[str, Any],
    holder: Policyholder | None,
    correction: HolderCorrection,
) -> dict[str, Any]:
    """The answers to these questions that change. Of a list each item that said what was told changes."""
    changed: dict[str, Any] = {}
    for code, detail in codes.items():
        question, _, inner = code.partition("/")
        answer = changed.get(question, said.get(question))
        right = _corrected_answer(answer, inner, detail, holder, correction)
        if right != answer:
            changed[question] = right
    return changed


def _corrected_answer(
    answer: Any,
    inner: str,
    detail: PartyField,
    holder: Policyholder | None,
    correction: HolderCorrection,
) -> Any:
    if inner:
        return [
            {**item, inner: _corrected_answer(item[inner], "", detail, holder, correction)}
            if inner in item
            else item
            for item in answer or ()
        ] or answer
    right = correction.values[detail]
    follows = not _is_same(answer, right) and _is_told(answer, detail, holder, correction)
    return right if follows else answer


def _due_in(
    segment: Segment, correction: HolderCorrection, product: Product
) -> list[tuple[datetime, dict[str, PartyField]]]:
    """From when in a period of cover the correction holds, in order, and for which answers."""
    since = correction.effective_at(product)
    due: dict[datetime, dict[str, PartyField]] = {}
    for code, detail in product.corrections.answers.items():
        if detail in correction.values and (detail.never_changes or since < segment.period.end):
            begins = segment.period.start
            instant = begins if detail.never_changes else max(since, begins)
            due.setdefault(instant, {})[code] = detail
    return sorted(due.items(), key=lambda one: one[0])


def is_changed_later(
    corrected: CorrectedPolicy, correction: HolderCorrection, product: Product
) -> bool:
    """Whether a change with a later effect says something else than an answer that was corrected."""
    for made in corrected.endorsements:
        asked = (corrected.policy.changed or {})[str(made.requested.number)].asked
        right = [
            (code, correction.values[detail])
            for code, detail in product.corrections.answers.items()
            if detail in correction.values and _says(asked, code, correction.values[detail])
        ]
        for segment in corrected.policy.segments():
            if segment.period.end > made.requested.effective_at and not all(
                _says(segment.answers or {}, code, value) for code, value in right
            ):
                return True
    return False


def _says(answers: Mapping[str, Any], code: str, value: str) -> bool:
    """Whether the answer is this one; of a list, that of an item."""
    question, _, inner = code.partition("/")
    answer = answers.get(question)
    said = [item.get(inner) for item in answer or ()] if inner else [answer]
    return any(_is_same(each, value) for each in said)


def endorsements_of_corrections(policy: Policy) -> list[Transaction]:
    """What the latest corrections of the holder changed about the terms, as far as it stands."""
    last = policy.last_correction
    return [
        transaction
        for transaction in policy.transactions
        if last is not None
        and transaction.number in last.endorsements
        and transaction.reason == REASON
        and transaction.reapplies is None
        and transaction.stands
    ]


def ends_at(policy: Policy) -> datetime | None:
    """When the last cover of the policy ends; None: it never gave any."""
    segments = policy.segments()
    return segments[-1].period.end if segments else None


def corrected_policyholder(holder: Policyholder, correction: HolderCorrection) -> Policyholder:
    """A holder with the details that were corrected."""
    details = correction.details
    right: dict[CorrectedField, Any] = {
        CorrectedField.NAME: details.name,
        CorrectedField.EMAIL: details.email,
        CorrectedField.DATE_OF_BIRTH: details.date_of_birth,
        CorrectedField.ADDRESS: details.address,
    }
    changes = {field.value: right[field] for field in correction.fields if field in right}
    return holder.replace(**changes)


def _is_told(
    said: object, detail: PartyField, holder: Policyholder | None, correction: HolderCorrection
) -> bool:
    """Whether an answer said what was told of the party: on its record, or with this contract."""
    told: Iterable[str] = correction.told[detail]
    return any(_is_same(said, value) for value in (*told, _of_holder(holder, detail)))


def _of_holder(holder: Policyholder | None, detail: PartyField) -> str | None:
    if holder is None:
        return None
    address, born = holder.address, holder.date_of_birth
    values = {
        PartyField.NAME: holder.name,
        PartyField.EMAIL: holder.email,
        PartyField.POSTCODE: address.postcode if address else None,
        PartyField.COUNTRY: address.country if address else None,
        PartyField.DATE_OF_BIRTH: born.isoformat() if born else None,
    }
    return values.get(detail)


def _is_same(said: object, value: str | None) -> bool:
    """Whether two texts are the same but for spaces and case."""
    if not isinstance(said, str) or value is None:
        return False
    return "".join(said.split()).casefold() == "".join(value.split()).casefold()
