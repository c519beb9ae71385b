"""Read API products, and take a version of one a step further."""

from collections.abc import Sequence
from typing import Final

from insurance.api_products import API_PRODUCTS
from insurance.domain.core.errors import ApiProductNotFound, StillSubscribed
from insurance.domain.core.event import StreamPosition
from insurance.domain.core.identity import Mode
from insurance.domain.core.stored import Stored
from insurance.domain.partner.api_product import (
    ApiProductLife,
    ApiVersionInput,
    ApiVersionStep,
)
from insurance.domain.partner.event_types import ApiProductEventType
from insurance.operations.command import Command, Query
from insurance.operations.partners.ports import CataloguePorts

EVENTS: Final = {
    ApiVersionStep.SUBMIT: ApiProductEventType.SUBMITTED,
    ApiVersionStep.APPROVE: ApiProductEventType.APPROVED,
    ApiVersionStep.PUBLISH: ApiProductEventType.PUBLISHED,
    ApiVersionStep.DEPRECATE: ApiProductEventType.DEPRECATED,
    ApiVersionStep.RETIRE: ApiProductEventType.RETIRED,
}


def advance_api_product(
    product: str, asked: ApiVersionInput, command: Command, ports: CataloguePorts
) -> Stored[ApiProductLife]:
    """Take a version of an API product a step further. Its subscribers are told of what concerns them.

    Raises:
        ApiProductNotFound: There is none of this code.
        VersionNotFound: It has no such version.
        WrongState: The step does not follow from where the version stands.
        DefinitionDiffers: Another definition is deployed than was submitted.
        SamePerson: Who submitted the version would approve it.
        InvalidFields: The sunset is missing or too early, or the successor is no path of another product.
        StillSubscribed: It would be retired before its sunset, and applications have it.
        StaleRevision: Somebody else has changed it since the caller read it.
    """
    _check_known(product)
    stored = ports.api_products.load(product, command)
    command.check_revision(stored, product)
    before = _as_it_stands(product, command.caller.mode, stored)
    life = before.record.taken(
        asked, by=command.actor, now=command.now, definition=ports.definitions[product]
    )
    if asked.step is ApiVersionStep.RETIRE and not before.record.version(asked.version).is_over(
        command.now
    ):
        _check_unsubscribed(product, asked.version, command, ports)
    event = command.event(life.id, life, EVENTS[asked.step], before)
    after = Stored(life, event.head, None)
    ports.api_products.store(event, life, stored, command.with_answer(after))
    return after


def read_api_product(product: str, query: Query, ports: CataloguePorts) -> Stored[ApiProductLife]:
    """An API product with its versions, as it stands in the caller's mode.

    Raises:
        ApiProductNotFound: There is none of this code.
    """
    _check_known(product)
    mode = query.caller.mode
    return _as_it_stands(product, mode, ports.api_products.lives(mode).get(product))


def list_api_products(query: Query, ports: CataloguePorts) -> Sequence[Stored[ApiProductLife]]:
    """Every API product, as it stands in the caller's mode."""
    mode = query.caller.mode
    lives = ports.api_products.lives(mode)
    return [_as_it_stands(product, mode, lives.get(product)) for product in API_PRODUCTS]


def _check_known(product: str) -> None:
    if product not in API_PRODUCTS:
        raise ApiProductNotFound(product)


def _as_it_stands(
    product: str, mode: Mode, stored: Stored[ApiProductLife] | None
) -> Stored[ApiProductLife]:
    """With the version that this release has."""
    offer = API_PRODUCTS[product]
    if stored is None:
        return Stored(ApiProductLife.seed(mode, offer), StreamPosition(), None)
    return Stored(stored.record.with_deployed(offer), stored.head, None)


def _check_unsubscribed(
    product: str, version: str, command: Command, ports: CataloguePorts
) -> None:
    """A subscription that comes at this moment is served no more, either: the authorizer says so."""
    if next(ports.api_products.partners_with(command.caller.mode, product), None) is not None:
        raise StillSubscribed(product, version)
