"""Rows against a compiled mapping: each becomes a record, with every reason against it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from insurance.domain.intake import cells, rules
from insurance.domain.intake.document import MappingDocument, Point
from insurance.domain.intake.fields import CompiledField
from insurance.domain.intake.record import Build, builder_of
from insurance.domain.intake.row import KEPT_BACK, SHOWN_MAX, Action, CheckedRow, RawRow, RowFinding
from insurance.domain.intake.straight import StraightWay
from insurance.domain.intake.unique import SeenKeys, SeenKeyTable, TooManyKeys, digest_of


class CompiledMapping:
    """What `compile_mapping` made of a document."""

    def __init__(
        self,
        document: MappingDocument,
        fields: Sequence[CompiledField],
        worked: Mapping[int, rules.Worked],
        compiled_rules: Sequence[rules.RowRule],
    ) -> None:
        """With fields by place; `worked` has those that an expression gives."""
        self.document = document
        self.fields, self.rules = tuple(fields), tuple(compiled_rules)
        self.worked = dict(worked)
        self._fields, self._worked = tuple(fields), dict(worked)
        self._raw = [rule for rule in compiled_rules if rule.rule.point is Point.RAW]
        self._mapped = [rule for rule in compiled_rules if rule.rule.point is Point.MAPPED]
        self._across = [rule for rule in compiled_rules if rule.rule.point is Point.ACROSS]
        self._missing = frozenset(document.missing)
        self._build: Build = builder_of([field.path if field.written else None for field in fields])
        self._straight = StraightWay(document, self._fields, self._worked, compiled_rules)

    @property
    def compares_rows(self) -> bool:
        """Whether a row is judged by the rows before it."""
        return bool(self._across)

    def seen_keys(self, slots: int | None = None) -> list[SeenKeys]:
        """An empty table for each rule across rows; for a short file `slots`, a power of two, may be few."""
        return [SeenKeyTable(slots) if slots else SeenKeyTable() for _ in self._across]

    def check(
        self, rows: Iterable[RawRow], seen: Sequence[SeenKeys] | None = None
    ) -> Iterator[CheckedRow]:
        """Each row with its record and every reason; after a reason to halt, none.

        Args:
            rows: In the order of the file.
            seen: Keys of the rows before, where the rows are the rest of a file.
        """
        seen = self.seen_keys() if seen is None else seen
        straight = self._straight.begin(seen)
        for row in rows:
            try:
                checked = straight(row)
            except TooManyKeys:
                checked = None
            if checked is None:
                checked = self.checked(row, seen)
            yield checked
            if checked.findings and any(
                finding.action is Action.HALT for finding in checked.findings
            ):
                return

    def checked(self, row: RawRow, seen: Sequence[SeenKeys]) -> CheckedRow:
        """One row, by the whole way: what `check` says of it, more slowly if nothing is against it."""
        if row.fault:
            finding = RowFinding("row", Action.QUARANTINE, "", row.fault)
            return CheckedRow(row.number, {}, (finding,))
        found: list[RowFinding] = []
        raw = self._cleaned(row.values, found) if self._raw else row.values
        values: list[Any] = []
        unsound: list[int] = []
        for place, field in enumerate(self._fields):
            if field.heading is None:
                values.append(None)
                continue
            value, reasons = field.read(raw.get(field.heading, ""), self._missing)
            values.append(value)
            if reasons:
                found += reasons
                unsound += [place for one in reasons if one.action in KEPT_BACK]
        for place in self._worked:
            self._work(place, values, found)
        for rule in self._mapped:
            if rule.when.holds(values):
                self._apply(rule, values, found)
        sound = list(values)
        for place in unsound:  # what is at fault itself repeats nothing
            sound[place] = None
        for rule, keys in zip(self._across, seen, strict=True):
            self._compare(rule, keys, row.number, sound, found)
        written = [
            value if value is None or field.write is None else field.write(value)
            for value, field in zip(values, self._fields, strict=True)
        ]
        return CheckedRow(row.number, self._build(written), tuple(found))

    def _cleaned(self, values: Mapping[str, str], found: list[RowFinding]) -> Mapping[str, str]:
        """The cells after the rules that look at them."""
        for rule in self._raw:
            if not rule.when.holds(values):
                continue
            if not rule.puts:
                found.append(_finding(rule, ""))
                continue
            changed = dict(values)
            for put in rule.puts:
                changed[put.target] = put.work(values)
            action = Action.QUARANTINE if rule.when.holds(changed) else Action.CLEAN
            found += [
                _finding(rule, put.target, action, values.get(put.target, ""), changed[put.target])
                for put in rule.puts
            ]
            values = changed
        return values

    def _work(self, place: int, values: list[Any], found: list[RowFinding]) -> None:
        field = self._fields[place]
        value = self._worked[place].work(values)
        values[place] = value = field.default if value is None else value
        if value is not None:
            found += field.judged(value, cells.shown(value, field.kind))
        elif field.required:
            found.append(
                RowFinding(f"{field.path}/required", Action.QUARANTINE, field.path, "required")
            )

    def _apply(self, rule: rules.RowRule, values: list[Any], found: list[RowFinding]) -> None:
        """A rule that holds: its finding, and where it cleans, other values."""
        if not rule.puts:
            found.append(_finding(rule, ""))
            return
        before = list(values)
        for put in rule.puts:
            values[put.target] = put.work(before)
        own = {put.target for put in rule.puts}
        for place in self._worked.keys() - own:
            values[place] = self._worked[place].work(values)
        action = Action.QUARANTINE if rule.when.holds(values) else Action.CLEAN
        for place in sorted(own):
            field = self._fields[place]
            old, new = (cells.shown(one[place], field.kind) for one in (before, values))
            found.append(_finding(rule, field.path, action, old, new))
            if values[place] is not None:
                found += field.judged(values[place], new)

    def _compare(
        self,
        rule: rules.RowRule,
        keys: SeenKeys,
        number: int,
        values: Sequence[Any],
        found: list[RowFinding],
    ) -> None:
        parts = [values[place] for place in rule.key]
        if None in parts or not rule.when.holds(values):
            return
        try:
            first = keys.first(digest_of("\x1f".join(map(str, parts))), number)
        except TooManyKeys:
            found.append(RowFinding(rule.rule.code, Action.HALT, "", "too-many"))
            return
        if first is not None and first != number:
            place = self._fields[rule.key[0]].path
            after = str(first)
            found.append(
                RowFinding(rule.rule.code, rule.rule.action, place, "repeated", None, after)
            )


def _finding(
    rule: rules.RowRule,
    place: str,
    action: Action | None = None,
    before: str | None = None,
    after: str | None = None,
) -> RowFinding:
    code = rule.rule.code
    old, new = (None if text is None else text[:SHOWN_MAX] for text in (before, after))
    return RowFinding(code, action or rule.rule.action, place, code, old, new)
