"""Bundles of ports, one for each kind of operation: what a function's handlers pass on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insurance import wiring

# A function loads the bundle that it asks for: every import below is inside its function.
if TYPE_CHECKING:
    from insurance.operations.billing.ports import BillingPorts, CollectionPorts, RefundPorts
    from insurance.operations.claims.ports import ClaimPorts, EvidencePorts, ReinstatementPorts
    from insurance.operations.complaints.ports import ComplaintPorts
    from insurance.operations.controls.ports import AccessPolicyPorts, StopPorts
    from insurance.operations.documents.ports import DocumentPorts
    from insurance.operations.files.ports import UploadPorts
    from insurance.operations.ledger.ports import AccountingPorts, EarningsPorts, LedgerPorts
    from insurance.operations.parties.match_ports import MatchPorts
    from insurance.operations.parties.ports import (
        ErasurePorts,
        ExportPorts,
        PartyPorts,
        ScreeningPorts,
    )
    from insurance.operations.payments.ports import PaymentPorts
    from insurance.operations.policy.ports import (
        CorrectionPorts,
        InterestPorts,
        InvitationPorts,
        IssuingPorts,
        RenewalPorts,
        ServicingPorts,
        TransferPorts,
    )
    from insurance.operations.products.ports import ProductPorts
    from insurance.operations.quoting.ports import QuotingPorts
    from insurance.operations.search.ports import SearchPorts
    from insurance.operations.usage.ports import UsagePorts
    from insurance.operations.work.ports import WorkPorts


def quoting_ports() -> QuotingPorts:
    from insurance.operations.quoting.ports import QuotingPorts

    return QuotingPorts(
        products=wiring.products(),
        look_ups=wiring.look_ups(),
        quotes=wiring.stores().quotes,
        keys=wiring.keys(),
        parties=wiring.stores().named_parties,
        index_keys=wiring.stores().index_keys,
        carrier=wiring.carrier(),
        stops=wiring.stores().stops,
    )


def issuing_ports() -> IssuingPorts:
    from insurance.operations.policy.ports import IssuingPorts

    return IssuingPorts(
        products=wiring.products(),
        policies=wiring.stores().policies,
        screening=screening_ports(),
    )


def screening_ports() -> ScreeningPorts:
    from insurance.operations.parties.ports import ScreeningPorts

    return ScreeningPorts(
        list=wiring.screening(),
        cases=wiring.stores().screenings,
        policies=wiring.stores().screenings,
    )


def servicing_ports() -> ServicingPorts:
    from insurance.operations.policy.ports import ServicingPorts

    return ServicingPorts(
        products=wiring.products(),
        look_ups=wiring.look_ups(),
        policies=wiring.stores().policy_changes,
        accounts=wiring.stores().billing,
    )


def interest_ports() -> InterestPorts:
    from insurance.operations.policy.ports import InterestPorts

    return InterestPorts(
        policies=wiring.stores().policy_changes,
        transfers=wiring.stores().policy_transfers,
        parties=wiring.stores().named_parties,
        index_keys=wiring.stores().index_keys,
    )


def transfer_ports() -> TransferPorts:
    from insurance.operations.policy.ports import TransferPorts

    return TransferPorts(
        products=wiring.products(),
        look_ups=wiring.look_ups(),
        policies=wiring.stores().policy_changes,
        transfers=wiring.stores().policy_transfers,
        screening=screening_ports(),
        parties=wiring.stores().named_parties,
        keys=wiring.keys(),
        partners=wiring.stores().registered_partners,
    )


def correction_ports() -> CorrectionPorts:
    from insurance.operations.policy.ports import CorrectionPorts

    return CorrectionPorts(
        products=wiring.products(),
        look_ups=wiring.look_ups(),
        corrections=wiring.stores().corrections,
        screening=screening_ports(),
    )


def erasure_ports() -> ErasurePorts:
    from insurance.operations.parties.ports import ErasurePorts

    return ErasurePorts(
        parties=wiring.stores().parties,
        contracts=wiring.stores().party_contracts,
        products=wiring.products(),
        copies=wiring.stores().key_copies,
        files=(wiring.objects("documents"), wiring.objects("evidence")),
        erased=wiring.stores().person_rows,
        index_keys=wiring.stores().index_keys,
    )


def export_ports() -> ExportPorts:
    from insurance.operations.parties.ports import ExportPorts

    return ExportPorts(
        parties=wiring.stores().parties,
        contracts=wiring.stores().party_contracts,
        products=wiring.products(),
        documents=wiring.stores().documents,
        wordings=wiring.wordings(),
        typesetter=wiring.typesetter(),
        files=wiring.objects("documents"),
        carrier=wiring.carrier(),
    )


def renewal_ports() -> RenewalPorts:
    from insurance.operations.policy.ports import RenewalPorts

    return RenewalPorts(
        products=wiring.products(),
        look_ups=wiring.look_ups(),
        renewals=wiring.stores().renewals,
        quotes=wiring.stores().quotes,
    )


def invitation_ports() -> InvitationPorts:
    from insurance.operations.policy.ports import InvitationPorts

    return InvitationPorts(
        products=wiring.products(),
        look_ups=wiring.look_ups(),
        renewals=wiring.stores().renewals,
        quotes=wiring.stores().quotes,
        policies=wiring.stores().policy_changes,
    )


def ledger_ports() -> LedgerPorts:
    from insurance.operations.ledger.ports import LedgerPorts

    return LedgerPorts(
        products=wiring.products(),
        policy_ledgers=wiring.stores().policy_ledgers,
        general_ledger=wiring.stores().general_ledger,
        deliveries=wiring.stores().deliveries,
        kept_reports=wiring.stores().kept_reports,
    )


def accounting_ports() -> AccountingPorts:
    from insurance.operations.ledger.ports import AccountingPorts

    return AccountingPorts(
        products=wiring.products(),
        calendars=wiring.stores().calendars,
        reconciliations=wiring.stores().reconciliations,
    )


def earnings_ports() -> EarningsPorts:
    from insurance.operations.ledger.ports import EarningsPorts

    return EarningsPorts(products=wiring.products(), earnings=wiring.stores().earnings)


def search_ports() -> SearchPorts:
    from insurance.operations.search.ports import SearchPorts

    return SearchPorts(lists=wiring.stores().search_lists, index_keys=wiring.stores().index_keys)


def complaint_ports() -> ComplaintPorts:
    from insurance.operations.complaints.ports import ComplaintPorts

    return ComplaintPorts(
        products=wiring.products(),
        complaints=wiring.stores().complaints,
        screening=wiring.screening(),
        totals=wiring.stores().running_totals,
        register=wiring.stores().work_lists,
    )


def party_ports() -> PartyPorts:
    from insurance.operations.parties.ports import PartyPorts

    return PartyPorts(
        parties=wiring.stores().parties,
        index_keys=wiring.stores().index_keys,
        keys=wiring.keys(),
    )


def match_ports() -> MatchPorts:
    from insurance.operations.parties.match_ports import MatchPorts

    return MatchPorts(
        matches=wiring.stores().matches, parties=wiring.stores().parties, search=search_ports()
    )


def access_policy_ports() -> AccessPolicyPorts:
    from insurance.operations.controls.ports import AccessPolicyPorts

    return AccessPolicyPorts(
        policies=wiring.stores().access_policies,
        products=wiring.products(),
        call_log=lambda: wiring.call_log(),  # noqa: PLW0108 - a replay alone asks for it
        operations=wiring.operation_paths,
    )


def stop_ports() -> StopPorts:
    from insurance.operations.controls.ports import StopPorts

    return StopPorts(stops=wiring.stores().stops, products=wiring.products(), wait=wiring.wait)


def work_ports() -> WorkPorts:
    from insurance.operations.work.ports import WorkPorts

    return WorkPorts(lists=wiring.stores().work_lists)


def usage_ports() -> UsagePorts:
    from insurance.operations.usage.ports import UsagePorts

    return UsagePorts(
        meter=wiring.stores().meter,
        registered=wiring.stores().registry,
        kept_days=wiring.usage_days,
    )


def product_ports() -> ProductPorts:
    from insurance.operations.products.ports import ProductPorts

    return ProductPorts(
        products=wiring.products(),
        versions=wiring.stores().product_versions,
        seeds=wiring.seeds(),
        contents=lambda: wiring.objects("products"),
    )


def document_ports() -> DocumentPorts:
    from insurance.operations.documents.ports import DocumentPorts

    return DocumentPorts(
        products=wiring.products(),
        wordings=wiring.wordings(),
        typesetter=wiring.typesetter(),
        documents=wiring.stores().documents,
        files=wiring.objects("documents"),
    )


def claim_ports() -> ClaimPorts:
    from insurance.operations.claims.ports import ClaimPorts

    return ClaimPorts(
        products=wiring.products(), claims=wiring.stores().claims, screening=wiring.screening()
    )


def reinstatement_ports() -> ReinstatementPorts:
    from insurance.operations.claims.ports import ReinstatementPorts

    return ReinstatementPorts(
        products=wiring.products(),
        claims=wiring.stores().claims,
        policies=wiring.stores().policy_changes,
    )


def evidence_ports() -> EvidencePorts:
    from insurance.operations.claims.ports import EvidencePorts

    return EvidencePorts(
        products=wiring.products(),
        claims=wiring.stores().claims,
        objects=wiring.objects("evidence"),
        scans=wiring.scans("evidence"),
        scanner=wiring.scanner(),
        pdfs=wiring.pdf_inspector(),
    )


def upload_ports(bucket: str) -> UploadPorts:
    from insurance.operations.files.ports import UploadPorts

    return UploadPorts(
        objects=wiring.objects(bucket), scans=wiring.scans(bucket), scanner=wiring.scanner()
    )


def risk_uploads() -> UploadPorts:
    """Made when a request names an upload: other risks need no bucket."""
    return upload_ports("risk_uploads")


def billing_ports() -> BillingPorts:
    from insurance.operations.billing.ports import BillingPorts

    return BillingPorts(products=wiring.products(), billing=wiring.stores().billing)


def refund_ports() -> RefundPorts:
    from insurance.operations.billing.ports import RefundPorts

    return RefundPorts(
        products=wiring.products(),
        billing=wiring.stores().billing,
        screening=wiring.screening(),
        totals=wiring.stores().running_totals,
    )


def collection_ports() -> CollectionPorts:
    from insurance.operations.billing.ports import CollectionPorts

    return CollectionPorts(
        products=wiring.products(),
        billing=wiring.stores().billing,
        look_ups=wiring.look_ups(),
        policies=wiring.stores().policy_changes,
    )


def payment_ports() -> PaymentPorts:
    from insurance.operations.payments.claim_payers import ClaimPayers
    from insurance.operations.payments.payers_by_prefix import PayersByPrefix
    from insurance.operations.payments.ports import PaymentPorts
    from insurance.operations.payments.redress_payers import RedressPayers
    from insurance.operations.payments.refund_payers import RefundPayers, ReturnPayers

    billing = billing_ports()
    return PaymentPorts(
        orders=wiring.stores().payment_orders,
        payers=PayersByPrefix(
            pay=ClaimPayers(wiring.stores().claims),
            rfd=RefundPayers(billing),
            ret=ReturnPayers(billing),
            rdr=RedressPayers(wiring.stores().complaints),
        ),
        policies=wiring.stores().paid_policies,
        products=wiring.products(),
        objects=wiring.objects("payment_files"),
        messages=wiring.bank_messages(),
    )
