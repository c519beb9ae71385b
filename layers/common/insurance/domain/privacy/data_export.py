"""Data exports: everything about a party, in their own words and ours, without other people's data."""

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

from insurance.domain.billing.account import BillingAccount
from insurance.domain.claim import Claim
from insurance.domain.claim.verdict import FRAUD_SCORE
from insurance.domain.complaint.complaint import Complaint
from insurance.domain.core.classification import JsonObject, Record
from insurance.domain.core.identity import PartyId
from insurance.domain.core.stored import Stored
from insurance.domain.document import Document
from insurance.domain.party.record import Party
from insurance.domain.policy import Policy
from insurance.domain.privacy.legal_hold import ContractRecords

MASKED: Final = "somebody who is not recorded as you"
"""What stands for the name of somebody else."""

NOT_TOLD: Final = frozenset({"cleared", "task", "payee_change"})
"""Fields that are left out: nobody may be warned of a look at sanctions lists, and tasks of staff are not
about the party."""


def export_of(
    parties: Sequence[Party],
    contracts: Iterable[ContractRecords],
    documents_of: Callable[[Stored[Policy]], Iterable[Document]],
) -> JsonObject:
    """The data of a party and its members, by contract, as JSON.

    Whose a value is follows from its role in the record, never from a name: two people may have the
    same one. Who is not recorded as the policyholder is taken for somebody else.

    Args:
        parties: The party, and those that were merged into it.
        contracts: Everything on all of their contracts, with the party's personal data alone.
        documents_of: The documents that were made of a policy.
    """
    return {
        "parties": [_dump(party) for party in parties],
        "contracts": [
            _contract(contract, documents_of)
            if _held_by(contract, {id for party in parties for id in party.ids})
            else _with_a_role(contract)
            for contract in contracts
        ],
    }


def values_in(exported: Any) -> int:
    """How many single values there are: each is a row of the document."""
    match exported:
        case dict():
            return sum(map(values_in, exported.values()))
        case list():
            return sum(map(values_in, exported))
    return 1


def _held_by(contract: ContractRecords, party_ids: AbstractSet[PartyId]) -> bool:
    """Whether the contract is, or was, theirs; else they hold its policy with somebody, or have a role on it, or
    did."""
    if contract.policy is None:
        return contract.quote.record.party in party_ids
    policy = contract.policy.record
    former = {each.party_id for each in policy.former_holders}
    return not party_ids.isdisjoint({policy.party_id, *former})


def _with_a_role(contract: ContractRecords) -> JsonObject:
    """What of a contract is a joint holder's or an interested party's to read: the terms, and what is said of
    them. The rest is the policyholder's."""
    if contract.policy is None:
        return {}
    roles = [
        each.replace(sealed=None).model_dump(mode="json", exclude_none=True)
        for each in contract.roles
    ]
    return {"policy": _policy(contract.policy) | {"roles": roles}}


def _contract(
    contract: ContractRecords, documents_of: Callable[[Stored[Policy]], Iterable[Document]]
) -> JsonObject:
    exported: JsonObject = {"quote": _dump(contract.quote.record)}
    if contract.policy is not None:
        exported["policy"] = _policy(contract.policy)
        exported["documents"] = [_dump(each) for each in documents_of(contract.policy)]
    if contract.account is not None:
        exported["account"] = _account(contract.account)
    exported["claims"] = [_claim(claim) for claim in contract.claims]
    exported["complaints"] = [_complaint(complaint) for complaint in contract.complaints]
    return exported


def _policy(stored: Stored[Policy]) -> JsonObject:
    """A policy. Those who hold it jointly with the party, or have an interest in it, are other people."""
    dumped = _dump(stored.record)
    if "joint_holders" in dumped:
        dumped["joint_holders"] = [{"name": MASKED} for _holder in dumped["joint_holders"]]
    if "interests" in dumped:
        dumped["interests"] = [
            {"interest": each["interest"], "name": MASKED}
            for each in dumped["interests"]["parties"]
        ]
    return dumped


def _account(stored: Stored[BillingAccount]) -> JsonObject:
    """An account. Who paid may be somebody else: their accounts stay with us."""
    dumped = _dump(stored.record)
    _mask_all(dumped, "payees")
    if "payers" in dumped:
        dumped["payers"] = [{"account": MASKED} for _payer in dumped["payers"]]
    return dumped


def _claim(stored: Stored[Claim]) -> JsonObject:
    """A claim without the fraud score, and with other claimants and payees masked. A debtor, who caused
    the loss, and a loss payee, who has an interest in the thing, are never the policyholder."""
    dumped = _dump(stored.record)
    for name in ("claimant", "payee"):
        if name in dumped:
            dumped[name] = _masked(dumped[name])
    _mask_all(dumped, "payees")
    for number in dumped.get("debtors", {}):
        dumped["debtors"][number] = MASKED
    if "loss_payee" in dumped:
        dumped["loss_payee"] = MASKED
    if "rules" in dumped:
        dumped["rules"] = [rule for rule in dumped["rules"] if rule["code"] != FRAUD_SCORE]
    return dumped


def _complaint(stored: Stored[Complaint]) -> JsonObject:
    dumped = _dump(stored.record)
    if "complainant" in dumped:
        dumped["complainant"] = _masked(dumped["complainant"])
    _mask_all(dumped, "payees")
    return dumped


def _dump(record: Record) -> JsonObject:
    dumped = record.model_dump(mode="json", exclude_none=True)
    return {name: value for name, value in dumped.items() if name not in NOT_TOLD}


def _mask_all(dumped: JsonObject, field: str) -> None:
    for number, person in dumped.get(field, {}).items():
        dumped[field][number] = _masked(person)


def _masked(person: JsonObject) -> JsonObject:
    """The person, if it is recorded as the policyholder; else nothing but that it is not."""
    return person if person["is_policyholder"] else {"name": MASKED}
