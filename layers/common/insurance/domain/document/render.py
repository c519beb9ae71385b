"""Rendering: the content of a document of each kind."""

from collections.abc import Callable, Mapping

from insurance.domain.document import letters, schedule
from insurance.domain.document.content import Content
from insurance.domain.document.document import DocumentKind
from insurance.domain.document.letterhead import Body, Subject, framed
from insurance.domain.document.wording import Wording

BODIES: Mapping[DocumentKind, Callable[[Subject, Wording], Body]] = {
    DocumentKind.SCHEDULE: schedule.schedule,
    DocumentKind.CERTIFICATE: schedule.certificate,
    DocumentKind.ENDORSEMENT_LETTER: letters.endorsement_letter,
    DocumentKind.CANCELLATION_LETTER: letters.cancellation_letter,
    DocumentKind.NOTICE_LETTER: letters.notice_letter,
    DocumentKind.RENEWAL_LETTER: letters.renewal_letter,
}


def render(subject: Subject, wording: Wording) -> Content:
    """The content of a document; nothing in it depends on when it is requested."""
    return framed(subject, BODIES[subject.kind](subject, wording), wording)
