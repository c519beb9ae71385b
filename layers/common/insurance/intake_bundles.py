"""The bundle of ports of data intake: files, batches, and all that a row can become."""

from insurance import wiring
from insurance.api.requests.parties import read_party_details
from insurance.api.requests.quotes import read_risk
from insurance.bundles import party_ports, quoting_ports, upload_ports
from insurance.domain.intake.source import RowKind
from insurance.intake_files.reading import read_rows
from insurance.operations.intake.party_rows import PartyRows
from insurance.operations.intake.ports import IntakePorts
from insurance.operations.intake.quote_rows import QuoteRows


def intake_ports() -> IntakePorts:
    return IntakePorts(
        sources=wiring.stores().sources,
        batches=wiring.stores().batches,
        persons=wiring.stores().person_rows,
        index_keys=wiring.stores().index_keys,
        uploads=upload_ports("intake"),
        keys=wiring.keys(),
        kinds={
            RowKind.QUOTES: QuoteRows(quoting_ports(), read_risk),
            RowKind.PARTIES: PartyRows(party_ports(), read_party_details),
        },
        read_rows=read_rows,
    )
