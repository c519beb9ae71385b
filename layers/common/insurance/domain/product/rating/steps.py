"""The steps of a tariff, written one after the other into a function.

A step works on the account that it names, or on all of them. The chain is never rounded unless a
step says so.
"""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from insurance.domain.product.definition import model
from insurance.domain.product.faults import did_you_mean, refuse
from insurance.domain.product.language.expression import Nested, compiled
from insurance.domain.product.language.function_builder import FunctionBuilder
from insurance.domain.product.language.kinds import Kind, Term, Type, at_scale
from insurance.domain.product.language.scope import NameScope
from insurance.domain.product.language.terms import expect
from insurance.domain.product.rating.accounts import SHARED, Chain, RunningPremium
from insurance.domain.product.rating.trace import Slot

SPREAD_PLACES: Final = 8
"""Decimal places that the parts have at least when a minimum is spread over several accounts."""

NUMBER: Final = ((Kind.NUMBER,), "a number")
AMOUNT: Final = ((Kind.MONEY, Kind.NUMBER), "money")


class StepAtWork(NamedTuple):
    """A step, the accounts that it works on, and the condition on which it does."""

    step: model.ItemStep
    chain: Chain
    targets: tuple[str, ...]
    when: str

    def value(self, name: str, allowed: tuple[tuple[Kind, ...], str]) -> tuple[Term, str]:
        """The operand as a term, and the variable that holds it."""
        path, (kinds, what) = self.step.at(name), allowed
        term = compiled(getattr(self.step, name), self.chain.names, path)
        term = expect(term, kinds, path, what)
        return term, self.chain.operand(term, self.when)


