"""Documents for policyholders, from the policy as at a date."""

from insurance.domain.document.content import Content
from insurance.domain.document.document import Document, DocumentKind
from insurance.domain.document.letterhead import Subject
from insurance.domain.document.render import render
from insurance.domain.document.wording import Wording

__all__ = ["Content", "Document", "DocumentKind", "Subject", "Wording", "render"]
