"""Writing: what a document of a kind says of its subject."""

from collections.abc import Callable, Mapping

from insurance.domain.document import letters, schedule
from insurance.domain.document.content import Content
from insurance.domain.document.document import DocumentKind
from insurance.domain.document.letterhead import Body, Subject, framed
from insurance.domain.document.wording import Wording

BODIES: Mapping[DocumentKind, Callable[[Subject, Wording], Body]] = {
    DocumentKind.SCHEDULE: schedule.schedule,
    DocumentKind.CERTIFICATE: schedule.certificate,
    DocumentKind.ENDORSEMENT_LETTER: letters.endorsement,
    DocumentKind.CANCELLATION_LETTER: letters.cancellation,
    DocumentKind.NOTICE_LETTER: letters.notice,
    DocumentKind.RENEWAL_LETTER: letters.renewal,
}


def write(subject: Subject, wording: Wording) -> Content:
    """The document's content; nothing in it depends on when it is asked for."""
    return framed(subject, BODIES[subject.kind](subject, wording), wording)
