"""A source's mapping, compiled from its document: a sound one reads any row."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.intake import cells, rules
from insurance.domain.intake.checking import CompiledMapping
from insurance.domain.intake.document import (
    ACROSS_MAX,
    As,
    FieldMapping,
    FileFormat,
    MappingDocument,
    MappingRule,
    Point,
    Watch,
    escaped,
    read_document,
)
from insurance.domain.intake.fields import CompiledField, References
from insurance.domain.product.faults import InvalidProduct
from insurance.domain.product.language.kinds import Kind, Term, Type

type Json = object

SHEET_DAYS: Final = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S")
"""How a day of a sheet is read, whatever the sheet shows, beside days that are text there."""


def compile_mapping(document: Json, references: References | None = None) -> CompiledMapping:
    """The mapping of a document, ready to read rows.

    Args:
        document: As its author wrote it, or as `read_document` read it.
        references: Reference data by name.

    Raises:
        InvalidFields: It is no mapping; each fault with its pointer.
    """
    read = document if isinstance(document, MappingDocument) else read_document(document)
    return _Compilation(read, references or {}).mapping()


class _Compilation:
    """A document while it is compiled: every fault that can be found is listed."""

    def __init__(self, document: MappingDocument, references: References) -> None:
        self._document, self._references = document, references
        self._faults: list[FieldFault] = []
        self._fields: list[CompiledField] = []

    def mapping(self) -> CompiledMapping:
        """The whole mapping.

        Raises:
            InvalidFields: It has a fault.
        """
        document = self._document
        worked: dict[int, rules.Worked] = {}
        given = {path: one for path, one in sorted(document.fields.items()) if one.source}
        for path, field in given.items():
            self._check_column(path, field)
            if document.format is FileFormat.XLSX:
                formats = (*field.formats, *SHEET_DAYS)
                field = field.model_copy(update={"formats": formats})  # noqa: PLW2901
            self._add(path, field, cells.type_of(field, optional=_is_optional(field)))
        terms = rules.terms_of(self._fields)
        for path, field in sorted(document.fields.items()):
            if field.value is not None:
                work = self._worked(path, field, terms)
                if work is not None and self._add(path, field, _kept(work.type)):
                    worked[len(self._fields) - 1] = work
        self._check_names()
        self._check_rules_across()
        self._check_drift()
        self._refuse_faults()
        compiled = [
            made
            for place, rule in enumerate(document.rules)
            if (made := self._rule(rule, f"/rules/{place}")) is not None
        ]
        self._refuse_faults()
        return CompiledMapping(document, self._fields, worked, compiled)

    def _refuse_faults(self) -> None:
        if self._faults:
            raise InvalidFields(self._faults)

    def _fault(self, pointer: str, code: str, detail: str) -> None:
        self._faults.append(FieldFault(pointer, code, detail))

    def _check_column(self, path: str, field: FieldMapping) -> None:
        if field.source not in self._document.columns:
            self._fault(f"/fields/{path}/from", "unknown", "No column has this heading.")

    def _add(self, path: str, field: FieldMapping, kind: Type) -> bool:
        try:
            self._fields.append(CompiledField(path, field, kind, self._references))
        except InvalidProduct as error:
            self._fault(f"/fields/{path}/pattern", "wrong-form", str(error.faults[0]))
        except KeyError:
            self._fault(f"/fields/{path}/reference", "unknown", "There is no such reference data.")
        except ValueError as error:
            self._fault(f"/fields/{path}", "wrong-form", str(error))
        else:
            return True
        return False

    def _worked(
        self, path: str, field: FieldMapping, terms: Mapping[str, Term]
    ) -> rules.Worked | None:
        """A field that an expression gives, of the kind that it is said to have."""
        pointer = f"/fields/{path}/value"
        try:
            made = rules.value(field.value or "", terms, pointer)
        except InvalidProduct as error:
            self._faults += rules.faults_of(error)
            return None
        if field.kind is not None:
            wanted = cells.type_of(field, optional=True)
            if wanted.kind is not made.type.kind or wanted.scale < made.type.scale:
                detail = (
                    f"The expression gives {made.type}, not {wanted}; round(…) makes places fewer."
                )
                self._fault(pointer, "wrong-form", detail)
                return None
        if made.type.kind is Kind.MONEY and field.currency is None:
            self._fault(f"/fields/{path}/currency", "required", "Give the currency of money.")
            return None
        return made

    def _check_names(self) -> None:
        """No path lies within another, and in expressions no two have one name."""
        paths = {field.path for field in self._fields}
        names: dict[str, str] = {}
        for path in sorted(paths):
            above = path.rpartition(".")[0]
            while above:
                if above in paths:
                    self._fault(f"/fields/{path}", "one-of", f"{above} is a value of its own.")
                above = above.rpartition(".")[0]
            other = names.setdefault(path.replace(".", "_"), path)
            if other != path:
                self._fault(f"/fields/{path}", "the-same", f"In expressions it is {other}, too.")

    def _check_rules_across(self) -> None:
        """No more of them than fit into memory side by side."""
        across = [
            place for place, rule in enumerate(self._document.rules) if rule.point is Point.ACROSS
        ]
        for place in across[ACROSS_MAX:]:
            detail = f"A mapping has {ACROSS_MAX} rules across rows at most."
            self._fault(f"/rules/{place}/at", "too-many", detail)

    def _check_drift(self) -> None:
        """What is watched comes from a column; how it is spread is kept of no personal one."""
        given = {path: one for path, one in self._document.fields.items() if one.source}
        for place, rule in enumerate(self._document.drift):
            field, at = given.get(rule.field), f"/drift/{place}/field"
            if field is None:
                self._fault(at, "unknown", "No column fills such a field.")
                continue
            column = self._document.columns.get(field.source or "")
            if rule.watch is Watch.MISSING:
                continue
            if column is not None and column.personal:
                self._fault(at, "personal", "How a personal column is spread is not kept.")
            coded = field.kind in {As.CODE, As.BOOLEAN}
            counted = field.kind not in {None, As.TEXT, *({As.CODE} if not field.codes else {})}
            if not (coded and field.codes if rule.watch is Watch.NEW_CODES else counted):
                self._fault(at, "wrong-form", "A text is neither a code of a list nor a number.")

    def _rule(self, rule: MappingRule, path: str) -> rules.RowRule | None:
        try:
            if rule.point is Point.RAW:
                terms = rules.terms_of_columns(self._document.columns)
                puts = self._puts_of_columns(rule, terms, path)
            else:
                terms = rules.terms_of(self._fields)
                puts = self._puts_of_fields(rule, terms, path)
            when = rules.condition(rule.when, terms, f"{path}/when")
        except InvalidProduct as error:
            self._faults += rules.faults_of(error)
            return None
        places = {field.path: place for place, field in enumerate(self._fields)}
        unknown = [one for one in rule.unique if one not in places]
        if unknown:
            self._fault(f"{path}/unique", "unknown", f"There is no field {unknown[0]}.")
            return None
        return rules.RowRule(rule, when, tuple(puts), tuple(places[one] for one in rule.unique))

    def _puts_of_columns(
        self, rule: MappingRule, terms: Mapping[str, Term], path: str
    ) -> list[rules.Put]:
        puts = []
        for heading, source in sorted(rule.put.items()):
            at = f"{path}/set/{escaped(heading)}"
            if heading not in self._document.columns:
                self._fault(at, "unknown", "No column has this heading.")
                continue
            made = rules.value(source, terms, at)
            if made.type.kind is not Kind.TEXT or made.type.optional:
                self._fault(at, "wrong-form", "A cell is text.")
                continue
            puts.append(rules.Put(heading, made.work))
        return puts

    def _puts_of_fields(
        self, rule: MappingRule, terms: Mapping[str, Term], path: str
    ) -> list[rules.Put]:
        places = {field.path: place for place, field in enumerate(self._fields)}
        puts = []
        for target, source in sorted(rule.put.items()):
            at = f"{path}/set/{escaped(target)}"
            if target not in places:
                self._fault(at, "unknown", "There is no such field.")
                continue
            made, kind = rules.value(source, terms, at), self._fields[places[target]].kind
            if not _fits(made.type, kind):
                self._fault(at, "wrong-form", f"The expression gives {made.type}, not {kind}.")
                continue
            unit = 10 ** (kind.scale - made.type.scale)
            puts.append(rules.Put(places[target], _at_unit(made.work, unit)))
        return puts


def _fits(given: Type, wanted: Type) -> bool:
    literal = given.literal and wanted.kind is Kind.MONEY
    return (given.kind is wanted.kind or literal) and given.scale <= wanted.scale


def _at_unit(work: Callable[[Any], Any], unit: int) -> Callable[[Any], Any]:
    if unit == 1:
        return work

    def raised(values: Any) -> Any:
        value = work(values)
        return None if value is None else value * unit

    return raised


def _kept(kind: Type) -> Type:
    """Of a value, what stays true when a rule puts another."""
    return Type(kind.kind, kind.scale, optional=kind.optional)


def _is_optional(field: FieldMapping) -> bool:
    return not field.required and field.default is None
