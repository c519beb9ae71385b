"""A source's mapping as its author writes it: data, checked field by field."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, Final, Self

from pydantic import ConfigDict, Field, StringConstraints, ValidationError, model_validator

from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.money import Currency
from insurance.domain.core.value import Value
from insurance.domain.intake.row import Action

COLUMNS_MAX: Final = 500
FIELDS_MAX: Final = 500
RULES_MAX: Final = 100
ACROSS_MAX: Final = 8
"""Rules across rows: each holds 25 MB while a file is read."""
CODES_MAX: Final = 5_000
HEADING_MAX: Final = 200
"""Characters."""
PATH: Final = r"^[a-z][a-z0-9_]{0,39}(\.([a-z][a-z0-9_]{0,39}|[0-9]{1,2})){0,5}$"

Heading = Annotated[str, StringConstraints(min_length=1, max_length=HEADING_MAX)]
Path = Annotated[str, StringConstraints(pattern=PATH)]
"""Where a value goes in the record: `answers.drivers.0.birth_date`. In expressions each dot is a `_`."""
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
RuleCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
Expression = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
Text = Annotated[str, StringConstraints(max_length=1_000)]
Bound = int | Text
"""A number, a decimal as text, or a day such as 2026-07-01."""
Mark = Annotated[str, StringConstraints(pattern=r"^[^0-9A-Za-z+-]?$")]


class FileFormat(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"
    XLSX = "xlsx"


class Encoding(StrEnum):
    """A byte order mark in the file counts for more."""

    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    LATIN_1 = "latin-1"
    WINDOWS_1252 = "windows-1252"


class As(StrEnum):
    """What a value is read as."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    DATE = "date"
    BOOLEAN = "boolean"
    CODE = "code"


class Unit(StrEnum):
    """Of money: pounds or pence."""

    MAJOR = "major"
    MINOR = "minor"


class Checksum(StrEnum):
    """Numbers with check digits, and national forms. A national number begins with its country."""

    VIN = "vin"
    IBAN = "iban"
    BIC = "bic"
    LEI = "lei"
    LUHN = "luhn"
    DE_PLATE = "de_plate"
    ES_PLATE = "es_plate"
    FR_PLATE = "fr_plate"
    GB_PLATE = "gb_plate"
    IE_PLATE = "ie_plate"
    IT_PLATE = "it_plate"
    AT_VNR = "at_vnr"
    AU_TFN = "au_tfn"
    BR_CPF = "br_cpf"
    CA_SIN = "ca_sin"
    CH_AHV = "ch_ahv"
    DE_IDNR = "de_idnr"
    ES_DNI = "es_dni"
    ES_NIE = "es_nie"
    FR_NIR = "fr_nir"
    GB_NINO = "gb_nino"
    IE_PPS = "ie_pps"
    IT_CF = "it_cf"
    NL_BSN = "nl_bsn"
    PL_PESEL = "pl_pesel"
    US_SSN = "us_ssn"


class Check(StrEnum):
    """What is looked at in each field, by its declaration."""

    REQUIRED = "required"
    TYPE = "type"
    RANGE = "range"
    PATTERN = "pattern"
    LENGTH = "length"
    REFERENCE = "reference"
    CHECKSUM = "checksum"
    BLANKS = "blanks"
    CONTROLS = "controls"


class Point(StrEnum):
    """When a rule looks: at the cells as text, at the record, or at all records."""

    RAW = "raw"
    MAPPED = "mapped"
    ACROSS = "across"


class Column(Value):
    personal: bool = False
    required: bool = False
    """Without it the file is refused."""
    name: Name | None = None
    """In expressions of raw rules; else the heading in small letters, with `_` for all else."""


class FieldMapping(Value):
    """One value of the record: from a column, or by an expression over the fields from columns."""

    model_config = ConfigDict(populate_by_name=True)

    source: Heading | None = Field(default=None, alias="from")
    value: Expression | None = None
    kind: As | None = Field(default=None, alias="as")
    """Of a value: as its expression says."""
    required: bool = False
    default: Text | None = None
    """As the file would write it, where the file says nothing."""
    codes: Annotated[dict[Text, Text], Field(max_length=CODES_MAX)] = {}
    """By what the file says. Of a boolean: `true` or `false`."""
    formats: Annotated[tuple[Text, ...], Field(alias="date", max_length=5)] = ("%Y-%m-%d",)
    currency: Currency | None = None
    unit: Unit = Unit.MAJOR
    places: Annotated[int, Field(ge=0, le=12)] = 6
    """Of a decimal."""
    decimal_mark: Mark = "."
    group_mark: Mark = ""
    minimum: Bound | None = Field(default=None, alias="min")
    maximum: Bound | None = Field(default=None, alias="max")
    length: Annotated[int, Field(ge=1, le=10_000)] = 1_000
    """Characters of a text at most."""
    pattern: Text = ""
    checksum: Checksum | None = None
    reference: Name | None = None
    """A list of reference data that must have the value."""
    fresh_days: Annotated[int, Field(ge=0, le=36_500)] | None = None
    """Of a day: how long before the file came it may lie, for its source to be called timely."""
    written: bool = True
    """No: it is there for expressions alone."""
    actions: dict[Check, Action] = {}
    """By check; else blanks are cleaned and all others quarantine the row."""

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.source is None) == (self.value is None):
            raise ValueError("Give either `from` or `value`.")
        if self.kind is As.MONEY and self.currency is None:
            raise ValueError("Give the `currency` of money.")
        if self.fresh_days is not None and (self.kind is not As.DATE or self.source is None):
            raise ValueError("Only a day from a column is fresh or not.")
        return self


