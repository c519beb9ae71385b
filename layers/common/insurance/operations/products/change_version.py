"""Change a version of a product: draft it, then take it through review, approval and publication."""

from dataclasses import dataclass

from insurance.domain.core.errors import VersionNotFound
from insurance.domain.core.identity import version_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.product import InvalidProduct
from insurance.domain.product.definition.files import Files
from insurance.domain.product.faults import Fault
from insurance.domain.product.publishing.checks import Report
from insurance.domain.product.publishing.event_types import ProductEventType
from insurance.domain.product.publishing.release import ProductVersion, VersionStep
from insurance.operations.command import Command
from insurance.operations.products.check_files import check_files, invalid_definition
from insurance.operations.products.ports import ProductPorts
from insurance.operations.products.product_files import object_key, stored_files
from insurance.operations.products.read_versions import bundled_version

EVENTS = {
    VersionStep.SUBMIT: ProductEventType.SUBMITTED,
    VersionStep.SEND_BACK: ProductEventType.SENT_BACK,
    VersionStep.APPROVE: ProductEventType.APPROVED,
    VersionStep.PUBLISH: ProductEventType.PUBLISHED,
    VersionStep.CLOSE: ProductEventType.CLOSED,
    VersionStep.RETIRE: ProductEventType.RETIRED,
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it was stored, and how its scenarios went."""

    stored: Stored[ProductVersion]
    report: Report


def draft_version(
    code: str, version: str, files: Files, command: Command, ports: ProductPorts
) -> Draft:
    """Store these files as the version's draft, in place of any earlier ones.

    Raises:
        InvalidDefinition: The files do not compile, or are those of another version.
        StaleRevision: Somebody else has changed the version since the caller read it.
        WrongState: The version is no draft any more.
    """
    before = _load(code, version, command, ports)
    report = check_files(files)
    product = report.product
    _check_name("code", product.code, code)
    _check_name("version", product.version, version)
    if before is None:
        id = version_id_for(command.caller.mode, code, version)
        record = ProductVersion.drafted(id, product, by=command.actor, now=command.now)
    else:
        record = before.record.redrafted(product, by=command.actor, now=command.now)
    packed = files.packed()
    ports.contents().put(object_key(record.content), packed, media_type="application/json")
    event = command.event(record.id, record, ProductEventType.DRAFTED, before)
    draft = Draft(Stored(record, event.head, None), report)
    ports.versions.store(event, record, before=before, command=command.with_answer(draft))
    return draft


def advance_version(
    code: str, version: str, step: VersionStep, reason: str, command: Command, ports: ProductPorts
) -> Stored[ProductVersion]:
    """Take the next step of a version's life. To publish runs its scenarios.

    Raises:
        VersionNotFound: There is no such version.
        InvalidDefinition: A scenario fails, or nothing tries a part of the version.
        SamePerson: An author may neither approve nor publish.
        StaleRevision: Somebody else has changed the version since the caller read it.
        WrongState: The version's state does not allow this step.
    """
    before = _load(code, version, command, ports)
    if before is None:
        raise VersionNotFound(f"{code} {version}")
    now, by = command.now, command.actor
    record = before.record.taken(step, by=by, now=now, reason=reason)
    if step is VersionStep.PUBLISH:
        report = check_files(stored_files(record.content, ports.contents()))
        try:
            record = before.record.published(report, by=by, now=now, reason=reason)
        except InvalidProduct as error:
            raise invalid_definition(error.faults) from error
    is_stored = before.head.sequence > 0
    event = command.event(record.id, record, EVENTS[step], before)
    stored = Stored(record, event.head, None)
    ports.versions.store(
        event,
        record,
        before=before if is_stored else None,
        command=command.with_answer(stored),
    )
    return stored


def _load(
    code: str, version: str, command: Command, ports: ProductPorts
) -> Stored[ProductVersion] | None:
    """The version as it stands. A bundled one stands where its document says, until a step."""
    before = ports.versions.load(code, version, command)
    if before is None:
        before = bundled_version(code, version, command.caller.mode, ports)
    command.check_revision(before, f"{code} {version}")
    return before


def _check_name(field: str, sent: str, wanted: str) -> None:
    if sent != wanted:
        raise invalid_definition([Fault(f"/{field}", sent, f"{wanted}, as the address says")])
