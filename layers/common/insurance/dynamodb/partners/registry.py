"""Who is registered: partners and applications in their table, to be read by what they are called."""

from typing import TYPE_CHECKING

from insurance.domain.core.errors import ApplicationNotFound, PartnerNotFound
from insurance.domain.core.identity import Mode, partner_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.partner.application import PartnerApplication
from insurance.domain.partner.partner import Partner
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import read

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBRegistry:
    """The port `RegisteredApplications` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables

    def partner(self, mode: Mode, code: str) -> Stored[Partner]:
        """A partner of a mode.

        Raises:
            PartnerNotFound: There is none.
        """
        item = read(self._client, self._tables.partners, key_of(partner_id_for(mode, code)))
        if item is None:
            raise PartnerNotFound(code)
        return aggregates.read_stored(Partner, item, None)

    def application(self, application_id: str) -> Stored[PartnerApplication]:
        """An application.

        Raises:
            ApplicationNotFound: There is none.
        """
        item = read(self._client, self._tables.partners, key_of(application_id))
        if item is None:
            raise ApplicationNotFound(application_id)
        return aggregates.read_stored(PartnerApplication, item, None)


def key_of(id: str) -> Item:
    return {"id": codec.text(id)}
