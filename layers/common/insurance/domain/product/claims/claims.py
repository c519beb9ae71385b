"""Claims as data: what is asked, the rules a claim is held to, and the ordered payout clauses."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple

from insurance.domain.contract.terms import ProRata
from insurance.domain.core.errors import FieldFault, InvalidFields, NotCovered
from insurance.domain.core.money import Currency, Money
from insurance.domain.product.covers import mentions
from insurance.domain.product.definition.questions import (
    Question,
    question,
    read_answers,
    write,
)
from insurance.domain.product.faults import did_you_mean, refuse
from insurance.domain.product.language import kinds
from insurance.domain.product.language.arithmetic import half_up
from insurance.domain.product.language.function_builder import FunctionBuilder, present
from insurance.domain.product.language.kinds import (
    DATE,
    TEXT,
    Kind,
    Term,
    Type,
    as_decimal,
    at_scale,
)
from insurance.domain.product.language.scope import RatingInput, Scope
from insurance.domain.product.language.terms import expect, rounded
from insurance.domain.product.results import (
    Assessment,
    Imposed,
    Loss,
    PayoutStep,
    Period,
    Reinstating,
    RuleResult,
)

CLAUSES: Final = (
    "amount",
    "average",
    "depreciate",
    "share",
    "up_to",
    "less",
    "up_to_aggregate",
    "less_aggregate",
)

type Facts = dict[str, Any]


class Authority(NamedTuple):
    """Up to which total of a claim a role may decide on a type of cost. No row, no authority."""

    role: str
    cost_type: str
    limit: Money | None


class Aggregate(NamedTuple):
    """A limit or deductible that the claims of a term share, or those of a policy's whole life."""

    code: str
    name: str
    kind: str
    amount: Callable[[RatingInput], int]
    reinstatements: int
    plain: Mapping[str, Any]
    for_life: bool

    def whole(self, given: RatingInput) -> int:
        """All of it, reinstatements included, in minor units."""
        return (self.amount(given) or 0) * (1 + self.reinstatements)


class Waiting(NamedTuple):
    """How long a cover is held before it pays."""

    days: Callable[[RatingInput], int | None]
    business: bool
    of_policy: bool
    """Waited for from the first term's start, whenever the cover was added."""

    @property
    def unit(self) -> str:
        return "business days" if self.business else "days"

    def until(self, since: datetime, days: int, period: Period, territory: str) -> datetime:
        """The first instant that is not waited any more, at the time of day at which it began.

        Of business days only those are waited that work where the risk is, the first day too.
        """
        local = since.astimezone(period.start.tzinfo)
        if self.business:
            from insurance.domain.jurisdiction import jurisdiction_of  # noqa: PLC0415 - few ask

            calendar = jurisdiction_of(territory).calendar.replace(known_until=date.max)
            first = local.date()
            days = (calendar.after(calendar.next(first), days - 1) - first).days + 1
        return local + timedelta(days=days)


