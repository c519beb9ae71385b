"""Check a version's files: compile them and run their scenarios."""

from collections.abc import Iterable

from insurance.domain.core.errors import FieldFault, InvalidDefinition
from insurance.domain.product import InvalidProduct
from insurance.domain.product.definition.files import Files
from insurance.domain.product.faults import Fault
from insurance.domain.product.publishing.checks import Report, check
from insurance.domain.product.publishing.release import unpublishable

FAULTS_SHOWN_MAX = 50


def check_files(files: Files) -> Report:
    """How a version's scenarios went; nothing is stored.

    Raises:
        InvalidDefinition: The files do not compile; it has every fault.
    """
    try:
        return check(files.source())
    except InvalidProduct as error:
        raise invalid_definition(error.faults) from error


def warnings(report: Report) -> list[FieldFault]:
    """What would keep the version from being published."""
    if report.publishable:
        return []
    return [_field_fault(fault) for fault in unpublishable(report)][:FAULTS_SHOWN_MAX]


def invalid_definition(faults: Iterable[Fault]) -> InvalidDefinition:
    """The refusal for a definition's faults, as pointers into what was sent."""
    return InvalidDefinition([_field_fault(fault) for fault in faults][:FAULTS_SHOWN_MAX])


def _field_fault(fault: Fault) -> FieldFault:
    return FieldFault(_pointer(fault.path), "not-sound", str(fault))


def _pointer(path: str) -> str:
    """Into the files: `/tables/age_factor` for a line of age_factor.csv, `/document/rating/…`."""
    if path.startswith("/"):
        return "/document" if path == "/" else f"/document{path.partition(' ')[0].rstrip(':')}"
    name, dot, _ = path.partition(".csv")
    if dot:
        return f"/tables/{name}"
    return "/scenarios" if path.startswith("scenarios.json") else "/document"
