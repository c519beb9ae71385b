"""Rating: ordered steps over a running premium for each cover, compiled, with a trace on demand.

Every cover has an account, and there may be one account that covers share. A step works on the
account it names or on all of them. The chain is never rounded unless a step says so; the net
premium is rounded once, then each charge on its base. What comes back holds every operand and every
running value, so the trace costs nothing until somebody asks for it.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from insurance.domain.core.money import Currency, Money
from insurance.domain.product.faults import did_you_mean, refuse
from insurance.domain.product.language.arithmetic import ROUNDING
from insurance.domain.product.language.expression import Nested, compiled
from insurance.domain.product.language.function_builder import FunctionBuilder
from insurance.domain.product.language.kinds import Kind, Term, Type, as_decimal, at_scale
from insurance.domain.product.language.scope import RatingInput, Scope
from insurance.domain.product.language.terms import expect, rounded
from insurance.domain.product.results import Line, Price

SHARED: Final = ""
"""The account of a premium that several covers share."""

SPREAD_PLACES: Final = 8
"""Decimal places that the parts have at least when a minimum is spread over several accounts."""

OPERATIONS: Final = (
    "base",
    "factor",
    "add",
    "load",
    "discount",
    "minimum",
    "maximum",
    "round",
    "for_each",
)


class TraceStep(NamedTuple):
    """One step of a price: what went in, what it did, and the running premium after it."""

    code: str
    name: str
    operation: str
    covers: tuple[str, ...]
    inputs: Mapping[str, object]
    operand: Decimal | None
    """None: its condition did not hold, so it did nothing."""
    raw: Decimal
    rounded: Money
    items: "tuple[tuple[TraceStep, ...], ...]" = ()


class Account(NamedTuple):
    code: str
    scale: int


class Slot(NamedTuple):
    """Where one step's operand and running values are in the record of a rating."""

    code: str
    name: str
    operation: str
    covers: tuple[str, ...]
    inputs: tuple[str, ...]
    operand_scale: int
    totals: tuple[int, ...]
    """The scales of the accounts after it."""
    inner: "tuple[Slot, ...]" = ()


class Charge(NamedTuple):
    kind: str
    code: str
    name: str
    refund: str
    rate_scale: int | None
    """None for a flat amount."""
    included: bool


class Chain:
    """Accounts while the steps over them are written."""

    def __init__(self, builder: FunctionBuilder, prefix: str = "") -> None:
        self.builder, self.prefix = builder, prefix
        self.accounts: dict[str, Account] = {}
        self.record: list[str] = []
        self.slots: list[Slot] = []
        self._count = 0

    def local(self, letter: str) -> str:
        self._count += 1
        return f"{self.prefix}{letter}{self._count}"