class Claims:
    """The claims side of a product; each cover's clauses are compiled when first claimed on."""

    def __init__(self, plain: Mapping[str, Any], scope: Scope, currency: Currency) -> None:
        self._scope, self._currency = scope, currency
        self._plain: Mapping[str, Any] = plain.get("claims", {})
        self._covers = {cover["code"]: cover for cover in plain["covers"]}
        self._places = {cover["code"]: place for place, cover in enumerate(plain["covers"])}
        self._asked = frozenset(
            ask["code"]
            for cover in plain["covers"]
            for ask in cover.get("claim", {}).get("asks", ())
        )
        self._compiled: dict[str, CoverClaims] = {}
        self.reporting_deadline_days: int | None = self._plain.get("reporting_deadline_days")
        self.straight_through_limit = self._money(self._plain.get("straight_through_limit"))
        self.authority = tuple(
            Authority(row["role"], row.get("cost_type", "indemnity"), self._money(row.get("limit")))
            for row in self._plain.get("authority", ())
        )
        self.fraud: Sequence[Mapping[str, Any]] = self._plain.get("fraud", ())

    def _money(self, major: Any) -> Money | None:
        if major is None:
            return None
        try:
            return Money.of(str(major), self._currency)
        except (ValueError, ArithmeticError):
            raise refuse("/claims", major, f"an amount in {self._currency}") from None

    def of(self, cover: str) -> "CoverClaims":
        """A cover's compiled claim rules."""
        if cover not in self._covers:
            hint = did_you_mean(cover, self._covers)
            raise InvalidFields([FieldFault("/cover", "unknown", f"Not a cover. {hint}".strip())])
        if cover not in self._compiled:
            self._compiled[cover] = CoverClaims(
                self._covers[cover],
                f"/covers/{self._places[cover]}",
                self._scope,
                self._currency,
                self._plain,
                self._asked,
            )
        return self._compiled[cover]

    def asks(self, cover: str) -> tuple[Question, ...]:
        return self.of(cover).asks

    def told(self, cover: str, facts: Mapping[str, Any], code: str) -> object:
        """A fact as it was told, or as the cover takes it where nobody said; None if it asks none."""
        asks = self.asks(cover) if cover in self._covers else ()
        default = next((ask.default for ask in asks if ask.code == code), None)
        return facts.get(code, default)

    def item_question(self, cover: str) -> Question | None:
        """The list that a claim on this cover names an item of, if it does."""
        return self._scope.questions.get(self.of(cover).item_list)

    def authority_of(self, role: str, cost_type: str = "indemnity") -> Authority | None:
        rows = (row for row in self.authority if (row.role, row.cost_type) == (role, cost_type))
        return next(rows, None)

    def assess(
        self,
        loss: Loss,
        given: RatingInput,
        period: Period,
        imposed: Imposed | None,
    ) -> Assessment:
        of_cover = self.of(loss.cover)
        rules = [*of_cover.timing(loss, given, period), of_cover.in_force(given, imposed)]
        return of_cover.assess(loss, given, imposed, rules, period)

    @property
    def for_life(self) -> bool:
        """Whether claims use a limit or deductible of a policy's whole life."""
        lists = (self._plain, *self._covers.values())
        return any(row.get("per") == "life" for one in lists for row in one.get("aggregates", ()))


class _Clause(NamedTuple):
    code: str
    name: str
    kind: str
    recoverable: bool
    scale: int
    run: Callable[[RatingInput], Any]
    """The clause's figure, or None where its condition does not hold."""


