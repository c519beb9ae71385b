"""Objects in S3: written once, read whole, handed out and taken in by links that end soon."""

from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from insurance.domain.core.errors import Unanswered, Unavailable
from insurance.operations.files.ports import UploadForm

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUSY = frozenset(
    {"SlowDown", "503", "ServiceUnavailable", "InternalError", "ConditionalRequestConflict"}
)


GONE: Final = frozenset({"NoSuchKey", "MethodNotAllowed"})
"""How S3 says that an object has no tags to give because it is not there; the second where a delete marker is."""


class S3Objects:
    """The port `Objects` on one bucket."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, body: bytes, *, media_type: str) -> bool:
        """Write an object once; False: there is one already.

        Raises:
            Unanswered: S3 did not answer: nobody knows whether it was done.
            Unavailable: S3 is busy; nothing was done.
        """
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=body,
                ContentType=media_type,
                ChecksumAlgorithm="SHA256",  # a bucket with object lock asks for it by name
                ChecksumSHA256=b64encode(sha256(body).digest()).decode(),
                IfNoneMatch="*",
            )
        except ClientError as error:
            if _code(error) == "PreconditionFailed":
                return False
            raise _translated(error) from error
        except (HTTPClientError, NoConnection) as error:
            raise Unanswered("The object store") from error
        return True

    def get(self, key: str) -> bytes | None:
        """The whole object; None: there is none.

        Raises:
            Unanswered: S3 did not answer.
            Unavailable: S3 is busy; nothing was done.
        """
        try:
            body: bytes = self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except ClientError as error:
            if _code(error) == "NoSuchKey":
                return None
            raise _translated(error) from error
        except (HTTPClientError, NoConnection) as error:
            raise Unanswered("The object store") from error
        return body

    def tags(self, key: str) -> dict[str, str] | None:
        """The object's tags; None: there is no such object.

        Raises:
            Unanswered: S3 did not answer.
            Unavailable: S3 is busy; nothing was done.
        """
        try:
            said = self._client.get_object_tagging(Bucket=self._bucket, Key=key)["TagSet"]
        except ClientError as error:
            if _code(error) in GONE:
                return None
            raise _translated(error) from error
        except (HTTPClientError, NoConnection) as error:
            raise Unanswered("The object store") from error
        return {tag["Key"]: tag["Value"] for tag in said}

    def delete(self, key: str) -> None:
        """Delete an object, whether or not it is there.

        Raises:
            Unanswered: S3 did not answer: nobody knows whether it was done.
            Unavailable: S3 is busy; nothing was done.
        """
        try:
            self._client.delete_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            raise _translated(error) from error
        except (HTTPClientError, NoConnection) as error:
            raise Unanswered("The object store") from error

    def delete_all(self, prefix: str) -> None:
        """Delete every version of every object whose key begins so.

        Raises:
            Unanswered: S3 did not answer: nobody knows whether it was done.
            Unavailable: S3 is busy; some may be deleted.
        """
        try:
            more = True
            while more:  # what is left is listed from the start again
                page = self._client.list_object_versions(Bucket=self._bucket, Prefix=prefix)
                for version in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                    self._client.delete_object(
                        Bucket=self._bucket, Key=version["Key"], VersionId=version["VersionId"]
                    )
                more = page["IsTruncated"]
        except ClientError as error:
            raise _translated(error) from error
        except (HTTPClientError, NoConnection) as error:
            raise Unanswered("The object store") from error

    def link(self, key: str, *, seconds: int, name: str, media_type: str) -> str:
        wanted = {
            "Bucket": self._bucket,
            "Key": key,
            "ResponseContentDisposition": f'attachment; filename="{name}"',
            "ResponseContentType": media_type,
        }
        return self._client.generate_presigned_url("get_object", Params=wanted, ExpiresIn=seconds)

    def upload_form(
        self, key: str, *, media_type: str, sha256: str, largest: int, seconds: int
    ) -> UploadForm:
        fields = {
            "Content-Type": media_type,
            "x-amz-checksum-algorithm": "SHA256",
            "x-amz-checksum-sha256": sha256,
        }
        form = self._client.generate_presigned_post(
            self._bucket,
            key,
            Fields=dict(fields),
            Conditions=[
                *({name: value} for name, value in fields.items()),
                ["content-length-range", 1, largest],
            ],
            ExpiresIn=seconds,
        )
        return UploadForm(url=form["url"], fields=form["fields"])


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]


def _translated(error: ClientError) -> Exception:
    """Busy is "not now"; anything else is a fault of ours, and rises."""
    return Unavailable("The object store") if _code(error) in BUSY else error
