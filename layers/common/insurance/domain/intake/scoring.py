"""Count how good the values of a batch are, by field of its mapping that a column fills.

What else a file calls its values may be personal data itself: it is counted nowhere. A field that an expression works
out says nothing of the source: what is found in it counts for the fields that the expression speaks of.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from insurance.domain.intake.batch import FieldTally
from insurance.domain.intake.checking import CompiledMapping
from insurance.domain.intake.document import Check, Point, Watch
from insurance.domain.intake.drift import bin_of
from insurance.domain.intake.row import CheckedRow, RawRow, RowFinding
from insurance.domain.intake.rules import RowRule, name_of
from insurance.domain.intake.spread import Bins

REPEATED: Final = "repeated"
"""The code of a value that may stand in one row only."""
_COUNTS: Final = tuple(FieldTally.model_fields)


class FieldCounter:
    """Counts rows of one mapping."""

    def __init__(self, mapping: CompiledMapping, received_on: date) -> None:
        """Of a file that came on this day."""
        self._received_on = received_on
        self._missing = frozenset(mapping.document.missing)
        self._fields = {field.path: field for field in mapping.fields if field.heading is not None}
        self._about = _Places(mapping).by_rule()
        self._watched = {
            rule.field for rule in mapping.document.drift if rule.watch is not Watch.MISSING
        }
        self.bins: Bins = {}
        """Of watched fields: rows by bin."""
        self._counts = {path: dict.fromkeys(_COUNTS, 0) for path in self._fields}

    def add(self, checked: CheckedRow, raw: RawRow) -> None:
        """Count one row."""
        for path, field in self._fields.items():
            text = raw.values.get(field.heading or "", "").strip()
            if not text or text in self._missing:
                continue
            counts = self._counts[path]
            counts["filled"] += 1
            if path in self._watched and (value := field.read_sound(text)) is not None:
                bins = self.bins.setdefault(path, {})
                place = bin_of(value, self._received_on)
                bins[place] = bins.get(place, 0) + 1
            if field.declared.fresh_days is not None:
                day = field.read_sound(text)
                counts["dated"] += day is not None
                counts["timely"] += (
                    day is not None and (self._received_on - day).days <= field.declared.fresh_days
                )
        marks = {mark for found in checked.findings for mark in self._marks(found)}
        for path, count in marks:
            self._counts[path][count] += 1

    def _marks(self, found: RowFinding) -> Iterable[tuple[str, str]]:
        """The fields that a finding is about, each with what it counts as."""
        about = self._about.get(found.rule.rpartition("/")[0] or found.rule, ())
        if found.rule.endswith(f"/{Check.REQUIRED}"):
            return ()  # it is not filled
        if found.code == REPEATED:
            return ((path, "repeated") for path in about)
        count = "failed" if len(about) == 1 else "inconsistent"
        return ((path, count) for path in about)

    def tallies(self) -> dict[str, FieldTally]:
        """What was counted, by field."""
        return {path: FieldTally(**counts) for path, counts in self._counts.items()}


class _Places:
    """Which fields from columns a rule or a checked field is about."""

    def __init__(self, mapping: CompiledMapping) -> None:
        self._mapping = mapping
        self._own = {
            field.name: (field.path,) for field in mapping.fields if field.heading is not None
        }
        worked = {
            mapping.fields[place].name: self._named(each.used)
            for place, each in mapping.worked.items()
        }
        self._fields = self._own | worked
        self._by_heading: dict[str, tuple[str, ...]] = {}
        for field in mapping.fields:
            if field.heading is not None:
                before = self._by_heading.get(field.heading, ())
                self._by_heading[field.heading] = (*before, field.path)
        self._columns = {
            name_of(heading, column): self._by_heading.get(heading, ())
            for heading, column in mapping.document.columns.items()
        }

    def by_rule(self) -> Mapping[str, tuple[str, ...]]:
        """By the code of a rule, or by the path of a field, for its own checks."""
        places = {field.path: self._fields[field.name] for field in self._mapping.fields}
        for rule in self._mapping.rules:
            paths = (*places.get(rule.rule.code, ()), *self._of(rule))
            places[rule.rule.code] = tuple(dict.fromkeys(paths))
        return places

    def _of(self, rule: RowRule) -> Iterable[str]:
        fields = self._mapping.fields
        if rule.rule.point is Point.ACROSS:
            return self._in(self._fields, [fields[place].name for place in rule.key])
        if rule.rule.point is Point.RAW:
            put = [path for each in rule.puts for path in self._by_heading.get(each.target, ())]
            return (*self._in(self._columns, rule.when.used), *put)
        names = [*rule.when.used, *(fields[put.target].name for put in rule.puts)]
        return self._in(self._fields, names)

    def _named(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(self._in(self._own, names))

    @staticmethod
    def _in(places: Mapping[str, tuple[str, ...]], names: Iterable[str]) -> list[str]:
        return [path for name in sorted(names) for path in places.get(name, ())]
