"""The kind `parties`: a row is a customer, who is registered."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from insurance.domain.core.errors import AlreadyErased, KeyReused, PartyNotFound, ReferenceTaken
from insurance.domain.core.stored import Stored
from insurance.domain.intake.batch import DataBatch
from insurance.domain.intake.made import MadeStatus
from insurance.domain.party.record import PartyDetails
from insurance.operations.command import Command
from insurance.operations.idempotency import AlreadyAnswered
from insurance.operations.intake.kinds import Made, RowCall, key_in_file
from insurance.operations.parties.ports import PartyPorts
from insurance.operations.parties.register_party import new_party_id_of, register_party


@dataclass(frozen=True, slots=True)
class PartyRows:
    """Rows that become customers."""

    ports: PartyPorts
    read: Callable[[Mapping[str, Any], datetime], PartyDetails]
    """A mapped row as the details of a customer. Raises InvalidFields."""
    operation: ClassVar[str] = "createParty"

    def key(self, batch: DataBatch, number: int) -> str:
        return key_in_file(batch, number)

    def check(self, record: Mapping[str, Any], call: RowCall) -> Made:
        """That the customer would be registered.

        Raises:
            InvalidFields: The details cannot be read.
            ReferenceTaken: The partner has a customer of this reference.
        """
        command = call.command
        details = self.read(record, command.now)
        if details.reference is not None and self._is_known(details, command):
            raise ReferenceTaken(new_party_id_of(details, command, self.ports.index_keys))
        return Made(id="", status=MadeStatus.REGISTERED)

    def take(self, record: Mapping[str, Any], call: RowCall) -> Stored[Any]:
        return register_party(self.read(record, call.command.now), call.command, self.ports)

    def made(self, stored: Stored[Any], _command: Command) -> Made:
        return Made(id=stored.record.id, status=MadeStatus.REGISTERED)

    def find(self, _record: Mapping[str, Any], call: RowCall) -> tuple[str, datetime] | None:
        command = call.command
        try:
            self.ports.parties.load((), command)
        except KeyReused:  # it was mended, and made a customer of other details than it says
            return "another customer", command.now
        except AlreadyAnswered as earlier:
            party_id = json.loads(earlier.answer.body)["id"]
            return party_id, self.ports.parties.get(party_id).record.created_at
        return None

    def _is_known(self, details: PartyDetails, command: Command) -> bool:
        try:
            self.ports.parties.get(new_party_id_of(details, command, self.ports.index_keys))
        except PartyNotFound:
            return False
        except AlreadyErased:
            return True
        return True
