"""Decisions about calls: which rule of the access policies in force refuses one, masks its answer, or has a rate for it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from insurance.domain.control.access_policy import (
    AccessRule,
    MaskedClass,
    PoliciesInForce,
    PolicyText,
    RuleScope,
)
from insurance.domain.control.vocabulary import CallFacts, Sold, Vocabulary
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import FieldFault
from insurance.domain.product.faults import InvalidProduct
from insurance.domain.product.language import expression
from insurance.domain.product.language.kinds import Kind
from insurance.domain.product.language.plain_function import plain_function
from insurance.domain.product.language.terms import expect

OPEN_FILES: Final = frozenset({"createDocument", "exportPartyData", "getDocument"})
"""Operations that are answered with a link to a file with personal data. A rule that masks refuses them: nothing else
would be left. A test compares them with the routes."""

type Holds = Callable[[CallFacts], bool]


class CompiledRule(NamedTuple):
    """A rule of a policy in force, whose condition is a function."""

    policy: str
    version: int
    rule: AccessRule
    holds: Holds

    @property
    def id(self) -> str:
        """As access records have it."""
        return f"{self.policy}/{self.rule.code}"

    def is_about(self, facts: CallFacts) -> bool:
        rule = self.rule
        if rule.operations and facts.operation not in rule.operations:
            return False
        if rule.scope is RuleScope.APPLICATION:
            return rule.name == facts.application
        return rule.scope is RuleScope.GLOBAL or rule.name in facts.api_products


class CallDecision(NamedTuple):
    """What the rules in force say to a call."""

    refused_by: CompiledRule | None = None
    masked_by: CompiledRule | None = None
    """The rule that masks most of the answer."""
    slowed_by: tuple[CompiledRule, ...] = ()
    """Rules that have a rate for such calls. An application alone has one: our own people and policyholders do not wait."""


class _Rules:
    """Rules of one kind, in the order of their policies. What an operation or an application can be met by is worked
    out once for each."""

    def __init__(self, rules: Sequence[CompiledRule]) -> None:
        self._general = [rule for rule in rules if rule.rule.scope is not RuleScope.APPLICATION]
        self._general_of: dict[tuple[str, tuple[str, ...]], list[CompiledRule]] = {}
        self._of_application: dict[str, list[CompiledRule]] = {}
        for rule in rules:
            if rule.rule.scope is RuleScope.APPLICATION and rule.rule.name:
                self._of_application.setdefault(rule.rule.name, []).append(rule)

    def first(self, facts: CallFacts) -> CompiledRule | None:
        """The first that holds."""
        return next(self.all(facts), None)

    def all(self, facts: CallFacts) -> Iterator[CompiledRule]:
        """All that hold."""
        place = (facts.operation, facts.api_products)
        general = self._general_of.get(place)
        if general is None:
            general = [rule for rule in self._general if rule.is_about(facts)]
            self._general_of[place] = general
        for rule in general:
            if rule.holds(facts):
                yield rule
        for rule in self._of_application.get(facts.application, ()):
            if rule.is_about(facts) and rule.holds(facts):
                yield rule


class Ruleset:
    """The rules of a mode, in the order of their policies."""

    def __init__(self, rules: Sequence[CompiledRule]) -> None:
        self.rules = rules
        self._refusing = _Rules([each for each in rules if not (each.rule.mask or each.rule.rate)])
        self._slowing = _Rules([each for each in rules if each.rule.rate])
        self._masking = [
            _Rules(masking)
            for mask in MaskedClass
            if (masking := [each for each in rules if each.rule.mask is mask])
        ]

    def decide(self, facts: CallFacts) -> CallDecision:
        """Whether the call is refused, what is masked of its answer, and which rates it counts for."""
        refusing = self._refusing.first(facts)
        if refusing is not None:
            return CallDecision(refusing)
        masking = next(filter(None, (rules.first(facts) for rules in self._masking)), None)
        if masking is not None and facts.operation in OPEN_FILES:
            return CallDecision(masking)
        is_application = facts.kind == CallerKind.APPLICATION
        return CallDecision(
            None, masking, tuple(self._slowing.all(facts)) if is_application else ()
        )


def compile_policies(policies: PoliciesInForce) -> Ruleset:
    """The rules of all policies, ready to decide.

    Raises:
        InvalidProduct: A condition is none. What is in force was checked when it was written.
    """
    return Ruleset(
        [rule for code in sorted(policies) for rule in compile_text(code, policies[code])]
    )


def compile_text(code: str, text: PolicyText) -> list[CompiledRule]:
    """The rules of one policy.

    Raises:
        InvalidProduct: A condition is none.
    """
    return [_compiled(code, text, rule, f"/rules/{n}") for n, rule in enumerate(text.rules)]


def faults_of(text: PolicyText, sold: Sold) -> list[FieldFault]:
    """What is wrong with the conditions of a policy, each with its place. A word beside `product` or `territory` is
    one of those that there are."""
    faults = []
    for number, rule in enumerate(text.rules):
        try:
            _compiled("", text, rule, f"/rules/{number}", sold)
        except InvalidProduct as error:
            faults += [
                FieldFault(f"/rules/{number}/when", "wrong-form", str(fault))
                for fault in error.faults
            ]
    return faults


def _compiled(
    code: str, text: PolicyText, rule: AccessRule, path: str, sold: Sold | None = None
) -> CompiledRule:
    names = Vocabulary(text.zone, sold)
    term = expression.compiled(rule.when, names, f"{path}/when")
    source = expect(term, (Kind.BOOL,), f"{path}/when", "yes or no").code
    return CompiledRule(code, text.version, rule, plain_function(source))
