"""Executable examples that a product carries: what must come out, said in figures.

Amounts are written in major units, as people write them. A scenario expects only what it names.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from insurance.domain.contract.data_origin import kept_origin
from insurance.domain.contract.payee_signs import PayeeSigns
from insurance.domain.contract.premium import LineKind, Premium, PremiumLine
from insurance.domain.contract.terms import ImposedTerms, PastClaim
from insurance.domain.core.errors import InsuranceError, InvalidFields
from insurance.domain.core.money import Money
from insurance.domain.product.claims.assessment import Assessment, Loss
from insurance.domain.product.definition.questions import Question
from insurance.domain.product.faults import InvalidProduct, did_you_mean, refuse
from insurance.domain.product.offer import NextTerm, Offer
from insurance.domain.product.product import Product
from insurance.domain.product.rating.tables import table_value
from insurance.domain.product.risk import Risk, fault_of

type Plain = Mapping[str, Any]


class ScenarioResult(NamedTuple):
    """How one scenario went; no differences: it passed."""

    name: str
    differences: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.differences


class Seen(NamedTuple):
    """What a run of the scenarios made the product do."""

    offers: list[Offer]
    renewals: list[NextTerm]
    assessments: list[tuple[str, Assessment]]


def _last_premium(net: Money, total: Money) -> Premium:
    """Last term's premium by its net and total; what lies between them counts as tax."""
    charges = PremiumLine(kind=LineKind.TAX, code="charges", name="Charges", amount=total - net)
    return Premium(net=net, lines=(charges,) if charges.amount else (), total=total)


class Scenarios:
    """A product's scenarios, ready to run against that product, or against a mutant of it."""

    def __init__(self, plain: object, path: str = "scenarios.json") -> None:
        if not isinstance(plain, Mapping):
            raise refuse(path, plain, "an object with risks and scenarios")
        self._risks: Plain = plain.get("risks", {})
        self._all: Sequence[Plain] = plain.get("scenarios", ())
        self._path = path

    def __len__(self) -> int:
        return len(self._all)

    def run(self, product: Product, seen: Seen | None = None) -> Iterator[ScenarioResult]:
        """Each scenario in turn. A scenario that cannot be run is one that did not pass."""
        for place, plain in enumerate(self._all):
            name = str(plain.get("name", f"scenario {place + 1}"))
            try:
                differences = _Run(product, self._risks, plain, seen).differences()
            except InvalidProduct:
                raise
            except InvalidFields as error:
                differences = [f"{fault.pointer}: {fault.detail}" for fault in error.faults]
            except (InsuranceError, ValueError, KeyError, TypeError, InvalidOperation) as error:
                differences = [f"{type(error).__name__}: {error}"]
            yield ScenarioResult(name, tuple(differences))

    def losses(self, product: Product) -> Iterator[tuple[Loss, Risk]]:
        """The claims of the scenarios, each with its risk."""
        for plain in self._all:
            if "claim" in plain:
                run = _Run(product, self._risks, plain, None)
                yield run.loss(plain["claim"]), run.risk()


