"""Complete a claim: add the facts that its notice lacked."""

from insurance.domain.claim import Claim, notice
from insurance.domain.claim.notice import CompletionInput
from insurance.domain.core.stored import Stored
from insurance.operations.claims.claim_context import act_of, load_claim, store_claim
from insurance.operations.claims.ports import ClaimPorts
from insurance.operations.command import Command


def complete_claim(
    claim_id: str, completion: CompletionInput, command: Command, ports: ClaimPorts
) -> Stored[Claim]:
    """Add facts, and say what is still missing. The settlement is requested as before.

    Raises:
        ClaimNotFound: The claim does not exist, or the caller may not see it.
        StaleRevision: Somebody else has changed it since the caller read it.
        AlreadyErased: The facts of the loss were erased.
        PayeeAlreadyNamed: The claim has another payee.
        InvalidFields: The facts or the narrative are too long, or the product cannot read them.
        WrongState: The claim is decided or closed.
    """
    context = load_claim(claim_id, command, ports.claims, naming=completion.payee)
    product = ports.products.version(context.policy.product)
    change = notice.complete_claim(context, completion, product, act_of(command))
    return store_claim(change, context.claim, command, ports.claims)
