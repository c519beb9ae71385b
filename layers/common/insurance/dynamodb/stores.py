"""Every store on DynamoDB, each made when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from insurance.dynamodb.event_stores import EventStores
from insurance.dynamodb.intake_stores import IntakeStores
from insurance.dynamodb.partner_stores import PartnerStores

# A function loads the stores that it uses and no other: every import below is inside its property.
if TYPE_CHECKING:
    from insurance.dynamodb.billing.accounts import DynamoDBBilling
    from insurance.dynamodb.claims.claims import DynamoDBClaims
    from insurance.dynamodb.claims.payee_accounts import DynamoDBPayeeAccounts
    from insurance.dynamodb.complaints.complaints import DynamoDBComplaints
    from insurance.dynamodb.controls.access_policies import DynamoDBAccessPolicies
    from insurance.dynamodb.controls.rules_in_force import DynamoDBAccessRules
    from insurance.dynamodb.controls.stops import DynamoDBStops
    from insurance.dynamodb.documents.documents import DynamoDBDocuments
    from insurance.dynamodb.ledger.calendars import DynamoDBCalendars
    from insurance.dynamodb.ledger.control_accounts import DynamoDBControlAccounts
    from insurance.dynamodb.ledger.earnings import DynamoDBEarnings
    from insurance.dynamodb.ledger.general_ledger import DynamoDBGeneralLedger
    from insurance.dynamodb.ledger.policy_ledgers import DynamoDBPolicyLedgers
    from insurance.dynamodb.ledger.reconciliation import DynamoDBReconciliations
    from insurance.dynamodb.notifications.webhook_queue import DynamoDBWebhookQueue
    from insurance.dynamodb.notifications.webhooks import DynamoDBWebhooks
    from insurance.dynamodb.parties.accesses import DynamoDBAccesses
    from insurance.dynamodb.parties.contract_demands import DynamoDBContractDemands
    from insurance.dynamodb.parties.key_copies import DynamoDBKeyCopies
    from insurance.dynamodb.parties.matches import DynamoDBMatches
    from insurance.dynamodb.parties.named_parties import DynamoDBNamedParties
    from insurance.dynamodb.parties.parties import DynamoDBParties
    from insurance.dynamodb.parties.party_contracts import DynamoDBPartyContracts
    from insurance.dynamodb.parties.screenings import DynamoDBPoliciesInForce, DynamoDBScreenings
    from insurance.dynamodb.payment_queue import DynamoDBUnsentPayments
    from insurance.dynamodb.payments.instructions import DynamoDBInstructions
    from insurance.dynamodb.payments.paid_policies import DynamoDBPaidPolicies
    from insurance.dynamodb.payments.payment_orders import DynamoDBPaymentOrders
    from insurance.dynamodb.policy.corrections import DynamoDBCorrections
    from insurance.dynamodb.policy.policies import DynamoDBPolicies
    from insurance.dynamodb.policy.policy_changes import DynamoDBPolicyChanges
    from insurance.dynamodb.policy.policy_transfers import DynamoDBPolicyTransfers
    from insurance.dynamodb.policy.registered_partners import DynamoDBRegisteredPartners
    from insurance.dynamodb.policy.renewals import DynamoDBRenewals
    from insurance.dynamodb.products.product_versions import (
        DynamoDBKnownVersions,
        DynamoDBProductVersions,
    )
    from insurance.dynamodb.quoting.quotes import DynamoDBQuotes
    from insurance.dynamodb.scheduler.scheduled_jobs import DynamoDBScheduledJobs
    from insurance.dynamodb.search.kept_reports import DynamoDBKeptReports
    from insurance.dynamodb.search.sealed_facts import DynamoDBSealedFacts
    from insurance.dynamodb.search.search_index import DynamoDBSearchIndex, DynamoDBSearchLists
    from insurance.dynamodb.work.work_lists import DynamoDBWorkLists


class Stores(EventStores, IntakeStores, PartnerStores):
    """The stores over one client, one set of tables and one key ring.

    `table` names a table by its setting ("quotes"). All four are called on first use, so a function
    needs a variable, and the permission that goes with it, only for what it uses.
    """

    @cached_property
    def product_versions(self) -> DynamoDBProductVersions:
        from insurance.dynamodb.products.product_versions import DynamoDBProductVersions

        idempotency = self.staff_idempotency
        return DynamoDBProductVersions(self.client, self._tables, idempotency=idempotency)

    @cached_property
    def access_policies(self) -> DynamoDBAccessPolicies:
        from insurance.dynamodb.controls.access_policies import DynamoDBAccessPolicies

        return DynamoDBAccessPolicies(self.client, self._tables, idempotency=self.staff_idempotency)

    @cached_property
    def access_rules(self) -> DynamoDBAccessRules:
        from insurance.dynamodb.controls.rules_in_force import DynamoDBAccessRules

        return DynamoDBAccessRules(self.client, self._tables)

    @cached_property
    def stops(self) -> DynamoDBStops:
        from insurance.dynamodb.controls.stops import DynamoDBStops

        # Who is only held by stops has no commands on them, and no right to their records.
        return DynamoDBStops(self.client, self._tables, idempotency=lambda: self.staff_idempotency)

    @cached_property
    def quotes(self) -> DynamoDBQuotes:
        from insurance.dynamodb.quoting.quotes import DynamoDBQuotes

        return DynamoDBQuotes(
            self.client, self._tables, idempotency=self.contract_idempotency, keys=self.keys
        )

    @cached_property
    def policies(self) -> DynamoDBPolicies:
        from insurance.dynamodb.policy.policies import DynamoDBPolicies

        return DynamoDBPolicies(
            self.client,
            self._tables,
            reader=self.policy_reader,
            idempotency=self.idempotency,
            keys=self.keys,
        )

    @cached_property
    def policy_changes(self) -> DynamoDBPolicyChanges:
        from insurance.dynamodb.policy.policy_changes import DynamoDBPolicyChanges

        return DynamoDBPolicyChanges(
            self.client, self._tables, reader=self.policy_reader, idempotency=self.idempotency
        )

    @cached_property
    def policy_transfers(self) -> DynamoDBPolicyTransfers:
        from insurance.dynamodb.policy.policy_transfers import DynamoDBPolicyTransfers

        return DynamoDBPolicyTransfers(
            self.client, self._tables, reader=self.policy_reader, idempotency=self.idempotency
        )

    @cached_property
    def registered_partners(self) -> DynamoDBRegisteredPartners:
        from insurance.dynamodb.policy.registered_partners import DynamoDBRegisteredPartners

        return DynamoDBRegisteredPartners(self.client, self._tables)

    @cached_property
    def corrections(self) -> DynamoDBCorrections:
        from insurance.dynamodb.policy.corrections import DynamoDBCorrections

        return DynamoDBCorrections(
            self.client,
            self._tables,
            reader=self.policy_reader,
            parties=self.parties,
            idempotency=self.idempotency,
        )

    @cached_property
    def renewals(self) -> DynamoDBRenewals:
        from insurance.dynamodb.policy.renewals import DynamoDBRenewals

        return DynamoDBRenewals(self.client, self._tables, policies=self.policy_reader)

    @cached_property
    def billing(self) -> DynamoDBBilling:
        from insurance.dynamodb.billing.accounts import DynamoDBBilling

        return DynamoDBBilling(
            self.client,
            self._tables,
            policies=self.policy_reader,
            idempotency=self.idempotency,
            running_totals=self.running_totals,
        )

    @cached_property
    def claims(self) -> DynamoDBClaims:
        from insurance.dynamodb.claims.claims import DynamoDBClaims

        return DynamoDBClaims(
            self.client,
            self._tables,
            policies=self.policy_reader,
            idempotency=self.idempotency,
            payee_accounts=self.payee_accounts,
            running_totals=self.running_totals,
        )

    @cached_property
    def payee_accounts(self) -> DynamoDBPayeeAccounts:
        from insurance.dynamodb.claims.payee_accounts import DynamoDBPayeeAccounts

        return DynamoDBPayeeAccounts(self.client, self._tables, index_keys=self.index_keys)

    @cached_property
    def work_lists(self) -> DynamoDBWorkLists:
        from insurance.dynamodb.work.work_lists import DynamoDBWorkLists

        return DynamoDBWorkLists(self.client, self._tables)

    @cached_property
    def complaints(self) -> DynamoDBComplaints:
        from insurance.dynamodb.complaints.complaints import DynamoDBComplaints

        return DynamoDBComplaints(
            self.client,
            self._tables,
            idempotency=self.contract_idempotency,
            running_totals=self.running_totals,
            keys=self.keys,
        )

    @cached_property
    def accesses(self) -> DynamoDBAccesses:
        from insurance.dynamodb.parties.accesses import DynamoDBAccesses

        return DynamoDBAccesses(
            self.client, self._tables, policies=self.policy_reader, idempotency=self.idempotency
        )

    @cached_property
    def documents(self) -> DynamoDBDocuments:
        from insurance.dynamodb.documents.documents import DynamoDBDocuments

        return DynamoDBDocuments(
            self.client, self._tables, reader=self.policy_reader, idempotency=self.idempotency
        )

    @cached_property
    def contract_demands(self) -> DynamoDBContractDemands:
        from insurance.dynamodb.parties.contract_demands import DynamoDBContractDemands

        return DynamoDBContractDemands(self.client, self._tables, key_copies=self.key_copies)

    @cached_property
    def key_copies(self) -> DynamoDBKeyCopies:
        from insurance.dynamodb.parties.key_copies import DynamoDBKeyCopies

        return DynamoDBKeyCopies(self.client, self._tables)

    @cached_property
    def party_contracts(self) -> DynamoDBPartyContracts:
        from insurance.dynamodb.parties.party_contracts import DynamoDBPartyContracts

        return DynamoDBPartyContracts(self.client, self._tables, keys=lambda: self.keys)

    @cached_property
    def parties(self) -> DynamoDBParties:
        from insurance.dynamodb.parties.parties import DynamoDBParties

        return DynamoDBParties(
            self.client, self._tables, idempotency=self.idempotency, keys=self.keys
        )

    @cached_property
    def matches(self) -> DynamoDBMatches:
        from insurance.dynamodb.parties.matches import DynamoDBMatches

        return DynamoDBMatches(
            self.client, self._tables, idempotency=self.staff_idempotency, keys=self.keys
        )

    @cached_property
    def named_parties(self) -> DynamoDBNamedParties:
        from insurance.dynamodb.parties.named_parties import DynamoDBNamedParties

        return DynamoDBNamedParties(self.client, self._tables, keys=self.keys)

    @cached_property
    def control_accounts(self) -> DynamoDBControlAccounts:
        from insurance.dynamodb.ledger.control_accounts import DynamoDBControlAccounts

        return DynamoDBControlAccounts(self.client, self._tables)

    @cached_property
    def policy_ledgers(self) -> DynamoDBPolicyLedgers:
        from insurance.dynamodb.billing.accounts import BillingReader
        from insurance.dynamodb.ledger.policy_ledgers import DynamoDBPolicyLedgers

        reader = BillingReader(self._tables, policies=self.sealed_policies)
        return DynamoDBPolicyLedgers(
            self.client, self._tables, reader=reader, general_ledger=self.general_ledger
        )

    @cached_property
    def general_ledger(self) -> DynamoDBGeneralLedger:
        from insurance.dynamodb.ledger.general_ledger import DynamoDBGeneralLedger

        return DynamoDBGeneralLedger(self.client, self._tables)

    @cached_property
    def reconciliations(self) -> DynamoDBReconciliations:
        from insurance.dynamodb.ledger.reconciliation import DynamoDBReconciliations

        return DynamoDBReconciliations(self.client, self._tables)

    @cached_property
    def calendars(self) -> DynamoDBCalendars:
        from insurance.dynamodb.ledger.calendars import DynamoDBCalendars

        return DynamoDBCalendars(self.client, self._tables, idempotency=self.staff_idempotency)

    @cached_property
    def earnings(self) -> DynamoDBEarnings:
        from insurance.dynamodb.ledger.earnings import DynamoDBEarnings

        return DynamoDBEarnings(self.client, self._tables, policies=self.sealed_policies)

    @cached_property
    def scheduled_jobs(self) -> DynamoDBScheduledJobs:
        from insurance.dynamodb.scheduler.scheduled_jobs import DynamoDBScheduledJobs

        return DynamoDBScheduledJobs(self.client, self._tables)

    @cached_property
    def unsent_payments(self) -> DynamoDBUnsentPayments:
        from insurance.dynamodb.payment_queue import DynamoDBUnsentPayments

        return DynamoDBUnsentPayments(self.client, self._tables)

    @cached_property
    def instructions(self) -> DynamoDBInstructions:
        from insurance.dynamodb.payments.instructions import DynamoDBInstructions

        return DynamoDBInstructions(self.client, self._tables)

    @cached_property
    def policies_in_force(self) -> DynamoDBPoliciesInForce:
        from insurance.dynamodb.parties.screenings import DynamoDBPoliciesInForce

        return DynamoDBPoliciesInForce(self.client, self._tables)

    @cached_property
    def screenings(self) -> DynamoDBScreenings:
        from insurance.dynamodb.parties.screenings import DynamoDBScreenings

        return DynamoDBScreenings(
            self.client,
            self._tables,
            policies=self.policy_reader,
            idempotency=self.idempotency,
            keys=self.keys,
        )

    @cached_property
    def webhooks(self) -> DynamoDBWebhooks:
        from insurance.dynamodb.notifications.webhooks import DynamoDBWebhooks

        # Who sends events has no commands, and no right to their records.
        return DynamoDBWebhooks(
            self.client, self._tables, idempotency=lambda: self.staff_idempotency
        )

    @cached_property
    def webhook_queue(self) -> DynamoDBWebhookQueue:
        from insurance.dynamodb.notifications.webhook_queue import DynamoDBWebhookQueue

        return DynamoDBWebhookQueue(self.client, self._tables)

    @cached_property
    def sealed_facts(self) -> DynamoDBSealedFacts:
        from insurance.dynamodb.search.sealed_facts import DynamoDBSealedFacts

        return DynamoDBSealedFacts(self.client, self._tables, keys=self.keys)

    @cached_property
    def search_index(self) -> DynamoDBSearchIndex:
        from insurance.dynamodb.search.search_index import DynamoDBSearchIndex

        return DynamoDBSearchIndex(self.client, self._tables)

    @cached_property
    def kept_reports(self) -> DynamoDBKeptReports:
        from insurance.dynamodb.search.kept_reports import DynamoDBKeptReports

        return DynamoDBKeptReports(self.client, self._tables)

    @cached_property
    def search_lists(self) -> DynamoDBSearchLists:
        from insurance.dynamodb.search.search_index import DynamoDBSearchLists

        return DynamoDBSearchLists(self.client, self._tables)

    @cached_property
    def payment_orders(self) -> DynamoDBPaymentOrders:
        from insurance.dynamodb.payments.payment_orders import DynamoDBPaymentOrders

        return DynamoDBPaymentOrders(self.client, self._tables, idempotency=self.idempotency)

    @cached_property
    def paid_policies(self) -> DynamoDBPaidPolicies:
        from insurance.dynamodb.payments.paid_policies import DynamoDBPaidPolicies

        return DynamoDBPaidPolicies(self.client, sealed_policies=self.sealed_policies)

    @cached_property
    def known_versions(self) -> DynamoDBKnownVersions:
        from insurance.dynamodb.products.product_versions import DynamoDBKnownVersions

        return DynamoDBKnownVersions(self.client, self._tables)
