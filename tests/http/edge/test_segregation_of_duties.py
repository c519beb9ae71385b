"""Money goes out by the hands of different people: which roles may request, approve and clear it."""

from insurance.api.route import Route
from insurance.domain.core.roles import Role

from tools.openapi.handlers import handlers


def routes() -> dict[str, Route]:
    return {route.operation_id: route for handler in handlers() for route in handler.routes}


def test_only_finance_and_supervisors_approve_refunds():
    assert routes()["approveRefund"].roles == {Role.FINANCE, Role.SUPERVISOR}


def test_only_supervisors_and_compliance_clear_the_payee_of_a_refund():
    assert routes()["screenRefund"].roles == {Role.SUPERVISOR, Role.COMPLIANCE}


def test_only_finance_resolves_suspense_and_sends_payments():
    resolving = (
        "allocateSuspenseBalance",
        "allocateSuspendedPayment",
        "requestReturn",
        "approveReturn",
        "createPaymentFile",
    )

    assert {routes()[operation].roles == {Role.FINANCE} for operation in resolving} == {True}
