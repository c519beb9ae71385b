"""The bundle of ports of data intake: files, batches, and all that a row can become."""

from insurance import wiring
from insurance.api.requests.parties import read_party_details
from insurance.api.requests.policies import read_policy
from insurance.api.requests.quotes import read_risk
from insurance.bundles import party_ports, quoting_ports, screening_ports, upload_ports
from insurance.domain.intake.source import RowKind
from insurance.intake_files.reading import read_rows
from insurance.operations.intake.party_rows import PartyRows
from insurance.operations.intake.policy_rows import PolicyRows
from insurance.operations.intake.ports import IntakePorts
from insurance.operations.intake.quote_rows import QuoteRows
from insurance.operations.policy.migration_ports import MigrationPorts


def intake_ports() -> IntakePorts:
    quoting = quoting_ports()
    migration = MigrationPorts(quoting, wiring.stores().policies, screening_ports())
    return IntakePorts(
        sources=wiring.stores().sources,
        batches=wiring.stores().batches,
        persons=wiring.stores().person_rows,
        index_keys=wiring.stores().index_keys,
        uploads=upload_ports("intake"),
        keys=wiring.keys(),
        kinds={
            RowKind.QUOTES: QuoteRows(quoting, read_risk),
            RowKind.PARTIES: PartyRows(party_ports(), read_party_details),
            RowKind.POLICIES: PolicyRows(migration, read_policy),
        },
        migration=migration,
        read_rows=read_rows,
    )
