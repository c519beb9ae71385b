"""A product: one version of a definition, compiled once per process, immutable."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.money import Currency, Money
from insurance.domain.product.covers import (
    CoverOnOffer,
    Covers,
    Underwriting,
    loaded,
    mentions,
)
from insurance.domain.product.definition.documents import Papers
from insurance.domain.product.definition.life import Life
from insurance.domain.product.definition.questions import (
    Answers,
    Question,
    Visible,
    question,
    read_answers,
    write,
)
from insurance.domain.product.faults import Fault, InvalidProduct, did_you_mean, refuse
from insurance.domain.product.language.arithmetic import ROUNDING, add_days, add_months
from insurance.domain.product.language.function_builder import FunctionBuilder, present
from insurance.domain.product.language.kinds import WIDE, Kind, as_decimal
from insurance.domain.product.language.scope import KeysAsked, RatingInput, Scope
from insurance.domain.product.rating.tables import Table
from insurance.domain.product.rating.tariff import Rating, Rounding, Working
from insurance.domain.product.results import (
    Assessment,
    CoverTerms,
    Finding,
    Imposed,
    LookUp,
    Loss,
    Offer,
    PastClaim,
    Period,
    Price,
    Renewal,
    Risk,
)

if TYPE_CHECKING:
    from insurance.domain.product.claims.claims import Claims
    from insurance.domain.product.definition.renewal import Renewals

COVERS_MAX: Final = 60
TERM_DAYS_MAX: Final = 3660


@dataclass(frozen=True)
class Definition:
    """A product version as its author wrote it: the document, its tables and its scenarios."""

    document: Mapping[str, Any]
    tables: Mapping[str, str]
    scenarios: object = None
    content: str = ""
    """The address that it was published under; empty for what is bundled."""


class Product:
    """What the rest of the house knows of a product. Everything it does is in its definition."""

    def __init__(self, definition: Definition, asked: KeysAsked | None = None) -> None:
        plain = definition.document
        self._plain = plain
        self.definition = definition
        self.code: str = plain["code"]
        self.version: str = plain["version"]
        self.name: str = plain["name"]
        self.description: str = plain.get("description", "")
        self.status: str = plain.get("status", "draft")
        self.currency = _currency(plain["currency"])
        self.zone = _zone(plain["time_zone"])
        self.day_count: str = plain.get("day_count", "actual")
        self.territories: tuple[str, ...] = tuple(plain["territories"])
        self.looks_up = tuple(plain.get("look_ups", ()))
        self.questions = tuple(
            self._question(one, f"/questions/{place}")
            for place, one in enumerate(plain["questions"])
        )
        self._looked_up = {
            look_up["source"]: {
                field["code"]: self._question(field, f"/look_ups/{place}/fields/{number}")
                for number, field in enumerate(look_up["fields"])
            }
            for place, look_up in enumerate(self.looks_up)
        }
        self.scope = Scope(
            questions=_by_code(self.questions),
            looked_up=self._looked_up,
            covers=_cover_codes(plain["covers"]),
            values=plain.get("values", {}),
            tables=self._tables(definition.tables),
            exponent=self.currency.exponent,
            territories=self.territories,
            asked=asked,
        )
        self.life = Life(plain.get("life", {}), self.scope, self.currency)

    def compile(self) -> None:
        """Everything at once: for the checks before publishing, which must meet every fault."""
        faults: list[Fault] = []
        parts: list[Callable[[], object]] = [
            lambda: self._visible,
            lambda: self._days_asked,
            lambda: self.covers,
            lambda: self.underwriting,
            lambda: self.rating,
            lambda: self.renewals,
            lambda: self.life.jurisdiction,
            lambda: self.papers,
            *(partial(self.claims.of, cover) for cover in self.scope.covers),
        ]
        for part in parts:
            try:
                part()
            except InvalidProduct as error:
                faults += error.faults
        if faults:
            raise InvalidProduct(list(dict.fromkeys(faults)))

    def __repr__(self) -> str:
        return f"<Product {self.code} {self.version}>"

    @property
    def ref(self) -> ProductRef:
        """What a quote or policy keeps of it."""
        return ProductRef(code=self.code, version=self.version, content=self.definition.content)

    def _question(self, plain: Mapping[str, Any], path: str) -> Question:
        exponent = self.currency.exponent
        return question(plain, path, currency=self.currency.value, exponent=exponent)

    def _tables(self, texts: Mapping[str, str]) -> dict[str, Table]:
        declared = self._plain.get("tables", {})
        for name in declared:
            if name not in texts:
                raise refuse(
                    f"/tables/{name}",
                    f"no {name}.csv",
                    "a file beside the document",
                    did_you_mean(name, texts),
                )
        return {
            name: Table(name, text, declared.get(name, {}).get("values"))
            for name, text in texts.items()
        }

    # Compiled when first asked for: a read of the questions needs no tariff.

    @cached_property
    def rounding(self) -> Rounding:
        plain = self._plain.get("rounding", {})
        mode, exponent = plain.get("mode", "half_up"), self.currency.exponent
        if mode not in ROUNDING:
            raise refuse("/rounding/mode", mode, "a way of rounding", did_you_mean(mode, ROUNDING))
        unit = plain.get("unit_minor", 1)
        if not isinstance(unit, int) or isinstance(unit, bool) or not 1 <= unit <= 100_000:  # noqa: PLR2004
            raise refuse("/rounding/unit_minor", unit, "whole minor units")
        by_cover = plain.get("place", "total") == "cover"
        return Rounding(self.currency, exponent, unit, mode, by_cover)

    @cached_property
    def rating(self) -> Rating:
        return Rating(self._plain["rating"], self.scope, self.rounding)

    @cached_property
    def covers(self) -> Covers:
        return Covers(self._plain["covers"], self.scope)

    @cached_property
    def underwriting(self) -> Underwriting:
        return Underwriting(self._plain.get("underwriting", ()), self.scope)

    @cached_property
    def claims(self) -> Claims:
        from insurance.domain.product.claims.claims import Claims  # noqa: PLC0415 - no quote asks

        return Claims(self._plain, self.scope, self.currency)

    @cached_property
    def renewals(self) -> Renewals:
        from insurance.domain.product.definition.renewal import Renewals  # noqa: PLC0415 - no quote asks

        return Renewals(self._plain.get("renewal", {}), self.scope)

    @cached_property
    def papers(self) -> Papers:
        return Papers(self._plain, [question.code for question in self.questions])

    @cached_property
    def _visible(self) -> dict[str, Visible]:
        """Conditions on earlier answers, by the question that they show or hide."""
        found: dict[str, Visible] = {}
        seen: list[Question] = []
        for place, one in enumerate(self.questions):
            if one.visible_when:
                earlier = Scope(
                    questions=_by_code(seen),
                    looked_up={},
                    covers=(),
                    values={},
                    tables={},
                    exponent=self.currency.exponent,
                    territories=self.territories,
                )
                builder = FunctionBuilder(earlier)
                path = f"/questions/{place}/visible_when"
                builder.write(f"return {builder.condition(one.visible_when, path)}")
                run = builder.build()
                found[one.code] = lambda held, run=run: run(_given_only(held))  # type: ignore[misc]
            seen.append(one)
        return found

    # What is asked, and what comes back

    @property
    def covers_on_offer(self) -> tuple[CoverOnOffer, ...]:
        return self.covers.on_offer

    def read_answers(self, raw: Mapping[str, object]) -> Answers:
        """Typed and canonical; every fault in one InvalidFields, each with its pointer."""
        return read_answers(self.questions, raw, visible=self._visible)

    def asked_of(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Of answers to another version, those to what this one asks."""
        kept: dict[str, Any] = {}
        for one in self.questions:
            if one.code not in raw:
                continue
            answer = raw[one.code]
            if one.type == "list" and isinstance(answer, list):
                fields = {field.code for field in one.fields}
                answer = [{c: v for c, v in item.items() if c in fields} for item in answer]
            kept[one.code] = answer
        return kept

    def look_ups(self, answers: Answers) -> tuple[LookUp, ...]:
        """What must be looked up elsewhere for these answers."""
        return tuple(
            LookUp(look_up["source"], str(answers.json[look_up["key"]]))
            for look_up in self.looks_up
            if answers.json.get(look_up["key"]) is not None
        )

    def read_look_up(self, source: str, raw: Mapping[str, object]) -> Mapping[str, object]:
        """What a look-up should have told, told by a person: typed, whole, and nothing beside it."""
        fields = tuple(self._looked_up[source].values())
        return read_answers(fields, raw, at=f"/looked_up/{source}").json

    def period(self, start: date, answers: Answers) -> Period:
        """The term from a local date: half-open, in the product's own time zone."""
        return Period(self.moment(start), self.moment(self.last_day(start, answers.held)))

    def last_day(self, start: date, held: Mapping[str, Any]) -> date:
        """The local date on which a term ends: the first that is not covered any more."""
        if self._days_asked is None:
            return add_months(start, self._plain.get("term", {}).get("months", 12))
        days = self._days_asked(_given_only(held)._replace(start=start, end=start))
        if days is None or not 1 <= days <= TERM_DAYS_MAX:
            detail = (
                f"The term these answers make has {days} days: 1 to {TERM_DAYS_MAX} can be had."
            )
            raise InvalidFields([FieldFault("/answers", "term", detail)])
        return add_days(start, days)

    def _term(self, risk: Risk) -> Period:
        return Period(self.moment(risk.start), self.moment(self._last_day(risk)))

    def _last_day(self, risk: Risk) -> date:
        """Of a stored risk its own: a change of answers does not move the end of its term."""
        return risk.end or self.last_day(risk.start, risk.answers.held)

    @property
    def in_months(self) -> bool:
        """The term depends on no answer."""
        return "days" not in self._plain.get("term", {})

    @cached_property
    def _days_asked(self) -> Callable[[RatingInput], int | None] | None:
        """The days of a term that is not in months, as its expression has them."""
        source = self._plain.get("term", {}).get("days")
        if source is None:
            return None
        path = "/term/days"
        if mentions(source, frozenset({"end"})):
            raise refuse(path, "end", "days that do not depend on the end that they make")
        asked = Scope(
            questions=_by_code(self.questions),
            looked_up={},
            covers=(),
            values={},
            tables={},
            exponent=self.currency.exponent,
            territories=self.territories,
        )
        builder = FunctionBuilder(asked)
        term = builder.rate(source, path)
        if term.type.scale:
            raise refuse(path, source, "whole days")
        low, high = term.type.low, term.type.high
        if (low is not None and low > TERM_DAYS_MAX) or (high is not None and high < 1):
            raise refuse(path, source, f"1 to {TERM_DAYS_MAX} days")
        known = present(builder.sources)
        builder.write(
            f"return {term.code} if {known} else None" if known else f"return {term.code}"
        )
        return builder.build()

    def moment(self, day: date) -> datetime:
        """The inception time of a local date; where the clock jumps over it, right after the jump."""
        written = self._plain.get("term", {}).get("inception_time", "00:00")
        hour, minute = (int(part) for part in written.split(":"))
        local = datetime.combine(day, time(hour, minute), tzinfo=self.zone)
        return local.astimezone(UTC).astimezone(self.zone)

    def expires_at(self, quoted_at: datetime) -> datetime:
        """A quote holds for so many days."""
        return quoted_at + timedelta(days=self.life.quote_validity_days)

    def offer(
        self,
        risk: Risk,
        imposed: Imposed | None = None,
        *,
        last: Price | None = None,
        claims: Sequence[PastClaim] = (),
    ) -> Offer:
        """Priced, referred or declined, with every reason; priced wherever a price can be had."""
        return self._offer(risk, imposed, last, claims, strict=last is None)

    def tariff_price(self, risk: Risk) -> Price | None:
        """What the tariff asks, whatever underwriting says: for re-rating a book, and for tests."""
        given, findings = self._rated(risk)
        if not all(given.looked_up[source] for source in self.rating.sources):
            return None
        return self.rating.price(self.rating.run(given, *loaded(findings, None)), given)

    def rating_input(self, risk: Risk) -> RatingInput:
        """What the compiled tariff reads, covers chosen and exclusions made."""
        return self._rated(risk)[0]

    def _rated(self, risk: Risk) -> tuple[RatingInput, list[Finding]]:
        return self._judged(risk, None, lenient=False)

    def _judged(
        self, risk: Risk, imposed: Imposed | None, *, lenient: bool
    ) -> tuple[RatingInput, list[Finding]]:
        """The risk with its covers in force, by itself: no last term, no claims."""
        given, findings = self._given(risk, None, ())
        given = self._choose(given, risk, renewal=lenient)
        findings += self.underwriting.findings(given)
        return self._without(given, findings, imposed), findings

    def _offer(
        self,
        risk: Risk,
        imposed: Imposed | None,
        last: Price | None,
        claims: Sequence[PastClaim],
        *,
        strict: bool,
    ) -> Offer:
        """Strict: a chosen cover that cannot be had is refused. At renewal it falls away."""
        given, findings = self._given(risk, last, claims)
        given = self._choose(given, risk, renewal=not strict)
        findings += self.underwriting.findings(given)
        given = self._without(given, findings, imposed)
        findings = _answered(findings) if imposed is not None else findings
        outcome = _outcome(findings)
        price, working = None, None
        if not _priceless(findings) and all(given.looked_up[s] for s in self.rating.sources):
            load = None if imposed is None else imposed.load
            num, den = loaded(findings, load)
            result = self.rating.run(given, num, den)
            price = self.rating.price(result, given)
            working = Working(self.rating, result, self.rounding, self._inputs(given))
        excess = None if imposed is None else imposed.excess
        return Offer(
            outcome,
            tuple(findings),
            self.covers.terms(given, self.currency, excess),
            price,
            self._as_used(given),
            working,
        )

    def renew(
        self,
        risk: Risk,
        *,
        last: Price,
        claims: Sequence[PastClaim] = (),
        looked_up: Mapping[str, Mapping[str, object] | None] | None = None,
        imposed: Imposed | None = None,
    ) -> Renewal:
        """The next term: changed answers, and a price that knows last year's price and claims.

        Where the definition says `fair`, the price is never above that of the same risk, with the
        same claims, as new business; both offers are kept, each with its trace.
        """
        given, _ = self._given(risk, last, claims)
        given = self._choose(given, risk, renewal=True)
        answers = self.read_answers(self.renewals.answers(given))
        found = risk.looked_up if looked_up is None else looked_up
        next_risk = risk._replace(
            answers=answers, looked_up=found, start=self._last_day(risk), end=None
        )
        offer, entrant = self.offer_next(next_risk, imposed, last=last, claims=claims)
        known = {found.code for found in self._judged(risk, None, lenient=True)[1]}
        findings = (
            *self.renewals.findings(given),
            *(_reopened(found, known) for found in offer.findings),
        )
        outcome = _outcome(findings)
        price = None if _priceless(findings) else offer.price
        offer = offer._replace(outcome=outcome, findings=findings, price=price)
        return Renewal(next_risk, offer, entrant)

    def offer_next(
        self,
        risk: Risk,
        imposed: Imposed | None,
        *,
        last: Price,
        claims: Sequence[PastClaim],
    ) -> tuple[Offer, Offer | None]:
        """The offer for a term that follows another; and, of a product that is `fair`, what the same
        risk would be offered as new business, whose price it never exceeds."""
        offer = self.offer(risk, imposed, last=last, claims=claims)
        if not self.renewals.fair or offer.price is None:
            return offer, None
        entrant = self._offer(risk, imposed, None, claims, strict=False)
        if entrant.price is not None and entrant.price.total < offer.price.total:
            offer = offer._replace(price=entrant.price)
        return offer, entrant

    def terms(self, risk: Risk, imposed: Imposed | None = None) -> tuple[CoverTerms, ...]:
        """The covers in force, with limit and excess."""
        given = self._in_force(risk, imposed)
        excess = None if imposed is None else imposed.excess
        return self.covers.terms(given, self.currency, excess)

    def assess(self, loss: Loss, risk: Risk, imposed: Imposed | None = None) -> Assessment:
        """Every rule a claim is held to, and what is payable; changes nothing."""
        given = self._in_force(risk, imposed)
        return self.claims.assess(loss, given, self._term(risk), imposed)

    # The risk as compiled functions take it

    def _given(
        self, risk: Risk, last: Price | None, claims: Sequence[PastClaim]
    ) -> tuple[RatingInput, list[Finding]]:
        territory = risk.territory or self.territories[0]
        if territory not in self.territories:
            raise InvalidFields([FieldFault("/territory", "not_sold", "Not sold there.")])
        looked_up, findings = self._read_look_ups(risk)
        given = RatingInput(
            risk.answers.held,
            looked_up,
            frozenset(),
            risk.start,
            self._last_day(risk),
            territory,
            renewal=last is not None,
            last={
                "net": 0 if last is None else last.net.amount,
                "total": 0 if last is None else last.total.amount,
            },
            claims=[{**claim._asdict(), "paid": claim.paid.amount} for claim in claims],
        )
        return given, findings

    def _read_look_ups(
        self, risk: Risk
    ) -> tuple[dict[str, Mapping[str, Any] | None], list[Finding]]:
        """Each look-up as rating takes it: its answer, its defaults, or None and a finding."""
        held: dict[str, Mapping[str, Any] | None] = {}
        findings = []
        for look_up in self.looks_up:
            source = look_up["source"]
            raw = risk.looked_up.get(source)
            held[source] = self._read_fields(source, raw)
            if held[source] is not None or risk.answers.held.get(look_up["key"]) is None:
                continue
            without = look_up["unavailable"]
            if "defaults" in without:
                held[source] = self._read_fields(source, without["defaults"])
            if without.get("outcome", "inform") != "use":
                findings.append(
                    Finding(
                        f"{source}_unavailable",
                        without.get("outcome", "inform"),
                        without["reason"],
                        without.get("authority", "underwriter"),
                    )
                )
        return held, findings

    def _read_fields(
        self, source: str, raw: Mapping[str, object] | None
    ) -> Mapping[str, Any] | None:
        """What a look-up told, if it told everything that was promised."""
        if raw is None:
            return None
        fields = tuple(self._looked_up[source].values())
        known = {code: value for code, value in raw.items() if code in self._looked_up[source]}
        try:
            return read_answers(fields, known, at=f"/looked_up/{source}").held
        except InvalidFields:
            return None

    def _choose(self, given: RatingInput, risk: Risk, *, renewal: bool) -> RatingInput:
        return given._replace(selected=self.choose(given, risk.covers, lenient=renewal))

    def choose(
        self, given: RatingInput, covers: Sequence[str], *, lenient: bool = False
    ) -> frozenset[str]:
        """The covers in force: those that belong to everybody, and the chosen that can be had.

        Lenient: a chosen cover that cannot be had any more falls away.
        """
        available = self.covers.available(given)
        optional = self._optional
        faults = []
        for place, code in enumerate(covers):
            pointer = f"/covers/{place}"
            if code not in optional:
                hint = did_you_mean(str(code), optional)
                faults.append(FieldFault(pointer, "unknown", f"Not an optional cover. {hint}"))
            elif not available[code] and not lenient:
                detail = optional[code].not_available
                faults.append(FieldFault(pointer, "not_available", detail))
        if faults:
            raise InvalidFields(faults)
        return frozenset(
            code
            for code, can in available.items()
            if can and (code not in optional or code in covers)
        )

    @cached_property
    def _optional(self) -> dict[str, CoverOnOffer]:
        return {cover.code: cover for cover in self.covers.on_offer if cover.optional}

    def _without(
        self, given: RatingInput, findings: Sequence[Finding], imposed: Imposed | None
    ) -> RatingInput:
        """Covers that a rule or an underwriter excludes."""
        out = {c for finding in findings if finding.outcome == "exclude" for c in finding.covers}
        for place, code in enumerate(() if imposed is None else imposed.exclusions):
            if code not in self.scope.covers:
                hint = did_you_mean(str(code), self.scope.covers)
                fault = FieldFault(f"/exclusions/{place}", "unknown", f"Not a cover. {hint}")
                raise InvalidFields([fault])
            out.add(code)
        return given._replace(selected=given.selected - out) if out else given

    def _in_force(self, risk: Risk, imposed: Imposed | None) -> RatingInput:
        return self._judged(risk, imposed, lenient=True)[0]

    def _as_used(self, given: RatingInput) -> dict[str, Mapping[str, object] | None]:
        return {
            source: None
            if held is None
            else {code: write(self._looked_up[source][code], value) for code, value in held.items()}
            for source, held in given.looked_up.items()
        }

    def _inputs(self, given: RatingInput) -> Any:
        """A name's value as people read it, for the trace."""

        def find(name: str) -> object:
            if name in self.scope.questions:
                return write(self.scope.questions[name], given.answers.get(name))
            if name in self._looked_up:
                return self._as_used(given)[name]
            if name in self.scope.values:
                return self.value(name, given)
            found = getattr(given, {"covers": "selected"}.get(name, name), None)
            return sorted(found) if isinstance(found, frozenset) else found

        return find

    def value(self, name: str, given: RatingInput) -> object:
        builder = FunctionBuilder(self.scope)
        term = builder.expression(name, f"/values/{name}")
        builder.write(f"return {term.code}")
        held = builder.build()(given)
        if not term.type.numeric or held is None:
            return held
        if term.type.kind is Kind.MONEY and term.type.scale == self.currency.exponent:
            return Money(amount=held, currency=self.currency)
        return as_decimal(held, term.type.scale)

    def look_in(self, table: str, keys: Sequence[object]) -> object:
        """A table's value for keys as its author writes them."""
        name, _, column = table.partition("__")
        found = self.scope.tables[name]
        value = column or found.values[0]
        types = next((t for one, _, t in self.scope.matched if one is found), None)
        if types is None:
            raise KeyError(f"the table {name} is not used by this product")
        held = [
            int(WIDE.scaleb(Decimal(str(key)), kind.scale))
            if kind.numeric
            else date.fromisoformat(str(key)).toordinal()
            if kind.kind is Kind.DATE
            else key
            for key, kind in zip(keys, types, strict=True)
        ]
        if self.scope.asked is not None:
            self.scope.asked.setdefault(name, set()).add(tuple(held))
        result = found.matcher(types, value)(*held)
        kind = found.value_type(value)
        return (
            as_decimal(result, kind.scale) if isinstance(result, int) and kind.numeric else result
        )

    @property
    def straight_through_limit(self) -> Money | None:
        return self.claims.straight_through_limit


