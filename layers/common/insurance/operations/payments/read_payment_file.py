"""Read a file of payments."""

from insurance.domain.bank import PaymentFile
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import PaymentFileNotFound
from insurance.domain.core.identity import mode_of
from insurance.operations.command import Query
from insurance.operations.payments.ports import PaymentOrders, PaymentPorts


def read_payment_file(file_id: str, query: Query, ports: PaymentPorts) -> PaymentFile:
    """A file as it stands with the bank.

    Raises:
        PaymentFileNotFound: There is no such file in the caller's mode.
    """
    return visible_file(file_id, query.caller, ports.orders)


def visible_file(file_id: str, caller: Caller, orders: PaymentOrders) -> PaymentFile:
    """A file of the caller's mode.

    Raises:
        PaymentFileNotFound: There is no such file in the caller's mode.
    """
    if mode_of(file_id) is not caller.mode:
        raise PaymentFileNotFound(file_id)
    return orders.get(file_id).record
