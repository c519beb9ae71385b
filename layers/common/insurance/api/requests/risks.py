"""Answers about a risk: in the request, or in a file that was uploaded because a request takes no more."""

from collections.abc import Callable
from typing import Annotated, Any, Final

from pydantic import Field

from insurance.api.body import MalformedBody, Request, read_request
from insurance.api.requests.uploads import UploadRequest
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import UploadNotScanned, UploadNotSent, UploadRefused
from insurance.domain.core.identity import UploadId
from insurance.domain.product.definition.sizes import ANSWERS_BYTES_MAX
from insurance.operations.files.ports import UploadPorts
from insurance.operations.files.uploads import read_upload

RISK_FILE_BYTES_MAX: Final = ANSWERS_BYTES_MAX + 1_000
"""Of an uploaded file: what a product may ask for, and what stands around it."""

UPLOAD: Final = (UploadNotScanned, UploadNotSent, UploadRefused)
"""What an uploaded file may be refused for."""

type Answers = dict[str, Any]


class RiskUploadRequest(UploadRequest):
    """A file of answers: a JSON object with `answers`, in UTF-8."""

    size_bytes: Annotated[int, Field(ge=1, le=RISK_FILE_BYTES_MAX)]


class UploadedRisk(Request):
    """What a file of answers holds."""

    answers: Answers


def answers_of(
    answers: Answers | None,
    upload_id: UploadId | None,
    caller: Caller,
    uploads: Callable[[], UploadPorts],
) -> Answers:
    """The answers, of the request or of the upload that it names.

    Raises:
        UploadNotSent: Nothing of this caller's is there.
        UploadNotScanned: The scan for malware has not come to it yet.
        UploadRefused: It holds malware, or is no JSON object of answers.
        InvalidFields: It has other fields, or characters that nobody sees.
    """
    if upload_id is None:
        return answers or {}
    text = read_upload(upload_id, caller, uploads())
    try:
        return read_request(text, UploadedRisk)[0].answers
    except MalformedBody as error:
        raise UploadRefused("it is no JSON object of answers") from error
