"""How the form for an upload is shown."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel

from insurance.operations.files.uploads import AnnouncedUpload, Upload


class UploadView(BaseModel):
    """A form (`multipart/form-data`) that takes the announced file: all fields first, then `file`."""

    url: str
    fields: dict[str, str]
    expires_at: datetime

    @classmethod
    def of(cls, upload: Upload) -> Self:
        return cls(
            url=upload.form.url, fields=dict(upload.form.fields), expires_at=upload.expires_at
        )


class AnnouncedUploadView(BaseModel):
    """The id by which a command names the file, and how to send it."""

    upload_id: str
    upload: UploadView

    @classmethod
    def of(cls, announced: AnnouncedUpload) -> Self:
        return cls(upload_id=announced.id, upload=UploadView.of(announced.upload))
