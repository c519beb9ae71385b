"""Data exports: everything about a party, in their own words and ours, without other people's data."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from insurance.domain.billing.account import BillingAccount
from insurance.domain.claim import Claim
from insurance.domain.claim.verdict import FRAUD_SCORE
from insurance.domain.complaint.complaint import Complaint
from insurance.domain.core.classification import JsonObject, Record
from insurance.domain.core.stored import Stored
from insurance.domain.party.record import Party
from insurance.domain.privacy.legal_hold import ContractRecords

MASKED: Final = "another person"
"""What stands for the name of somebody else."""

NOT_TOLD: Final = frozenset({"cleared", "task", "payee_change"})
"""Fields that are left out: nobody may be warned of a look at sanctions lists, and tasks of staff are not
about the party."""


def export_of(parties: Sequence[Party], contracts: Iterable[ContractRecords]) -> JsonObject:
    """The data of a party and its members, by contract, as JSON.

    Args:
        parties: The party, and those that were merged into it.
        contracts: Everything on all of their contracts, with personal data.
    """
    contracts = list(contracts)
    own = {_plain(name) for name in _names(parties, contracts)}
    return {
        "parties": [_dump(party) for party in parties],
        "contracts": [_contract(contract, own) for contract in contracts],
    }


def _contract(contract: ContractRecords, own: set[str]) -> JsonObject:
    exported: JsonObject = {"quote": _dump(contract.quote.record)}
    if contract.policy is not None:
        exported["policy"] = _dump(contract.policy.record)
    if contract.account is not None:
        exported["account"] = _account(contract.account, own)
    exported["claims"] = [_claim(claim, own) for claim in contract.claims]
    exported["complaints"] = [_complaint(complaint, own) for complaint in contract.complaints]
    return exported


def _account(stored: Stored[BillingAccount], own: set[str]) -> JsonObject:
    dumped = _dump(stored.record)
    _mask_all(dumped, "payees", own)
    return dumped


def _claim(stored: Stored[Claim], own: set[str]) -> JsonObject:
    """A claim, with other claimants, payees and debtors masked, and without the fraud score."""
    dumped = _dump(stored.record)
    for name in ("claimant", "payee"):
        if name in dumped:
            dumped[name] = _masked(dumped[name], own)
    _mask_all(dumped, "payees", own)
    for name, debtor in dumped.get("debtors", {}).items():
        dumped["debtors"][name] = debtor if _plain(debtor) in own else MASKED
    if "loss_payee" in dumped and _plain(dumped["loss_payee"]) not in own:
        dumped["loss_payee"] = MASKED
    if "rules" in dumped:
        dumped["rules"] = [rule for rule in dumped["rules"] if rule["code"] != FRAUD_SCORE]
    return dumped


def _complaint(stored: Stored[Complaint], own: set[str]) -> JsonObject:
    dumped = _dump(stored.record)
    if "complainant" in dumped:
        dumped["complainant"] = _masked(dumped["complainant"], own)
    _mask_all(dumped, "payees", own)
    return dumped


def _dump(record: Record) -> JsonObject:
    dumped = record.model_dump(mode="json", exclude_none=True)
    return {name: value for name, value in dumped.items() if name not in NOT_TOLD}


def _mask_all(dumped: JsonObject, field: str, own: set[str]) -> None:
    for name, person in dumped.get(field, {}).items():
        dumped[field][name] = _masked(person, own)


def _masked(person: JsonObject, own: set[str]) -> JsonObject:
    """The person, if it is the party; else nothing but that it is somebody else."""
    return person if _plain(person["name"]) in own else {"name": MASKED}


def _names(parties: Sequence[Party], contracts: Sequence[ContractRecords]) -> Iterable[str]:
    """Every name that the party has or had."""
    for party in parties:
        yield from (dated.name for dated in party.names)
    for contract in contracts:
        held: list[Any] = [contract.quote.record]
        if contract.policy is not None:
            held.append(contract.policy.record)
        yield from (record.policyholder.name for record in held if record.policyholder)


def _plain(name: str) -> str:
    """The name without what does not tell two people apart: case and spaces."""
    return " ".join(name.split()).casefold()
