"""Make the documents of a policy again that repeat a corrected detail of its holder, each once."""

from datetime import datetime
from typing import Final

from insurance.domain.core.errors import (
    AlreadyErased,
    NoCover,
    PolicyNotFound,
    TermsNotOffered,
    WrongState,
)
from insurance.domain.core.identity import PolicyId, mode_of
from insurance.domain.document.after_correction import documents_after_correction
from insurance.domain.document.selection import DocumentInput
from insurance.operations.documents.make_document import make_unread
from insurance.operations.documents.ports import DocumentPorts
from insurance.operations.idempotency import AlreadyAnswered
from insurance.operations.system_command import command_for, instant_after

STEP: Final = "document after a correction"
READ_MAX: Final = 50
"""How many of the latest documents are looked at."""


def remake_documents(policy_id: PolicyId, now: datetime, ports: DocumentPorts) -> None:
    """Make what is due after the last correction of the holder; each document once.

    What was made before stays in the register. A kind that the product does not offer for the policy
    as it stands is left out: there is no certificate of a policy that has ended meanwhile.

    Raises:
        NotPrintable: The typeface lacks a character of the corrected detail.
        StaleRevision: Another document was registered meanwhile.
    """
    seen = None
    while True:
        try:
            policy, register = ports.documents.register(policy_id)
        except PolicyNotFound:
            return
        if policy.key is None or policy.head.sequence == seen:
            return
        # What is corrected while documents are made enters no job of its own: this one is under way.
        seen = policy.head.sequence
        latest = ports.documents.registered(
            policy, after=max(0, register.sequence - READ_MAX), limit=READ_MAX
        )
        product = ports.products.version(policy.record.product)
        at = instant_after(now, policy.head, register)
        for requested in documents_after_correction(policy.record, product, latest):
            _make(policy_id, policy.head.sequence, requested, at, ports)


def _make(
    policy_id: PolicyId, revision: int, requested: DocumentInput, at: datetime, ports: DocumentPorts
) -> None:
    subject = f"{policy_id} {revision} {requested.kind} {requested.transaction}"
    command = command_for(mode_of(policy_id), STEP, subject, at)
    try:
        make_unread(policy_id, requested, command, ports)
    except (AlreadyAnswered, AlreadyErased, NoCover, TermsNotOffered, WrongState):
        return
