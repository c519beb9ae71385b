"""Files of payments: a file is made once, written once, and never changed."""

from collections.abc import Sequence
from typing import NamedTuple, Self

from pydantic import AwareDatetime

from insurance.domain.bank.instruction import Instruction
from insurance.domain.core.classification import Internal, Record
from insurance.domain.core.identity import Mode, PaymentFileId
from insurance.domain.core.money import Currency, Money, total
from insurance.domain.party.party import Payee

PAYMENTS_PER_FILE_MAX = 90
"""A file and its payments are claimed in one transaction of at most 100 writes."""


class Payable(NamedTuple):
    """A payment as the bank must know it. Without a payee: their data were erased meanwhile."""

    id: str
    amount: Money
    payee: Payee | None
    about: str
    """What the payee reads on their statement."""
    held: bool = False
    """On hold: it waits on, unless it stands in a file already."""


class PaymentFile(Record):
    """Payments of one mode and one currency, in one message to the bank."""

    id: Internal[PaymentFileId]
    """The message's id, too."""
    mode: Internal[Mode]
    currency: Internal[Currency]
    made_at: Internal[AwareDatetime]
    instructions: Internal[tuple[Instruction, ...]]
    left_out: Internal[tuple[str, ...]] = ()
    """The instructions without a payee when it was written."""
    written_at: Internal[AwareDatetime | None] = None
    sha256: Internal[str | None] = None
    """Of the file as it was written."""

    @property
    def name(self) -> str:
        """Where the file is kept. Live and test never share a folder."""
        return f"{self.mode}/outgoing/{self.id}.xml"

    @property
    def sent(self) -> tuple[Instruction, ...]:
        return tuple(
            instruction for instruction in self.instructions if instruction.id not in self.left_out
        )

    @property
    def total(self) -> Money:
        return total((instruction.amount for instruction in self.sent), self.currency)

    def written(self, sha256: str, left_out: Sequence[str], at: AwareDatetime) -> Self:
        return self.replace(sha256=sha256, left_out=tuple(left_out), written_at=at)
