"""A person of a partner's team on the real stack: who is added is admitted, and who is removed is not."""

import uuid

import httpx

from demo.samples import Developer
from local.stack import Stack
from tests.support import loopback


def test_who_is_added_reads_and_quotes_and_who_is_removed_is_denied(stack: Stack) -> None:
    nora = Developer(f"nora-{uuid.uuid4()}", "harbour")
    with httpx.Client(base_url=stack.base_url, **loopback.LOOPBACK) as api:

        def status(path: str) -> int:
            # A token of its own each time: the gateway keeps for a minute what it was told of one.
            token = stack.token(nora, changes={"jti": str(uuid.uuid4())})
            return api.get(path, headers={"Authorization": f"Bearer {token}"}).status_code

        def change(step: str) -> None:
            headers = {"Authorization": f"Bearer {stack.token('onboarding-test')}"}
            headers["Idempotency-Key"] = f"{step}-{nora.name}"
            body = {"step": step, "subject": nora.subject}
            answer = api.post("/v1/partners/harbour/developers", json=body, headers=headers)
            assert answer.status_code == 200, answer.text

        paths = ("/v1/partners", "/v1/partners/harbour/applications", "/v1/products")
        before = [status(path) for path in paths]
        change("add")
        added = [status(path) for path in paths]
        elsewhere = [status(path) for path in ("/v1/claims", "/v1/events", "/v1/me/policies")]
        change("remove")

        assert (before, added) == ([403] * 3, [200] * 3)
        assert elsewhere == [403] * 3
        assert [status(path) for path in paths] == [403] * 3
