"""Who calls is read from the environment or from a profile that nobody else may read; the tool says what is missing."""

from pathlib import Path

import httpx
import pytest
from coverwright import ClientCredentials, ClientSettings, Connection, NotConfigured, money_text
from coverwright.cli import main
from coverwright.cli.output import details, table, text

FILE = """
[sandbox]
base_url = "http://127.0.0.1:8080/"
token_url = "http://127.0.0.1:8081/oauth2/token"
client_id = "harbour-test"
client_secret = "of-the-profile"
clock = "2026-12-01T09:00:00Z"
"""
PREFIX = "COVERWRIGHT_"
WHOLE = {
    f"{PREFIX}BASE_URL": "https://api.test",
    f"{PREFIX}TOKEN_URL": "https://auth.test/oauth2/token",
    f"{PREFIX}CLIENT_ID": "harbour",
    f"{PREFIX}CLIENT_SECRET": "hush",
}


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment in which profiles stand."""
    path = tmp_path / "coverwright" / "profiles.toml"
    path.parent.mkdir()
    path.write_text(FILE)
    path.chmod(0o600)
    return {"XDG_CONFIG_HOME": str(tmp_path)}


def test_a_profile_is_read_and_the_environment_wins(home: dict[str, str]) -> None:
    environment = home | {f"{PREFIX}PROFILE": "sandbox", f"{PREFIX}CLIENT_ID": "meadow-test"}

    settings = ClientSettings.read(environment=environment)

    assert settings.base_url == "http://127.0.0.1:8080"
    assert (settings.client_id, settings.client_secret) == ("meadow-test", "of-the-profile")
    assert settings.clock == "2026-12-01T09:00:00Z"
    assert "of-the-profile" not in repr(settings)


def test_what_is_missing_is_named() -> None:
    with pytest.raises(NotConfigured, match="COVERWRIGHT_TOKEN_URL, COVERWRIGHT_CLIENT_ID,"):
        ClientSettings.read(environment={f"{PREFIX}BASE_URL": "https://api.test"})


def test_an_unknown_profile_is_said_with_those_that_are_known(home: dict[str, str]) -> None:
    with pytest.raises(NotConfigured, match="has no profile live; it has sandbox"):
        ClientSettings.read("live", home)


def test_a_file_of_secrets_that_others_may_read_is_not_used(
    home: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "coverwright" / "profiles.toml").chmod(0o640)

    with pytest.raises(NotConfigured, match="chmod 600"):
        ClientSettings.read("sandbox", home)


def test_a_profile_without_its_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotConfigured, match=r"profiles\.toml"):
        ClientSettings.read("sandbox", {"XDG_CONFIG_HOME": str(tmp_path)})


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        (16_926, "GBP", "169.26 GBP"),
        (-5, "EUR", "-0.05 EUR"),
        (0, "USD", "0.00 USD"),
        (1_200, "JPY", "1200 JPY"),
        (1, "KWD", "0.001 KWD"),
    ],
)
def test_money_is_said_with_its_currency_s_decimals(amount: int, currency: str, said: str) -> None:
    assert money_text(amount, currency) == said


def test_values_are_said_as_people_read_them() -> None:
    policy = {
        "id": "pol_1",
        "period": {"start": "2027-01-01", "end": "2028-01-01"},
        "premium": {"total": {"amount": 16_926, "currency": "GBP"}},
        "covers": [{"code": "a", "own": True, "notes": []}, {"code": "b"}],
        "product": {"code": "personal_motor", "version": "2026.1"},
        "task": None,
    }

    assert details(
        policy, ("id", "product", "period", "premium.total", "covers", "task", "unknown.x")
    ) == (
        "id             pol_1\n"
        "product        personal_motor 2026.1\n"
        "period         2027-01-01 to 2028-01-01\n"
        "premium total  169.26 GBP\n"
        "covers         code a, own yes\n"
        "               code b"
    )
    assert table([policy], ("id", "premium.total")) == "id     premium total\npol_1  169.26 GBP"
    assert table([], ("id",)) == "none"
    assert text(["a", 1]) == "a; 1"


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> list[httpx.Request]:
    """What the tool sends, whom a stub answers; it is set up as a person would set it up."""
    for name, value in WHOLE.items():
        monkeypatch.setenv(name, value)
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if "oauth2" in request.url.path:
            return httpx.Response(200, json={"access_token": "t", "expires_in": 3600})
        sent.append(request)
        if "lost" in request.url.path:
            raise httpx.ReadError("reset")
        return httpx.Response(200, json={"items": [{"id": number} for number in range(5)]})

    def of(settings: ClientSettings) -> Connection:
        credentials = ClientCredentials(settings.token_url, "harbour", "hush")
        http = httpx.Client(transport=httpx.MockTransport(answer))
        return Connection(settings.base_url, credentials, http=http)

    monkeypatch.setattr("coverwright.connection.sleep", lambda _: None)
    monkeypatch.setattr("coverwright.cli.Connection.of", of)
    return sent


def test_a_list_ends_where_it_was_told_to(
    api: list[httpx.Request], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["claims", "list", "--limit", "2", "--json"]) == 0
    assert capsys.readouterr().out.splitlines() == ['{"id": 0}', '{"id": 1}']
    assert api[0].url.params["limit"] == "2"


def test_without_an_answer_it_says_under_which_key_to_repeat(
    api: list[httpx.Request], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["call", "POST", "/v1/lost", "--key", "k-1"]) == 3
    assert "repeat it with --key k-1" in capsys.readouterr().err
    assert len(api) == 5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["quote", "nowhere.json"], "nowhere.json"),
        (["call", "GET", "v1/products"], "does not begin with /"),
        (["products", "list", "--profile", "nobody"], "profiles.toml"),
    ],
)
def test_what_makes_no_sense_is_said_and_not_sent(
    api: list[httpx.Request], capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main(words) == 2
    assert said in capsys.readouterr().err
    assert api == []


def test_a_body_must_be_an_object(
    api: list[httpx.Request], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "list.json"
    file.write_text("[]")

    assert main(["quote", str(file)]) == 2
    assert "is not a JSON object" in capsys.readouterr().err
    assert api == []
