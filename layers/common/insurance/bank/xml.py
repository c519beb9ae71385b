"""A bank's XML: plain, and no more of it than a message of a bank has."""

from typing import Final
from xml.etree.ElementTree import Element, ParseError

MARKS_MAX: Final = 200_000
"""Beginnings and ends of elements: a statement of 200 entries has some 40,000. Each takes memory."""


class NoPlainXml(ValueError):
    """It is no XML, has document types or entities, or more elements than a message has."""


def read_xml(document: str) -> Element:
    """The root of a document.

    Raises:
        NoPlainXml: It is another thing.
    """
    from defusedxml import DefusedXmlException  # noqa: PLC0415 - only a function that reads one loads it
    from defusedxml.ElementTree import fromstring  # noqa: PLC0415 - as above

    if document.count("<") > MARKS_MAX:
        raise NoPlainXml
    try:
        root: Element = fromstring(document, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise NoPlainXml from error
    return root
