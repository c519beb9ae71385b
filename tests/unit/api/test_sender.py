"""A bound token is no use without what it is bound to: what each function asks of each call."""

import ast
import base64
import time
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from insurance.access import proofs, tokens
from insurance.access.tokens import encode
from insurance.api.sender import REASONS, check_sender, thumbprint_of
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import CertificateRefused, ProofRefused
from insurance.domain.core.identity import Mode

from tests.fakes.used_proofs import MemoryUsedProofs
from tests.support.proofs import p256, proof

type Json = dict[str, Any]

TOKEN = "eyJ.an-access.token"
HOST, PATH = "api.coverwright.example", "/prod/v1/claims"
URL = f"https://{HOST}{PATH}"
DER = b"a certificate, as far as a hash can tell"
PEM = f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(DER).decode()}\n-----END CERTIFICATE-----\n"
REGISTERED = encode(sha256(DER).digest())


def a(kind: CallerKind, mode: Mode = Mode.LIVE) -> Caller:
    return Caller(
        principal="one",
        kind=kind,
        partner="",
        roles=frozenset(),
        scopes=frozenset(),
        mode=mode,
    )


APPLICATION = a(CallerKind.APPLICATION)


def call(*sent: str, scheme: str = "DPoP", host: str = HOST, **context: Any) -> Json:
    headers = {"Authorization": [f"{scheme} {TOKEN}"], "dpop": list(sent)}
    bound = {"binding": "dpop", "thumbprints": p256().thumbprint()}
    return {
        "httpMethod": "POST",
        "headers": {name: values[-1] for name, values in headers.items() if values},
        "multiValueHeaders": headers,
        "requestContext": {
            "authorizer": bound,
            "domainName": host,
            "path": PATH,
            "identity": {},
            **context,
        },
    }


def why(event: Json, used: MemoryUsedProofs | None = None) -> str:
    with pytest.raises(ProofRefused) as refused:
        check_sender(event, APPLICATION, lambda: used or MemoryUsedProofs())
    return str(refused.value)


def test_a_proof_for_the_call_opens_it_once() -> None:
    used = MemoryUsedProofs()
    sent = call(proof("POST", URL, TOKEN))

    check_sender(sent, APPLICATION, lambda: used)

    assert "used before" in why(sent, used)
    check_sender(call(proof("POST", URL, TOKEN)), APPLICATION, lambda: used)


def test_one_name_used_with_two_keys_is_two_proofs() -> None:
    used = MemoryUsedProofs()
    for key in (p256(), p256("another")):
        sent = call(proof("POST", URL, TOKEN, key=key, jti="same"))
        sent["requestContext"]["authorizer"]["thumbprints"] = key.thumbprint()
        check_sender(sent, APPLICATION, lambda: used)


@pytest.mark.parametrize("count", [0, 2])
def test_no_proof_and_two_proofs_are_refused(count: int) -> None:
    sent = call(*(proof("POST", URL, TOKEN) for _ in range(count)))

    assert "one DPoP header" in why(sent)


def test_a_bound_token_that_comes_as_a_bearer_is_refused_even_with_a_proof() -> None:
    assert "must say DPoP" in why(call(proof("POST", URL, TOKEN), scheme="Bearer"))


def test_a_proof_that_is_refused_uses_nothing_up() -> None:
    used = MemoryUsedProofs()
    why(call(proof("GET", URL, TOKEN, jti="one")), used)

    check_sender(call(proof("POST", URL, TOKEN, jti="one")), APPLICATION, lambda: used)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"htm": "GET"}, "htm"),
        ({"htu": f"https://{HOST}/v1/claims"}, "htu"),  # without the stage
        ({"htu": URL.replace("https", "http")}, "htu"),
        ({"ath": None}, "ath"),
        ({"iat": int(time.time()) - 3600}, "60 seconds"),
        ({"iat": int(time.time()) + 3600}, "ahead"),
        ({"jti": None}, "jti"),
        ({"key": p256("a thief's")}, "not registered"),
        ({"header": {"alg": "none"}}, "ES256"),
        ({"header": {"jwk": p256().as_dict(private=True)}}, "private key"),
    ],
)
def test_the_caller_is_told_what_is_wrong(changes: Json, told: str) -> None:
    assert told in why(call(proof("POST", URL, TOKEN, **changes)))


