"""Books: what the postings add up to, held against sources that know nothing of them."""

from insurance.domain.books.chart import CHART, Entry, Kind, path
from insurance.domain.books.export import Format, Written, export, written
from insurance.domain.books.policy_books import Check, PolicyBooks, keep_books

__all__ = [
    "CHART",
    "Check",
    "Entry",
    "Format",
    "Kind",
    "PolicyBooks",
    "Written",
    "export",
    "keep_books",
    "path",
    "written",
]
