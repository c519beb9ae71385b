"""`serve` as a process: what it prints works when pasted, and nothing is left when it ends."""

import json
import os
import re
import shlex
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from demo.samples import CALLERS
from local.settings import ROOT
from tests.support.clock_ahead import a_year_ahead
from tests.support.waiting import ANSWER_SECONDS, ENDED_SECONDS, wait_until

BOTH_BOOKS = '{"reconcile": ["live", "test"]}'
FREE = {"PORT": "0", "SERVICES_PORT": "0", "DATABASE_PORT": "0"}


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`python -m local serve` and everything it printed when it was up."""
    process = subprocess.Popen(
        [sys.executable, "-m", "local", "serve"],
        cwd=ROOT,
        env=os.environ | FREE | {"DATA": str(folder)} | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process, printed_until_ready(process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait(ENDED_SECONDS)
        assert process.stdout is not None
        process.stdout.close()


def printed_until_ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("curl") and sum(each.startswith("curl") for each in lines) == 3:
            break
    return "".join(lines)


def children_of(folder: Path) -> list[str]:
    """Processes that still have a file of this folder open."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            files = [str(each.readlink()) for each in (process / "fd").iterdir()]
        except OSError:
            continue
        if any(file.startswith(f"{folder}/") for file in files):
            found.append((process / "cmdline").read_text().replace("\0", " "))
    return found


def wait_until_gone(folder: Path) -> None:
    wait_until(lambda: children_of(folder), lambda left: not left)


def test_what_serve_and_the_readme_say_works_a_year_from_now_and_nothing_is_left_behind(
    tmp_path: Path,
) -> None:
    [of_readme] = re.findall(r"```sh\n(curl .*?)```", (ROOT / "README.md").read_text(), re.S)
    with serving(tmp_path, **a_year_ahead()) as (process, printed):
        before = local(tmp_path, "reindex")
        streams = local(
            tmp_path, "redeliver", "--since", "2020-01-01T00:00:00Z"
        ).stdout.splitlines()
        products, *answers = pasted(printed, of_readme)
        bodies = [json.loads(answer) for answer in answers]
        assert not [body for body in bodies if "code" in body], bodies
        page = re.search(r"http://\S+/docs", printed)
        assert page is not None
        definition = httpx.get(
            page[0].replace("/docs", "/openapi.json"), timeout=ANSWER_SECONDS
        ).json()
        beside = shown(tmp_path, bodies[2]["id"])
        counted = local(tmp_path, "schedule", "ReconciliationSchedule", "--input", BOTH_BOOKS)
        reindexed = local(tmp_path, "reindex")
        redelivered = local(tmp_path, "redeliver", "--since", "2020-01-01T00:00:00Z")
        process.send_signal(signal.SIGINT)
        status = process.wait(ENDED_SECONDS)

    assert status == 0
    assert "personal_motor" in products
    assert bodies[0]["expires_in"] == 24 * 3600
    assert bodies[1]["premium"]["total"] == {"amount": 16_926, "currency": "GBP"}
    assert bodies[2]["id"].startswith("quo_test_")
    assert (bodies[3]["id"][:9], bodies[3]["status"]) == ("quo_test_", "bindable")
    assert definition["servers"][0]["url"] in printed
    flow = definition["components"]["securitySchemes"]["application"]["flows"]["clientCredentials"]
    assert flow["tokenUrl"] == page[0].replace("/docs", "/oauth2/token")
    wait_until_gone(tmp_path)

    assert shown(tmp_path, bodies[2]["id"]) == beside
    assert '"status": "bindable"' in beside
    assert "sealed with the party's key" in beside
    assert "Ada Merton" not in beside
    assert json.loads(counted.stdout) == {"finished": {"live": True, "test": True}}
    quotes = 2  # beside what the sample partners left when they were registered
    assert indexed(reindexed.stdout) == indexed(before.stdout) + quotes
    assert redelivered.stdout.splitlines() == [
        streams[0],  # those of the sample partners: quotes are in no stream of events
        "0 streams are behind, 0 have events set aside",
    ]
    unserved = local(tmp_path, "schedule", "ReconciliationSchedule")
    assert (unserved.returncode, "make serve" in unserved.stderr) == (1, True)


def indexed(said: str) -> int:
    found = re.fullmatch(r"(\d+) events and quotes were indexed again\n", said)
    assert found is not None, said
    return int(found[1])