class Rating:
    """A product's compiled tariff."""

    def __init__(self, plain: Mapping[str, Any], scope: Scope, rounding: "Rounding") -> None:
        self._rounding = rounding
        self.shared_by = _weights(plain.get("shared_by", {}), scope)
        self._charges: list[Charge] = []
        builder = FunctionBuilder(scope)
        chain = Chain(builder)
        writer = _Writer(scope, builder, self.shared_by)
        for place, step in enumerate(plain["steps"]):
            writer.step(chain, step, f"/rating/steps/{place}")
        if not chain.accounts:
            raise refuse("/rating/steps", "no base", "a first step with a base")
        self.slots = tuple(chain.slots)
        self.accounts = tuple(chain.accounts)
        self._finish(chain, plain)
        self.sources = frozenset(builder.sources)
        self.source = builder.source("e, num, den")
        self.run: Callable[[RatingInput, int, int], tuple[Any, ...]] = builder.build("e, num, den")

    def _finish(self, chain: Chain, plain: Mapping[str, Any]) -> None:
        """Net premium, charges, total, in whole minor units."""
        builder, exponent = chain.builder, self._rounding.exponent
        scale = max(exponent, *(account.scale for account in chain.accounts.values()))
        parts = [
            at_scale(Term(account.code, Type(Kind.MONEY, account.scale)), scale)
            for account in chain.accounts.values()
        ]
        builder.write(f"parts = ({', '.join(parts)},)")
        unit = f"{10 ** (scale - exponent) * self._rounding.unit} * den"
        mode = self._rounding.mode
        if self._rounding.by_cover:
            builder.write(f"parts = tuple({mode}(part * num, {unit}) for part in parts)")
            builder.write(f"net = sum(parts){self._rounding.raised}")
        else:
            whole = " + ".join(parts)
            builder.write(f"whole = ({whole}) * num")
            builder.write(f"unit = {unit}")
            builder.write(f"net = {_rounding_code(mode, 'whole', 'unit')}{self._rounding.raised}")
        lines = {"net": "net"}
        for place, charge in enumerate(plain.get("charges", [])):
            self._charge(builder, charge, lines, f"/rating/charges/{place}")
        commission = "None"
        if "commission" in plain:
            rate = builder.rate(plain["commission"], "/rating/commission")
            commission = f"{mode}(net * {rate.code}, {10**rate.type.scale})"
        amounts = ", ".join(lines[charge.code] for charge in self._charges)
        rates = ", ".join(f"r_{charge.code}" for charge in self._charges)
        total = " + ".join(lines.values())
        record = ", ".join(chain.record)
        builder.write(
            f"return net, ({amounts}{',' if amounts else ''}), ({rates}{',' if rates else ''}), "
            f"{total}, {commission}, parts, ({record},)"
        )

    def _charge(
        self, builder: FunctionBuilder, plain: Mapping[str, Any], lines: dict[str, str], path: str
    ) -> None:
        """A tax, levy or fee: a rate on its base, or an amount."""
        code, mode = plain["code"], self._rounding.mode
        if code in lines:
            raise refuse(f"{path}/code", code, "a code of its own")
        if ("rate" in plain) == ("amount" in plain):
            raise refuse(path, "a rate and an amount, or neither", "one of rate and amount")
        included = bool(plain.get("included", False))
        scale: int | None = None
        builder.write(f"c_{code} = 0; r_{code} = None")
        when = builder.condition(plain["when"], f"{path}/when") if "when" in plain else "True"
        with builder.block(f"if {when}:"):
            if "rate" in plain:
                rate = builder.rate(plain["rate"], f"{path}/rate")
                scale = rate.type.scale
                base = self._base(plain, lines, path)
                builder.write(f"r_{code} = {rate.code}")
                whole = f"({10**scale} + r_{code})" if included else f"{10**scale}"
                builder.write(f"whole = {base} * r_{code}")
                builder.write(f"unit = {whole} * {self._rounding.unit}")
                rounded_code = _rounding_code(mode, "whole", "unit")
                builder.write(f"c_{code} = {rounded_code}{self._rounding.raised}")
            else:
                amount = rounded(
                    builder.amount(plain["amount"], f"{path}/amount"), self._rounding.exponent, mode
                )
                builder.write(f"c_{code} = {at_scale(amount, self._rounding.exponent)}")
            if included:
                builder.write(f"net -= c_{code}")
        lines[code] = f"c_{code}"
        kind = plain.get("kind", "tax")
        refund = plain.get("refund", "none" if kind == "fee" else "pro_rata")
        name = plain.get("name", code)
        self._charges.append(Charge(kind, code, name, refund, scale, included))

    def _base(self, plain: Mapping[str, Any], lines: Mapping[str, str], path: str) -> str:
        bases = plain.get("on", ["net"])
        for place, base in enumerate(bases):
            if base not in lines:
                raise refuse(f"{path}/on/{place}", base, f"net or a charge before: {[*lines]}")
        return f"({' + '.join(lines[base] for base in bases)})"

    def price(self, result: tuple[Any, ...], given: RatingInput) -> Price:
        """A rating's result as money, the net premium shared out to its covers."""
        net, amounts, rates, total, commission, parts, _ = result
        currency = self._rounding.currency
        lines = [Line("net", "net", "Net premium", Money(amount=net, currency=currency))]
        for charge, amount, rate in zip(self._charges, amounts, rates, strict=True):
            shown = None
            if rate is not None and charge.rate_scale is not None:
                shown = as_decimal(rate, charge.rate_scale)
            if rate is not None or amount:
                money = Money(amount=amount, currency=currency)
                lines.append(
                    Line(charge.kind, charge.code, charge.name, money, shown, charge.refund)
                )
        return Price(
            net=lines[0].amount,
            lines=tuple(lines),
            by_cover=self._by_cover(lines[0].amount, parts, given),
            total=Money(amount=total, currency=currency),
            commission=None if commission is None else Money(amount=commission, currency=currency),
        )

    def _by_cover(self, net: Money, parts: Sequence[int], given: RatingInput) -> dict[str, Money]:
        """The net premium by account, then the shared one by weight over the covers in force."""
        weights = [max(part, 0) for part in parts]
        shares = net.split(weights if any(weights) else [1, *(0 for _ in weights[1:])])
        by_cover: dict[str, int] = {}
        for account, share in zip(self.accounts, shares, strict=True):
            if account != SHARED:
                if account in given.selected or share:
                    by_cover[account] = by_cover.get(account, 0) + share.amount
                continue
            held = {cover: w for cover, w in self.shared_by.items() if cover in given.selected}
            held = held if any(held.values()) else self.shared_by
            for cover, part in zip(held, share.split(list(held.values())), strict=True):
                by_cover[cover] = by_cover.get(cover, 0) + part.amount
        return {
            cover: Money(amount=amount, currency=net.currency) for cover, amount in by_cover.items()
        }


