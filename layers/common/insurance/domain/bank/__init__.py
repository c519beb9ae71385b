"""The bank: what it is told to pay, in which file, and what it says became of it."""

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