def pasted(printed: str, *further: str) -> list[str]:
    """What each line that is to be pasted prints, and each further one, in one shell after another's exports."""
    lines = printed.splitlines()
    told = [line for line in lines if line.startswith(("cd ", "export "))]
    calls = [line for line in lines if line.startswith((".venv/bin/coverwright", "curl"))]
    return [
        subprocess.run(
            ["bash", "-euc", "\n".join([*told, call])], capture_output=True, text=True, check=True
        ).stdout
        for call in (*calls, *further)
    ]


def shown(folder: Path, item_id: str) -> str:
    """What `show` prints, whether a stack is up on the folder or not."""
    done = local(folder, "show", item_id)
    done.check_returncode()
    return done.stdout


def local(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`python -m local …` beside what is served from the folder."""
    return subprocess.run(
        [sys.executable, "-m", "local", *arguments],
        cwd=ROOT,
        env=os.environ | FREE | {"DATA": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_killed_outright_it_takes_its_children_with_it(tmp_path: Path) -> None:
    with serving(tmp_path, WARM="0") as (process, _):
        assert len(children_of(tmp_path)) > 1
        process.send_signal(signal.SIGKILL)
        process.wait(ENDED_SECONDS)

        wait_until_gone(tmp_path)


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A stack that serves HTTPS: its folder, and what it printed. Told to end, it ends well."""
    folder = tmp_path_factory.mktemp("secure")
    with serving(folder, TLS="1", WARM="0") as (process, printed):
        yield folder, printed
        process.send_signal(signal.SIGTERM)
        assert process.wait(ENDED_SECONDS) == 0


def test_tls_serves_https_with_a_certificate_of_its_own(secure: tuple[Path, str]) -> None:
    folder, printed = secure
    products, _, price, _ = pasted(printed)
    base_url = re.search(r"Base URL +(\S+)", printed)
    assert base_url is not None
    url = f"{base_url[1]}/v1/products"
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)
    trusted = ssl.create_default_context(cafile=str(folder / "tls" / "certificate.pem"))
    unsigned = httpx.get(url, verify=trusted, timeout=ANSWER_SECONDS)

    assert url.startswith("https://127.0.0.1:")
    assert "personal_motor" in products
    assert json.loads(price)["premium"]["total"]["currency"] == "GBP"
    assert unsigned.status_code == 401


def test_what_is_printed_is_short_and_of_each_caller_there_is_a_file(
    secure: tuple[Path, str],
) -> None:
    folder, printed = secure
    files = {path.stem: path.read_text() for path in (folder / "callers").iterdir()}

    assert max(map(len, printed.splitlines())) < 700
    assert "eyJ" not in printed
    assert f"cd {shlex.quote(str(ROOT))}" in printed.splitlines()
    assert files.keys() == CALLERS.keys()
    assert "COVERWRIGHT_CLIENT_SECRET" in files["meadow-test"]
    assert "COVERWRIGHT_CLIENT_SECRET" not in files["proof-test"] + files["underwriter-test"]
    assert (folder / "callers").stat().st_mode & 0o077 == 0


def test_two_stacks_do_not_share_a_folder(secure: tuple[Path, str]) -> None:
    folder, _ = secure
    second = local(folder, "serve")

    assert second.returncode == 1
    assert "another stack uses" in second.stderr


@pytest.mark.parametrize("setting", ["PORT", "SERVICES_PORT", "DATABASE_PORT"])
def test_a_taken_port_is_a_clear_error(tmp_path: Path, setting: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        served = subprocess.run(
            [sys.executable, "-m", "local", "serve"],
            cwd=ROOT,
            env=os.environ | FREE | {"DATA": str(tmp_path), setting: str(port)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert served.returncode == 1
    assert f"port {port}" in served.stderr
    assert f"{setting}=<port>" in served.stderr
    assert "Traceback" not in served.stderr


@pytest.mark.parametrize(
    ("setting", "value"), [("PORT", "http"), ("PORT", "70000"), ("ENGINE", "oracle")]
)
def test_a_setting_that_makes_no_sense_is_a_clear_error(setting: str, value: str) -> None:
    served = subprocess.run(
        [sys.executable, "-m", "local", "serve"],
        cwd=ROOT,
        env=os.environ | {setting: value},
        capture_output=True,
        text=True,
        check=False,
    )

    assert served.returncode == 1
    assert value in served.stderr
    assert "Traceback" not in served.stderr
