"""The bundles of ports of policies, over stores in memory."""

from insurance.operations.policy.ports import (
    InvitationPorts,
    IssuingPorts,
    RenewalPorts,
    ServicingPorts,
)
from insurance.operations.products.ports import Products
from insurance.products import LookUps

from tests.fakes.billing import MemoryBilling
from tests.fakes.memory import Memory
from tests.fakes.policy import MemoryPolicies, MemoryPolicyChanges, MemoryRenewals
from tests.fakes.quoting import MemoryQuotes
from tests.fakes.screening import screening_ports


def issuing_ports(products: Products, memory: Memory) -> IssuingPorts:
    """Issuing in memory; nobody's name resembles one on a list."""
    return IssuingPorts(
        products=products,
        policies=MemoryPolicies(memory),
        screening=screening_ports(Memory()),
    )


def servicing_ports(products: Products, memory: Memory) -> ServicingPorts:
    return ServicingPorts(
        products=products,
        look_ups=LookUps(),
        policies=MemoryPolicyChanges(memory),
        accounts=MemoryBilling(memory),
    )


def renewal_ports(products: Products, memory: Memory) -> RenewalPorts:
    return RenewalPorts(
        products=products,
        look_ups=LookUps(),
        renewals=MemoryRenewals(memory),
        quotes=MemoryQuotes(memory),
    )


def invitation_ports(products: Products, memory: Memory) -> InvitationPorts:
    return InvitationPorts(
        products=products,
        look_ups=LookUps(),
        renewals=MemoryRenewals(memory),
        quotes=MemoryQuotes(memory),
        policies=MemoryPolicyChanges(memory),
    )
