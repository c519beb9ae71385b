"""What goes into a product and what comes out: risks, offers, losses, assessments.

Named tuples: immutable, and made in a fraction of the time of a validated model. They are made
here from checked parts only.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from insurance.domain.contract.terms import ProRata
from insurance.domain.core.money import Money
from insurance.domain.product.definition.questions import Answers

if TYPE_CHECKING:
    from insurance.domain.product.rating.tariff import TraceStep, Working

NO_FACTS: Mapping[str, object] = MappingProxyType({})


class LookUp(NamedTuple):
    """Something to be looked up elsewhere: which source, by which key."""

    source: str
    key: str


class Period(NamedTuple):
    """Half-open: a loss exactly at the start is inside, one exactly at the end is not."""

    start: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


class Risk(NamedTuple):
    """What is to be insured: answers, what was looked up (None: it was unavailable), the choice."""

    answers: Answers
    looked_up: Mapping[str, Mapping[str, object] | None]
    covers: Sequence[str]
    start: date
    territory: str = ""
    """Where it is; the product's first territory where none is said."""
    end: date | None = None
    """Of a risk that was sold: where its term ends. None: as the product says."""


class Imposed(NamedTuple):
    """Terms on which an underwriter accepts a risk: they rule both the price and the claim."""

    load: Decimal | None = None
    excess: Money | None = None
    exclusions: Sequence[str] = ()


class PastClaim(NamedTuple):
    """A claim of the term that ends, as its product's renewal rules see it."""

    cover: str
    counts: bool
    paid: Money
    fault: str = ""
    cause: str = ""


BLOCKS = ("quote", "bind", "issue")
"""The steps that a rule may block, in their order."""


def fault_of(told: object) -> str:
    """A claim's fault as rules see it: what was told, in a word."""
    if isinstance(told, bool):
        return "yes" if told else "no"
    return told if isinstance(told, str) else ""


class Finding(NamedTuple):
    """What underwriting found: every rule that matched, whatever the outcome of the others."""

    code: str
    outcome: str
    reason: str
    authority: str = ""
    blocks: str = "quote"
    covers: tuple[str, ...] = ()
    load: Decimal | None = None
    priority: int = 0
    expires_days: int | None = None
    answered: bool = False
    """A person has accepted the risk in spite of it."""


class CoverTerms(NamedTuple):
    code: str
    name: str
    optional: bool
    limit: Money | None
    excess: Money | None
    """None where there is none, or where it depends on the loss: then the note says how."""
    excess_note: str = ""
    section: str = ""


class Line(NamedTuple):
    """One line of a price. `rate` is None for a flat amount."""

    kind: str
    code: str
    name: str
    amount: Money
    rate: Decimal | None = None
    refund: str = "pro_rata"


class Price(NamedTuple):
    net: Money
    lines: tuple[Line, ...]
    by_cover: Mapping[str, Money]
    """The net premium by cover: the parts add up to the whole."""
    total: Money
    commission: Money | None = None


class Offer(NamedTuple):
    outcome: str
    findings: tuple[Finding, ...]
    covers: tuple[CoverTerms, ...]
    price: Price | None
    looked_up: Mapping[str, Mapping[str, object] | None]
    """As used: defaults stand in where the definition says so."""
    working: "Working | None" = None

    @property
    def blocks(self) -> str | None:
        """The first step that an open referral holds up."""
        blocked = {
            one.blocks for one in self.findings if one.outcome == "refer" and not one.answered
        }
        return next((step for step in BLOCKS if step in blocked), None)

    @property
    def trace(self) -> "tuple[TraceStep, ...]":
        """How the price came about, step by step; worked out when it is asked for."""
        return self.working.trace() if self.working else ()


class Renewal(NamedTuple):
    """The next term: the changed risk, what is offered, and the same risk as new business."""

    risk: Risk
    offer: Offer
    new_business: Offer | None
    """Only where the product has the fair-renewal rule."""


class Loss(NamedTuple):
    """What is claimed. `used` is how much of each aggregate earlier claims have used up."""

    cover: str
    claimed: Money
    facts: Mapping[str, object] = NO_FACTS
    cause: str | None = None
    item: Mapping[str, object] | None = None
    occurred_at: datetime | None = None
    reported_at: datetime | None = None
    covered_since: datetime | None = None
    """Since when the cover has been held without a gap; None: since the term began."""
    insured_since: datetime | None = None
    """When the policy's first term began; None: this is the first."""
    used: Mapping[str, Money] = MappingProxyType({})


class RuleResult(NamedTuple):
    code: str
    outcome: str
    facts: Mapping[str, object]
    explanation: str
    wording: str = ""


class PayoutStep(NamedTuple):
    """One clause of the payout: what it is, its figure, and the claim before and after it."""

    code: str
    name: str
    figure: str
    before: Money
    after: Money


class Reinstating(NamedTuple):
    """On what terms a limit stands again after a claim has used it."""

    code: str
    name: str
    limit: Money
    repeats: int
    rate: Decimal
    pro_rata: ProRata
    cover: str | None
    """Whose limit it is; None: covers share it."""


class Assessment(NamedTuple):
    rules: tuple[RuleResult, ...]
    missing: tuple[str, ...]
    payable: Money
    steps: tuple[PayoutStep, ...]
    counts: bool
    """Whether the claim goes on the record; a claim of which nothing is payable never does."""
    reserve: Money
    recoverable: Money
    """Held back until the loss is made good."""
    uses: Mapping[str, Money]
    """What this claim takes of each aggregate."""
    wholes: Mapping[str, Money] = MappingProxyType({})
    """All that there is of each aggregate that this claim takes from, reinstatements included."""
    aggregate_kinds: Mapping[str, str] = MappingProxyType({})
    """Limit or deductible, by the aggregate's code."""
    for_life: frozenset[str] = frozenset()
    """Of those, the ones that are left over from term to term."""
    reinstated: tuple[Reinstating, ...] = ()
    """Of those, the limits that stand again for a premium."""

    @property
    def outcome(self) -> str:
        """The gravest outcome: a missing fact is never a denial, a referral never a payment."""
        found = {rule.outcome for rule in self.rules}
        return next((one for one in GRAVITY if one in found), "pass")


GRAVITY = ("incomplete", "fail", "refer")
