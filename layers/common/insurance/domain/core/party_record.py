"""Records that belong to a contract, and through it to the party whose key seals them."""

from typing import ClassVar

from insurance.domain.core.classification import Internal, Record
from insurance.domain.core.identity import PartyId, party_id_for


class PartyRecord(Record):
    """A stored value of a contract: its personal fields are sealed with the key of its party."""

    FOLLOWS_POLICY: ClassVar[bool] = True
    """Whether it moves with the policy into the book of another partner."""

    id: Internal[str]
    party_id: Internal[PartyId | None] = None
    """The party, where the contract's id does not give it (`named_party`)."""

    @property
    def party(self) -> PartyId:
        """The party that it belongs to."""
        return self.party_id or party_id_for(self.id)
