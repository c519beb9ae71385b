"""The straight way of a row that nothing is against: one function per mapping, written from its checked parts.

It gives exactly what the whole way (`checking.py`) gives, or None where it finds anything: then the row takes the whole
way. Most rows of most files have nothing against them, and cost less than half so (docs/data-mappings.md).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from insurance.domain.intake import cells
from insurance.domain.intake.document import Check, MappingDocument, Point
from insurance.domain.intake.fields import CompiledField
from insurance.domain.intake.record import builder_of
from insurance.domain.intake.row import CheckedRow, RawRow
from insurance.domain.intake.rules import RowRule, Worked
from insurance.domain.intake.unique import SeenKeys, digest_of
from insurance.domain.product.language.kinds import DATE, TEXT, Kind
from insurance.domain.product.language.plain_function import SPACE

REMEMBERED_MAX: Final = 2_048
"""Texts of a column whose values are remembered while a file is checked."""
DAYS_REMEMBERED_MAX: Final = 20_000
"""Of a column of days: births of half a century."""

type Entry = tuple[Any, Any]
"""A value, and how the record has it."""
type Straight = Callable[[RawRow], CheckedRow | None]


class StraightWay:
    """The function as code. Each file has its own remembered texts."""

    def __init__(
        self,
        document: MappingDocument,
        fields: Sequence[CompiledField],
        worked: Mapping[int, Worked],
        rules: Sequence[RowRule],
    ) -> None:
        """From the same parts as the whole way."""
        self._fields, self._worked, self._rules = fields, worked, rules
        self._missing = frozenset(document.missing)
        self._space: dict[str, Any] = {
            **SPACE,
            "CheckedRow": CheckedRow,
            "new": tuple.__new__,  # half the cost of calling the class
            "digest_of": digest_of,
            "missing": self._missing,
            "build": builder_of([field.path if field.written else None for field in fields]),
        }
        self._code = compile("\n".join(self._lines()), "<mapping>", "exec")

    def begin(self, seen: Sequence[SeenKeys]) -> Straight:
        """For the rows of one file."""
        space = dict(self._space)
        for place, field in enumerate(self._fields):
            if field.heading is not None:
                known: dict[str, Entry] = {}
                space[f"known{place}"] = known.get
                space[f"look{place}"] = self._looking(field, known)
        for number, keys in enumerate(seen):
            space[f"first{number}"] = keys.first
        exec(self._code, space)  # noqa: S102 # nosec B102 - every token comes from the checked compiler, or from a repr
        straight: Straight = space.pop("run")  # no circle: what it remembers goes with it
        return straight

    def _looking(
        self, field: CompiledField, known: dict[str, Entry]
    ) -> Callable[[str], Entry | None]:
        """What a text is worth if nothing is against it, remembered."""
        most = DAYS_REMEMBERED_MAX if field.kind.kind is DATE.kind else REMEMBERED_MAX
        read, missing = field.read, self._missing
        write = None if field.kind.kind is Kind.MONEY else field.write
        read_sound, judges = field.read_sound, [is_fault for _, _, is_fault in field.judges]
        is_text = field.kind.kind is TEXT.kind and not field.kind.choices

        def look(text: str) -> Entry | None:
            value = None if is_text or text in missing or text.strip() != text else read_sound(text)
            if value is None:
                value, findings = read(text, missing)
                if findings:
                    return None
            else:
                for is_fault in judges:
                    if is_fault(value):
                        return None
            written = value if write is None or value is None else write(value)
            if len(known) < most:
                known[text] = (value, written)
            return value, written

        return look

    def _lines(self) -> list[str]:
        by_point = {
            point: [rule for rule in self._rules if rule.rule.point is point] for point in Point
        }
        lines = ["def run(row):", " number, f, fault = row", " if fault: return None"]
        lines += [f" if {rule.when.source}: return None" for rule in by_point[Point.RAW]]
        lines += [" v = f.get"]
        for place, field in enumerate(self._fields):
            if field.heading is not None:
                lines += self._cell(place, field)
        for place, worked in self._worked.items():
            lines += self._value(place, worked)
        lines += [f" if {rule.when.source}: return None" for rule in by_point[Point.MAPPED]]
        for number, rule in enumerate(by_point[Point.ACROSS]):
            given = " and ".join(f"f{place} is not None" for place in rule.key)
            key = r"\x1f".join(f"{{f{place}}}" for place in rule.key)
            lines += [
                f" if {given} and {rule.when.source}:",
                f'  s = first{number}(digest_of(f"{key}"), number)',
                "  if s is not None and s != number: return None",
            ]
        return [*lines, *self._record(), " return new(CheckedRow, (number, r, ()))"]

    def _cell(self, place: int, field: CompiledField) -> list[str]:
        """A cell's value as `f<place>`, and as the record has it as `w<place>`."""
        known = [
            f" c = known{place}(t)",
            f" if c is None: c = look{place}(t)",
            " if c is None: return None",
            f" f{place}, w{place} = c",
        ]
        lines = [f" t = v({field.heading!r}, '')"]
        if (figure := self._usual_figure(place, field)) is not None:
            return [*lines, *figure, " else:", *(f" {line}" for line in known)]
        if field.kind.kind is not TEXT.kind or field.kind.choices or field.declared.reference:
            return lines + known
        sound = ["t", "t.strip() is t", "t.isprintable()"]
        sound += ["t not in missing"] if self._missing else []
        sound += self._not_judged(place, field, "t")
        return [
            *lines,
            f" if {' and '.join(sound)}: f{place} = w{place} = t",
            " else:",
            *(f" {line}" for line in known),
        ]

    def _usual_figure(self, place: int, field: CompiledField) -> list[str] | None:
        """Of money and other figures: digits with all their places, as the reader of the field takes them, too."""
        places = cells.places_of(field.declared)
        is_money = field.kind.kind is Kind.MONEY
        mark = field.declared.decimal_mark
        if places is None or not (is_money or field.write is None) or (places and not mark):
            return None
        sound = ["t.isascii()", f"{'a' if places else 't'}.isdecimal()"]
        if places:
            sound = ["a", f"len(b) == {places}", "t.isascii()", "(a + b).isdecimal()"]
        sound += ["len(t) < 19", *(["t not in missing"] if self._missing else [])]
        figure = "int(a + b)" if places else "int(t)"
        sound += [
            f"(x := {figure}) >= {field.low}"
            if field.low is not None
            else f"((x := {figure}), True)[1]"
        ]
        sound += [f"x <= {field.high}"] if field.high is not None else []
        split = [f" a, _, b = t.partition({mark!r})"] if places else []
        return [*split, f" if {' and '.join(sound)}: f{place} = w{place} = x"]

    def _not_judged(self, place: int, field: CompiledField, value: str) -> list[str]:
        """That no check is against a value: of text its length and pattern in line."""
        codes = []
        for number, (check, _, is_fault) in enumerate(field.judges):
            if check is Check.LENGTH:
                codes.append(f"len({value}) <= {field.declared.length}")
            elif check is Check.PATTERN:
                self._space[f"matches{place}"] = field.matches
                codes.append(f"matches{place}({value})")
            else:
                self._space[f"judge{place}_{number}"] = is_fault
                codes.append(f"not judge{place}_{number}({value})")
        return codes

    def _value(self, place: int, worked: Worked) -> list[str]:
        field = self._fields[place]
        lines = [f" x = {worked.source}"]
        if field.default is not None:
            self._space[f"default{place}"] = field.default
            lines.append(f" if x is None: x = default{place}")
        if field.required:
            lines.append(" if x is None: return None")
        if judged := self._not_judged(place, field, "x"):
            lines.append(f" if x is not None and not ({' and '.join(judged)}): return None")
        self._space[f"write{place}"] = field.write
        written = "x" if field.write is None else f"None if x is None else write{place}(x)"
        return [*lines, f" f{place} = x", f" w{place} = {written}"]

    def _record(self) -> list[str]:
        """The record, without the fields that have no value; lists are built as on the whole way."""
        shown = {field.path: place for place, field in enumerate(self._fields) if field.written}
        if any(step[0] in "0123456789" for path in shown for step in path.split(".")):
            values = ", ".join(self._written(place) for place in range(len(self._fields)))
            return [f" r = build(({values},))"]
        holders = {path.rpartition(".")[0] for path in shown}
        for holder in list(holders):
            while holder:
                holder = holder.rpartition(".")[0]  # noqa: PLW2901 - up to the record itself
                holders.add(holder)
        names = {holder: f"d{number}" for number, holder in enumerate(sorted(holders))}
        names[""] = "r"
        lines = []
        for holder in sorted(holders, key=lambda one: -one.count(".") if one else 1):
            own = {
                path: place for path, place in shown.items() if path.rpartition(".")[0] == holder
            }
            sure = {path: place for path, place in own.items() if self._is_sure(place)}
            pairs = ", ".join(
                f"{path.rpartition('.')[2]!r}: {self._written(place)}"
                for path, place in sure.items()
            )
            lines.append(f" {names[holder]} = {{{pairs}}}")
            lines += [
                f" if f{place} is not None: {names[holder]}[{path.rpartition('.')[2]!r}] = {self._written(place)}"
                for path, place in own.items()
                if path not in sure
            ]
            lines += [
                f" if {names[inner]}: {names[holder]}[{inner.rpartition('.')[2]!r}] = {names[inner]}"
                for inner in sorted(holders - {""})
                if inner.rpartition(".")[0] == holder
            ]
        return lines

    def _is_sure(self, place: int) -> bool:
        field = self._fields[place]
        return field.required or field.default is not None

    def _written(self, place: int) -> str:
        field = self._fields[place]
        if not field.written:
            return "None"
        currency = field.declared.currency
        if currency is None or place in self._worked:
            return f"w{place}"
        money = f"{{'amount': f{place}, 'currency': {currency.value!r}}}"  # each record has its own
        return money if self._is_sure(place) else f"None if f{place} is None else {money}"