class CoverClaims:
    """One cover's claim rules, compiled."""

    def __init__(  # noqa: PLR0917 - made in one place, from the whole definition
        self,
        cover: Mapping[str, Any],
        path: str,
        scope: Scope,
        currency: Currency,
        common: Mapping[str, Any],
        others: frozenset[str],
    ) -> None:
        self._others = others
        self._cover, self._path, self._scope, self._currency = cover, path, scope, currency
        self._common = common
        self._claim: Mapping[str, Any] = cover.get("claim", {})
        self.asks = tuple(
            question(
                ask,
                f"{path}/claim/asks/{place}",
                currency=currency.value,
                exponent=currency.exponent,
            )
            for place, ask in enumerate(self._claim.get("asks", ()))
        )
        self.evidence: Sequence[Mapping[str, Any]] = self._claim.get("evidence", ())
        self.item_list: str = self._claim.get("item", "")
        self.causes: tuple[str, ...] = tuple(self._claim.get("causes", ()))
        self._asks_cause = bool(self.causes) and all(ask.code != "cause" for ask in self.asks)
        """A cover that lists causes wants to be told one, in words of its own or not."""
        self._names = self._scope_names()
        self._limit = self._figure("limit")
        self._excess = self._figure("excess")
        self._rules = [
            *self._compiled_rules("exclusions", "fail"),
            *self._compiled_rules("rules", "refer"),
        ]
        self._evidence = [
            (one, self._condition(one, f"{path}/claim/evidence/{place}"))
            for place, one in enumerate(self.evidence)
        ]
        default = [{"up_to": "limit"}, {"less": "excess"}]
        payout = self._claim.get("payout", common.get("payout", default))
        self._aggregates = self._compiled_aggregates()
        self._clauses: list[_Clause] = []
        for place, clause in enumerate(payout):
            self._clauses.append(self._clause(clause, f"{path}/claim/payout/{place}"))
        self.clause_codes = tuple(clause.code for clause in self._clauses)
        self._counts = self._condition_of(self._claim.get("counts", True), f"{path}/claim/counts")
        self.trigger: str = cover.get("trigger", common.get("trigger", "occurrence"))
        self._extended_days: int = cover.get("extended_reporting_days", 0)
        self._waiting = self._waiting_of(cover, path)
        self._retroactive_date = self._date_of(cover.get("retroactive_date"), path)
        self._fraud = [
            (signal, self._condition_of(signal["when"], f"/claims/fraud/{place}/when"))
            for place, signal in enumerate(common.get("fraud", ()))
            if not self._foreign(signal["when"])
        ]
        self._bands = _bands(common.get("fraud_bands", ()))
        self._reserve = self._amount_of(
            self._claim.get("reserve", "claimed"), f"{path}/claim/reserve"
        )

    # Compiling

    def _scope_names(self) -> dict[str, Term]:
        """What a claim adds to the names: its facts, its item, and the amounts known so far."""
        cents = kinds.money(self._currency.exponent)
        names = {
            "claimed": Term("e.facts['claimed']", cents._replace(low=Decimal(0))),
            "loss": Term("e.facts['loss']", cents._replace(low=Decimal(0))),
            "limit": Term("e.facts['limit']", cents),
            "excess": Term("e.facts['excess']", cents),
            "cause": Term("e.facts['cause']", TEXT._replace(choices=self.causes)),
            "occurred": Term("e.facts['occurred']", DATE._replace(optional=True)),
            "reported": Term("e.facts['reported']", DATE._replace(optional=True)),
        }
        for ask in self.asks:
            if ask.code in {"claimed", "loss", "limit", "excess", "item"}:
                raise refuse(f"{self._path}/claim/asks", ask.code, "a code of its own")
            names[ask.code] = Term(f"e.facts[{ask.code!r}]", ask.kind)
        if "item" in self._claim:
            listed = self._scope.questions.get(self._claim["item"])
            if listed is None or listed.type != "list":
                raise refuse(
                    f"{self._path}/claim/item", self._claim["item"], "a list that is asked"
                )
            names["item"] = Term("e.facts['item']", Type(Kind.RECORD, fields=listed.kind.fields))
        return names

    def _builder(self) -> FunctionBuilder:
        return FunctionBuilder(self._scope, self._names)

    def _figure(self, name: str) -> Callable[[RatingInput], int | None]:
        """Limit or excess for this loss, in minor units; None where the cover has none.

        A question of that name is meant where one is asked, as before there is a loss.
        """
        source = self._cover.get(name)
        if source is None:
            return lambda given: None  # noqa: ARG005 - the shape of a compiled function
        own = self._scope.own | ({"limit", "excess"} if name == "limit" else {name})
        names = {each: term for each, term in self._names.items() if each not in own}
        return self._amount_of(source, f"{self._path}/{name}", FunctionBuilder(self._scope, names))

    def _amount_of(
        self, source: object, path: str, builder: FunctionBuilder | None = None
    ) -> Callable[[RatingInput], Any]:
        builder = builder or self._builder()
        exponent = self._currency.exponent
        term = rounded(builder.amount(source, path), exponent, "half_up")
        self._finish(builder, at_scale(term, exponent))
        return builder.build()

    def _waiting_of(self, cover: Mapping[str, Any], path: str) -> Waiting | None:
        source = cover.get("waiting_days")
        if source is None:
            for name in ("waiting_count", "waiting_from"):
                if name in cover:
                    raise refuse(f"{path}/{name}", cover[name], "waiting_days beside it")
            return None
        at = f"{path}/waiting_days"
        builder = FunctionBuilder(self._scope)
        term = builder.rate(source, at)
        low, high = term.type.low, term.type.high
        if term.type.scale or (low is not None and low < 0) or (high or 0) > WAITING_DAYS_MAX:
            raise refuse(at, source, f"whole days, 0 to {WAITING_DAYS_MAX}")
        self._finish(builder, term.code)
        count, since = cover.get("waiting_count", "calendar"), cover.get("waiting_from", "cover")
        for name, found, known in (
            ("waiting_count", count, WAITING_COUNTS),
            ("waiting_from", since, WAITING_STARTS),
        ):
            if found not in known:
                raise refuse(
                    f"{path}/{name}", found, " or ".join(known), did_you_mean(str(found), known)
                )
        return Waiting(builder.build(), business=count == "business", of_policy=since == "policy")

    def _date_of(self, source: object, path: str) -> Callable[[RatingInput], Any] | None:
        if source is None:
            return None
        at = f"{path}/retroactive_date"
        builder = self._builder()
        term = expect(builder.expression(source, at), (Kind.DATE,), at, "a date")
        self._finish(builder, term.code)
        return builder.build()

    def _foreign(self, source: object) -> bool:
        """Whether a signal of the whole product asks for a fact that only other covers ask."""
        return mentions(source, self._others - set(self._names))

    def _condition_of(self, source: object, path: str) -> Callable[[RatingInput], Any]:
        builder = self._builder()
        self._finish(builder, builder.condition(source, path))
        return builder.build()

    def _condition(self, plain: Mapping[str, Any], path: str) -> Callable[[RatingInput], Any]:
        return self._condition_of(plain.get("when", True), f"{path}/when")

    def _finish(self, builder: FunctionBuilder, code: str) -> None:
        asked = present(builder.sources)
        builder.write(f"return {code} if {asked} else None" if asked else f"return {code}")

    def _compiled_rules(
        self, name: str, default: str
    ) -> list[tuple[Mapping[str, Any], str, Callable[[RatingInput], Any]]]:
        found = []
        for where, rules in (
            (f"/claims/{name}", self._common.get(name, ())),
            (f"{self._path}/claim/{name}", self._claim.get(name, ())),
        ):
            for place, rule in enumerate(rules):
                if where.startswith("/claims") and self._foreign(rule["when"]):
                    continue
                outcome = rule.get("outcome", default)
                run = self._condition_of(rule["when"], f"{where}/{place}/when")
                found.append((rule, outcome, run))
        return found

    def _compiled_aggregates(self) -> dict[str, Aggregate]:
        found = {}
        for where, rows in (
            ("/claims/aggregates", self._common.get("aggregates", ())),
            (f"{self._path}/aggregates", self._cover.get("aggregates", ())),
        ):
            for place, row in enumerate(rows):
                if row["kind"] not in {"limit", "deductible"}:
                    raise refuse(f"{where}/{place}/kind", row["kind"], "limit or deductible")
                reinstated = row.get("reinstatements", {})
                for_life = row.get("per") == "life"
                if for_life and reinstated.get("premium_rate"):
                    raise refuse(
                        f"{where}/{place}/per",
                        "life",
                        "term: what is charged to stand again is a limit of one term",
                    )
                found[row["code"]] = Aggregate(
                    row["code"],
                    row.get("name", row["code"]),
                    row["kind"],
                    self._amount_of(row["amount"], f"{where}/{place}/amount"),
                    reinstated.get("count", 0),
                    row,
                    for_life,
                )
        return found

    def _clause(self, plain: Mapping[str, Any], path: str) -> _Clause:
        kinds_ = [kind for kind in CLAUSES if kind in plain]
        if len(kinds_) != 1:
            raise refuse(path, kinds_ or "nothing to do", f"one of {', '.join(CLAUSES)}")
        kind = kinds_[0]
        builder = self._builder()
        when = builder.condition(plain["when"], f"{path}/when") if "when" in plain else "True"
        scale, code = self._clause_code(builder, kind, plain, path)
        asked = present(builder.sources)
        guard = f"{asked} and {when}" if asked else when
        builder.write(f"return {code} if {guard} else None")
        same = sum(clause.kind == kind for clause in self._clauses)
        return _Clause(
            plain.get("code", f"{kind}_{same + 1}" if same else kind),
            plain.get("name", CLAUSE_NAMES[kind]),
            kind,
            bool(plain.get("recoverable", False)),
            scale,
            builder.build(),
        )

    def _clause_code(
        self, builder: FunctionBuilder, kind: str, plain: Mapping[str, Any], path: str
    ) -> tuple[int, str]:
        """The figure's scale and source."""
        exponent, source, at = self._currency.exponent, plain[kind], f"{path}/{kind}"
        if kind in {"limit", "up_to_aggregate", "less_aggregate"}:
            if source not in self._aggregates:
                hint = did_you_mean(str(source), self._aggregates)
                raise refuse(at, source, "the code of an aggregate", hint)
            return 0, repr(source)
        if kind == "average":
            insured = builder.amount(source["insured"], f"{at}/insured")
            value = builder.amount(source["value"], f"{at}/value")
            share = builder.rate(source.get("coinsurance", 1), f"{at}/coinsurance")
            top = max(insured.type.scale, value.type.scale)
            return 0, (
                f"({at_scale(insured, top)} * {10**share.type.scale}, "
                f"{at_scale(value, top)} * {share.code})"
            )
        if kind in {"share", "depreciate"}:
            term = builder.rate(source, at)
            return term.type.scale, term.code
        term = rounded(builder.amount(source, at), exponent, "half_up")
        return exponent, at_scale(term, exponent)

    # Assessing

    def timing(self, loss: Loss, given: RatingInput, period: Period) -> list[RuleResult]:
        """When it happened and when it was reported, where these are told."""
        rules = []
        claims_made = self.trigger == "claims_made"
        made = loss.reported_at if claims_made else loss.occurred_at
        if made is not None:
            inside = period.holds(made) or self._extended(loss, made, period)
            what = "claim was made" if claims_made else "loss happened"
            facts = {
                "start": period.start.isoformat(),
                "end": period.end.isoformat(),
                "at": made.isoformat(),
            }
            said = f"The {what} {'in' if inside else 'outside'} the period of insurance."
            rules.append(RuleResult("within_period", "pass" if inside else "fail", facts, said))
        if loss.occurred_at is not None:
            rules += self._retroactive(loss.occurred_at, given, period)
            if loss.reported_at is not None:
                rules.append(self._reported(loss.occurred_at, loss.reported_at))
        return rules

    def _extended(self, loss: Loss, made: datetime, period: Period) -> bool:
        """A claim made in the extended reporting period, of what happened before the end."""
        if self.trigger != "claims_made" or not self._extended_days:
            return False
        before = loss.occurred_at is not None and loss.occurred_at < period.end
        return before and period.end <= made < period.end + timedelta(days=self._extended_days)

    def _retroactive(
        self, occurred: datetime, given: RatingInput, period: Period
    ) -> list[RuleResult]:
        """Nothing that happened before the retroactive date, where the cover has one."""
        first: date | None = self._retroactive_date(given) if self._retroactive_date else None
        if first is None:
            return []
        after = occurred.astimezone(period.start.tzinfo).date() >= first
        return [
            RuleResult(
                "after_retroactive_date",
                "pass" if after else "fail",
                {"retroactive_date": first.isoformat(), "at": occurred.isoformat()},
                f"What is claimed for happened {'on or after' if after else 'before'} {first}.",
            )
        ]

    def _reported(self, occurred: datetime, reported: datetime) -> RuleResult:
        facts = {"occurred_at": occurred.isoformat(), "reported_at": reported.isoformat()}
        if reported < occurred:
            return RuleResult("reported_in_time", "fail", facts, "The loss lies in the future.")
        days = self._common.get("reporting_deadline_days")
        if days is None or reported <= occurred + timedelta(days=days):
            return RuleResult("reported_in_time", "pass", facts, "Reported in time.")
        return RuleResult(
            "reported_in_time",
            self._common.get("reported_late", "refer"),
            facts,
            f"Reported after the deadline of {days} days.",
        )

    def in_force(self, given: RatingInput, imposed: Imposed | None) -> RuleResult:
        code = self._cover["code"]
        name = self._cover.get("name", code)
        wording = self._cover.get("wording", "")
        if code in given.selected:
            return RuleResult(
                "cover_in_force", "pass", {"cover": code}, f"{name} is in force.", wording
            )
        if imposed is not None and code in imposed.exclusions:
            why = f"{name} is excluded by the terms on which the risk was accepted."
        else:
            why = f"{name} is not in force on this policy."
        return RuleResult("cover_in_force", "fail", {"cover": code}, why, wording)

    def assess(
        self,
        loss: Loss,
        given: RatingInput,
        imposed: Imposed | None,
        rules: list[RuleResult],
        period: Period,
    ) -> Assessment:
        if loss.claimed.currency is not self._currency:
            raise InvalidFields(
                [FieldFault("/claimed/currency", "wrong_currency", f"Give it in {self._currency}.")]
            )
        if loss.claimed.amount <= 0:
            raise InvalidFields([FieldFault("/claimed/amount", "too_small", "Claim something.")])
        held, missing = self._read_facts(loss, given, period)
        claim = given._replace(facts=held)
        missing += self._missing_evidence(loss, claim, missing)
        rules += self._cause(loss)
        rules += self._waited(loss, given, period)
        rules.append(self._completeness(missing))
        covered = self._cover["code"] in given.selected
        if missing or not covered:
            return self._unpaid(tuple(rules), tuple(missing), loss)
        self._amounts(claim, held, imposed)
        rules += [*self._rule_results(claim, held), *self._suspicion(claim)]
        payable, steps, uses, recoverable = self._paid(loss, claim, held, imposed)
        failed = any(rule.outcome == "fail" for rule in rules)
        nothing = Money.zero(self._currency)
        if failed:
            return self._unpaid(tuple(rules), (), loss)._replace(steps=steps)
        if not payable:
            rules.append(
                RuleResult("payable", "info", {}, "Nothing is payable after limits and excess.")
            )
        return Assessment(
            tuple(rules),
            (),
            payable,
            steps,
            counts=bool(payable and self._counts(claim)),
            reserve=max(payable, nothing),
            recoverable=recoverable,
            uses=uses,
            wholes={code: self._cents(self._aggregates[code].whole(claim)) for code in uses},
            aggregate_kinds={code: self._aggregates[code].kind for code in uses},
            for_life=frozenset(code for code in uses if self._aggregates[code].for_life),
            reinstated=tuple(self._reinstating(uses, claim)),
        )

    def _reinstating(self, uses: Mapping[str, Money], claim: RatingInput) -> Iterator[Reinstating]:
        own = {row["code"] for row in self._cover.get("aggregates", ())}
        for code, taken in uses.items():
            aggregate = self._aggregates[code]
            terms = aggregate.plain.get("reinstatements", {})
            rate = Decimal(str(terms.get("premium_rate", 0)))
            if aggregate.kind == "limit" and aggregate.reinstatements and rate and taken:
                yield Reinstating(
                    code,
                    aggregate.name,
                    self._cents(aggregate.amount(claim)),
                    aggregate.reinstatements,
                    rate,
                    ProRata(terms.get("pro_rata", "amount")),
                    self._cover["code"] if code in own else None,
                )

    def _unpaid(
        self, rules: tuple[RuleResult, ...], missing: tuple[str, ...], loss: Loss
    ) -> Assessment:
        nothing = Money.zero(self._currency)
        reserve = loss.claimed if missing else nothing
        return Assessment(
            rules, missing, nothing, (), counts=False, reserve=reserve, recoverable=nothing, uses={}
        )

    def _read_facts(
        self, loss: Loss, given: RatingInput, period: Period
    ) -> tuple[Facts, list[str]]:
        """Facts typed like answers; one that is missing is named, one that is wrong is refused."""
        evidence = {one["code"] for one in self.evidence}
        told = {
            code: value
            for code, value in loss.facts.items()
            if code not in evidence or any(ask.code == code for ask in self.asks)
        }
        missing = [
            ask.code
            for ask in self.asks
            if ask.required and ask.default is None and told.get(ask.code) is None
        ]
        if self._asks_cause:
            cause = told.pop("cause", None) or loss.cause
            if not cause:
                missing.append("cause")
            elif not isinstance(cause, str) or len(cause) > CAUSE_MAX:
                raise InvalidFields([FieldFault("/facts/cause", "not_text", "Give a word.")])
        asked = tuple(ask._replace(required=False) for ask in self.asks)
        held: Facts = dict(read_answers(asked, told, at="/facts").held)
        zone = period.start.tzinfo
        held["claimed"] = held["loss"] = loss.claimed.amount
        fact = loss.facts.get("cause") if self._asks_cause else None
        held["cause"] = held.get("cause") or loss.cause or fact or ""
        held["occurred"] = loss.occurred_at and loss.occurred_at.astimezone(zone).date()
        held["reported"] = loss.reported_at and loss.reported_at.astimezone(zone).date()
        if "item" in self._claim:
            held["item"] = self._item(loss, given)
            if held["item"] is None:
                missing.append("item")
        return held, missing

    def _item(self, loss: Loss, given: RatingInput) -> Mapping[str, Any] | None:
        """The insured item that the loss names: all that is said of it must be so."""
        if not loss.item:
            return None
        listed = self._scope.questions[self._claim["item"]]
        for item in given.answers[listed.code] or ():
            told = {field.code: write(field, item[field.code]) for field in listed.fields}
            if all(told.get(code) == value for code, value in loss.item.items()):
                return item  # type: ignore[no-any-return]
        raise InvalidFields([FieldFault("/item", "unknown", "The policy does not list this item.")])

    def _missing_evidence(self, loss: Loss, claim: RatingInput, missing: list[str]) -> list[str]:
        if missing:
            return [
                one["code"]
                for one in self.evidence
                if not loss.facts.get(one["code"]) and "when" not in one
            ]
        return [
            one["code"]
            for one, when in self._evidence
            if when(claim) and not loss.facts.get(one["code"])
        ]

    def _cause(self, loss: Loss) -> list[RuleResult]:
        cause = loss.cause or loss.facts.get("cause")
        if not self.causes or cause is None:
            return []
        listed = cause in self.causes
        return [
            RuleResult(
                "cause_covered",
                "pass" if listed else "fail",
                {"cause": cause},
                f"{'A covered' if listed else 'Not a covered'} cause: {cause}.",
                self._cover.get("wording", ""),
            )
        ]

    def _waited(self, loss: Loss, given: RatingInput, period: Period) -> list[RuleResult]:
        """Whether the waiting period was over; a cover held without a gap waits for once."""
        days = min(self._waiting.days(given) or 0, WAITING_DAYS_MAX) if self._waiting else 0
        if self._waiting is None or days <= 0 or loss.occurred_at is None:
            return []
        since = loss.insured_since if self._waiting.of_policy else loss.covered_since
        until = self._waiting.until(since or period.start, days, period, given.territory)
        over = loss.occurred_at >= until
        return [
            RuleResult(
                "waiting_period",
                "pass" if over else "fail",
                {"days": days, "until": until.isoformat()},
                f"The waiting period of {days} {self._waiting.unit} "
                f"{'is over' if over else 'still runs'}.",
                self._cover.get("wording", ""),
            )
        ]

    def _completeness(self, missing: Sequence[str]) -> RuleResult:
        if missing:
            return RuleResult(
                "facts_complete",
                "incomplete",
                {"missing": list(missing)},
                f"Still needed: {', '.join(missing)}.",
            )
        return RuleResult("facts_complete", "pass", {}, "Everything that was asked is there.")

    def _amounts(self, claim: RatingInput, held: Facts, imposed: Imposed | None) -> None:
        """Limit and excess for the loss as it stands, once its facts are complete."""
        held["limit"] = held["excess"] = 0
        limit = self._limit(claim)
        held["limit"] = NO_LIMIT if limit is None else limit
        excess = self._excess(claim)
        if (
            imposed is not None
            and imposed.excess is not None
            and self._cover.get("excess") is not None
        ):
            excess = imposed.excess.amount
        held["excess"] = excess or 0

    def _rule_results(self, claim: RatingInput, held: Facts) -> list[RuleResult]:
        results = []
        for rule, outcome, run in self._rules:
            if run(claim):
                results.append(
                    RuleResult(
                        rule["code"],
                        outcome,
                        self._shown(held),
                        rule["reason"],
                        rule.get("wording", ""),
                    )
                )
            else:
                results.append(
                    RuleResult(rule["code"], "pass", {}, "Does not apply.", rule.get("wording", ""))
                )
        return results

    def _suspicion(self, claim: RatingInput) -> list[RuleResult]:
        """An additive score with its reasons. It may hold or refer a claim, never deny it."""
        if not self._fraud:
            return []
        reasons = {signal["code"]: signal["score"] for signal, run in self._fraud if run(claim)}
        score = sum(reasons.values())
        band = next(band for below, band in self._bands if below is None or score < below)
        outcome = "pass" if band == "pass" else "refer"
        facts = {"score": score, "signals": reasons, "band": band}
        return [RuleResult("fraud_score", outcome, facts, f"A score of {score}: {band}.")]

    def _shown(self, held: Facts) -> dict[str, object]:
        """The asked facts in the form in which they were given."""
        return {ask.code: write(ask, held[ask.code]) for ask in self.asks}

    def _paid(
        self, loss: Loss, claim: RatingInput, held: Facts, imposed: Imposed | None
    ) -> tuple[Money, tuple[PayoutStep, ...], dict[str, Money], Money]:
        """What is paid, how that was worked out, what it takes of aggregates, and what is held back:
        so much more would be paid without the clauses that may be made good later."""
        kept = [clause for clause in self._clauses if not clause.recoverable]
        whole, _, _ = self._worked_out(kept, loss, claim, held, imposed)
        paid, steps, uses = self._worked_out(self._clauses, loss, claim, held, imposed)
        return self._cents(paid), steps, uses, self._cents(max(whole - paid, 0))

    def _worked_out(
        self,
        clauses: Sequence[_Clause],
        loss: Loss,
        claim: RatingInput,
        held: Facts,
        imposed: Imposed | None,
    ) -> tuple[int, tuple[PayoutStep, ...], dict[str, Money]]:
        """The clauses in the product's order, each rounded to the minor unit."""
        running = loss.claimed.amount
        steps: list[PayoutStep] = []
        uses: dict[str, Money] = {}
        for clause in clauses:
            held["loss"] = running
            self._amounts(claim, held, imposed)
            figure = clause.run(claim)
            if figure is None:
                continue
            before = running
            running, shown = self._applied(clause, figure, before, loss, claim, uses)
            steps.append(
                PayoutStep(
                    clause.code, clause.name, shown, self._cents(before), self._cents(running)
                )
            )
        return running, tuple(steps), uses

    def _applied(  # noqa: PLR0911, PLR0917 - one return for each kind of clause
        self,
        clause: _Clause,
        figure: Any,
        before: int,
        loss: Loss,
        claim: RatingInput,
        uses: dict[str, Money],
    ) -> tuple[int, str]:
        match clause.kind:
            case "amount":
                return min(max(figure, 0), before), (str(self._cents(figure)))
            case "average":
                insured, value = figure
                if value <= 0 or insured >= value:
                    return before, "insured in full"
                return half_up(before * max(insured, 0), value), f"{insured} of {value}"
            case "share":
                rate = min(max(figure, 0), 10**clause.scale)
                return half_up(before * rate, 10**clause.scale), str(as_decimal(rate, clause.scale))
            case "depreciate":
                rate = min(max(figure, 0), 10**clause.scale)
                lost = half_up(before * rate, 10**clause.scale)
                return before - lost, str(as_decimal(rate, clause.scale))
            case "up_to":
                if figure >= NO_LIMIT:
                    return before, "no limit"
                return min(before, max(figure, 0)), str(self._cents(figure))
            case "less":
                return max(before - max(figure, 0), 0), str(self._cents(figure))
        return self._shared(clause, self._aggregates[figure], before, loss, claim, uses)

    def _shared(  # noqa: PLR0917 - the clause, and all that it may look at
        self,
        clause: _Clause,
        aggregate: Aggregate,
        before: int,
        loss: Loss,
        claim: RatingInput,
        uses: dict[str, Money],
    ) -> tuple[int, str]:
        """What is left of an aggregate, and how much of that this claim takes: of a limit that is
        reinstated no more than the limit itself at once."""
        whole = aggregate.whole(claim)
        used = loss.used.get(aggregate.code)
        left = max(whole - (used.amount if used else 0), 0)
        taken = min(before, left, aggregate.amount(claim) or 0)
        uses[aggregate.code] = self._cents(taken)
        shown = f"{self._cents(left)} left of {self._cents(whole)}"
        return (taken if clause.kind == "up_to_aggregate" else before - taken), shown

    def _cents(self, amount: int) -> Money:
        return Money(amount=amount, currency=self._currency)


