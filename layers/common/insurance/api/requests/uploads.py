"""The announcement of a file that is too large for a request."""

from typing import Annotated

from pydantic import Field, StringConstraints

from insurance.api.body import Request
from insurance.operations.files.uploads import UPLOAD_BYTES_MAX, FileInput


class UploadRequest(Request):
    """A file of text in UTF-8 that the caller has."""

    size_bytes: Annotated[int, Field(ge=1, le=UPLOAD_BYTES_MAX)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

    def file(self) -> FileInput:
        return FileInput(self.size_bytes, self.sha256)
