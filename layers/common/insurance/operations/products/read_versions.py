"""Read versions of products, whether they are stored or ship with the code."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from insurance.domain.core.errors import VersionNotFound
from insurance.domain.core.event import StreamPosition
from insurance.domain.core.identity import Mode
from insurance.domain.core.stored import Stored
from insurance.domain.product.definition.files import Files
from insurance.domain.product.publishing.release import ProductVersion, order
from insurance.operations.command import Query
from insurance.operations.files.issue_download_link import Link, link_to
from insurance.operations.products.ports import ProductPorts
from insurance.operations.products.product_files import object_key, stored_files

FILES_SHOWN_BYTES_MAX: Final = 1_000_000
"""An answer of Lambda's has 6 MB, in which every quote and backslash of the files is escaped twice."""


@dataclass(frozen=True, slots=True)
class VersionFiles:
    """A version, and its files as they were sent."""

    version: Stored[ProductVersion]
    files: Files | None
    link: Link | None = None
    """To files that are too large for an answer: one JSON object, as it is uploaded."""


def read_version(
    code: str, version: str, query: Query, ports: ProductPorts
) -> Stored[ProductVersion]:
    """The version as it stands, stored or bundled.

    Raises:
        VersionNotFound: There is no such version.
    """
    try:
        return ports.versions.get(query.caller.mode, code, version)
    except VersionNotFound:
        bundled = bundled_version(code, version, query.caller.mode, ports)
        if bundled is None:
            raise
        return bundled


def list_versions(code: str, query: Query, ports: ProductPorts) -> Sequence[Stored[ProductVersion]]:
    """Every version of a product, the newest last."""
    mode = query.caller.mode
    versions = {one.version: _as_stored(one) for one in ports.seeds.known(mode, code)}
    versions |= {one.record.version: one for one in ports.versions.known(mode, code)}
    return [versions[version] for version in sorted(versions, key=order)]


def read_files(code: str, version: str, query: Query, ports: ProductPorts) -> VersionFiles:
    """A version and its files.

    Raises:
        VersionNotFound: There is no such version.
    """
    stored = read_version(code, version, query, ports)
    content = stored.record.content
    if content:
        files = stored_files(content, ports.contents())
        if len(files.packed()) <= FILES_SHOWN_BYTES_MAX:
            return VersionFiles(stored, files)
        link = link_to(
            object_key(content),
            name=f"{code}-{version}.json",
            objects=ports.contents(),
            now=query.received_at,
        )
        return VersionFiles(stored, None, link)
    return VersionFiles(stored, ports.seeds.files(code, version))


def bundled_version(
    code: str, version: str, mode: Mode, ports: ProductPorts
) -> Stored[ProductVersion] | None:
    """A version that ships with the code and that nobody has taken a step with: no event yet."""
    known = ports.seeds.known(mode, code)
    return next((_as_stored(stored) for stored in known if stored.version == version), None)


def _as_stored(version: ProductVersion) -> Stored[ProductVersion]:
    return Stored(version, StreamPosition(), None)
