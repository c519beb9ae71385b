"""All that can be seen of a product: what a quote, a claim, a policy's life or a check would show."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from insurance.domain.billing.instalments import plans_of
from insurance.domain.core.errors import InsuranceError, InvalidFields
from insurance.domain.policy.conditions import Conditions
from insurance.domain.product import Product, ProductSource, Question, Risk
from insurance.domain.product.claims.assessment import Loss
from insurance.domain.product.definition.numbers import Numbers
from insurance.domain.product.publishing.checks import Report, check
from insurance.domain.product.publishing.release import ProductVersion
from insurance.domain.product.publishing.scenarios import Scenarios, plain_risk

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
DAYS = (date(2026, 1, 1), date(2026, 3, 29), date(2028, 2, 29))
ROLES = ("claims_handler", "claims_manager", "underwriter", "counter_clerk")
TRIED: Mapping[str, Sequence[object]] = {
    "text": ("", "x", "AB1 1AA", "y" * 30, "z" * 201),
    "integer": (-1, 0, 1, 17, 200, 10**9),
    "decimal": ("-1", "0", "0.5", "0.35", "0.12345", "1000000"),
    "boolean": (True,),
    "choice": ("x", "red", "a new one"),
    "date": ("1900-01-01", "2026-01-01", "2199-12-31"),
}


def observed(source: ProductSource) -> Iterator[tuple[str, object]]:
    """What a version shows, by a word for what it is, the cheapest to work out first.

    Raises:
        InvalidProduct: The version is refused.
    """
    report = check(source)
    product, seen = report.product, report.seen
    yield "scenarios", report.outcomes
    yield "untried", report.untried
    yield "described", _described(product)
    yield "life", _life(product, report)
    yield "assessments", seen.assessments
    yield "offers", [(offer._replace(working=None), offer.trace) for offer in seen.offers]
    yield "renewals", [(one.risk, one.offer._replace(working=None)) for one in seen.renewals]
    yield "answers", list(_answers(product, source))
    yield "losses", list(_losses(product, source))


def _described(product: Product) -> object:
    """What is shown before anything is known of a risk: the words, and what must be answered."""
    asks = [(cover, _worded(product.claims.asks(cover))) for cover in product.scope.covers]
    looked_up = [(name, _worded(one.values())) for name, one in product.scope.looked_up.items()]
    questions = _worded(product.questions)
    title = (product.ref, product.name, product.description, product.searched_by)
    return title, product.covers_on_offer, questions, asks, looked_up


def _worded(questions: Iterable[Question]) -> list[object]:
    return [
        (
            one.code,
            one.type,
            one.label,
            one.help,
            one.choices,
            one.classification,
            _worded(one.fields),
        )
        for one in questions
    ]


def _life(product: Product, report: Report) -> object:
    """Terms, ends, payment, documents and sale."""
    conditions = Conditions.of(product)
    cancelling = [
        (*row._replace(retention=None), row.retention and [row.retention(d, 365) for d in (1, 90)])
        for row in conditions.cancelling
    ]
    version = ProductVersion.seed("prd_" + "0" * 16, product)
    days = [date(2024, 1, 1) + timedelta(days=60 * step) for step in range(40)]
    documents, corrections = product.documents, product.corrections
    return (
        conditions._replace(cancelling=()),
        cancelling,
        [product.moment(day) for day in DAYS],
        [product.term.cover_begins(NOON, NOON + DAY, no_known_loss=said) for said in (True, False)],
        [product.last_day(day, {}) for day in DAYS if product.term.in_months],
        product.expires_at(NOON),
        (product.life.grace_days, product.life.sets_off_premium),
        product.renewals.invite_days,
        [repr(plan) for plan in plans_of(product)],
        (documents.kinds, documents.languages, documents.shows, documents.exclusions),
        (corrections.answers, sorted(corrections.evidence), corrections.documents),
        [documents.texts(language) for language in ("en", "de", "en-GB")],
        [documents.cover(cover) for cover in product.scope.covers],
        (version.status, version.filings, version.sale),
        [(version.sold_on(day), version.sold_on(day, renewal=True)) for day in days],
        product.claims.straight_through_limit,
        product.claims.straight_through_total,
        product.claims.authority,
        [product.claims.authority_of(role) for role in ROLES],
        product.claims.recovery_deductible,
        product.claims.for_life,
        (product.currency, product.zone, product.territories, report.publishable),
        _numbers(product),
    )


def _numbers(product: Product) -> object:
    """What policies and claims are called."""
    numbers = Numbers(product.definition.numbers)
    return numbers.renewals_keep_stem, [
        [number.text for number in format.candidates("pol_" + "0" * 16, day)]
        for format in (numbers.policy, numbers.claim)
        for day in DAYS
    ]


def risks(product: Product, source: ProductSource) -> Iterator[Risk]:
    scenarios: Any = source.scenarios or {}
    for plain in scenarios.get("risks", {}).values():
        yield plain_risk(product, plain)


def _answers(product: Product, source: ProductSource) -> Iterator[object]:
    """Each answer in turn left out, and replaced by others at and over its bounds."""
    risk = next(risks(product, source), None)
    if risk is None:
        return
    sent = risk.answers.to_json()
    for territory in (*product.territories, "ZZ"):
        try:
            yield product.offer(risk._replace(territory=territory)).premium
        except InsuranceError as error:
            yield str(error)
    for one in product.questions:
        rest = {code: answer for code, answer in sent.items() if code != one.code}
        yield _read(product, rest)
        listed = [sent.get(one.code), *_items(one)] if one.type == "list" else []
        for wire in (*_wires(one), *listed):
            yield _read(product, {**rest, one.code: wire})
    yield from _told(product)


def _wires(one: Question) -> list[object]:
    """What may be sent as an answer, right or wrong."""
    if one.type == "money":
        amounts = (0, 1, 10**5, 10**8, 10**12)
        return [{"amount": amount, "currency": one.currency} for amount in amounts]
    if one.type == "list":
        return [[], [{}], [{}] * 6]
    return [*TRIED[one.type], *(choice.code for choice in one.choices)]


def _told(product: Product) -> Iterator[object]:
    """What a person tells in place of a look-up, one field at a time."""
    for source, fields in product.scope.looked_up.items():
        for field in fields.values():
            yield field.label, field.help, field.classification
            for wire in _wires(field):
                try:
                    yield product.read_look_up(source, {field.code: wire})
                except InvalidFields as error:
                    yield [(fault.pointer, fault.code) for fault in error.faults]


def _items(listed: Question) -> Iterator[list[dict[str, object]]]:
    """A list of one item, of which one field is tried at a time."""
    for field in listed.fields:
        yield from ([{field.code: wire}] for wire in _wires(field))


def _read(product: Product, answers: Mapping[str, object]) -> object:
    try:
        return product.read_answers(answers).json
    except InvalidFields as error:
        return [(fault.pointer, fault.code, fault.detail) for fault in error.faults]


def _losses(product: Product, source: ProductSource) -> Iterator[object]:
    """The scenarios' claims again: with times, with earlier claims, and with facts left out."""
    scenarios = Scenarios(source.scenarios or {})
    for loss, risk in scenarios.losses(product):
        for tried in _tried(loss, product, risk):
            try:
                yield product.assess(tried, risk)
            except InvalidFields as error:
                yield [(fault.pointer, fault.code) for fault in error.faults]


def _tried(loss: Loss, product: Product, risk: Risk) -> Iterator[Loss]:
    start = product.moment(risk.start)
    yield loss._replace(facts={})
    yield loss._replace(cause="something else", used={})
    for happened, later in ((3, 0), (3, 40), (300, 400), (-3, 5), (-2000, 5), (364, 400)):
        at = start + timedelta(days=happened)
        yield loss._replace(occurred_at=at, reported_at=at + timedelta(days=later))
    since = start - timedelta(days=400)
    yield loss._replace(occurred_at=start + timedelta(days=3), insured_since=since)
    yield loss._replace(claimed=loss.claimed.times(Decimal(100)))
    used = {row.code: loss.claimed for row in product.definition.claims.aggregates}
    yield loss._replace(used=used)
