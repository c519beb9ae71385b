"""Claims in a definition: questions, rules and payout."""

from typing import Annotated, Literal

from insurance.domain.product.definition.model.asking import Ask
from insurance.domain.product.definition.model.part import (
    Code,
    Expression,
    Figure,
    Keywords,
    Part,
    Text,
)

Trigger = Literal["occurrence", "claims_made"]


class Reinstatements(Part):
    """How often a limit stands again after claims have used it, and at what price."""

    count: Annotated[int, Keywords(minimum=0, maximum=20)]
    premium_rate: Figure = 0
    """Of the net premium of a term, for the whole limit; 0 is free."""
    pro_rata: Literal["amount", "amount_and_time", "none"] = "amount"


class Aggregate(Part):
    """A limit or deductible that claims share."""

    code: Code
    name: Text = ""
    kind: Literal["limit", "deductible"]
    amount: Expression
    per: Literal["term", "life"] = "term"
    """Whether it starts anew with each term, or lasts for the policy's whole life."""
    reinstatements: Reinstatements | None = None

    @property
    def title(self) -> str:
        return self.name or self.code


class Evidence(Part):
    """A paper or picture that a claim needs."""

    code: Code
    label: Text = ""
    when: Expression = True


class ClaimRule(Part):
    """A rule that a claim is held to."""

    code: Code
    when: Expression
    outcome: Literal["fail", "refer", "info"] | None = None
    """What a match means; an exclusion fails and a rule refers unless it is said."""
    reason: Text
    wording: Text = ""


class Average(Part):
    """Under-insurance: the loss is paid in the proportion of the sum insured to the value."""

    insured: Expression
    value: Expression
    coinsurance: Expression = 1
    """The share of the value that must be insured."""


class Clause(Part):
    """One clause of the payout; exactly one operation."""

    code: Code | None = None
    name: Text = ""
    when: Expression = True
    recoverable: bool = False
    """Whether what it takes is held back until the loss is made good."""
    amount: Expression | None = None
    average: Average | None = None
    depreciate: Expression | None = None
    share: Expression | None = None
    up_to: Expression | None = None
    less: Expression | None = None
    up_to_aggregate: Code | None = None
    less_aggregate: Code | None = None


class CoverClaim(Part):
    """How one cover is claimed on."""

    asks: Annotated[tuple[Ask, ...], Keywords(maxItems=60)] = ()
    evidence: Annotated[tuple[Evidence, ...], Keywords(maxItems=40)] = ()
    causes: Annotated[tuple[Text, ...], Keywords(maxItems=100)] = ()
    """The causes that are covered; with them, a claim must tell its cause."""
    item: Code | None = None
    """A list of questions: a claim names one of its items."""
    exclusions: Annotated[tuple[ClaimRule, ...], Keywords(maxItems=200)] = ()
    rules: Annotated[tuple[ClaimRule, ...], Keywords(maxItems=200)] = ()
    payout: Annotated[tuple[Clause, ...], Keywords(maxItems=40)] | None = None
    """The clauses in their order; without them the product's."""
    counts: Expression = True
    """Whether a claim that is paid goes on the record."""
    reserve: Expression | None = None
    """What is set aside, never less than what is payable; without it the claimed sum until the
    payable one is known."""


class AuthorityRow(Part):
    """Up to which total of a claim a role may decide on a type of cost."""

    role: Text
    cost_type: Text = "indemnity"
    limit: Annotated[Figure | None, Keywords(type=["number", "string", "null"])] = None
    """In major units; without it there is no bound."""


class FraudSignal(Part):
    """A sign of fraud: its score is added where its condition holds."""

    code: Code
    when: Expression
    score: Annotated[int, Keywords(minimum=0, maximum=1000)]
    reason: Text = ""


class FraudBand(Part):
    """What a score below a bound means; the last band has no bound."""

    below: Annotated[int, Keywords(minimum=1, maximum=100_000)] | None = None
    outcome: Literal["pass", "refer", "hold"]


class Recovery(Part):
    deductible: Literal["pro_rata", "made_whole", "insurer_first"] = "pro_rata"
    """Who comes first when a third party pays: the policyholder's excess or the insurer."""


class Claims(Part):
    """What holds for the claims on every cover."""

    trigger: Trigger = "occurrence"
    """What must fall in the term: the loss, or the claim for it."""
    reporting_deadline_days: Annotated[int, Keywords(minimum=0, maximum=36600)] | None = None
    reported_late: Literal["refer", "fail"] = "refer"
    straight_through_limit: Figure | None = None
    """Up to which amount a claim that passes every rule is paid without a person."""
    straight_through_total: Figure | None = None
    """Up to which sum the claims on a policy are paid so in its term; without it three times the limit of one."""
    payout: Annotated[tuple[Clause, ...], Keywords(maxItems=40)] | None = None
    """The clauses of covers that have none of their own; without them limit, then excess."""
    exclusions: Annotated[tuple[ClaimRule, ...], Keywords(maxItems=200)] = ()
    rules: Annotated[tuple[ClaimRule, ...], Keywords(maxItems=200)] = ()
    aggregates: Annotated[tuple[Aggregate, ...], Keywords(maxItems=20)] = ()
    """Limits and deductibles that the claims on all covers share."""
    authority: Annotated[tuple[AuthorityRow, ...], Keywords(maxItems=200)] = ()
    fraud: Annotated[tuple[FraudSignal, ...], Keywords(maxItems=200)] = ()
    fraud_bands: Annotated[tuple[FraudBand, ...], Keywords(maxItems=200)] = ()
    """Rising bounds of the score; without them any score is referred."""
    recovery: Recovery = Recovery.nothing()