class _Run:
    """One scenario against one product."""

    def __init__(self, product: Product, risks: Plain, plain: Plain, seen: Seen | None) -> None:
        self._product, self._risks, self._plain, self._seen = product, risks, plain, seen
        self._expect: Plain = plain.get("expect", {})

    def differences(self) -> list[str]:
        known = EXPECTED["table"] if "table" in self._plain else self._known()
        for name in self._expect:
            if name not in known:
                hint = did_you_mean(name, known)
                return [f"expect/{name} is not something that can be expected. {hint}"]
        if "table" in self._plain:
            return list(self._table())
        refused = self._expect.get("refused")
        try:
            return list(self._compared())
        except InvalidFields as error:
            pointers = [fault.pointer for fault in error.faults]
            if refused is None:
                raise
            return [] if pointers == refused else [f"refused: {pointers}, expected {refused}"]

    def _known(self) -> tuple[str, ...]:
        for kind in ("claim", "renew"):
            if kind in self._plain:
                return EXPECTED[kind]
        return EXPECTED["offer"]

    def _compared(self) -> Iterator[str]:
        risk, imposed = self.risk(), self.imposed()
        if "refused" in self._expect and "claim" not in self._plain:
            self._product.offer(risk, imposed)
            yield "nothing was refused"
        elif "claim" in self._plain:
            loss = self.loss(self._plain["claim"])
            assessment = self._product.assess(loss, risk, imposed)
            if self._seen:
                self._seen.assessments.append((loss.cover, assessment))
            if "refused" in self._expect:
                yield "nothing was refused"
            yield from self._of_assessment(assessment)
        elif "renew" in self._plain:
            yield from self._renewed(risk, imposed)
        else:
            offer = self._product.offer(risk, imposed)
            if self._seen:
                self._seen.offers.append(offer)
            yield from self._of_offer(offer)

    def _renewed(self, risk: Risk, imposed: ImposedTerms | None) -> Iterator[str]:
        renew = self._plain["renew"]
        first = self._product.offer(risk, imposed)
        if first.premium is None:
            yield "the first term has no price"
            return
        last = first.premium
        if "last_net" in renew:
            net = self._money(renew["last_net"])
            last = _last_premium(net, self._money(renew.get("last_total", 0)) or net)
        claims = [self._past_claim(claim) for claim in renew.get("claims", ())]
        looked_up = renew.get("look_ups")
        renewal = self._product.renew(
            risk, last=last, claims=claims, looked_up=looked_up, imposed=imposed
        )
        if self._seen:
            self._seen.renewals.append(renewal)
        yield from self._of_offer(renewal.offer)
        json = renewal.risk.answers.to_json()
        for code, wanted in self._expect.get("answers", {}).items():
            question = self._product.scope.questions[code]
            value = json.get(code)
            if value != wire(question, wanted):
                yield f"answers/{code}: {value}, expected {wanted}"

    def _past_claim(self, plain: Plain) -> PastClaim:
        return PastClaim(
            cover=plain["cover"],
            counts=plain.get("counts", True),
            paid=self._money(plain.get("paid", 0)),
            fault=fault_of(plain.get("fault")),
            cause=plain.get("cause", ""),
        )

    # What is given

    def risk(self) -> Risk:
        """The named risk, with what this scenario changes about it."""
        name = self._plain.get("risk", "baseline")
        if name not in self._risks:
            raise ValueError(f"There is no risk {name}. {did_you_mean(name, self._risks)}")
        base, changes = self._risks[name], self._plain.get("with", {})
        merged = {
            part: {**base.get(part, {}), **changes.get(part, {})}
            for part in ("answers", "look_ups")
        }
        return plain_risk(self._product, {**base, **changes, **merged})

    def imposed(self) -> ImposedTerms | None:
        plain = self._plain.get("imposed")
        if plain is None:
            return None
        load, excess = plain.get("load"), plain.get("excess")
        return ImposedTerms(
            load=None if load is None else Decimal(load),
            excess=None if excess is None else self._money(excess),
            exclusions=tuple(plain.get("exclusions", ())),
        )

    def loss(self, plain: Plain) -> Loss:
        questions = {
            question.code: question for question in self._product.claims.asks(plain["cover"])
        }
        facts = {
            code: wire(questions[code], fact) if code in questions else fact
            for code, fact in plain.get("facts", {}).items()
        }
        item = plain.get("item")
        listed = self._product.claims.item_question(plain["cover"])
        if item is not None and listed is not None:
            fields = {field.code: field for field in listed.fields}
            item = {c: wire(fields[c], v) if c in fields else v for c, v in item.items()}
        return Loss(
            plain["cover"],
            self._money(plain["claimed"]),
            facts,
            plain.get("cause"),
            item,
            self._moment(plain.get("occurred")),
            self._moment(plain.get("reported")),
            self._begun(plain.get("covered_since")),
            self._begun(plain.get("insured_since")),
            {code: self._money(used) for code, used in plain.get("used", {}).items()},
            PayeeSigns(**plain.get("payee", {})),
        )

    def _moment(self, written: str | None) -> datetime | None:
        """A local date, at noon, or a local time."""
        if written is None:
            return None
        zone = self._product.zone
        if len(written) == len("2026-01-01"):
            return datetime.combine(date.fromisoformat(written), time(12), tzinfo=zone)
        moment = datetime.fromisoformat(written)
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)

    def _begun(self, written: str | None) -> datetime | None:
        """A local date, at the time of day at which cover begins."""
        return None if written is None else self._product.moment(date.fromisoformat(written))

    def _money(self, major: object) -> Money:
        return Money.of(str(major), self._product.currency)

    # What is expected

    def _of_offer(self, offer: Offer) -> Iterator[str]:
        expect = self._expect
        yield from self._same("outcome", offer.outcome)
        if "blocks" in expect and offer.blocks != expect["blocks"]:
            yield f"blocks: {offer.blocks}, expected {expect['blocks']}"
        yield from self._same("findings", [finding.code for finding in offer.findings])
        if "price" in expect and expect["price"] is None and offer.premium is not None:
            yield f"price: {offer.premium.total}, expected none"
        figures = [name for name in ("net", "total", "charges", "by_cover") if name in expect]
        if figures and offer.premium is None:
            yield f"no price, expected {', '.join(figures)}"
        elif offer.premium is not None:
            yield from self._of_premium(offer.premium)
        yield from self._of_terms(offer)

    def _of_premium(self, premium: Premium) -> Iterator[str]:
        yield from self._amount("net", premium.net)
        yield from self._amount("total", premium.total)
        yield from self._amount("commission", premium.commission)
        lines = {line.code: line.amount for line in premium.lines}
        yield from self._amounts("charges", lines)
        yield from self._amounts(
            "by_cover", {share.cover: share.amount for share in premium.by_cover}
        )

    def _of_terms(self, offer: Offer) -> Iterator[str]:
        terms = {cover.code: cover for cover in offer.covers}
        if "in_force" in self._expect:
            yield from self._same("in_force", sorted(terms), sorted(self._expect["in_force"]))
        for code, wanted in self._expect.get("covers", {}).items():
            if code not in terms:
                yield f"covers/{code}: not in force"
                continue
            for name, amount in wanted.items():
                value = getattr(terms[code], name)
                if (None if amount is None else self._money(amount)) != value:
                    yield f"covers/{code}/{name}: {value}, expected {amount}"

    def _of_assessment(self, assessment: Assessment) -> Iterator[str]:
        yield from self._same("outcome", assessment.outcome)
        yield from self._same("missing", list(assessment.missing))
        yield from self._same("counts", assessment.counts)
        yield from self._amount("payable", assessment.payable)
        yield from self._amount("reserve", assessment.reserve)
        yield from self._amount("recoverable", assessment.recoverable)
        yield from self._amounts("uses", assessment.uses)
        against = [rule.code for rule in assessment.rules if rule.outcome not in {"pass", "info"}]
        yield from self._same("rules", against)

    def _table(self) -> Iterator[str]:
        """Rows of a rate table, looked up as the tariff looks them up."""
        name = self._plain["table"]
        if name.partition("__")[0] not in self._product.scope.tables:
            yield f"There is no table {name}. {did_you_mean(name, self._product.scope.tables)}"
            return
        for row in self._expect["rows"]:
            *keys, wanted = row
            value = table_value(self._product.scope, name, keys)
            if value != (Decimal(wanted) if isinstance(wanted, str | int) else wanted):
                yield f"{name}({', '.join(map(str, keys))}): {value}, expected {wanted}"

    def _same(self, name: str, found: object, wanted: object = None) -> Iterator[str]:
        if name in self._expect:
            wanted = self._expect[name] if wanted is None else wanted
            if found != wanted:
                yield f"{name}: {found}, expected {wanted}"

    def _amount(self, name: str, found: Money | None) -> Iterator[str]:
        if name in self._expect:
            wanted = self._money(self._expect[name])
            if found != wanted:
                yield f"{name}: {found}, expected {wanted}"

    def _amounts(self, name: str, found: Mapping[str, Money]) -> Iterator[str]:
        for code, amount in self._expect.get(name, {}).items():
            wanted = self._money(amount)
            if found.get(code, Money.zero(self._product.currency)) != wanted:
                yield f"{name}/{code}: {found.get(code)}, expected {wanted}"


