"""A webhook on the real stack: from the gateway to a receiver on this machine, through stream, queue and sender."""

from standardwebhooks.webhooks import Webhook

from local.stack import Stack
from tests.end_to_end.conftest import CallAs
from tests.support.receiver import receiving
from tests.support.waiting import wait_until


def test_a_test_of_a_webhook_arrives_signed_and_its_secret_stands_nowhere(
    call_as: CallAs, stack: Stack
):
    partner = call_as("harbour-test", clock=None)
    with receiving() as receiver:
        created = partner.post("/v1/webhooks", {"url": receiver.url})
        assert created.status_code == 201, created.text
        webhook = created.json()
        path = f"/v1/webhooks/{webhook['id']}"

        assert partner.post(f"{path}/tests", {}).status_code == 202
        wait_until(lambda: receiver.taken, bool)
        wait_until(lambda: partner.get(f"{path}/attempts").json()["items"], bool)

        [message] = receiver.taken
        content = Webhook(webhook["secret"]).verify(message.body, message.headers)
        assert content["type"] == "webhook.tested"
        assert content["data"]["object"] == {"kind": "webhook", "id": webhook["id"]}
        [attempt] = partner.get(f"{path}/attempts").json()["items"]
        assert attempt["outcome"] == "delivered"
        told = [each["type"] for each in partner.get("/v1/events?limit=100").json()["items"]]
        assert "webhook.tested" in told
        partner.post(path, {"status": "paused"})  # other tests have their own business

        secret = webhook["secret"].removeprefix("whsec_").encode()
        files = [each for each in stack.settings.folder.rglob("*") if each.is_file()]
        assert any(each.suffix == ".log" for each in files)
        assert [each.name for each in files if secret in each.read_bytes()] == []