class StepWriter:
    """Writes the steps of one product's tariff."""

    def __init__(
        self, scope: NameScope, builder: FunctionBuilder, shared_by: Mapping[str, int]
    ) -> None:
        self.scope, self.builder = scope, builder
        self._shared_by = shared_by
        self._codes: set[str] = set()

    def step(self, chain: Chain, step: model.RatingStep) -> None:
        """Write one step.

        Raises:
            InvalidProduct: It has no operation or several, or works on what is not there.
        """
        if step.step in self._codes:
            raise refuse(step.at("step"), step.step, "a code of its own")
        self._codes.add(step.step)
        operation = _operation(step, OPERATIONS)
        for key in step.written.keys() & ONLY_WITH.keys():
            if operation != ONLY_WITH[key]:
                raise refuse(step.at(key), f"{operation} beside it", ONLY_WITH[key])
        self.builder.used.clear()
        targets = self._targets(chain, step, operation)
        conditions = []
        if step.when is not None:
            conditions.append(self.builder.condition(step.when, step.at("when")))
        if step.cover is not None:
            self.builder.find("covers")
            self.builder.used.remove("covers")
            conditions.append(f"{step.cover!r} in selected")
        at_work = StepAtWork(step, chain, targets, " and ".join(conditions))
        match operation:
            case "for_each":
                self._write_loop(step, at_work)
            case "load" if step.into is not None:
                self._write_load_into(step.into, at_work)
            case _:
                WRITE[operation](at_work)
        self._close(at_work, operation)

    def _close(self, at_work: StepAtWork, operation: str) -> None:
        step = at_work.step
        used = tuple(self.builder.used)
        targets = () if at_work.chain.prefix else at_work.targets
        at_work.chain.close(Slot(step.step, step.title, operation, targets, used, 0, ()))

    def _targets(self, chain: Chain, step: model.RatingStep, operation: str) -> tuple[str, ...]:
        """The accounts that a step works on."""
        named = step.covers if step.cover is None else (step.cover,)
        for cover in named:
            if cover not in self.scope.covers:
                hint = did_you_mean(cover, self.scope.covers)
                raise refuse(step.at("cover"), cover, "the code of a cover", hint)
        if named:
            return named
        if operation not in {"base", "add", "for_each"}:
            if not chain.accounts:
                raise refuse(step.path, f"{operation} before any base", "a base first")
            return tuple(chain.accounts)
        if self._shared_by:
            return (SHARED,)
        if len(self.scope.covers) == 1:
            return (self.scope.covers[0],)
        raise refuse(step.path, "no cover", "a cover, or rating/shared_by with weights")

    def _write_load_into(self, into: str, at_work: StepAtWork) -> None:
        """A share on top, posted to another cover."""
        operand, local = at_work.value("load", NUMBER)
        if into not in self.scope.covers:
            raise refuse(at_work.step.at("into"), into, "the code of a cover")
        chain, scale = at_work.chain, operand.type.scale
        held = [chain.held(name) for name in at_work.targets]
        top = max(account.scale for account in held)
        whole = " + ".join(account.at(top) for account in held)
        old = chain.held(into)
        new_scale = max(old.scale, top + scale)
        share = RunningPremium(f"(({whole}) * {local})", top + scale).at(new_scale)
        before = old.at(new_scale)
        chain.set(into, f"{before} + {share}", before, new_scale, at_work.when)

    def _write_loop(self, step: model.RatingStep, at_work: StepAtWork) -> None:
        """Steps for each item of a list; what they come to is added to the account."""
        builder, chain, when = self.builder, at_work.chain, at_work.when
        path = step.at("for_each")
        many = builder.expression(step.for_each, path)
        if many.type.kind is not Kind.LIST:
            raise refuse(path, many.type, "a list that is asked")
        each = f"each_{step.as_}"
        item = Term(each, Type(Kind.RECORD, fields=many.type.fields))
        names = Nested(builder, {step.as_: item})
        inner = Chain(builder, names, f"i{len(chain.slots)}_")
        total, record = chain.local("s"), chain.local("o")
        builder.write(f"{total} = 0; {record} = []")
        guard = f" if {when} else ()" if when else ""
        with builder.block(f"for {each} in {many.code}{guard}:"):
            for item_step in step.steps:
                self._item_step(inner, item_step)
            if SHARED not in inner.accounts:
                raise refuse(step.at("steps"), "no base", "a first step with a base")
            part = inner.accounts[SHARED]
            builder.write(f"{total} += {part.code}")
            builder.write(f"{record}.append(({', '.join(inner.record)},))")
        chain.record_as(record, inner=tuple(inner.slots))
        old = chain.held(at_work.targets[0])
        scale = max(old.scale, part.scale)
        before, added = old.at(scale), RunningPremium(total, part.scale).at(scale)
        chain.set(at_work.targets[0], f"{before} + {added}", before, scale, "")

    def _item_step(self, inner: Chain, step: model.ItemStep) -> None:
        operation = _operation(step, tuple(WRITE))
        if "mode" in step.written and operation != "round":
            raise refuse(step.at("mode"), f"{operation} beside it", "round")
        self.builder.used.clear()
        when = ""
        if step.when is not None:
            path = step.at("when")
            term = compiled(step.when, inner.names, path)
            when = expect(term, (Kind.BOOL,), path, "yes or no").code
        at_work = StepAtWork(step, inner, (SHARED,), when)
        WRITE[operation](at_work)
        self._close(at_work, operation)


def _operation(step: model.ItemStep, known: tuple[str, ...]) -> str:
    """The one operation of a step."""
    operations = [name for name in known if getattr(step, name, None) is not None]
    if len(operations) != 1:
        raise refuse(step.path, operations or "nothing to do", f"one of {', '.join(known)}")
    return operations[0]


# Each operation writes the new running values, and leaves a slot with its operand.


def _base(at_work: StepAtWork) -> None:
    operand, local = at_work.value("base", AMOUNT)
    for name in at_work.targets:
        old = at_work.chain.held(name)
        scale = max(old.scale, operand.type.scale)
        new = _at(local, operand, scale)
        at_work.chain.set(name, new, old.at(scale), scale, at_work.when)


def _add(at_work: StepAtWork) -> None:
    operand, local = at_work.value("add", AMOUNT)
    for name in at_work.targets:
        old = at_work.chain.held(name)
        scale = max(old.scale, operand.type.scale)
        before, added = old.at(scale), _at(local, operand, scale)
        at_work.chain.set(name, f"{before} + {added}", before, scale, at_work.when)


