"""The access record of a call: who called what, about which objects, whose data, what for, and what came of it.

It goes out with the call's line of metrics: one line a call, refused or not. It holds ids alone, so
that it can outlive the data that it speaks of.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from insurance import telemetry
from insurance.domain.core.caller import Caller
from insurance.domain.core.identity import ALPHABET
from insurance.domain.core.party_record import PartyRecord
from insurance.domain.core.purposes import AccessPurpose
from insurance.domain.core.stored import Stored
from insurance.operations.listing import ListPage

FIELD: Final = "access"
"""The name of the record in the line."""
PARTIES_MAX: Final = 100
PARTY: Final = "pty_"
"""How the id of a party begins: a customer is their own."""
ID: Final = re.compile(rf"[a-z]{{3}}_(test_)?[{ALPHABET}]{{16,26}}(_[1-9][0-9]{{0,3}}){{0,2}}")
"""An object of either mode. What else stands in a path may be anything that a caller wrote there."""
OPERATOR: Final = re.compile("[0-9A-Za-z][0-9A-Za-z._-]{0,63}")


class AccessRecord:
    """What is known of a call so far; `keep` writes it down when the answer is there."""

    def __init__(self, event: Mapping[str, Any]) -> None:
        authorizer = event["requestContext"].get("authorizer") or {}
        self._who: dict[str, Any] = {
            "principal": authorizer.get("principal") or authorizer.get("claims", {}).get("sub")
        }
        self._operation: str | None = None
        self.objects: list[str] = []
        self.parties: list[str] = []
        self._purposes: list[AccessPurpose] = []
        self._asked: dict[str, str] | None = None
        self._rule: str | None = None
        self._mask: str | None = None

    def called_by(self, caller: Caller) -> None:
        """The caller, once it is known who that is."""
        self._who = {
            "principal": caller.principal,
            "kind": caller.kind,
            "roles": sorted(caller.roles),
        }

    def about(self, operation: str, path: Mapping[str, str]) -> None:
        """The operation, and the objects that its path names."""
        self._operation = operation
        self.objects = [value for value in path.values() if ID.fullmatch(value)]

    def let_in_for(self, purposes: list[AccessPurpose]) -> None:
        """What the caller may see the answer for, once they are let in."""
        self._purposes = purposes

    def shows(self, result: object) -> None:
        """Whose data the answer holds."""
        self.parties = list(dict.fromkeys(_parties(result)))[:PARTIES_MAX]

    def asked_policies(self, caller: Caller, product: str | None, territory: str | None) -> None:
        """What access policies are asked about the call, whether any is in force or not: a draft is tried on it later."""
        said = {
            "mode": caller.mode,
            "application": caller.application,
            "partner": caller.partner,
            "granted": " ".join(sorted({*caller.roles, *caller.scopes})),
            "product": product,
            "territory": territory,
        }
        self._asked = {name: value for name, value in said.items() if value}

    def refused_by(self, rule: str) -> None:
        """The rule of an access policy that refused the call, as `policy/rule`."""
        self._rule = rule

    def masked_by(self, rule: str) -> None:
        """The rule of an access policy by which the answer is masked, as `policy/rule`."""
        self._mask = rule

    def repeats(self, party: str | None) -> None:
        """Whose data an answer holds that was stored with an earlier call."""
        if party:
            self.parties = [party]

    def keep(self, status: int, code: str | None) -> None:
        """Write the record into the line of this call's metrics."""
        record = {
            "operation": self._operation,
            **self._who,
            "objects": self.objects,
            "parties": self.parties,
            "purposes": self._purposes,
            "status": status,
            "code": code,
            "asked": self._asked,
            "rule": self._rule,
            "mask": self._mask,
        }
        kept = {name: value for name, value in record.items() if value}
        telemetry.metrics.add_metadata(FIELD, kept)


def note_administration(operation: str, *, by: object) -> None:
    """Leave the record of what an operator does by a direct call of a function.

    Lambda does not say who called. What operators say of themselves is kept if it has the form of an id.
    """
    named = isinstance(by, str) and OPERATOR.fullmatch(by)
    principal = by if named else "unnamed"
    record = {"operation": operation, "principal": principal, "kind": "operator"}
    telemetry.metrics.add_metadata(FIELD, record)


def _parties(result: object) -> Iterator[str]:
    """The parties of a result: of a record, a page of them, or a value made of some."""
    match result:
        case Stored():
            yield from _parties(result.record)
        case PartyRecord():
            yield result.party
        case ListPage():
            yield from _of_all(result.items)
        case _ if str(getattr(result, "id", "")).startswith(PARTY):
            yield result.id  # type: ignore[attr-defined] # seen in the line above
        case tuple() | list():
            yield from _of_all(result)
        case _ if isinstance(getattr(result, "party_id", None), str):
            yield result.party_id  # type: ignore[attr-defined] # seen in the line above
        case _ if hasattr(result, "__dataclass_fields__"):
            yield from _of_all([getattr(result, name) for name in result.__dataclass_fields__])


def _of_all(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        yield from _parties(value)
