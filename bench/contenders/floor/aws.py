"""AWS's JSON protocol over one kept connection a service, signed by hand (Signature Version 4)."""

import hashlib
import hmac
import json
import os
from http.client import HTTPConnection, HTTPSConnection
from time import gmtime, strftime
from urllib.parse import urlsplit

REGION = os.environ["AWS_REGION"]
ACCESS, SECRET = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
_connections = {}


def call(service, target, request):
    url = urlsplit(os.environ[f"AWS_ENDPOINT_URL_{service.upper()}"])
    if service not in _connections:
        kind = HTTPSConnection if url.scheme == "https" else HTTPConnection
        _connections[service] = kind(url.netloc, timeout=2)
    body = json.dumps(request).encode()
    connection = _connections[service]
    connection.request("POST", "/", body, _signed(service, url.netloc, target, body))
    response = connection.getresponse()
    answer = json.loads(response.read())
    if response.status != 200:
        raise RuntimeError(answer)
    return answer


def _signed(service, host, target, body):
    now = gmtime()
    stamp, day = strftime("%Y%m%dT%H%M%SZ", now), strftime("%Y%m%d", now)
    scope = f"{day}/{REGION}/{service}/aws4_request"
    signed = "content-type;host;x-amz-date;x-amz-target"
    kind = "application/x-amz-json-1.1" if service == "kms" else "application/x-amz-json-1.0"
    canonical = (
        f"POST\n/\n\ncontent-type:{kind}\nhost:{host}\nx-amz-date:{stamp}\n"
        f"x-amz-target:{target}\n\n{signed}\n{hashlib.sha256(body).hexdigest()}"
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"AWS4{SECRET}".encode()
    for part in (day, REGION, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}"
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    return {
        "Content-Type": kind,
        "X-Amz-Date": stamp,
        "X-Amz-Target": target,
        "Authorization": f"AWS4-HMAC-SHA256 Credential={ACCESS}/{scope},"
        f" SignedHeaders={signed}, Signature={signature}",
    }
