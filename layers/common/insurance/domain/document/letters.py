"""Letters: endorsement, cancellation, notice, and the invitation to renew."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from insurance.domain.contract.terms import CoverTerms
from insurance.domain.core.money import Money
from insurance.domain.document import sections as parts
from insurance.domain.document.content import Paragraphs, Part, Row, Section, Table
from insurance.domain.document.letterhead import Body, Subject
from insurance.domain.document.schedule import topic
from insurance.domain.document.wording import Wording
from insurance.domain.jurisdiction.jurisdiction import NoticeRule
from insurance.domain.policy import Policy, Transaction
from insurance.domain.policy.notice import Notice

MOMENT = timedelta(microseconds=1)


def endorsement_letter(subject: Subject, wording: Wording) -> Body:
    transaction = _transaction(subject)
    before = subject.policy.at(transaction.effective_at - MOMENT)
    changed = _changes(subject, transaction, before, wording)
    table = Table(
        headings=tuple(wording.say(f"changes.{name}") for name in ("what", "before", "after")),
        rows=changed,
        first_number=3,
    )
    nothing = Paragraphs(texts=wording.say_all("changes.none"))
    sections = (
        Section(heading=wording.say("changes.heading"), parts=(table if changed else nothing,)),
        Section(heading=wording.say("change.heading"), parts=_cost(transaction, wording)),
    )
    opening = wording.say_all(
        "endorsement_letter.opening", effective=wording.instant(transaction.effective_at)
    )
    return Body(transaction.processed_at, opening, sections, _reference(transaction, wording))


def cancellation_letter(subject: Subject, wording: Wording) -> Body:
    transaction = _transaction(subject)
    ends = wording.instant(transaction.effective_at)
    opening = wording.say_all(f"cancellation_letter.opening_{transaction.by}", ends=ends)
    sections = (
        Section(heading=wording.say("change.heading"), parts=_cost(transaction, wording)),
        Section(
            heading=wording.say("ending.heading"),
            parts=(Paragraphs(texts=wording.say_all(f"ending.{transaction.by}", ends=ends)),),
        ),
        topic("complaining", wording),
    )
    return Body(transaction.processed_at, opening, sections, _reference(transaction, wording))


def notice_letter(subject: Subject, wording: Wording) -> Body:
    """The notice that the insurer gives. The proof of its dispatch decides when it takes effect."""
    notice = subject.notice
    if notice is None:
        raise ValueError(f"a {subject.kind} is about a notice")
    reason = wording.coded("reason", notice.reason)
    notes = list(wording.say_all("notice.days", days=_days(subject, notice, wording)))
    if notice.wanted_at is not None:
        notes += wording.say_all("notice.wanted", wanted=wording.instant(notice.wanted_at))
    if notice.arrears is not None:
        due = wording.day(notice.due_by) if notice.due_by else wording.local_day(notice.given_at)
        arrears = wording.money(notice.arrears)
        notes += wording.say_all("notice.arrears", arrears=arrears, due=due)
    sections = (
        Section(heading=wording.say("notice.heading"), parts=(Paragraphs(texts=tuple(notes)),)),
        topic(f"notice_{notice.kind}", wording),
        topic("complaining", wording),
    )
    opening = wording.say_all(f"notice_letter.opening_{notice.kind}", reason=reason)
    reference = ((wording.say("reference.notice"), str(notice.number)),)
    return Body(notice.given_at, opening, sections, reference)


def _days(subject: Subject, notice: Notice, wording: Wording) -> str:
    """The days of notice that the law of the jurisdiction requires."""
    place = subject.product.life.jurisdiction
    rule = place.notices[notice.kind] if place else NoticeRule(days=0)
    key = "notice.working_days" if rule.working else "notice.calendar_days"
    return wording.say(key, days=str(rule.days))


def renewal_letter(subject: Subject, wording: Wording) -> Body:
    """The invitation to renew: last term's price beside the next, and what to do by when."""
    quote, policy = subject.renewal, subject.policy
    if quote is None or quote.premium is None:
        raise ValueError(f"policy {policy.id} has no offer for its next term")
    last = policy.at(policy.period.end - MOMENT).premium
    until = wording.instant(quote.valid_until)
    sections = (
        Section(
            heading=wording.say("renewal.price"),
            parts=(
                Paragraphs(texts=wording.say_all("renewal.price_note")),
                parts.compared(last, quote.premium, wording),
            ),
        ),
        Section(
            heading=wording.say("renewal.covers"),
            parts=parts.covered(quote.covers, subject.product, wording),
        ),
        Section(
            heading=wording.say("renewal.to_do"),
            parts=(Paragraphs(texts=wording.say_all("renewal.how", until=until)),),
        ),
    )
    opening = wording.say_all(
        "renewal_letter.opening",
        ends=wording.instant(policy.period.end),
        start=wording.instant(quote.period.start),
        end=wording.instant(quote.period.end),
        total=wording.money(quote.premium.total),
    )
    reference = ((wording.say("reference.quote"), quote.id),)
    return Body(quote.created_at, opening, sections, reference, known_at=quote.created_at)


