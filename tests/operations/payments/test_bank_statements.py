"""Bank statements: read strictly, posted entry by entry, nothing twice, and nothing holds up the rest."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from insurance.bank.statements import COLUMNS, read_camt, read_csv
from insurance.domain.bank.statement import ENTRIES_MAX, named_in
from insurance.domain.core.errors import StaleRevision, Unavailable, UnreadableStatement
from insurance.domain.core.identity import Mode, invoice_id_for, suspense_id_for
from insurance.domain.core.running_totals import LimitMovement
from insurance.operations.billing.ports import AccountChange
from insurance.operations.billing.resolve_suspense import allocate_suspense
from insurance.operations.command import Command
from insurance.operations.idempotency import AlreadyAnswered
from insurance.operations.payments.import_statement import EntryResult, import_statement

from tests.fakes.billing import MemoryBilling
from tests.support.billing import BANK, UNKNOWN, person
from tests.support.platform import Platform
from tests.support.policy_life import gbp

IBAN = "GB33BUKB20201555555555"


def entry(
    reference: str,
    amount: str,
    text: str = "",
    *,
    credit: str = "CRDT",
    status: str = "BOOK",
    more: str = "",
) -> str:
    return f"""
    <Ntry>
      <Amt Ccy="GBP">{amount}</Amt><CdtDbtInd>{credit}</CdtDbtInd>{more}
      <Sts><Cd>{status}</Cd></Sts>
      <BookgDt><Dt>2026-01-05</Dt></BookgDt>
      <AcctSvcrRef>{reference}</AcctSvcrRef>
      <NtryDtls><TxDtls><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls>
    </Ntry>"""


def balance(code: str, amount: str) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="GBP">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>'
    )


def camt(*lines: str, version: str = "08", before: str = "") -> str:
    return (
        f'{before}<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">'
        f"<BkToCstmrStmt><Stmt><Id>STMT-1</Id><Acct><Id><IBAN>{IBAN}</IBAN></Id></Acct>"
        f"{''.join(lines)}</Stmt></BkToCstmrStmt></Document>"
    )


def csv_of(*rows: tuple[str, ...]) -> str:
    return "\n".join([",".join(COLUMNS), *(",".join(row) for row in rows)]) + "\n"


class StatementImports(Platform):
    """The platform, to which the bank sends statements."""

    def take_in(self, document: str, *, key: str = "", billing: Any = None) -> list[EntryResult]:
        statement = read_camt(document) if document.startswith("<") else read_csv(document)
        command = self.command("import", caller=BANK)
        if key:
            command = replace(command, idempotency=replace(command.idempotency, key=key))
        ports = replace(self.refund_ports, billing=billing) if billing else self.refund_ports
        return list(import_statement(statement, command, ports).entries)

    def outcomes(self, document: str, **options: Any) -> list[tuple[str, str]]:
        return [(each.outcome, each.reason) for each in self.take_in(document, **options)]


@pytest.fixture
def platform() -> StatementImports:
    made = StatementImports()
    made.issue()
    return made


# What a payer writes


@pytest.mark.parametrize(
    "written", ["pol_test_{}", "POL TEST {}", "Policy POL-TEST-{}.", "pol/test/{}"]
)
def test_a_policy_is_found_however_it_is_written(written):
    suffix = "m2kebdx4jz36n8e7"

    assert named_in(written.format(suffix).upper()) == (f"pol_test_{suffix}", None)


def test_an_invoice_names_its_policy_and_its_number():
    id = invoice_id_for("pol_m2kebdx4jz36n8e7", 12)

    assert named_in(f"rent {id} thanks") == ("pol_m2kebdx4jz36n8e7", 12)
    assert named_in("thanks for nothing") is None


# What is posted


def test_each_entry_is_posted_for_whom_it_names(platform):
    platform.choose("monthly")
    policy_id = platform.policy_id
    invoice = invoice_id_for(policy_id, 1)

    found = platform.outcomes(
        camt(
            entry("A1", "15.47", f"inv {invoice}"),
            entry("A2", "20.00", f"{policy_id}"),
            entry("A3", "7.00", f"{invoice}"),
            entry("A4", "500.00", policy_id.replace("_", " ").upper()),
            entry("A5", "9.00", "for my sister"),
            entry("A6", "9.00", UNKNOWN),
        )
    )

    assert found == [
        ("posted", "invoice"),
        ("posted", "policy"),
        ("posted", "other_amount_than_invoice"),
        ("posted", "more_than_owed"),
        ("suspended", "names_no_policy"),
        ("suspended", "no_such_policy"),
    ]
    assert platform.balance("cash") == 1547 + 2000 + 700 + 50000 + 1800


def test_what_is_no_money_that_came_in_is_left_out(platform):
    found = platform.outcomes(
        camt(
            entry("A1", "10.00", credit="DBIT"),
            entry("A2", "10.00", status="PDNG"),
            entry("A3", "10.00", more="<RvslInd>true</RvslInd>"),
        )
    )

    assert [outcome for outcome, _ in found] == ["left_out"] * 3
    assert platform.balance("cash") == 0


def test_the_same_statement_or_one_that_overlaps_books_nothing_twice(platform):
    policy_id = platform.policy_id
    first = (entry("A1", "20.00", policy_id), entry("A2", "9.00", "for my sister"))
    platform.take_in(camt(*first))

    again = platform.outcomes(camt(*first))
    overlapping = platform.outcomes(camt(first[1], entry("A3", "5.00", policy_id)))
    as_csv = platform.outcomes(
        csv_of((IBAN, "A1", "2026-01-05", "20.00", "GBP", "credit", policy_id))
    )

    assert [outcome for outcome, _ in again] == ["posted_before"] * 2
    assert [outcome for outcome, _ in overlapping] == ["posted_before", "posted"]
    assert as_csv == [("posted_before", "policy")]
    assert platform.balance("cash") == 2000 + 900 + 500


def test_what_was_posted_on_a_policy_is_known_again_though_the_text_names_another_or_none(platform):
    platform.take_in(camt(entry("A1", "20.00", platform.policy_id)))

    for text in ("for my sister", UNKNOWN):
        assert platform.outcomes(camt(entry("A1", "20.00", text))) == [("posted_before", "policy")]

    assert platform.balance("cash") == 2000
    assert platform.balance("suspense") == 0


def test_an_entry_in_suspense_that_comes_with_other_figures_is_refused(platform):
    platform.take_in(camt(entry("A1", "20.00", "for my sister")))

    again = platform.outcomes(camt(entry("A1", "21.00", "for my sister")))

    assert again == [("refused", "posted_before_with_other_figures")]
    assert platform.balance("cash") == 2000


def test_what_was_allocated_from_suspense_is_not_posted_again(platform):
    line = entry("A1", "20.00", "for my sister")
    platform.take_in(camt(line))
    id = suspense_id_for(Mode.TEST, f"{IBAN[-8:]}/A1")
    allocate_suspense(
        id,
        platform.policy_id,
        platform.command("billing", caller=person("fiona")),
        platform.refund_ports,
    )

    [found] = platform.take_in(camt(line))

    assert (found.outcome, found.reason) == ("posted_before", "allocated")
    assert found.policy_id == platform.policy_id
    assert platform.balance("cash") == 2000


def test_an_entry_with_other_figures_than_before_is_refused_and_the_others_go_on(platform):
    policy_id = platform.policy_id
    platform.take_in(camt(entry("A1", "20.00", policy_id)))

    found = platform.outcomes(
        camt(
            entry("A1", "21.00", policy_id),
            entry("A2", "5.00", policy_id).replace("GBP", "EUR"),
            entry("A3", "5.00", policy_id),
        )
    )

    assert found == [
        ("refused", "posted_before_with_other_figures"),
        ("refused", "currency_mismatch"),
        ("posted", "policy"),
    ]


class Trouble(MemoryBilling):
    """A store that fails at one payment for a while."""

    def __init__(self, memory: Any, error: Exception, times: int) -> None:
        super().__init__(memory)
        self.error, self.times = error, times

    def store(
        self, change: AccountChange, *, command: Command, totals: Sequence[LimitMovement] = ()
    ) -> None:
        if change.account.paid_in[-1].reference.endswith("A2") and self.times:
            self.times -= 1
            raise self.error
        super().store(change, command=command, totals=totals)


def test_a_fault_at_one_entry_stalls_no_other_and_the_call_is_repeated(platform):
    policy_id = platform.policy_id
    document = camt(*(entry(name, "5.00", policy_id) for name in ("A1", "A2", "A3")))
    broken = Trouble(platform.memory, Unavailable("The database"), 1)

    first = platform.outcomes(document, key="one", billing=broken)
    again = platform.outcomes(document, key="one", billing=broken)

    assert first == [("posted", "policy"), ("failed", "busy"), ("posted", "policy")]
    assert again == [("posted", "policy")] * 3
    assert platform.balance("cash") == 1500
    with pytest.raises(AlreadyAnswered):
        platform.take_in(document, key="one")


def test_an_account_that_moved_on_meanwhile_is_read_again(platform):
    document = camt(entry("A2", "5.00", platform.policy_id))
    moving = Trouble(platform.memory, StaleRevision("it"), 2)

    assert platform.outcomes(document, billing=moving) == [("posted", "policy")]


def test_money_is_dated_by_the_day_on_which_the_bank_posted_it(platform):
    platform.take_in(camt(entry("A1", "5.00", platform.policy_id)))

    events = platform.memory.events.values()
    [posted] = [each for stream in events for each in stream if each.type.endswith("_received")]
    assert posted.effective_at.date() == date(2026, 1, 5)


# What is read


def test_a_line_for_several_payments_comes_as_several():
    details = "".join(
        f'<TxDtls><Amt Ccy="GBP">{amount}</Amt><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>'
        for amount, text in (("4.00", "one"), ("6.00", "two"))
    )
    line = entry("B1", "10.00")
    head, tail = line.split("<NtryDtls>")[0], "</Ntry>"

    found = read_camt(camt(f"{head}<NtryDtls>{details}</NtryDtls>{tail}")).entries

    assert [(each.amount, each.text) for each in found] == [(gbp("4"), "one"), (gbp("6"), "two")]
    assert len({each.reference for each in found}) == 2


def test_payments_of_one_line_may_have_references_of_their_own():
    line = entry("", "5.00").replace(
        "<TxDtls>", '<TxDtls><Refs><AcctSvcrRef>B.1</AcctSvcrRef></Refs><Amt Ccy="GBP">5.00</Amt>'
    )
    details = line[line.index("<TxDtls>") : line.index("</NtryDtls>")]
    line = line.replace(details, details + details.replace("B.1", "B.2")).replace(
        "5.00", "10.00", 1
    )

    found = read_camt(camt(line)).entries

    assert [each.reference[-3:] for each in found] == ["B.1", "B.2"]


def test_a_mark_of_the_byte_order_is_no_part_of_a_heading():
    row = (IBAN, "A1", "2026-01-05", "1.00", "GBP", "credit", "")

    assert read_csv("\ufeff" + csv_of(row)) == read_csv(csv_of(row))


@pytest.mark.parametrize("version", ["02", "08", "13"])
def test_every_version_of_the_message_is_read(version):
    assert len(read_camt(camt(entry("A1", "1.00"), version=version)).entries) == 1


def test_balances_that_agree_are_taken():
    lines = (balance("OPBD", "100.00"), balance("CLBD", "105.00"))

    assert read_camt(camt(*lines, entry("A1", "5.00"))).id == "STMT-1"


BILLION_LAUGHS = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    "document",
    [
        "<",
        "<html/>",
        camt(entry("A1", "1.00"), before=BILLION_LAUGHS),
        camt(entry("A1", "1.00")).replace("camt.053", "pain.001"),
        camt(entry("A1", "1.00"), entry("A1", "2.00")),
        camt(entry("", "1.00")),
        camt(entry("A1", "1.001")),
        camt(entry("A1", "-1.00")),
        camt(entry("A1", "one")),
        camt(entry("A1", "Infinity")),
        camt(entry("A1", "1e999999")),
        camt(entry("A1", "1.00").replace("GBP", "XXX")),
        camt(entry("A1", "1.00", credit="BOTH")),
        camt(entry("A1", "1.00").replace("2026-01-05", "soon")),
        camt(balance("OPBD", "100.00"), balance("CLBD", "100.00"), entry("A1", "5.00")),
        camt(entry("A1", "1.00")).replace(f"<IBAN>{IBAN}</IBAN>", ""),
        camt(*(entry(f"A{number}", "1.00") for number in range(ENTRIES_MAX + 1))),
        csv_of(),
        "a,b\n1,2\n",
        csv_of((IBAN, "A1", "2026-01-05", "1.00", "GBP", "maybe", "")),
        csv_of((IBAN, "A1", "2026-01-05", "1.00", "GBP", "credit", "", "more")),
        csv_of((IBAN, "A1", "2026-01-05", "1.00", "GBP", "credit")),
        csv_of((IBAN, "A1", "2026-01-05", "1.00", "GBP", "credit", "x" * 150_000)),
        csv_of(
            (IBAN, "A1", "2026-01-05", "1.00", "GBP", "credit", ""),
            ("OTHER", "A2", "2026-01-05", "1.00", "GBP", "credit", ""),
        ),
    ],
)
def test_what_is_no_statement_is_refused_whole(document):
    with pytest.raises(UnreadableStatement):
        read_camt(document) if document.startswith("<") else read_csv(document)
