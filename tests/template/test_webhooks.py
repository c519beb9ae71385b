"""Webhooks reach the open network alone, and one receiver keeps no other waiting."""

from typing import Any

from tests.support.transformed import of_type

type Json = dict[str, Any]


def test_nobody_is_exempt_from_the_open_network(written: Json):
    """A stack on one machine names itself (`local/settings.py`); the template and its configurations do not."""
    declared = written["Parameters"]["WebhookLocalReceivers"]

    assert declared["Default"] == ""
    exempt = [
        name
        for name, each in written["Resources"].items()
        if "WEBHOOK_LOCAL_RECEIVERS"
        in each["Properties"].get("Environment", {}).get("Variables", {})
    ]
    assert sorted(exempt) == ["NotificationsFunction", "WebhookDeliveryFunction"]
    for name in exempt:
        variables = written["Resources"][name]["Properties"]["Environment"]["Variables"]
        assert variables["WEBHOOK_LOCAL_RECEIVERS"] == {"Ref": "WebhookLocalReceivers"}


def test_a_message_is_of_one_webhook_and_hidden_for_longer_than_its_sending(resources: Json):
    queue = resources["WebhookQueue"]["Properties"]
    source = resources["WebhookSource"]["Properties"]
    sender = resources["WebhookDeliveryFunction"]["Properties"]

    assert source["BatchSize"] == 1
    assert queue["VisibilityTimeout"] >= 6 * sender["Timeout"]
    assert source["ScalingConfig"]["MaximumConcurrency"] >= 10
    assert len(of_type(resources, "AWS::SQS::Queue")) == 3
