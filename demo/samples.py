"""Sample callers: partner applications, staff, the bank. All invented, all local."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from local.aws.cloudformation import STACK_NAME

SCOPE_PREFIX = "coverwright/"
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"

_QUOTING = ("products:read", "quotes:read", "quotes:write")
_ISSUANCE = ("policies:read", "policies:write", "policies:share")
_PARTNERS = ("partners:read",)
_PARTIES = ("parties:read", "parties:write")
_CLAIMS = ("claims:read", "claims:write", "claims:settle")
_COMPLAINTS = ("complaints:read", "complaints:write")
_WEBHOOKS = ("webhooks:read", "webhooks:write")
_DATA = ("data:read", "data:write")
_EVENTS = ("events:read", *_WEBHOOKS, "usage:read")


@dataclass(frozen=True)
class Partner:
    """A partner's application: OAuth2 client credentials, a row in Applications, a usage key."""

    client_id: str
    partner: str
    name: str
    plan: str
    mode: str = "test"
    status: str = "active"
    products: tuple[str, ...] = ("quoting", "issuance", "claims")
    scopes: tuple[str, ...] = (
        *(*_QUOTING, *_ISSUANCE, *_PARTIES, *_CLAIMS, *_COMPLAINTS),
        *_EVENTS,
    )
    is_portal: bool = False
    """Policyholders sign in through it."""
    signs_in_by_key: bool = False
    """With an assertion that it signs with the key of `demo.proofs` (`private_key_jwt`), and with no secret."""
    binding: str = ""
    """What the sender of its tokens must prove: `dpop`, with the key of `demo.proofs`; empty: nothing."""

    @property
    def application(self) -> str:
        """Its id: the same on every machine, so that what one writes down the other can read."""
        prefix = "app_" if self.mode == "live" else "app_test_"
        return prefix + _suffix(self.client_id)


@dataclass(frozen=True)
class Staff:
    """A person with roles and a mode: each is a group of the staff pool."""

    name: str
    groups: tuple[str, ...]
    scopes: tuple[str, ...]

    @property
    def subject(self) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{self.name}.staff.coverwright.example"))


@dataclass(frozen=True)
class Person:
    """A policyholder who signs in through a portal; a partner says which policies are theirs."""

    name: str
    portal: str
    scopes: tuple[str, ...] = ("policies:read", "claims:read", "claims:write", "parties:write")

    @property
    def subject(self) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{self.name}.people.coverwright.example"))


_TEAM = (*_PARTNERS, *_QUOTING, *_WEBHOOKS, "usage:read")


@dataclass(frozen=True)
class Developer:
    """A person of a partner's team, who signs in at the developer portal."""

    name: str
    partner: str
    mode: str = "test"
    scopes: tuple[str, ...] = _TEAM
    role: str = "developer"

    @property
    def subject(self) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{self.name}.developers.coverwright.example"))


@dataclass(frozen=True)
class Machine:
    """A machine client of the staff pool, as the template declares it: it has scopes alone."""

    name: str
    resource: str
    """The client's logical id in template.yaml."""
    scopes: tuple[str, ...]

    @property
    def client_id(self) -> str:
        return f"{STACK_NAME}-{self.resource}"


def _suffix(text: str) -> str:
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:16])
    return "".join(_CROCKFORD[(number >> (5 * place)) & 31] for place in range(20))


