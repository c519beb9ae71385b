"""Where the files of product versions stand: under the SHA-256 of what they say, never changed."""

from hashlib import sha256

from insurance.domain.product.definition.files import Files
from insurance.operations.files.ports import Objects


def object_key(content: str) -> str:
    return f"{content}.json"


def stored_files(content: str, contents: Objects) -> Files:
    """What was stored under an address: nothing else may stand there."""
    packed = contents.get(object_key(content))
    if packed is None or sha256(packed).hexdigest() != content:
        raise ValueError(f"the object of product content {content} is not there, or is another")
    return Files.unpacked(packed)