def test_only_this_machine_serves_anything_but_https() -> None:
    local = call(proof("POST", f"http://127.0.0.1:8443{PATH}", TOKEN), host="127.0.0.1:8443")
    local["headers"]["X-Forwarded-Proto"] = "http"
    check_sender(local, APPLICATION, MemoryUsedProofs)

    abroad = call(proof("POST", URL.replace("https", "http"), TOKEN))
    abroad["headers"]["X-Forwarded-Proto"] = "http"
    assert "htu" in why(abroad)


def test_every_reason_has_words() -> None:
    """The reasons of both modules, as they stand in the source; those of an access token alone need none."""
    given = {
        node.args[0].value
        for module in (proofs, tokens)
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "TokenRefused"
        and isinstance(node.args[0], ast.Constant)
    }
    of_tokens = {"untrusted_issuer", "expired", "not_yet_valid", "no_subject", "no_audience"}
    of_tokens |= {"not_an_access_token", "wrong_audience", "no_key_id"}

    assert given - of_tokens <= REASONS.keys()


@pytest.mark.parametrize("context", [{}, {"claims": {"sub": "ada", "binding": "dpop"}}])
def test_a_caller_that_is_bound_to_nothing_proves_nothing(context: Json) -> None:
    check_sender(call(authorizer=context), APPLICATION, None)


def test_a_binding_that_nobody_can_check_is_a_fault_and_no_way_in() -> None:
    unknown = call(authorizer={"binding": "seal", "thumbprints": "x"})
    for event, used in ((unknown, MemoryUsedProofs), (call(proof("POST", URL, TOKEN)), None)):
        with pytest.raises(ValueError, match="nobody can check"):
            check_sender(event, APPLICATION, used)


def test_the_thumbprint_is_that_of_a_real_certificate() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "harbour")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2027, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM).decode()

    assert thumbprint_of(pem) == encode(made.fingerprint(hashes.SHA256()))


def certified(pem: str | None) -> Json:
    identity = {"clientCert": {"clientCertPem": pem}} if pem is not None else {}
    bound = {"binding": "mtls", "thumbprints": f"another {REGISTERED}"}
    return call(scheme="Bearer", authorizer=bound, identity=identity)


def test_the_registered_certificate_opens_the_call() -> None:
    assert thumbprint_of(PEM) == REGISTERED
    check_sender(certified(PEM), APPLICATION, None)
    check_sender(certified(PEM.replace("\n", "\r\n")), APPLICATION, None)


@pytest.mark.parametrize(
    "pem", [None, "", "-----BEGIN CERTIFICATE-----", "not base64!", PEM.replace("YS", "YT")]
)
def test_no_certificate_another_or_none_at_all_is_refused(pem: str | None) -> None:
    with pytest.raises(CertificateRefused):
        check_sender(certified(pem), APPLICATION, None)


def test_a_header_is_no_certificate() -> None:
    sent = certified(None)
    sent["headers"]["X-Client-Cert"] = PEM
    sent["multiValueHeaders"]["X-Amzn-Mtls-Clientcert"] = [PEM]

    with pytest.raises(CertificateRefused):
        check_sender(sent, APPLICATION, None)


def connected(pem: str | None) -> Json:
    """A call of the bank's connection, as the pool's authorizer hands it on."""
    identity = {"clientCert": {"clientCertPem": pem}} if pem is not None else {}
    claims = {"sub": "bank", "client_id": "bank", "scope": ""}
    return call(scheme="Bearer", authorizer={"claims": claims}, identity=identity)


@pytest.mark.parametrize("pem", [None, "", PEM.replace("YS", "YT")])
def test_the_live_connection_to_the_bank_comes_with_its_certificate_where_one_is_registered(
    pem: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = a(CallerKind.MACHINE)
    check_sender(connected(pem), bank, None)

    monkeypatch.setenv("MACHINE_CERTIFICATES", f"another {REGISTERED}")

    with pytest.raises(CertificateRefused):
        check_sender(connected(pem), bank, None)
    check_sender(connected(PEM), bank, None)


@pytest.mark.parametrize(
    "caller",
    [a(CallerKind.MACHINE, Mode.TEST), a(CallerKind.STAFF), a(CallerKind.STAFF, Mode.TEST)],
)
def test_the_banks_certificate_is_asked_of_nobody_else(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MACHINE_CERTIFICATES", REGISTERED)

    check_sender(connected(None), caller, None)
