"""What can be corrected about a party, and what its record keeps of the last correction."""

from enum import StrEnum
from typing import Final

from pydantic import AwareDatetime

from insurance.domain.core.value import Value
from insurance.domain.party.party import EvidenceReference


class CorrectedField(StrEnum):
    """What a correction can change about a party."""

    NAME = "name"
    ADDRESS = "address"
    EMAIL = "email"
    PHONE = "phone"
    DATE_OF_BIRTH = "date_of_birth"
    REGISTRATION_NUMBER = "registration_number"
    ACCOUNT = "account"
    LANGUAGE = "language"


FROM_THE_BEGINNING: Final = frozenset(
    {CorrectedField.DATE_OF_BIRTH, CorrectedField.REGISTRATION_NUMBER}
)
"""What never changes: another value was told wrong, and holds from the beginning."""


class PartyField(StrEnum):
    """A detail of a party that the answer to a question may repeat."""

    NAME = "name"
    POSTCODE = "postcode"
    COUNTRY = "country"
    EMAIL = "email"
    PHONE = "phone"
    DATE_OF_BIRTH = "date_of_birth"
    REGISTRATION_NUMBER = "registration_number"

    @property
    def corrected_by(self) -> CorrectedField:
        """The correction that changes it."""
        in_address = self in {PartyField.POSTCODE, PartyField.COUNTRY}
        return CorrectedField.ADDRESS if in_address else CorrectedField(self.value)

    @property
    def never_changes(self) -> bool:
        return self.corrected_by in FROM_THE_BEGINNING


class CorrectionRecord(Value):
    """What was corrected, from when it holds, and on what grounds."""

    fields: tuple[CorrectedField, ...]
    since: AwareDatetime
    reason: str
    evidence: EvidenceReference | None = None
    request: int | None = None
    """The number of the request for a rectification that it answers."""
    corrected_at: AwareDatetime
    corrected_by: str