class MappingRule(Value):
    """A row for which `when` holds is dealt with by the action."""

    model_config = ConfigDict(populate_by_name=True)

    code: RuleCode
    point: Point = Field(default=Point.MAPPED, alias="at")
    when: Expression = "true"
    unique: Annotated[tuple[Path, ...], Field(max_length=6)] = ()
    """Across rows: fields that no two rows have alike, among those for which `when` holds."""
    action: Action = Action.QUARANTINE
    put: Annotated[dict[Text, Expression], Field(alias="set", max_length=20)] = {}
    """Of `clean`: the value of a field, or before mapping of a column, by an expression."""
    reason: Annotated[str, StringConstraints(max_length=300)] = ""

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if (self.point is Point.ACROSS) != bool(self.unique):
            raise ValueError("`unique` belongs to rules across rows, and to no others.")
        if (self.action is Action.CLEAN) != bool(self.put):
            raise ValueError("`set` belongs to rules that clean, and to no others.")
        if self.put and self.point is Point.ACROSS:
            raise ValueError("A rule across rows cleans nothing.")
        return self


class Watch(StrEnum):
    """What of a field's values is compared with the source's batches before."""

    MISSING = "missing"
    """The share of rows without a value."""
    DISTRIBUTION = "distribution"
    """How numbers, days or codes are spread (population stability index)."""
    NEW_CODES = "new-codes"
    """Codes of the list that none of these batches had."""


class DriftRule(Value):
    """A file whose values are others than those of the source's last ten batches is dealt with by the action."""

    code: RuleCode
    field: Path
    watch: Watch
    limit: Annotated[str, StringConstraints(pattern=r"^[0-9](\.[0-9]{1,4})?$")] = "0.25"
    """Of a distribution the index, usually 0.1 (something moved) to 0.25 (much did); of what is missing the difference of shares."""
    action: Action = Action.WARN
    """`quarantine`: the batch waits for a person after its dry run."""

    @model_validator(mode="after")
    def _cleans_nothing(self) -> Self:
        if self.action is Action.CLEAN:
            raise ValueError("A rule about a whole file cleans nothing.")
        return self


class MappingDocument(Value):
    """How the files of a source are read, and what their rows become."""

    model_config = ConfigDict(populate_by_name=True)

    format: FileFormat = FileFormat.CSV
    encoding: Encoding = Encoding.UTF_8
    delimiter: Annotated[str, StringConstraints(pattern=r"^[,;|\t:^~]$")] = ","
    sheet: Annotated[str, StringConstraints(max_length=31)] = ""
    """Empty: the first."""
    kind: Name
    columns: Annotated[dict[Heading, Column], Field(min_length=1, max_length=COLUMNS_MAX)]
    fields: Annotated[dict[Path, FieldMapping], Field(min_length=1, max_length=FIELDS_MAX)]
    missing: Annotated[tuple[Text, ...], Field(max_length=20)] = ()
    """What stands for nothing, beside an empty cell: `N/A`, `-`."""
    drift: Annotated[tuple[DriftRule, ...], Field(max_length=20)] = ()
    rules: Annotated[tuple[MappingRule, ...], Field(max_length=RULES_MAX)] = ()


def read_document(document: object) -> MappingDocument:
    """The document as values.

    Raises:
        InvalidFields: It is no mapping; each fault with its pointer.
    """
    try:
        return MappingDocument.model_validate_json(json.dumps(document))
    except (TypeError, ValueError, RecursionError) as error:
        if not isinstance(error, ValidationError):
            fault = FieldFault("", "wrong-form", "Write decimals as text.")
            raise InvalidFields([fault]) from error
        faults = [
            FieldFault(
                _pointer(detail["loc"], document),
                _CODES.get(detail["type"], "wrong-form"),
                detail["msg"].removeprefix("Value error, "),
            )
            for detail in error.errors(include_url=False, include_context=False)
        ]
        raise InvalidFields(list(dict.fromkeys(faults))) from error


def holds_drift(document: object) -> bool:
    """Whether a rule about the whole file may hold it: then it is tried before it is started."""
    return any(rule.action is not Action.WARN for rule in read_document(document).drift)


_CODES: Final[Mapping[str, str]] = {
    "missing": "required",
    "extra_forbidden": "unknown",
    "enum": "not-a-choice",
    "too_long": "too-many",
    "too_short": "too-few",
    "string_too_long": "too-long",
    "string_too_short": "too-short",
}


def _pointer(steps: Sequence[int | str], sent: Any) -> str:
    """To what was sent, or to a member that is missing in it; branches of a type are no places."""
    tokens = []
    for place, step in enumerate(steps):
        if isinstance(sent, Mapping) and (step in sent or place == len(steps) - 1):
            sent = sent.get(step)
        elif isinstance(sent, Sequence) and isinstance(step, int) and step < len(sent):
            sent = sent[step]
        else:
            continue
        tokens.append(escaped(str(step)))
    return "".join(f"/{token}" for token in tokens if token != "[key]")  # noqa: S105 - pydantic's mark


def escaped(part: str) -> str:
    """A reference token of a JSON pointer (RFC 6901)."""
    return part.replace("~", "~0").replace("/", "~1")