OFFER = (
    "outcome",
    "blocks",
    "findings",
    "price",
    "net",
    "total",
    "charges",
    "by_cover",
    "commission",
    "covers",
    "in_force",
    "refused",
)
EXPECTED: dict[str, tuple[str, ...]] = {
    "offer": OFFER,
    "renew": (*OFFER, "answers"),
    "claim": (
        "outcome",
        "missing",
        "counts",
        "payable",
        "reserve",
        "recoverable",
        "uses",
        "rules",
        "refused",
    ),
    "table": ("rows",),
}


def plain_risk(product: Product, plain: Plain) -> Risk:
    """A risk as people write it: amounts in major units, what was looked up beside the answers."""
    questions = product.scope.questions
    given = {
        code: wire(questions[code], answer) if code in questions else answer
        for code, answer in plain.get("answers", {}).items()
        if answer is not None
    }
    read = product.read_answers(given)
    looked_up = plain.get("look_ups", {})
    return Risk(
        answers=read,
        looked_up={
            **kept_origin(looked_up),
            **{look_up.source: looked_up.get(look_up.source) for look_up in product.look_ups(read)},
        },
        covers=tuple(plain.get("covers", ())),
        start=date.fromisoformat(plain.get("start", "2026-01-01")),
        territory=plain.get("territory", ""),
    )


def wire(question: Question, written: object) -> object:
    """An answer as people write it, in the form of the wire: 12000 for money, 0.35 for a decimal."""
    match question.type, written:
        case "money", int() | str() | Decimal():
            scaled = Decimal(written).scaleb(question.exponent)
            if scaled == scaled.to_integral_value():
                return {"amount": int(scaled), "currency": question.currency}
        case "decimal", int() | Decimal():
            return written if isinstance(written, bool) else str(written)
        case "list", list():
            fields = {field.code: field for field in question.fields}
            return [
                {c: wire(fields[c], v) if c in fields else v for c, v in item.items()}
                if isinstance(item, Mapping)
                else item
                for item in written
            ]
    return written