def _factor(at_work: StepAtWork) -> None:
    operand, local = at_work.value("factor", NUMBER)
    _multiply(at_work, local, operand.type.scale)


def _load(at_work: StepAtWork) -> None:
    """A share on top."""
    operand, local = at_work.value("load", NUMBER)
    scale = operand.type.scale
    _multiply(at_work, f"({10**scale} + {local})", scale)


def _discount(at_work: StepAtWork) -> None:
    operand, local = at_work.value("discount", NUMBER)
    scale = operand.type.scale
    _multiply(at_work, f"({10**scale} - {local})", scale)


def _multiply(at_work: StepAtWork, factor: str, places: int) -> None:
    for name in at_work.targets:
        old = at_work.chain.held(name)
        kept = f"{old.code} * {10**places}" if places else old.code
        new = f"{old.code} * {factor}"
        at_work.chain.set(name, new, kept, old.scale + places, at_work.when)


def _minimum(at_work: StepAtWork) -> None:
    _bound(at_work, "minimum", "<")


def _maximum(at_work: StepAtWork) -> None:
    _bound(at_work, "maximum", ">")


def _bound(at_work: StepAtWork, operation: str, sign: str) -> None:
    """Lift or cut what the accounts hold together; the parts keep their proportions."""
    operand, local = at_work.value(operation, AMOUNT)
    chain, targets = at_work.chain, at_work.targets
    held = [chain.held(name) for name in targets]
    scale = max(operand.type.scale, *(account.scale for account in held))
    bound = _at(local, operand, scale)
    parts = [account.at(scale) for account in held]
    guard = f"{at_work.when} and " if at_work.when else ""
    if len(targets) == 1:
        condition = f"{guard}{parts[0]} {sign} {bound}"
        chain.set(targets[0], bound, parts[0], scale, condition)
        return
    builder = chain.builder
    aligned = [chain.local("x") for _ in targets]
    builder.write("; ".join(f"{x} = {part}" for x, part in zip(aligned, parts, strict=True)))
    more = max(SPREAD_PLACES - scale, 0)
    by = f" * {10**more}" if more else ""
    spread = [chain.local("x") for _ in targets] if more else aligned
    if more:
        kept = ", ".join(f"{x}{by}" for x in aligned)
        builder.write(f"{', '.join(spread)} = {kept}")
    with builder.block(f"if {guard}{' + '.join(aligned)} {sign} {bound}:"):
        shares = f"apportion(({', '.join(aligned)}), {bound}{by})"
        builder.write(f"{', '.join(spread)} = {shares}")
    for name, code in zip(targets, spread, strict=True):
        chain.accounts[name] = RunningPremium(code, scale + more)


def _round(at_work: StepAtWork) -> None:
    """Round running values to decimal places, in a mode (`half_up` unless it is said)."""
    chain, when = at_work.chain, at_work.when
    kept, mode = at_work.step.round or 0, at_work.step.mode
    chain.record_as(str(kept))
    for name in at_work.targets:
        old = chain.held(name)
        if old.scale <= kept:
            continue
        unit = 10 ** (old.scale - kept)
        if when or kept < 0:
            new = f"{mode}({old.code}, {unit}) * {unit}"
            chain.set(name, new, old.code, old.scale, when)
        else:
            chain.set(name, f"{mode}({old.code}, {unit})", "", kept, "")


def _at(local: str, operand: Term, scale: int) -> str:
    """A variable with an operand, at a scale that is not below its own."""
    return at_scale(Term(local, operand.type._replace(constant=None)), scale)


WRITE: Final[Mapping[str, Callable[[StepAtWork], None]]] = {
    "base": _base,
    "factor": _factor,
    "add": _add,
    "load": _load,
    "discount": _discount,
    "minimum": _minimum,
    "maximum": _maximum,
    "round": _round,
}
OPERATIONS: Final = (*WRITE, "for_each")
ONLY_WITH: Final = {"into": "load", "mode": "round", "as": "for_each", "steps": "for_each"}
"""Keys of a step that say something of one operation."""
