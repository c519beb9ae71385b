"""Data intake in memory."""

from insurance.operations.parties.ports import ErasedPerson


class MemoryErasedPersons:
    """Word of those who are erased."""

    def __init__(self) -> None:
        self.notes: dict[str, ErasedPerson] = {}

    def note(self, erased: ErasedPerson) -> None:
        self.notes[erased.party_id] = erased
