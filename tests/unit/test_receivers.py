"""Receivers are reached where their names lead, once looked at, and for some seconds alone."""

import ssl
import subprocess
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import pytest
from insurance import receivers
from insurance.domain.core.errors import InvalidFields
from insurance.operations.notifications.webhook_ports import Outcome, ReceiverAnswer
from insurance.receivers import HttpReceivers

from tests.support.receiver import LOOPBACK, Receiver, receiving


def leading_to(*addresses: str) -> HttpReceivers:
    """Every name leads to these addresses."""
    return HttpReceivers(resolve=lambda _host, _port: list(addresses))


LOCAL = HttpReceivers({LOOPBACK})


def send(receivers: HttpReceivers, url: str) -> ReceiverAnswer:
    return receivers.send(url, {"webhook-id": "one"}, b"{}")


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_what_is_answered_well_is_delivered(receiver: Receiver, status: int):
    receiver.answer = lambda _: status

    assert send(LOCAL, receiver.url) == (Outcome.DELIVERED, status)
    [message] = receiver.received
    assert (message.path, message.body) == ("/events", b"{}")
    assert message.headers["webhook-id"] == "one"


@pytest.mark.parametrize("status", [300, 400, 401, 404, 429, 500, 503])
def test_another_answer_is_a_refusal(receiver: Receiver, status: int):
    receiver.answer = lambda _: status

    assert send(LOCAL, receiver.url) == (Outcome.REFUSED, status)


def test_410_says_that_the_receiver_is_gone(receiver: Receiver):
    receiver.answer = lambda _: 410

    assert send(LOCAL, receiver.url) == (Outcome.GONE, 410)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(receiver: Receiver, status: int):
    with receiving() as elsewhere:
        receiver.answer = lambda _: status
        receiver.headers["location"] = elsewhere.url

        assert send(LOCAL, receiver.url) == (Outcome.REFUSED, status)
        assert elsewhere.received == []


def test_a_receiver_that_does_not_answer_costs_some_seconds_and_no_more(receiver: Receiver):
    receiver.waits_seconds = 30.0

    with patch.object(receivers, "DEADLINE_SECONDS", 0.2):
        assert send(LOCAL, receiver.url) == (Outcome.TIMED_OUT, None)


def test_nobody_listens(receiver: Receiver):
    assert send(LOCAL, "http://127.0.0.1:1/events").outcome is Outcome.UNREACHABLE


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["169.254.169.254"],
        ["10.0.0.1"],
        ["::ffff:127.0.0.1"],
        ["93.184.216.34", "10.0.0.1"],
        ["10.0.0.1", "93.184.216.34"],
    ],
)
def test_a_name_that_leads_beside_the_open_network_is_refused_when_it_is_checked_and_when_it_is_sent(
    addresses: Sequence[str],
):
    found = leading_to(*addresses)

    with pytest.raises(InvalidFields) as refused:
        found.check("https://receiver.example/")
    assert [fault.code for fault in refused.value.faults] == ["not-public"]
    assert send(found, "https://receiver.example/").outcome is Outcome.ADDRESS_REFUSED


def test_a_name_that_leads_elsewhere_a_moment_later_is_looked_at_again():
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    found = HttpReceivers(resolve=lambda _host, _port: next(answers))

    found.check("https://receiver.example/")

    assert send(found, "https://receiver.example/").outcome is Outcome.ADDRESS_REFUSED


def test_the_connection_goes_to_the_address_that_was_looked_at(receiver: Receiver):
    """The name is asked for once: a second answer would be another."""
    asked: list[str] = []

    def resolve(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return [LOOPBACK]

    port = receiver.url.split(":")[2].split("/")[0]
    found = HttpReceivers({"receiver.example"}, resolve=resolve)

    assert send(found, f"http://receiver.example:{port}/x").outcome is Outcome.DELIVERED
    assert asked == ["receiver.example"]
    assert receiver.received[0].headers["host"] == f"receiver.example:{port}"


def test_a_name_that_nobody_has_is_refused():
    def nobody(host: str, _port: int) -> Sequence[str]:
        raise OSError(host)

    found = HttpReceivers(resolve=nobody)

    with pytest.raises(InvalidFields):
        found.check("https://receiver.example/")
    assert send(found, "https://receiver.example/").outcome is Outcome.UNREACHABLE


def test_a_certificate_that_proves_nothing_is_no_receiver(tmp_path: Path):
    """Signed by itself, for another name."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(  # noqa: S603 - our own command
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-subj", "/CN=elsewhere.example", "-days", "2"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with receiving(tls=context) as receiver:
        port = receiver.url.split(":")[2].split("/")[0]

        answer = send(LOCAL, f"https://{LOOPBACK}:{port}/x")

        assert answer.outcome is Outcome.UNREACHABLE
        assert receiver.received == []