def _bands(rows: Sequence[Mapping[str, Any]]) -> list[tuple[int | None, str]]:
    """Bands of the fraud score, without gaps: each up to its bound, the last without one."""
    bands = [(row.get("below"), row["outcome"]) for row in rows] or [(1, "pass"), (None, "refer")]
    bounds = [below for below, _ in bands[:-1] if below is not None]
    whole = len(bounds) == len(bands) - 1 and bands[-1][0] is None
    if not whole or bounds != sorted(set(bounds)):
        raise refuse("/claims/fraud_bands", rows, "rising bounds, and a last band without one")
    return bands


CAUSE_MAX: Final = 100
WAITING_DAYS_MAX: Final = 3660
WAITING_COUNTS: Final = ("calendar", "business")
WAITING_STARTS: Final = ("cover", "policy")
NO_LIMIT: Final = 10**15
"""Stands for a limit where the cover has none; it is never shown."""

CLAUSE_NAMES: Final = {
    "amount": "Amount covered",
    "average": "Average for under-insurance",
    "depreciate": "Depreciation",
    "share": "Insured share",
    "up_to": "Up to the limit",
    "less": "Less the excess",
    "up_to_aggregate": "Up to what is left of the aggregate limit",
    "less_aggregate": "Less what is left of the aggregate deductible",
}

__all__ = ["Aggregate", "Authority", "Claims", "CoverClaims", "NotCovered"]
