"""One field of a mapping: from a cell to its value, with every reason against it."""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, NamedTuple

from insurance.domain.intake import cells
from insurance.domain.intake.checks import checksum_of
from insurance.domain.intake.document import As, Check, FieldMapping
from insurance.domain.intake.row import SHOWN_MAX, Action, RowFinding
from insurance.domain.product.definition.patterns import sound_pattern
from insurance.domain.product.language.kinds import Kind, Type

type References = Mapping[str, Collection[str]]
"""Reference data by name: vehicle groups, postcodes."""
type Judge = Callable[[Any], bool]

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


_CLEARED: Final = frozenset({Check.BLANKS, Check.CONTROLS})
"""What these find is taken away before the text is read."""


class Cell(NamedTuple):
    """What one text of a column is worth."""

    value: Any
    findings: tuple[RowFinding, ...] = ()


class CompiledField:
    """A field that reads and judges."""

    def __init__(self, path: str, field: FieldMapping, kind: Type, references: References) -> None:
        """Of this type in expressions.

        Raises:
            InvalidProduct: The pattern may keep a text busy.
            KeyError: There is no such reference data.
            ValueError: A bound, a mark, a code or a format of dates is none.
        """
        self.path, self.kind, self.heading = path, kind, field.source
        self.name = path.replace(".", "_")
        self.written, self.required = field.written, field.required
        self.declared = field
        self._as = field.kind or As.TEXT
        self.read_sound = cells.reader_of(field)
        self.write = cells.writer_of(kind, field.currency if kind.kind is Kind.MONEY else None)
        self._actions = _actions_of(field)
        self.matches: Callable[[str], object] | None = None
        self.judges = self._judges_of(field, references)
        self.default = self._default(field)

    def _judges_of(
        self, field: FieldMapping, references: References
    ) -> list[tuple[Check, str, Judge]]:
        """What makes a value a fault, each with its check and its code."""
        judges: list[tuple[Check, str, Judge]] = []
        low, high = (cells.bound_of(one, self.kind) for one in (field.minimum, field.maximum))
        self.low, self.high = low, high
        if low is not None:
            judges.append((Check.RANGE, "too-small", lambda value: value < low))
        if high is not None:
            judges.append((Check.RANGE, "too-large", lambda value: value > high))
        if self.kind.kind is not Kind.TEXT:
            if field.pattern or field.checksum or field.reference:
                raise ValueError("Only text has a pattern, a checksum or reference data.")
            return judges
        length = field.length
        judges.append((Check.LENGTH, "too-long", lambda text: len(text) > length))
        if field.pattern:
            matches = re.compile(sound_pattern(field.pattern, "")).fullmatch
            self.matches = matches
            judges.append((Check.PATTERN, "wrong-form", lambda text: matches(text) is None))
        if field.checksum is not None:
            is_valid = checksum_of(field.checksum)
            judges.append((Check.CHECKSUM, "wrong-checksum", lambda text: not is_valid(text)))
        if field.reference is not None:
            known = references[field.reference]
            judges.append((Check.REFERENCE, "unknown", lambda text: text not in known))
        return judges

    def _default(self, field: FieldMapping) -> Any:
        if field.default is None:
            return None
        value = self.read_sound(field.default)
        if value is None:
            raise ValueError("The default cannot be read.")
        return value

    def read(self, raw: str, missing: Collection[str]) -> Cell:
        """The value of a cell, and each reason against it."""
        found: list[RowFinding] = []
        text = self._cleared(raw, found)
        if not text or text in missing:
            if self.default is None and self.required:
                found.append(self._finding(Check.REQUIRED, "required", raw))
            return Cell(self.default, tuple(found))
        value = self.read_sound(text)
        if value is None:
            check = Check.REFERENCE if self._as is As.CODE else Check.TYPE
            found.append(self._finding(check, cells.NOT_OF_KIND[self._as], raw))
            return Cell(None, tuple(found))
        found += self.judged(value, raw)
        return Cell(value, tuple(found))

    def judged(self, value: Any, before: str | None) -> list[RowFinding]:
        """Every reason against a value of the right type."""
        return [
            self._finding(check, code, before)
            for check, code, is_fault in self.judges
            if is_fault(value)
        ]

    def _cleared(self, raw: str, found: list[RowFinding]) -> str:
        text = raw.strip()
        if len(text) != len(raw) and text:
            found.append(self._finding(Check.BLANKS, "blanks-around", raw, text))
        if text.isprintable() and text.isascii():
            return text
        seen = "".join(sign for sign in text if unicodedata.category(sign) not in _UNSEEN)
        if len(seen) == len(text):
            return text
        cleaned = seen.strip()
        found.append(self._finding(Check.CONTROLS, "invisible-characters", raw, cleaned))
        return cleaned

    def _finding(
        self, check: Check, code: str, before: str | None, after: str | None = None
    ) -> RowFinding:
        action = self._actions[check]
        after = after if action is Action.CLEAN else None
        return RowFinding(
            f"{self.path}/{check}",
            action,
            self.path,
            code,
            None if before is None else before[:SHOWN_MAX],
            None if after is None else after[:SHOWN_MAX],
        )


def _actions_of(field: FieldMapping) -> dict[Check, Action]:
    for check, action in field.actions.items():
        if check in _CLEARED and action is Action.WARN:
            raise ValueError(f"What {check} finds is cleaned, or it keeps the row back.")
        if check not in _CLEARED and action is Action.CLEAN:
            raise ValueError(f"What {check} finds is cleaned by a rule that says what to put.")
    usual = dict.fromkeys(Check, Action.QUARANTINE) | {Check.BLANKS: Action.CLEAN}
    return usual | field.actions