def _transaction(subject: Subject) -> Transaction:
    if subject.transaction is None:
        raise ValueError(f"a {subject.kind} is about a transaction")
    return subject.transaction


def _reference(transaction: Transaction, wording: Wording) -> tuple[Row, ...]:
    return ((wording.say("reference.transaction"), str(transaction.number)),)


def _cost(transaction: Transaction, wording: Wording) -> tuple[Part, ...]:
    total = transaction.computation.total
    nothing = Money.zero(total.currency)
    key = "owed" if total > nothing else "returned" if total < nothing else "nothing"
    amount = wording.money(total if total > nothing else -total)
    return (
        Paragraphs(texts=wording.say_all(f"change.{key}", amount=amount)),
        *parts.computed(transaction.computation, wording),
    )


def _changes(
    subject: Subject, transaction: Transaction, before: Policy, wording: Wording
) -> tuple[Row, ...]:
    """Answers and covers that the endorsement changed."""
    known = (subject.policy.changed or {}).get(str(transaction.number))
    after = known.answers if known else before.answers or {}
    rows = _changed_hands(subject, transaction, wording)
    rows += _changed_answers(subject, before.answers or {}, after, wording)
    if transaction.terms is not None:
        rows += _changed_covers(before.covers, transaction.terms.covers, wording)
    return tuple(rows)


def _changed_hands(subject: Subject, transaction: Transaction, wording: Wording) -> list[Row]:
    """The new holder, or the new broker. Who held the policy before is not in the new holder's documents."""
    transfer = transaction.transfer
    if transfer is not None and transfer.from_partner and transfer.to_partner:
        return [(wording.say("changes.broker"), transfer.from_partner, transfer.to_partner)]
    if transfer is None or transfer.from_party == transfer.to_party:
        return []
    holder = wording.say("policy.holder")
    return [(holder, wording.say("changes.former_holder"), subject.policyholder.name)]


def _changed_answers(
    subject: Subject, before: Mapping[str, Any], after: Mapping[str, Any], wording: Wording
) -> list[Row]:
    return [
        (
            question.label,
            parts.written(question, before.get(question.code), wording),
            parts.written(question, after.get(question.code), wording),
        )
        for question in subject.product.questions
        if before.get(question.code) != after.get(question.code)
    ]


def _changed_covers(
    before: tuple[CoverTerms, ...], after: tuple[CoverTerms, ...], wording: Wording
) -> list[Row]:
    old = {cover.code: cover for cover in before}
    new = {cover.code: cover for cover in after}
    return [
        (
            wording.say("changes.cover", cover=(new.get(code) or old[code]).name),
            _terms(old.get(code), wording),
            _terms(new.get(code), wording),
        )
        for code in {**old, **new}
        if old.get(code) != new.get(code)
    ]


def _terms(cover: CoverTerms | None, wording: Wording) -> str:
    if cover is None:
        return wording.say("changes.not_covered")
    said = []
    if cover.limit is not None:
        said.append(wording.say("changes.limit", limit=wording.money(cover.limit)))
    excess = wording.money(cover.excess) if cover.excess is not None else cover.excess_note
    if excess:
        said.append(wording.say("changes.excess", excess=excess))
    return " ".join(said) or wording.say("changes.covered")
