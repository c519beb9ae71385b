"""The bank: payments that come in and go out, files for the bank, and its reports."""

from insurance.domain.bank.instruction import Instruction, instructions_of
from insurance.domain.bank.payment_file import Payable, PaymentFile
from insurance.domain.bank.status import ReportedStatus, StatusMeaning, StatusReport

__all__ = [
    "Instruction",
    "Payable",
    "PaymentFile",
    "ReportedStatus",
    "StatusMeaning",
    "StatusReport",
    "instructions_of",
]
