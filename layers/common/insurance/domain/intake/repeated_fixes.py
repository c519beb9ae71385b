"""Fixes that repeat become a change of the source's mapping: proposed by a rule, and confirmed by a person."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from insurance.domain.core.classification import JsonObject
from insurance.domain.core.errors import InvalidFields
from insurance.domain.intake.document import (
    RULES_MAX,
    As,
    Check,
    MappingDocument,
    Point,
    read_document,
)
from insurance.domain.intake.mapping import compile_mapping
from insurance.domain.intake.quarantined_row import QuarantinedRow, RowStatus
from insurance.domain.intake.row import Action
from insurance.domain.intake.rules import name_of

TIMES: Final = 3
"""How often people must have done the same before it is proposed."""
PROPOSALS_MAX: Final = 40


class ProposedChange(NamedTuple):
    """One change of a mapping."""

    pointer: str
    """Where the document changes."""
    times: int
    """How often people did by hand what it would do."""
    about: str
    """The column, or the rule."""
    before: str | None
    after: str | None
    """Of a column: what the file says, and what people put."""


class Proposal(NamedTuple):
    """All changes, and the mapping with them: a draft for a person to read, correct and submit."""

    changes: tuple[ProposedChange, ...]
    mapping: JsonObject


def propose_changes(mapping: JsonObject, rows: Iterable[QuarantinedRow]) -> Proposal:
    """What people have done to these rows at least three times, as changes of the mapping.

    Nothing is proposed of a personal column: what one person's value should be says nothing of another's.
    """
    document = read_document(mapping)
    made = _Draft(document, json.loads(json.dumps(mapping)))
    fixes: Counter[tuple[str, str, str]] = Counter()
    accepted: Counter[str] = Counter()
    for row in rows:
        values = row.values or {}
        for column, before in (row.mended or {}).items():
            if before != values.get(column, before):
                fixes[column, before, values[column]] += 1
        if row.status is RowStatus.ACCEPTED:
            accepted.update({reason.rule for reason in row.reasons})
    for (column, before, after), times in _often(fixes):
        made.fix(column, before, after, times)
    for rule, times in _often(accepted):
        made.warn(rule, times)
    return Proposal(tuple(made.changes), made.mapping)


def _often[K](counted: Counter[K]) -> Iterable[tuple[K, int]]:
    return (entry for entry in counted.most_common(PROPOSALS_MAX) if entry[1] >= TIMES)


class _Draft:
    """A mapping while changes are put into it, each of which leaves it readable."""

    def __init__(self, document: MappingDocument, mapping: JsonObject) -> None:
        self._document = document
        self.mapping = mapping
        self.changes: list[ProposedChange] = []

    def fix(self, column: str, before: str, after: str, times: int) -> None:
        """The same text was put in place of the same other."""
        declared = self._document.columns.get(column)
        if declared is None or declared.personal:
            return
        for path, field in self._document.fields.items():
            if field.source == column and field.kind is As.CODE and after in field.codes:
                code = {before: field.codes[after]}
                change = ProposedChange(f"/fields/{path}/codes", times, column, before, after)
                self._try(change, ("fields", path, "codes"), code)
                return
        if any(sign in text for text in (before, after) for sign in "'\\\n\r"):
            return
        rules = self.mapping.get("rules", [])
        rule = {
            "code": f"fixed-often-{len(rules) + 1}",
            "at": Point.RAW.value,
            "when": f"{name_of(column, declared)} == '{before}'",
            "action": Action.CLEAN.value,
            "set": {column: f"'{after}'"},
        }
        if len(rules) < RULES_MAX:
            change = ProposedChange(f"/rules/{len(rules)}", times, column, before, after)
            self._try(change, ("rules",), rule)

    def warn(self, rule: str, times: int) -> None:
        """Rows were taken in spite of the same rule."""
        for place, each in enumerate(self._document.rules):
            if each.code == rule and each.action is Action.QUARANTINE:
                change = ProposedChange(f"/rules/{place}/action", times, rule, None, None)
                self._try(change, ("rules", place), {"action": Action.WARN.value})
                return
        path, _, check = rule.rpartition("/")
        if path in self._document.fields and check in set(Check) - {Check.BLANKS, Check.CONTROLS}:
            change = ProposedChange(f"/fields/{path}/actions", times, rule, None, None)
            self._try(change, ("fields", path, "actions"), {check: Action.WARN.value})

    def _try(self, change: ProposedChange, at: tuple[Any, ...], put: Mapping[str, Any]) -> None:
        draft = json.loads(json.dumps(self.mapping))
        holder: Any = draft
        for step in at[:-1]:
            holder = holder[step]
        if at == ("rules",):
            holder.setdefault("rules", []).append(dict(put))
        elif isinstance(holder, list):
            holder[at[-1]] |= put
        else:
            holder[at[-1]] = holder.get(at[-1], {}) | dict(put)
        try:
            compile_mapping(draft)
        except InvalidFields:
            return
        self.mapping = draft
        self.changes.append(change)