def _given_only(held: Mapping[str, object]) -> RatingInput:
    nowhere = date(1900, 1, 1)
    return RatingInput(held, {}, frozenset(), nowhere, nowhere, "")


def _answered(findings: Sequence[Finding]) -> list[Finding]:
    return [
        finding._replace(answered=True) if finding.outcome == "refer" else finding
        for finding in findings
    ]


def _reopened(found: Finding, known: Set[str]) -> Finding:
    """A referral that the ending term did not have: nobody has accepted the risk in spite of it."""
    return found._replace(answered=False) if found.code not in known else found


def _priceless(findings: Sequence[Finding]) -> bool:
    """Declined before there is a price; what is declined at a later step can be seen to cost."""
    return any(found.outcome == "decline" and found.blocks == "quote" for found in findings)


def _outcome(findings: Sequence[Finding]) -> str:
    if any(finding.outcome == "decline" for finding in findings):
        return "declined"
    if any(finding.outcome == "refer" and not finding.answered for finding in findings):
        return "referred"
    return "priced"


def _by_code(questions: Sequence[Question]) -> dict[str, Question]:
    found: dict[str, Question] = {}
    for place, one in enumerate(questions):
        if one.code in found:
            raise refuse(f"/questions/{place}/code", one.code, "a code of its own")
        found[one.code] = one
    return found


def _cover_codes(covers: Sequence[Mapping[str, Any]]) -> list[str]:
    codes: list[str] = []
    for place, cover in enumerate(covers):
        if cover["code"] in codes:
            raise refuse(f"/covers/{place}/code", cover["code"], "a code of its own")
        codes.append(cover["code"])
    if not 0 < len(codes) <= COVERS_MAX:
        raise refuse("/covers", f"{len(codes)} covers", f"1 to {COVERS_MAX}")
    return codes


def _currency(code: str) -> Currency:
    try:
        return Currency(code)
    except ValueError:
        raise refuse("/currency", code, "an ISO 4217 code", did_you_mean(code, Currency)) from None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise refuse("/time_zone", name, "a time zone such as Europe/London") from None
