"""Take a version of a product through its life: drafted, reviewed, approved by another, published, withdrawn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import (
    FieldFault,
    InvalidDefinition,
    StaleRevision,
    VersionNotFound,
)
from insurance.domain.core.event import Event, NothingToSeal, StreamPosition
from insurance.domain.core.identity import Mode, version_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.product import InvalidProduct
from insurance.domain.product.definition.source import Files
from insurance.domain.product.faults import Fault
from insurance.domain.product.publishing.checks import Report, check
from insurance.domain.product.publishing.release import (
    ProductVersion,
    Step,
    order,
    unpublishable,
)
from insurance.operations.files.ports import Objects
from insurance.operations.products.ports import ProductVersions, Seeds
from insurance.operations.products.product_files import object_key, stored_files
from insurance.operations.receipt import Receipt

ROLE = "product_manager"
FAULTS_SHOWN_MAX = 50

EVENTS = {
    Step.SUBMIT: "product.submitted",
    Step.SEND_BACK: "product.sent_back",
    Step.APPROVE: "product.approved",
    Step.PUBLISH: "product.published",
    Step.CLOSE: "product.closed",
    Step.RETIRE: "product.retired",
}


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft as it was stored, and what would keep it from being published."""

    kept: Stored[ProductVersion]
    report: Report


@dataclass(frozen=True, slots=True)
class VersionDesk:
    """One version, and what every step of its life needs."""

    code: str
    version: str
    expected_revision: int | None
    caller: Caller
    versions: ProductVersions
    contents: Objects
    seeds: Seeds
    receipt: Receipt

    def draft(self, files: Files) -> Drafted:
        """Keep these files as the version's draft, in place of any earlier ones."""
        before = self._load()
        report = check_files(files)
        product, by = report.product, self.caller.principal
        _same_name("code", product.code, self.code)
        _same_name("version", product.version, self.version)
        if before is None:
            id = version_id_for(self.caller.mode, self.code, self.version)
            record = ProductVersion.drafted(id, product, by=by, now=self.receipt.now)
        else:
            record = before.record.redrafted(product, by=by, now=self.receipt.now)
        key, packed = object_key(record.content), files.packed()
        self.contents.put(key, packed, media_type="application/json")
        event = self._event(record, "product.drafted", before)
        drafted = Drafted(Stored(record, event.head, None), report)
        self.versions.store(event, record, before=before, receipt=self.receipt.answered(drafted))
        return drafted

    def take(self, step: Step, *, reason: str) -> Stored[ProductVersion]:
        """Any other step. To publish runs the scenarios, and refuses while anything is untried."""
        before = self._load()
        if before is None:
            raise VersionNotFound(f"{self.code} {self.version}")
        now, by = self.receipt.now, self.caller.principal
        record = before.record.taken(step, by=by, now=now, reason=reason)
        if step is Step.PUBLISH:
            files = stored_files(record.content, self.contents)
            try:
                record = before.record.published(check_files(files), by=by, now=now, reason=reason)
            except InvalidProduct as error:
                raise invalid(error.faults) from error
        stored = None if before.head.sequence == 0 else before
        event = self._event(record, EVENTS[step], stored)
        kept = Stored(record, event.head, None)
        self.versions.store(event, record, before=stored, receipt=self.receipt.answered(kept))
        return kept

    def _load(self) -> Stored[ProductVersion] | None:
        """The version as it stands; a bundled one stands where its document says, until a step."""
        self.caller.require_role(ROLE)
        before = self.versions.load(self.caller.mode, self.code, self.version, self.receipt)
        if before is None:
            before = _seed(self.seeds, self.caller.mode, self.code, self.version)
        revision = before.head.sequence if before else 0
        if self.expected_revision is not None and self.expected_revision != revision:
            raise StaleRevision(f"{self.code} {self.version}")
        return before

    def _event(
        self, record: ProductVersion, type: str, before: Stored[ProductVersion] | None
    ) -> Event:
        return Event.following(
            before.head if before else StreamPosition(),
            record,
            NothingToSeal(),
            stream=record.id,
            type=type,
            actor=self.caller.principal,
            now=self.receipt.now,
        )


def check_files(files: Files) -> Report:
    """Compile them and run their scenarios. Raises InvalidDefinition with every fault."""
    try:
        return check(files.definition())
    except InvalidProduct as error:
        raise invalid(error.faults) from error


def warnings(report: Report) -> list[FieldFault]:
    """What would keep it from being published."""
    if report.publishable:
        return []
    return [_field_fault(fault) for fault in unpublishable(report)][:FAULTS_SHOWN_MAX]


def read_version(
    code: str, version: str, *, caller: Caller, versions: ProductVersions, seeds: Seeds
) -> Stored[ProductVersion]:
    """Where a version stands, bundled or stored."""
    try:
        return versions.get(caller.mode, code, version)
    except VersionNotFound:
        seed = _seed(seeds, caller.mode, code, version)
        if seed is None:
            raise
        return seed


def list_versions(
    code: str, *, caller: Caller, versions: ProductVersions, seeds: Seeds
) -> Sequence[Stored[ProductVersion]]:
    """Every version of a product, the newest last."""
    found = {
        one.version: Stored(one, StreamPosition(), None) for one in seeds.known(caller.mode, code)
    }
    found |= {one.record.version: one for one in versions.known(caller.mode, code)}
    return [found[version] for version in sorted(found, key=order)]


def read_files(
    code: str,
    version: str,
    *,
    caller: Caller,
    versions: ProductVersions,
    contents: Objects,
    seeds: Seeds,
) -> tuple[Stored[ProductVersion], Files]:
    """A version and its files, as they were sent."""
    kept = read_version(code, version, caller=caller, versions=versions, seeds=seeds)
    if kept.record.content:
        return kept, stored_files(kept.record.content, contents)
    return kept, seeds.files(code, version)


def invalid(faults: Iterable[Fault]) -> InvalidDefinition:
    """A definition's faults as pointers into what was sent."""
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


def _same_name(field: str, found: str, wanted: str) -> None:
    if found != wanted:
        raise invalid([Fault(f"/{field}", found, f"{wanted}, as the address says")])


def _seed(seeds: Seeds, mode: Mode, code: str, version: str) -> Stored[ProductVersion] | None:
    """A bundled version that nobody has taken a step with: no event yet."""
    for one in seeds.known(mode, code):
        if one.version == version:
            return Stored(one, StreamPosition(), None)
    return None
