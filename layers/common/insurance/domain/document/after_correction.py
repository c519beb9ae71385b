"""Documents that repeat a detail of the policyholder which was corrected: which of them are made again."""

from collections.abc import Sequence

from insurance.domain.document.document import Document, DocumentKind
from insurance.domain.document.selection import DocumentInput
from insurance.domain.policy import Policy
from insurance.domain.policy.correction import endorsements_of_corrections
from insurance.domain.product import Product


def documents_after_correction(
    policy: Policy, product: Product, registered: Sequence[Document]
) -> list[DocumentInput]:
    """The documents that are still due after the latest corrections of the policy's holder.

    Those are the kinds that the product sends again, where the register has none of the policy as it
    was corrected last or later, and a letter about each endorsement that these corrections made.

    Args:
        policy: The policy as it stands.
        product: The version of the contract.
        registered: The latest documents of the policy, in the order in which they were made.
    """
    last = policy.last_correction
    if last is None:
        return []
    made = [one for one in registered if one.policy_revision >= last.revision]
    shown, written = {one.kind for one in made}, {one.transaction for one in registered}
    kinds = map(DocumentKind, product.corrections.documents)
    due: list[tuple[DocumentKind, int | None]] = [
        (kind, None) for kind in kinds if kind not in shown
    ]
    if DocumentKind.ENDORSEMENT_LETTER in product.documents.kinds:
        due += [
            (DocumentKind.ENDORSEMENT_LETTER, endorsement.number)
            for endorsement in endorsements_of_corrections(policy)
            if endorsement.number not in written
        ]
    return [DocumentInput(kind, None, None, number, None, None) for kind, number in due]
