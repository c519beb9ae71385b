"""Today's functions on what a release left, and the keys that open it."""

import base64
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from insurance.domain.core.classification import JsonObject
from insurance.kms import AesPartyKey, KeyRing, Purpose

from local.aws.services.kms import Kms
from local.aws.services.store import open_store
from tests.artefact.backend import Backend, backend
from tests.artefact.cases import Case
from tests.artefact.conftest import SourceStage
from tests.compatibility.release import CACHE, Played, Release
from tests.support.backend import State

type Json = dict[str, Any]


class ReleasedStage(SourceStage):
    """Begins where the release left off: with its tables, files and keys."""

    def __init__(self, behind: Backend, release: Release) -> None:
        super().__init__(behind)
        self.written: dict[Played, State] = {}
        """What today's code left, after whatever stood there before."""
        behind.empty()
        cache = behind.template.resources[CACHE].name
        fetched, now = behind.state().items[cache], datetime.now(UTC)
        states = {path: release.state(path, behind.template, now) for path in release.states}
        self.released = {
            path: State({**state.items, cache: fetched}, state.files)
            for path, state in states.items()
        }

    def _play(self, path: Played, played: Case) -> Any:
        answer = super()._play(path, played)
        self.written[path] = self._states[path]
        return answer

    def begin(self, *played: str) -> None:
        """What the release left after these events, and nothing that was played since."""
        self.take_over(self.released)
        self.behind.restore(self.released[played])


@contextmanager
def released_stage(release: Release, folder: Path) -> Iterator[ReleasedStage]:
    with backend(folder) as behind:
        behind.take_keys(release.keys)
        yield ReleasedStage(behind, release)


class OpenKms:
    """The calls of KMS that a key ring makes, on a release's own keys."""

    def __init__(self, kms: Kms) -> None:
        self._kms = kms

    def decrypt(self, **request: Any) -> Json:
        blob = base64.b64encode(request["CiphertextBlob"]).decode("ascii")
        context = request["EncryptionContext"]  # the blob itself says under which key it was made
        opened = self._kms.decrypt({"EncryptionContext": context, "CiphertextBlob": blob})
        return {"Plaintext": base64.b64decode(opened["Plaintext"])}


class Openers:
    """Every party's key that a release left."""

    def __init__(self, release: Release, folder: Path) -> None:
        wrapped = {each for _, item in release.items for each in _wrapped(item)}
        with closing(open_store(folder / "keys.sqlite")) as store:
            for arn, material in release.keys["kms_keys"]:
                store.execute("INSERT OR REPLACE INTO kms_keys VALUES (?, ?)", (arn, material))
            kms: Any = OpenKms(Kms(store))
            ring = KeyRing(kms, "any", Purpose.PARTY_KEYS)
            self._keys: list[AesPartyKey] = [ring.open(each) for each in sorted(wrapped)]

    def unseal(self, sealed: bytes, about: str) -> JsonObject:
        """What one of the keys opens.

        Raises:
            LookupError: None does.
        """
        for key in self._keys:
            try:
                return key.unseal(sealed, about)
            except InvalidTag:
                continue
        raise LookupError(about)


def _wrapped(item: Json) -> Iterator[bytes]:
    if "B" in item.get("key", {}) and not item["id"]["S"].startswith("index_"):
        yield item["key"]["B"]
    yield from (each["B"] for each in item.get("former", {"M": {}})["M"].values())