PARTNERS = (
    Partner("harbour-test", "harbour", "Harbour Brokers, trying out", "gold"),
    Partner("meadow-test", "meadow", "Meadow Insurance Comparison, trying out", "silver"),
    Partner("pebble-test", "pebble", "Pebble Garage, trying out", "bronze"),
    Partner(
        "reader-test",
        "harbour",
        "Harbour Brokers, reports only",
        "bronze",
        scopes=("products:read", "quotes:read", "policies:read", "claims:read"),
    ),
    Partner(
        "portal-test",
        "harbour",
        "Harbour Brokers, where policyholders sign in",
        "silver",
        products=("issuance", "claims"),
        scopes=("policies:read", "claims:read", "claims:write", "parties:write", *_COMPLAINTS),
        is_portal=True,
    ),
    Partner(
        "proof-test",
        "harbour",
        "Harbour Brokers, trying out keys",
        "bronze",
        signs_in_by_key=True,
        binding="dpop",
    ),
    Partner(
        "files-test",
        "harbour",
        "Harbour Brokers, sending files",
        "silver",
        products=("quoting",),
        scopes=(*_QUOTING, *_DATA),
    ),
    Partner("gone-test", "gone", "Gone Brokers, suspended", "bronze", status="suspended"),
    Partner("harbour-live", "harbour", "Harbour Brokers", "gold", mode="live", binding="dpop"),
)
_READS = ("products:read", "quotes:read", "policies:read", "claims:read", "controls:read")
_FINANCE = (
    *("ledger:read", "ledger:close", "payments:send", "refunds:approve", "suspense:resolve"),
    *("controls:write", "usage:read"),
)
_AUTHORING = ("products:read", "products:write", "controls:read")
STAFF = (
    Staff(
        "underwriter-test",
        ("test", "underwriter"),
        (*_READS, "quotes:underwrite", "notices:write", "work:read", *_DATA),
    ),
    Staff(
        "handler-test",
        ("claims_handler", "test"),
        (*_READS, "claims:write", "claims:assess", "claims:settle", "claims:approve", "work:read"),
    ),
    Staff(
        "supervisor-test",
        ("supervisor", "test"),
        (
            *_READS,
            "claims:write",
            "claims:assess",
            "claims:settle",
            "claims:approve",
            "refunds:approve",
            "work:read",
            *_COMPLAINTS,
            "complaints:handle",
            "controls:write",
        ),
    ),
    Staff(
        "complaints-test",
        ("complaints_handler", "test"),
        (*_READS, *_COMPLAINTS, "complaints:handle", "work:read"),
    ),
    Staff(
        "call-centre-test",
        ("call_centre", "test"),
        (
            *_QUOTING,
            "policies:read",
            "policies:write",
            "claims:read",
            "claims:write",
            *_COMPLAINTS,
            *_PARTIES,
            "controls:read",
        ),
    ),
    Staff(
        "compliance-test",
        ("compliance", "test"),
        (
            *_READS,
            "quotes:underwrite",
            "claims:approve",
            "refunds:approve",
            *_COMPLAINTS,
            "complaints:handle",
            "work:read",
            "controls:write",
        ),
    ),
    Staff("finance-test", ("finance", "test"), (*_READS, *_FINANCE)),
    Staff("controller-test", ("finance", "test"), (*_READS, *_FINANCE)),
    Staff("author-test", ("product_manager", "test"), _AUTHORING),
    Staff("publisher-test", ("product_manager", "test"), _AUTHORING),
    Staff(
        "privacy-test",
        ("privacy_officer", "test"),
        (*_READS, *_PARTIES, "parties:erase", "work:read"),
    ),
    Staff(
        "auditor-test",
        ("auditor", "test"),
        (
            *_READS,
            *("ledger:read", "work:read", "events:read", "audit:read"),
            *("partners:read", "usage:read"),
        ),
    ),
    Staff(
        "onboarding-test", ("operator", "test"), ("partners:read", "partners:write", "usage:read")
    ),
    Staff("approver-test", ("operator", "test"), ("partners:read", "partners:write")),
    Staff("duty-test", ("operator", "test"), ("controls:read", "controls:write")),
    Staff("guard-test", ("compliance", "test"), ("controls:read", "controls:write")),
    Staff("chief-test", ("chief_underwriter", "test"), ("controls:read", "controls:write")),
    Staff("steward-test", ("operator", "test"), _DATA),
    Staff("data-chief-test", ("chief_underwriter", "test"), (*_QUOTING, *_DATA)),
    Staff("underwriter", ("live", "underwriter"), (*_READS, "quotes:underwrite")),
)
PEOPLE = (Person("ada-test", "portal-test"), Person("ben-test", "portal-test"))
DEVELOPERS = (
    Developer("dora-test", "harbour"),
    Developer("milo-test", "meadow"),
    Developer("olga-test", "harbour", scopes=(*_TEAM, "partners:write"), role="administrator"),
)
BANKS: Mapping[str, Machine] = {
    "live": Machine("bank-live", "BankClient", ("payments:report",)),
    "test": Machine("bank-test", "BankTestClient", ("payments:report",)),
}

CALLERS: Mapping[str, Partner | Staff | Person | Developer | Machine] = {
    **{each.client_id: each for each in PARTNERS},
    **{each.name: each for each in STAFF},
    **{each.name: each for each in PEOPLE},
    **{each.name: each for each in DEVELOPERS},
    **{each.name: each for each in BANKS.values()},
}
MACHINES: Mapping[str, Machine] = {bank.client_id: bank for bank in BANKS.values()}
"""Our own machines that sign in by client credentials, by client id."""


def british_iban(number: int) -> str:
    """An account in Great Britain, with its check digits (ISO 13616: modulo 97)."""
    bank, account = "BUKB", f"202015{number:08}"
    digits = "".join(str(int(letter, 36)) for letter in f"{bank}{account}GB00")
    return f"GB{98 - int(digits) % 97:02}{bank}{account}"
