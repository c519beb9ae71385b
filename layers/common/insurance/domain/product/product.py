"""A product: one version of a definition, compiled once per process, immutable."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from insurance.domain.contract.premium import Premium
from insurance.domain.contract.terms import CoverTerms, ImposedTerms, PastClaim, ProductRef
from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.period import Period
from insurance.domain.product.covers import CoverOnOffer, Covers, cover_codes
from insurance.domain.product.definition import model
from insurance.domain.product.definition.answers import Answers, Visible, answers_to, read_answers
from insurance.domain.product.definition.corrections import ProductCorrections
from insurance.domain.product.definition.life import Life
from insurance.domain.product.definition.numbers import Numbers
from insurance.domain.product.definition.places import currency_of, zone_of
from insurance.domain.product.definition.questions import by_code, question, search_questions
from insurance.domain.product.definition.source import ProductSource
from insurance.domain.product.definition.term import PolicyTerm
from insurance.domain.product.definition.visibility import visibility
from insurance.domain.product.faults import Fault, InvalidProduct, did_you_mean
from insurance.domain.product.language.scope import Declared, KeysAsked, NameScope, RatingInput
from insurance.domain.product.look_ups import LookUpFields
from insurance.domain.product.offer import (
    NextTerm,
    Offer,
    RuleMatch,
    answered,
    outcome_of,
    priceless,
    reopened,
)
from insurance.domain.product.rating.rounding import PremiumRounding
from insurance.domain.product.rating.tables import tables_of
from insurance.domain.product.rating.tariff import Tariff
from insurance.domain.product.rating.trace import Working, inputs_of
from insurance.domain.product.risk import LookUp, Risk
from insurance.domain.product.underwriting import Underwriting, loaded

if TYPE_CHECKING:
    from insurance.domain.product.claims.assessment import Assessment, Loss
    from insurance.domain.product.claims.claims import ClaimRules
    from insurance.domain.product.definition.documents import ProductDocuments
    from insurance.domain.product.renewal import RenewalRules


class Product:
    """What the rest of the house knows of a product. Everything it does is in its definition.

    Raises:
        InvalidProduct: Questions, names or tables contradict each other. Tariff, claims and the
            other parts are compiled when they are first asked for; `compile` meets every fault.
    """

    def __init__(self, source: ProductSource, asked: KeysAsked | None = None) -> None:
        """`asked` collects the keys by which tables are asked, for the checks on scenarios."""
        self.source = source
        self.definition = definition = model.Definition(source.document)
        self.code = definition.code
        self.version = definition.version
        self.name = definition.name
        self.description = definition.description
        self.status = definition.status
        self.currency = currency_of(definition.currency)
        self.zone = zone_of(definition.time_zone)
        self.day_count = definition.day_count
        self.territories = definition.territories
        self.questions = tuple(question(one, self.currency) for one in definition.questions)
        self.searched_by = search_questions(definition)
        self.corrections = ProductCorrections(definition)
        self._look_ups = LookUpFields(definition.look_ups, self.currency)
        declared = Declared(
            by_code(self.questions),
            self._look_ups.fields,
            tuple(cover_codes(definition.covers)),
            definition.values,
            tables_of(definition.tables, source.tables),
        )
        self.scope = NameScope(
            declared,
            exponent=self.currency.exponent,
            territories=self.territories,
            asked=asked,
        )
        self.term = PolicyTerm(definition.term, self.scope, self.zone)
        self.life = Life(definition.life, self.scope, self.currency)

    def compile(self) -> None:
        """Everything at once: for the checks before publishing.

        Raises:
            InvalidProduct: Every fault that the compiler finds.
        """
        faults: list[Fault] = []
        parts: list[Callable[[], object]] = [
            lambda: self._visible,
            lambda: self.term.days_asked,
            lambda: self.covers,
            lambda: self.underwriting,
            lambda: self.rating,
            lambda: self.renewals,
            lambda: self.life.jurisdiction,
            lambda: self.life.retentions,
            lambda: self.life.broker_change,
            lambda: self.documents,
            partial(Numbers, self.definition.numbers),
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
        return ProductRef(code=self.code, version=self.version, content=self.source.content)

    # Compiled when first asked for: a read of the questions needs no tariff.

    @cached_property
    def rounding(self) -> PremiumRounding:
        return PremiumRounding.of(self.definition.rounding, self.currency)

    @cached_property
    def rating(self) -> Tariff:
        return Tariff(self.definition.rating, self.scope, self.rounding)

    @cached_property
    def covers(self) -> Covers:
        return Covers(self.definition.covers, self.scope)

    @cached_property
    def underwriting(self) -> Underwriting:
        return Underwriting(self.definition.underwriting, self.scope)

    @cached_property
    def claims(self) -> ClaimRules:
        from insurance.domain.product.claims.claims import ClaimRules  # noqa: PLC0415 - no quote asks

        return ClaimRules(self.definition, self.scope, self.currency)

    @cached_property
    def renewals(self) -> RenewalRules:
        from insurance.domain.product.renewal import RenewalRules  # noqa: PLC0415 - no quote asks

        return RenewalRules(self.definition.renewal, self.scope)

    @cached_property
    def documents(self) -> ProductDocuments:
        from insurance.domain.product.definition.documents import (  # noqa: PLC0415 - no quote asks
            ProductDocuments,
        )

        return ProductDocuments(self.definition)

    @cached_property
    def _visible(self) -> Mapping[str, Visible]:
        return visibility(self.questions, self.currency.exponent, self.territories)

    @property
    def covers_on_offer(self) -> tuple[CoverOnOffer, ...]:
        return self.covers.on_offer

    def read_answers(
        self, raw: Mapping[str, object], new: Collection[str] = (), today: date | None = None
    ) -> Answers:
        """Typed and canonical. Those `new` today may not speak of a later day where one that has passed is asked.

        Raises:
            InvalidFields: Every fault of the answers, each with its pointer.
        """
        questions = [one.on(today) if today and one.code in new else one for one in self.questions]
        return read_answers(questions, raw, visible=self._visible)

    def asked_of(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Of answers to another version, those to what this one asks."""
        return answers_to(self.questions, raw)

    def look_ups(self, answers: Answers) -> tuple[LookUp, ...]:
        """What must be looked up elsewhere for these answers."""
        return self._look_ups.needed(answers)

    def read_look_up(self, source: str, raw: Mapping[str, object]) -> Mapping[str, object]:
        """What a look-up should have told, told by a person.

        Raises:
            InvalidFields: Something is missing, wrong or unknown.
        """
        return self._look_ups.read_typed(source, raw)

    def period(self, start: date, answers: Answers) -> Period:
        """The term from a local date: half-open, in the product's own time zone."""
        return Period(start=self.moment(start), end=self.moment(self.last_day(start, answers.held)))

    def last_day(self, start: date, held: Mapping[str, Any]) -> date:
        """The local date on which a term ends: the first that is not covered any more."""
        return self.term.last_day(start, held)

    def moment(self, day: date) -> datetime:
        """The inception time of a local date; where the clock jumps over it, right after the jump."""
        return self.term.moment(day)

    def _last_day(self, risk: Risk) -> date:
        """Of a stored risk its own: a change of answers does not move the end of its term."""
        return risk.end or self.last_day(risk.start, risk.answers.held)

    def expires_at(self, quoted_at: datetime) -> datetime:
        """A quote holds for so many days."""
        return quoted_at + timedelta(days=self.life.quote_validity_days)

    def offer(
        self,
        risk: Risk,
        imposed: ImposedTerms | None = None,
        *,
        last: Premium | None = None,
        claims: Sequence[PastClaim] = (),
    ) -> Offer:
        """The offer: quoted, referred or declined, with every reason, and with a price wherever one can be had.

        Raises:
            InvalidFields: The territory, a chosen cover or an exclusion is not the product's.
            NoRate: A rate table has no row for this risk.
        """
        return self._offer(risk, imposed, last, claims, strict=last is None)

    def tariff_price(self, risk: Risk) -> Premium | None:
        """What the tariff asks, whatever underwriting says: for re-rating a book, and for tests."""
        given, matches = self._judged(risk, None, lenient=False)
        if not all(given.looked_up[source] for source in self.rating.sources):
            return None
        return self.rating.premium(self.rating.run(given, *loaded(matches, None)), given)

    def rating_input(self, risk: Risk) -> RatingInput:
        """What the compiled tariff reads, covers chosen and exclusions made."""
        return self._judged(risk, None, lenient=False)[0]

    def _judged(
        self, risk: Risk, imposed: ImposedTerms | None, *, lenient: bool
    ) -> tuple[RatingInput, list[RuleMatch]]:
        """The risk with its covers in force, by itself: no last term, no claims."""
        given, matches = self._given(risk, None, ())
        given = self._choose(given, risk, renewal=lenient)
        matches += self.underwriting.matches(given)
        return self._without(given, matches, imposed), matches

    def _offer(
        self,
        risk: Risk,
        imposed: ImposedTerms | None,
        last: Premium | None,
        claims: Sequence[PastClaim],
        *,
        strict: bool,
    ) -> Offer:
        """Strict: a chosen cover that cannot be had is refused. At renewal it falls away."""
        given, matches = self._given(risk, last, claims)
        given = self._choose(given, risk, renewal=not strict)
        matches += self.underwriting.matches(given)
        given = self._without(given, matches, imposed)
        matches = answered(matches) if imposed is not None else matches
        findings = tuple(match.finding for match in matches)
        premium, working = None, None
        if not priceless(findings) and all(given.looked_up[s] for s in self.rating.sources):
            load = None if imposed is None else imposed.load
            num, den = loaded(matches, load)
            result = self.rating.run(given, num, den)
            premium = self.rating.premium(result, given)
            inputs = inputs_of(self.scope, self.currency, given)
            working = Working(self.rating.slots, result, self.rounding, inputs)
        excess = None if imposed is None else imposed.excess
        return Offer(
            outcome_of(findings),
            findings,
            self.covers.terms(given, self.currency, excess),
            premium,
            self._look_ups.as_used(given.looked_up),
            working,
        )

    def renew(
        self,
        risk: Risk,
        *,
        last: Premium,
        claims: Sequence[PastClaim] = (),
        looked_up: Mapping[str, Mapping[str, object] | None] | None = None,
        imposed: ImposedTerms | None = None,
    ) -> NextTerm:
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
        known = {match.finding.code for match in self._judged(risk, None, lenient=True)[1]}
        findings = (
            *self.renewals.findings(given),
            *(reopened(finding, known) for finding in offer.findings),
        )
        premium = None if priceless(findings) else offer.premium
        offer = offer._replace(outcome=outcome_of(findings), findings=findings, premium=premium)
        return NextTerm(next_risk, offer, entrant)

    def offer_next(
        self,
        risk: Risk,
        imposed: ImposedTerms | None,
        *,
        last: Premium,
        claims: Sequence[PastClaim],
    ) -> tuple[Offer, Offer | None]:
        """The offer for a term that follows another; and, of a product that is `fair`, what the same
        risk would be offered as new business, whose price it never exceeds."""
        offer = self.offer(risk, imposed, last=last, claims=claims)
        if not self.renewals.fair or offer.premium is None:
            return offer, None
        entrant = self._offer(risk, imposed, None, claims, strict=False)
        if entrant.premium is not None and entrant.premium.total < offer.premium.total:
            offer = offer._replace(premium=entrant.premium)
        return offer, entrant

    def terms(self, risk: Risk, imposed: ImposedTerms | None = None) -> tuple[CoverTerms, ...]:
        """The covers in force, with limit and excess."""
        given = self._in_force(risk, imposed)
        return self.covers.terms(given, self.currency, imposed.excess if imposed else None)

    def assess(self, loss: Loss, risk: Risk, imposed: ImposedTerms | None = None) -> Assessment:
        """Every rule a claim is held to, and what is payable; changes nothing.

        Raises:
            InvalidFields: The claim names another currency, an unknown cover or item, or a fact of
                the wrong type.
        """
        given = self._in_force(risk, imposed)
        term = Period(start=self.moment(risk.start), end=self.moment(self._last_day(risk)))
        return self.claims.assess(loss, given, term, imposed)

    # The risk as compiled functions take it

    def _given(
        self, risk: Risk, last: Premium | None, claims: Sequence[PastClaim]
    ) -> tuple[RatingInput, list[RuleMatch]]:
        territory = risk.territory or self.territories[0]
        if territory not in self.territories:
            raise InvalidFields([FieldFault("/territory", "not-sold", "Not sold there.")])
        looked_up, matches = self._look_ups.read(risk)
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
            claims=[{**dict(claim), "paid": claim.paid.amount} for claim in claims],
        )
        return given, matches

    def _choose(self, given: RatingInput, risk: Risk, *, renewal: bool) -> RatingInput:
        return given._replace(selected=self.covers.choose(given, risk.covers, lenient=renewal))

    def _without(
        self, given: RatingInput, matches: Sequence[RuleMatch], imposed: ImposedTerms | None
    ) -> RatingInput:
        """Covers that a rule or an underwriter excludes."""
        out = {cover for match in matches for cover in match.covers}
        for place, code in enumerate(() if imposed is None else imposed.exclusions):
            if code not in self.scope.covers:
                hint = did_you_mean(str(code), self.scope.covers)
                fault = FieldFault(f"/exclusions/{place}", "unknown", f"Not a cover. {hint}")
                raise InvalidFields([fault])
            out.add(code)
        return given._replace(selected=given.selected - out) if out else given

    def _in_force(self, risk: Risk, imposed: ImposedTerms | None) -> RatingInput:
        return self._judged(risk, imposed, lenient=True)[0]
