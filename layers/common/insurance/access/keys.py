"""The issuers' public keys: cached in memory and in a table, and fetched again when they are old."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from insurance.access.issuers import Issuer
from insurance.access.tokens import TokenRefused, is_name

type Jwk = dict[str, str]
type KeyName = tuple[str, str]  # algorithm and key id: a key serves one algorithm only

FRESH_SECONDS = 15 * 60  # how long a key still counts after the issuer withdrew it
STALE_SECONDS = 6 * 3600  # how long keys are used while the issuer does not answer
PAUSE_SECONDS = 30  # between two requests to an issuer, whatever key ids callers send
_MODULUS_BYTES = range(256, 1025)  # RSA of 2,048 to 8,192 bits
_EXPONENT_BYTES = range(1, 5)
_COORDINATE_BYTES = range(32, 33)


class KeysUnavailable(Exception):
    """An issuer's keys are not available, so no token can be checked and no caller is admitted."""


@dataclass(frozen=True, slots=True)
class PublishedKeys:
    """The keys that an issuer published, and when they were fetched (epoch seconds)."""

    by_name: Mapping[KeyName, Jwk]
    fetched_at: int

    def is_fresh(self, now: int) -> bool:
        return self._is_younger_than(FRESH_SECONDS, now)

    def is_usable(self, now: int) -> bool:
        return self._is_younger_than(STALE_SECONDS, now)

    def _is_younger_than(self, seconds: int, now: int) -> bool:
        """A fetch time in the future does not count as young."""
        return -PAUSE_SECONDS <= now - self.fetched_at < seconds


class Shelf(Protocol):
    """A cache of keys beyond this process. Its failures do not fail the call: no method raises."""

    def read(self, issuer: Issuer) -> PublishedKeys | None: ...

    def write(self, issuer: Issuer, keys: PublishedKeys) -> None: ...


class IssuerKeys:
    """Finds the public key that a token names, in memory, on the shelf or at the issuer."""

    def __init__(
        self, *, fetch: Callable[[Issuer], object], shelf: Shelf, clock: Callable[[], float]
    ) -> None:
        """`fetch` returns the issuer's JWK set as parsed, or raises KeysUnavailable."""
        self._fetch = fetch
        self._shelf = shelf
        self._clock = clock
        self._held: dict[Issuer, PublishedKeys] = {}
        self._asked_at: dict[Issuer, int] = {}

    def find(self, issuer: Issuer, *, algorithm: str, key_id: str) -> Jwk:
        """The issuer's key of this algorithm and id.

        Raises:
            KeysUnavailable: The issuer does not answer, and no keys of it are fresh enough to use.
            TokenRefused: The issuer has no such key.
        """
        name, now = (algorithm, key_id), int(self._clock())
        held = self._held.get(issuer)
        if held is None or not held.is_fresh(now) or name not in held.by_name:
            held = self._renewed(issuer, name, now)
        if held is None or not held.is_usable(now):
            raise KeysUnavailable(f"no keys of {issuer.url}")
        if name not in held.by_name:
            raise TokenRefused("unknown_key")
        return held.by_name[name]

    def _renewed(self, issuer: Issuer, wanted: KeyName, now: int) -> PublishedKeys | None:
        """Read the shelf, then ask the issuer; at most once per pause."""
        if abs(now - self._asked_at.get(issuer, -PAUSE_SECONDS)) < PAUSE_SECONDS:
            return self._held.get(issuer)
        self._asked_at[issuer] = now
        held = _newer(self._held.get(issuer), self._shelf.read(issuer))
        if held is None or not _will_do(held, wanted, now):
            try:
                held = PublishedKeys(usable_keys(self._fetch(issuer)), now)
            except KeysUnavailable:
                pass  # the keys at hand may be used a while longer
            else:
                self._shelf.write(issuer, held)
        if held is not None:
            self._held[issuer] = held
        return held


def usable_keys(document: object) -> Mapping[KeyName, Jwk]:
    """The keys of a JWK set that can check a signature, reduced to their public members.

    Other keys (encryption, symmetric, weak, without an id, of other algorithms) are ignored. Of two
    keys with the same name the first counts.

    Raises:
        KeysUnavailable: The set has no usable key.
    """
    entries = document.get("keys") if isinstance(document, dict) else None
    named: dict[KeyName, Jwk] = {}
    for entry in entries if isinstance(entries, list) else []:
        key = _usable(entry)
        if key is not None:
            named.setdefault((key["alg"], key["kid"]), key)
    if not named:
        raise KeysUnavailable("a key set without usable keys")
    return named


def _will_do(held: PublishedKeys, wanted: KeyName, now: int) -> bool:
    """Fresh and with the key; or so young that another request would bring nothing new."""
    age = now - held.fetched_at
    return held.is_fresh(now) and (wanted in held.by_name or age < PAUSE_SECONDS)


def _newer(ours: PublishedKeys | None, shelved: PublishedKeys | None) -> PublishedKeys | None:
    known = [keys for keys in (ours, shelved) if keys is not None]
    return max(known, key=lambda keys: keys.fetched_at, default=None)


def _usable(entry: Any) -> Jwk | None:
    if not isinstance(entry, dict) or not is_name(entry.get("kid")):
        return None
    if entry.get("use", "sig") != "sig" or "verify" not in entry.get("key_ops", ["verify"]):
        return None
    match entry:
        case {"kty": "RSA", "n": str(n), "e": str(e)} if (
            _length(n) in _MODULUS_BYTES and _length(e) in _EXPONENT_BYTES
        ):
            algorithm = "PS256" if entry.get("alg") == "PS256" else "RS256"
            key = {"kty": "RSA", "alg": algorithm, "n": n, "e": e}
        case {"kty": "EC", "crv": "P-256", "x": str(x), "y": str(y)} if (
            _length(x) in _COORDINATE_BYTES and _length(y) in _COORDINATE_BYTES
        ):
            key = {"kty": "EC", "alg": "ES256", "crv": "P-256", "x": x, "y": y}
        case _:
            return None
    return {**key, "kid": entry["kid"]} if entry.get("alg", key["alg"]) == key["alg"] else None


def _length(encoded: str) -> int:
    try:
        return len(urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    except ValueError:
        return 0
