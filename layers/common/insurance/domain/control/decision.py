"""Decisions about calls: which rule of the access policies in force refuses one."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from insurance.domain.control.access_policy import (
    AccessRule,
    PoliciesInForce,
    PolicyText,
    RuleScope,
)
from insurance.domain.control.vocabulary import CallFacts, Sold, Vocabulary
from insurance.domain.core.errors import FieldFault
from insurance.domain.product.faults import InvalidProduct
from insurance.domain.product.language import expression
from insurance.domain.product.language.kinds import Kind
from insurance.domain.product.language.plain_function import plain_function
from insurance.domain.product.language.terms import expect

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


class Ruleset:
    """The rules of a mode, in the order of their policies. What an operation or an application can be refused
    by is worked out once for each."""

    def __init__(self, rules: Sequence[CompiledRule]) -> None:
        self.rules = rules
        self._general = [rule for rule in rules if rule.rule.scope is not RuleScope.APPLICATION]
        self._general_of: dict[tuple[str, tuple[str, ...]], list[CompiledRule]] = {}
        self._of_application: dict[str, list[CompiledRule]] = {}
        for rule in rules:
            if rule.rule.scope is RuleScope.APPLICATION and rule.rule.name:
                self._of_application.setdefault(rule.rule.name, []).append(rule)

    def decide(self, facts: CallFacts) -> CompiledRule | None:
        """The rule that refuses the call; None: none does."""
        place = (facts.operation, facts.api_products)
        general = self._general_of.get(place)
        if general is None:
            general = [rule for rule in self._general if rule.is_about(facts)]
            self._general_of[place] = general
        for rule in general:
            if rule.holds(facts):
                return rule
        for rule in self._of_application.get(facts.application, ()):
            if rule.is_about(facts) and rule.holds(facts):
                return rule
        return None


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
