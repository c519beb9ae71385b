"""Where a webhook may be: https, in the open network, under whatever spelling."""

import pytest
from insurance.domain.core.errors import InvalidFields
from insurance.domain.webhook.address import ReceiverAddress, is_public, read_url


@pytest.mark.parametrize(
    "address",
    [
        "93.184.216.34",
        "8.8.8.8",
        "2606:2800:220:1:248:1893:25c8:1946",
    ],
)
def test_an_address_of_the_open_network_is_public(address: str):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        # this machine, this network, and nobody's
        *("127.0.0.1", "127.255.255.254", "0.0.0.0", "::1", "::"),  # noqa: S104 - refused
        # private, shared and link-local: the metadata of an instance among them
        *("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1"),
        *(
            "169.254.169.254",
            "169.254.170.2",
            "fe80::1",
            "fe80::1%eth0",
            "fd00:ec2::254",
            "fc00::1",
        ),
        # for documents and tests, reserved, broadcast, multicast
        *("192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "2001:db8::1"),
        *("240.0.0.1", "255.255.255.255", "224.0.0.1", "ff02::1", "192.0.0.1"),
        # wrapped in another
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1"),
        *("2002:7f00:0001::", "2002:0a00:0001::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe"),
        *("fec0::1", "::ffff:0:10.0.0.1", "::ffff:0:8.8.8.8", "64:ff9b::808:808", "5f00::1"),
        *("2606:2800::5efe:10.0.0.1", "2606:2800::200:5efe:a9fe:a9fe"),
        *("64:ff9b:1::a00:1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"),
    ],
)
def test_any_other_is_not(address: str):
    assert not is_public(address)


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("https://receiver.example/", ("https", "receiver.example", 443, "/")),
        ("https://Receiver.Example", ("https", "receiver.example", 443, "/")),
        ("https://receiver.example:8443/a/b-c", ("https", "receiver.example", 8443, "/a/b-c")),
        ("https://[2606:2800::1]/x", ("https", "2606:2800::1", 443, "/x")),
        ("http://127.0.0.1:99/x", ("http", "127.0.0.1", 99, "/x")),
    ],
)
def test_a_url_is_read_into_its_parts(url: str, read: tuple[str, str, int, str]):
    assert read_url(url, local={"127.0.0.1"}) == ReceiverAddress(*read)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://receiver.example/", "not-https"),
        ("http://127.0.0.1/", "not-https"),
        ("ftp://receiver.example/", "wrong-form"),
        ("https://user@receiver.example/", "wrong-form"),
        ("https://user:word@receiver.example/", "wrong-form"),
        ("https://receiver.example/?token=1", "wrong-form"),
        ("https://receiver.example/#part", "wrong-form"),
        ("https://receiver.example\\@10.0.0.1/", "wrong-form"),
        ("https://receiver.example/a b", "wrong-form"),
        ("https://receiver.example/\r\nHost: other", "wrong-form"),
        ("https://receiver.example:0/", "wrong-form"),
        ("https://receiver.example:65536/", "wrong-form"),
        ("https://", "wrong-form"),
        ("https:///path", "wrong-form"),
        ("https://receiver.example/" + "a" * 500, "wrong-form"),
        ("https://réceiver.example/", "wrong-form"),
    ],
)
def test_a_url_of_another_form_is_refused(url: str, code: str):
    with pytest.raises(InvalidFields) as refused:
        read_url(url)

    assert [fault.code for fault in refused.value.faults] == [code]
