"""The code of something that may be new, as a path has it."""

import re

from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.review import REVIEWED_CODE


def new_code(name: str, sent: str) -> str:
    """The code of an access policy, or of a source, that is written.

    Raises:
        InvalidFields: It has not the form of one.
    """
    if not re.fullmatch(REVIEWED_CODE, sent):
        detail = "A small letter, then small letters, digits and _, at most 64."
        raise InvalidFields([FieldFault(name, "wrong-form", detail)])
    return sent
