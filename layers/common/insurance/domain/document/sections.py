"""Sections that several documents share: answers, covers, exclusions and prices."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from insurance.domain.contract.premium import Premium
from insurance.domain.contract.terms import CoverTerms
from insurance.domain.core.money import Money
from insurance.domain.document.content import Facts, Paragraphs, Part, Points, Row, Table
from insurance.domain.document.wording import Wording
from insurance.domain.policy import ChargeLine, Computation
from insurance.domain.product import Product
from insurance.domain.product.definition.questions import Question


def answered(
    questions: Sequence[Question], answers: Mapping[str, Any], wording: Wording
) -> tuple[Part, ...]:
    """Answers by the labels of their questions; lists as tables."""
    single = [
        question
        for question in questions
        if question.type != "list" and answers.get(question.code) is not None
    ]
    parts: list[Part] = []
    if single:
        rows = tuple(
            (question.label, written(question, answers[question.code], wording))
            for question in single
        )
        parts.append(Facts(rows=rows))
    many = [
        question for question in questions if question.type == "list" and answers.get(question.code)
    ]
    return (*parts, *(_listed(question, answers[question.code], wording) for question in many))


def _listed(question: Question, items: Sequence[Mapping[str, Any]], wording: Wording) -> Table:
    fields = [
        field
        for field in question.fields
        if any(item.get(field.code) is not None for item in items)
    ]
    fields = fields or list(question.fields)
    return Table(
        headings=(question.label, *(field.label for field in fields)),
        rows=tuple(
            (str(place), *(written(field, item.get(field.code), wording) for field in fields))
            for place, item in enumerate(items, start=1)
        ),
        first_number=len(fields) + 1,
    )


def written(question: Question, answer: Any, wording: Wording) -> str:  # noqa: PLR0911 - as types
    """An answer as it is printed."""
    if answer is None:
        return wording.say("value.none")
    match question.type:
        case "boolean":
            return wording.say("value.yes" if answer else "value.no")
        case "choice":
            return next(choice.label for choice in question.choices if choice.code == answer)
        case "money":
            return wording.money(Money.model_validate(dict(answer), strict=False))
        case "date":
            return wording.day(date.fromisoformat(answer))
        case "integer" | "decimal":
            return wording.number(str(answer))
        case "list":
            return "; ".join(_item(question, item, wording) for item in answer)
    return str(answer)


def _item(question: Question, item: Mapping[str, Any], wording: Wording) -> str:
    return ", ".join(
        f"{field.label} {written(field, item[field.code], wording)}"
        for field in question.fields
        if item.get(field.code) is not None
    )


def covered(covers: Sequence[CoverTerms], product: Product, wording: Wording) -> tuple[Part, ...]:
    """Covers with limit and excess; below them, how an excess that depends on the loss is worked out."""
    rows, notes = [], []
    for cover in covers:
        excess = wording.say("value.none") if cover.excess is None else wording.money(cover.excess)
        if cover.excess_note:
            notes.append(wording.say("cover.note", cover=cover.name, note=cover.excess_note))
            if cover.excess is None:
                excess = wording.say("cover.excess_noted")
        limit = wording.say("cover.no_limit") if cover.limit is None else wording.money(cover.limit)
        rows.append((cover.name, product.documents.cover(cover.code).wording, limit, excess))
    headings = tuple(
        wording.say(f"cover.{column}") for column in ("name", "wording", "limit", "excess")
    )
    table = Table(headings=headings, rows=tuple(rows), first_number=2)
    return (table, Paragraphs(texts=tuple(notes))) if notes else (table,)


def excluded(covers: Sequence[CoverTerms], product: Product, wording: Wording) -> tuple[Part, ...]:
    """What is excluded, by cover and for all covers, and where to find the full wording."""
    points = [
        wording.say("cover.note", cover=cover.name, note=reason)
        for cover in covers
        for reason in product.documents.cover(cover.code).exclusions
    ]
    points += product.documents.exclusions
    rest = Paragraphs(texts=wording.say_all("exclusions.rest"))
    return (Points(texts=tuple(points)), rest) if points else (rest,)


def priced(premium: Premium, wording: Wording) -> Table:
    """A term's price, net first, then taxes, levies and fees."""
    rows = [(wording.say("premium.net"), wording.money(premium.net))]
    rows += [(line.name, wording.money(line.amount)) for line in premium.lines]
    return Table(
        headings=(wording.say("premium.line"), wording.say("premium.amount")),
        rows=tuple(rows),
        first_number=1,
        total=(wording.say("premium.total"), wording.money(premium.total)),
    )


def compared(last: Premium, following: Premium, wording: Wording) -> Table:
    """Last term's price beside the next one's."""
    rows: list[Row] = [_beside(wording.say("premium.net"), last.net, following.net, wording)]
    old = {line.code: line for line in last.lines}
    new = {line.code: line for line in following.lines}
    for code in {**old, **new}:
        before, after = old.get(code), new.get(code)
        named = after or old[code]
        nothing = Money.zero(named.amount.currency)
        amounts = (before.amount if before else nothing, after.amount if after else nothing)
        rows.append(_beside(named.name, *amounts, wording))
    return Table(
        headings=tuple(wording.say(f"renewal.{column}") for column in ("line", "last", "next")),
        rows=tuple(rows),
        first_number=1,
        total=_beside(wording.say("premium.total"), last.total, following.total, wording),
    )


def _beside(name: str, before: Money, after: Money, wording: Wording) -> Row:
    return (name, wording.money(before), wording.money(after))


def charged(lines: Sequence[ChargeLine], total: Money, wording: Wording) -> Table:
    """What is owed for the term after all changes."""
    return Table(
        headings=(wording.say("premium.line"), wording.say("premium.amount")),
        rows=tuple((_named(line, wording), wording.money(line.amount)) for line in lines),
        first_number=1,
        total=(wording.say("charged.total"), wording.money(total)),
    )


def computed(computation: Computation, wording: Wording) -> Iterator[Part]:
    """What a change costs: the prices before and after, and the share of the term."""
    if computation.share is not None:
        yield Paragraphs(texts=(wording.say("change.share", share=str(computation.share)),))
    if not computation.lines:
        return

    def amount(money: Money | None) -> str:
        return wording.say("value.none") if money is None else wording.money(money)

    yield Table(
        headings=tuple(
            wording.say(f"change.{column}") for column in ("line", "from", "to", "amount")
        ),
        rows=tuple(
            (_named(line, wording), amount(line.before), amount(line.after), amount(line.amount))
            for line in computation.lines
        ),
        first_number=1,
        total=(wording.say("change.total"), "", "", wording.money(computation.total)),
    )


def _named(line: ChargeLine, wording: Wording) -> str:
    return wording.say("premium.net") if line.kind == "net" else line.name