def _rounding_code(mode: str, value: str, unit: str) -> str:
    """A call, or in the usual case and way the arithmetic itself."""
    call = f"{mode}({value}, {unit})"
    if mode != "half_up":
        return f"({call})"
    return f"(({value} * 2 + {unit}) // ({unit} * 2) if {value} >= 0 else {call})"


class Rounding(NamedTuple):
    currency: Currency
    exponent: int
    unit: int
    """In minor units: 5 where cash is rounded to 0.05."""
    mode: str
    by_cover: bool

    @property
    def raised(self) -> str:
        return f" * {self.unit}" if self.unit > 1 else ""


class _Writer:
    """Writes one step after the other into a routine."""

    def __init__(
        self, scope: Scope, builder: FunctionBuilder, shared_by: Mapping[str, int]
    ) -> None:
        self._scope, self._builder = scope, builder
        self._shared_by = shared_by
        self._codes: set[str] = set()

    def step(self, chain: Chain, plain: Mapping[str, Any], path: str) -> None:
        code = plain["step"]
        if code in self._codes:
            raise refuse(f"{path}/step", code, "a code of its own")
        self._codes.add(code)
        operations = [name for name in OPERATIONS if name in plain]
        if len(operations) != 1:
            raise refuse(path, operations or "nothing to do", f"one of {', '.join(OPERATIONS)}")
        operation = operations[0]
        builder = self._builder
        builder.used.clear()
        targets = self._targets(chain, plain, operation, path)
        conditions = []
        if "when" in plain:
            conditions.append(builder.condition(plain["when"], f"{path}/when"))
        if "cover" in plain:
            builder.find("covers")
            builder.used.remove("covers")
            conditions.append(f"{plain['cover']!r} in selected")
        when = " and ".join(conditions)
        getattr(self, f"_{operation}")(chain, plain, targets, when, path)
        last = chain.slots[-1]
        chain.slots[-1] = last._replace(
            code=code,
            name=plain.get("name", code.replace("_", " ").capitalize()),
            operation=operation,
            covers=tuple(targets),
            inputs=tuple(builder.used),
            totals=tuple(account.scale for account in chain.accounts.values()),
        )
        chain.record += [account.code for account in chain.accounts.values()]

    def _targets(
        self, chain: Chain, plain: Mapping[str, Any], operation: str, path: str
    ) -> list[str]:
        """The accounts that a step works on."""
        if chain.prefix:
            return [SHARED]
        named = [plain["cover"]] if "cover" in plain else list(plain.get("covers", []))
        for cover in named:
            if cover not in self._scope.covers:
                hint = did_you_mean(cover, self._scope.covers)
                raise refuse(f"{path}/cover", cover, "the code of a cover", hint)
        if named:
            return named
        if operation not in {"base", "add", "for_each"}:
            if not chain.accounts:
                raise refuse(path, f"{operation} before any base", "a base first")
            return list(chain.accounts)
        if self._shared_by:
            return [SHARED]
        if len(self._scope.covers) == 1:
            return [self._scope.covers[0]]
        raise refuse(path, "no cover", "a cover, or rating/shared_by with weights")

    # Each operation writes the new running values, and leaves a slot with its operand.

    def _set(  # noqa: PLR0917 - what is held, what it becomes, and when
        self, chain: Chain, name: str, new: str, old: str, scale: int, when: str
    ) -> None:
        """A new running value for an account: one if the condition holds, the other if not."""
        local = chain.local("x")
        chosen = f"{new} if {when} else {old}" if when else new
        chain.builder.write(f"{local} = {chosen}")
        chain.accounts[name] = Account(local, scale)

    def _held(self, chain: Chain, name: str) -> Account:
        return chain.accounts.get(name, Account("0", 0))

    def _operand(self, chain: Chain, term: Term, when: str) -> str:
        local = chain.local("o")
        chain.builder.write(f"{local} = {term.code}" + (f" if {when} else None" if when else ""))
        chain.record.append(local)
        chain.slots.append(Slot("", "", "", (), (), term.type.scale, ()))
        return local

    def _value(self, chain: Chain, plain: Mapping[str, Any], operation: str, path: str) -> Term:
        at = f"{path}/{operation}"
        if operation in {"factor", "load", "discount"}:
            return self._scoped(chain, plain[operation], (Kind.NUMBER,), at, "a number")
        return self._scoped(chain, plain[operation], (Kind.MONEY, Kind.NUMBER), at, "money")

    def _scoped(
        self, chain: Chain, source: object, kinds: tuple[Kind, ...], path: str, what: str
    ) -> Term:
        names = getattr(chain, "names", self._builder)
        return expect(compiled(source, names, path), kinds, path, what)

    def _base(
        self, chain: Chain, plain: Mapping[str, Any], targets: list[str], when: str, path: str
    ) -> None:
        operand = self._value(chain, plain, "base", path)
        local = self._operand(chain, operand, when)
        for name in targets:
            old = self._held(chain, name)
            scale = max(old.scale, operand.type.scale)
            self._set(
                chain,
                name,
                at_scale(Term(local, operand.type._replace(constant=None)), scale),
                at_scale(Term(old.code, Type(Kind.MONEY, old.scale)), scale),
                scale,
                when,
            )

    def _add(
        self, chain: Chain, plain: Mapping[str, Any], targets: list[str], when: str, path: str
    ) -> None:
        operand = self._value(chain, plain, "add", path)
        local = self._operand(chain, operand, when)
        for name in targets:
            old = self._held(chain, name)
            scale = max(old.scale, operand.type.scale)
            before = at_scale(Term(old.code, Type(Kind.MONEY, old.scale)), scale)
            added = at_scale(Term(local, operand.type._replace(constant=None)), scale)
            self._set(chain, name, f"{before} + {added}", before, scale, when)

    def _factor(
        self, chain: Chain, plain: Mapping[str, Any], targets: list[str], when: str, path: str
    ) -> None:
        operand = self._value(chain, plain, "factor", path)
        local = self._operand(chain, operand, when)
        self._multiply(chain, targets, local, operand.type.scale, when)

    def _multiply(
        self, chain: Chain, targets: list[str], factor: str, places: int, when: str
    ) -> None:
        for name in targets:
            old = self._held(chain, name)
            kept = f"{old.code} * {10**places}" if places else old.code
            self._set(chain, name, f"{old.code} * {factor}", kept, old.scale + places, when)

    def _load(
        self, chain: Chain, plain: Mapping[str, Any], targets: list[str], when: str, path: str
    ) -> None:
        """A share on top; `into` books it to another cover."""
        operand = self._value(chain, plain, "load", path)
        local = self._operand(chain, operand, when)
        scale = operand.type.scale
        if "into" not in plain:
            self._multiply(chain, targets, f"({10**scale} + {local})", scale, when)
            return
        into = plain["into"]
        if into not in self._scope.covers:
            raise refuse(f"{path}/into", into, "the code of a cover")
        held = [self._held(chain, name) for name in targets]
        top = max(account.scale for account in held)
        whole = " + ".join(
            at_scale(Term(account.code, Type(Kind.MONEY, account.scale)), top) for account in held
        )
        old = self._held(chain, into)
        new_scale = max(old.scale, top + scale)
        share = at_scale(Term(f"(({whole}) * {local})", Type(Kind.MONEY, top + scale)), new_scale)
        before = at_scale(Term(old.code, Type(Kind.MONEY, old.scale)), new_scale)
        self._set(chain, into, f"{before} + {share}", before, new_scale, when)

    def _discount(
        self, chain: Chain, plain: Mapping[str, Any], targets: list[str], when: str, path: str
    ) -> None:
        operand = self._value(chain, plain, "discount", path)
        local = self._operand(chain, operand, when)
        scale = operand.type.scale
        self._multiply(chain, targets, f"({10**scale} - {local})", scale, when)

    def _minimum(
        self, chain: Chain, plain: Mapping[str, Any], targets: list[str], when: str, path: str
    ) -> None:
        self._bound(chain, plain, targets, when, path, "minimum", "<")

    def _maximum(
        self, chain: Chain, plain: Mapping[str, Any], targets: list[str], when: str, path: str
    ) -> None:
        self._bound(chain, plain, targets, when, path, "maximum", ">")

    def _bound(  # noqa: PLR0917 - an operation's arguments, and which of two it is
        self,
        chain: Chain,
        plain: Mapping[str, Any],
        targets: list[str],
        when: str,
        path: str,
        operation: str,
        sign: str,
    ) -> None:
        """Lift or cut what the accounts hold together; the parts keep their proportions."""
        operand = self._value(chain, plain, operation, path)
        local = self._operand(chain, operand, when)
        held = [self._held(chain, name) for name in targets]
        scale = max(operand.type.scale, *(account.scale for account in held))
        bound = at_scale(Term(local, operand.type._replace(constant=None)), scale)
        parts = [
            at_scale(Term(account.code, Type(Kind.MONEY, account.scale)), scale) for account in held
        ]
        guard = f"{when} and " if when else ""
        if len(targets) == 1:
            self._set(
                chain, targets[0], bound, parts[0], scale, f"{guard}{parts[0]} {sign} {bound}"
            )
            return
        aligned = [chain.local("x") for _ in targets]
        chain.builder.write(
            "; ".join(f"{x} = {part}" for x, part in zip(aligned, parts, strict=True))
        )
        more = max(SPREAD_PLACES - scale, 0)
        by = f" * {10**more}" if more else ""
        spread = [chain.local("x") for _ in targets] if more else aligned
        if more:
            kept = ", ".join(f"{x}{by}" for x in aligned)
            chain.builder.write(f"{', '.join(spread)} = {kept}")
        with chain.builder.block(f"if {guard}{' + '.join(aligned)} {sign} {bound}:"):
            shares = f"apportion(({', '.join(aligned)}), {bound}{by})"
            chain.builder.write(f"{', '.join(spread)} = {shares}")
        for name, code in zip(targets, spread, strict=True):
            chain.accounts[name] = Account(code, scale + more)

    def _round(
        self, chain: Chain, plain: Mapping[str, Any], targets: list[str], when: str, path: str
    ) -> None:
        """Round running values to decimal places (`2`) in a mode (`half_up` unless it is said)."""
        kept, mode = plain["round"], plain.get("mode", "half_up")
        if not isinstance(kept, int) or not -6 <= kept <= 12 or mode not in ROUNDING:  # noqa: PLR2004
            raise refuse(f"{path}/round", f"{kept} {mode}", "decimal places, and a mode")
        chain.record.append(str(kept))
        chain.slots.append(Slot("", "", "", (), (), 0, ()))
        for name in targets:
            old = self._held(chain, name)
            if old.scale <= kept:
                continue
            unit = 10 ** (old.scale - kept)
            if when or kept < 0:
                new = f"{mode}({old.code}, {unit}) * {unit}"
                self._set(chain, name, new, old.code, old.scale, when)
            else:
                self._set(chain, name, f"{mode}({old.code}, {unit})", "", kept, "")

    def _for_each(
        self, chain: Chain, plain: Mapping[str, Any], targets: list[str], when: str, path: str
    ) -> None:
        """Steps for each item of a list; what they come to is added to the account."""
        builder = self._builder
        many = builder.expression(plain["for_each"], f"{path}/for_each")
        if many.type.kind is not Kind.LIST:
            raise refuse(f"{path}/for_each", many.type, "a list that is asked")
        name = plain.get("as", "item")
        inner = _ItemChain(
            builder,
            f"i{len(chain.slots)}_",
            Nested(
                builder, {name: Term(f"each_{name}", Type(Kind.RECORD, fields=many.type.fields))}
            ),
        )
        total, record = chain.local("s"), chain.local("o")
        builder.write(f"{total} = 0; {record} = []")
        guard = f" if {when} else ()" if when else ""
        with builder.block(f"for each_{name} in {many.code}{guard}:"):
            for place, step in enumerate(plain.get("steps", [])):
                self._item_step(inner, step, f"{path}/steps/{place}")
            if SHARED not in inner.accounts:
                raise refuse(f"{path}/steps", "no base", "a first step with a base")
            part = inner.accounts[SHARED]
            builder.write(f"{total} += {part.code}")
            builder.write(f"{record}.append(({', '.join(inner.record)},))")
        chain.record.append(record)
        chain.slots.append(Slot("", "", "", (), (), 0, (), tuple(inner.slots)))
        old = self._held(chain, targets[0])
        scale = max(old.scale, part.scale)
        before = at_scale(Term(old.code, Type(Kind.MONEY, old.scale)), scale)
        added = at_scale(Term(total, Type(Kind.MONEY, part.scale)), scale)
        self._set(chain, targets[0], f"{before} + {added}", before, scale, "")

    def _item_step(self, inner: "_ItemChain", plain: Mapping[str, Any], path: str) -> None:
        operations = [name for name in OPERATIONS[:-1] if name in plain]
        if len(operations) != 1:
            raise refuse(path, operations or "nothing to do", f"one of {OPERATIONS[:-1]}")
        builder = self._builder
        builder.used.clear()
        when = ""
        if "when" in plain:
            term = compiled(plain["when"], inner.names, f"{path}/when")
            when = expect(term, (Kind.BOOL,), f"{path}/when", "yes or no").code
        getattr(self, f"_{operations[0]}")(inner, plain, [SHARED], when, path)
        code = plain["step"]
        inner.slots[-1] = inner.slots[-1]._replace(
            code=code,
            name=plain.get("name", code.replace("_", " ").capitalize()),
            operation=operations[0],
            inputs=tuple(builder.used),
            totals=tuple(account.scale for account in inner.accounts.values()),
        )
        inner.record += [account.code for account in inner.accounts.values()]


class _ItemChain(Chain):
    """The one account of an item, in a loop."""

    def __init__(self, builder: FunctionBuilder, prefix: str, names: Nested) -> None:
        super().__init__(builder, prefix)
        self.names = names


def _weights(plain: Mapping[str, Any], scope: Scope) -> dict[str, int]:
    for cover, weight in plain.items():
        if cover not in scope.covers:
            raise refuse(f"/rating/shared_by/{cover}", cover, "the code of a cover")
        if not isinstance(weight, int) or isinstance(weight, bool) or not 0 < weight <= 10**6:
            raise refuse(f"/rating/shared_by/{cover}", weight, "a whole number above 0")
    return dict(plain)


class Working:
    """What a price was made from, kept until somebody asks."""

    def __init__(
        self,
        rating: Rating,
        result: tuple[Any, ...],
        rounding: Rounding,
        inputs: Callable[[str], object],
    ) -> None:
        self._rating, self._result = rating, result
        self._rounding, self._inputs = rounding, inputs

    def trace(self) -> tuple[TraceStep, ...]:
        return _rendered(self._rating.slots, self._result[-1], self._rounding, self._inputs)


def _rendered(
    slots: Sequence[Slot],
    record: Sequence[Any],
    rounding: Rounding,
    inputs: Callable[[str], object],
) -> tuple[TraceStep, ...]:
    steps, place = [], 0
    for slot in slots:
        held = record[place]
        place += 1
        running = record[place : place + len(slot.totals)]
        place += len(slot.totals)
        top = max(rounding.exponent, *slot.totals)
        whole = sum(
            part * 10 ** (top - scale) for part, scale in zip(running, slot.totals, strict=True)
        )
        items: tuple[tuple[TraceStep, ...], ...] = ()
        operand = None
        if slot.inner:
            items = tuple(_rendered(slot.inner, item, rounding, inputs) for item in held)
        elif held is not None:
            operand = as_decimal(held, slot.operand_scale)
        units = ROUNDING[rounding.mode](whole, 10 ** (top - rounding.exponent))
        steps.append(
            TraceStep(
                slot.code,
                slot.name,
                slot.operation,
                slot.covers,
                {name: inputs(name) for name in slot.inputs},
                operand,
                as_decimal(whole, top),
                Money(amount=units, currency=rounding.currency),
                items,
            )
        )
    return tuple(steps)
