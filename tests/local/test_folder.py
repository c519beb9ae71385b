"""The files of a data folder: what does not belong together is refused by name, and nothing is touched."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from local.aws.engine import DYNOXIDE_FILE
from local.folder import BANK, GATEWAY, HOLDS, SERVICES, join_files
from local.processes import StackError
from local.settings import ANY_PORTS, Settings
from local.stack import Stack

FILES = (DYNOXIDE_FILE, *HOLDS)


def used(folder: Path) -> Path:
    """A folder whose files hold something."""
    folder.mkdir(exist_ok=True)
    join_files(folder, DYNOXIDE_FILE)
    for name in FILES:
        with closing(sqlite3.connect(folder / name)) as file, file:
            file.execute("CREATE TABLE things (thing TEXT)")
            file.executemany("INSERT INTO things VALUES (?)", [("x" * 500,)] * 100)
    return folder


def test_the_files_of_a_new_folder_carry_one_id(tmp_path: Path):
    assert join_files(tmp_path, DYNOXIDE_FILE)
    ids = set()
    for name in FILES:
        with closing(sqlite3.connect(tmp_path / name)) as file:
            ids |= set(file.execute("PRAGMA application_id"))
    assert len(ids) == 1
    assert ids != {(0,)}


def test_a_folder_that_is_whole_is_taken_as_it_is(tmp_path: Path):
    assert not join_files(used(tmp_path), DYNOXIDE_FILE)


def test_a_start_that_was_broken_off_before_anything_was_stored_begins_again(tmp_path: Path):
    join_files(tmp_path, DYNOXIDE_FILE)
    (tmp_path / BANK).unlink()
    assert join_files(tmp_path, DYNOXIDE_FILE)
    assert (tmp_path / BANK).exists()


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named_with_what_it_holds(tmp_path: Path, name: str):
    (used(tmp_path) / name).unlink()
    with pytest.raises(StackError, match=f"{name} is missing: it holds .*make clean"):
        join_files(tmp_path, DYNOXIDE_FILE)
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_folder_is_named(tmp_path: Path, name: str):
    here, there = used(tmp_path / "here"), used(tmp_path / "there")
    (there / name).replace(here / name)
    with pytest.raises(StackError, match=f"{name} is not of this folder"):
        join_files(here, DYNOXIDE_FILE)


@pytest.mark.parametrize("name", FILES)
def test_an_empty_file_in_the_place_of_one_is_named(tmp_path: Path, name: str):
    (used(tmp_path) / name).write_bytes(b"")
    with pytest.raises(StackError, match=f"{name} is not of this folder"):
        join_files(tmp_path, DYNOXIDE_FILE)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("harm", ["no database", "a page of noise", "cut in two"])
def test_a_damaged_file_is_named(tmp_path: Path, name: str, harm: str):
    path = used(tmp_path) / name
    whole = path.read_bytes()
    broken = {
        "no database": b"nonsense" * 1000,
        "a page of noise": whole[:4096] + b"\xff" * 4096 + whole[8192:],
        "cut in two": whole[: len(whole) // 2],
    }
    path.write_bytes(broken[harm])
    with pytest.raises(StackError, match=f"{name} is damaged .*make clean"):
        join_files(tmp_path, DYNOXIDE_FILE)


def test_a_stack_does_not_start_on_tables_whose_keys_are_gone(tmp_path: Path):
    settings = Settings(ports=ANY_PORTS, folder=tmp_path, warm=False)
    with Stack(settings):
        pass
    with closing(sqlite3.connect(tmp_path / SERVICES)) as file, file:
        file.execute("DELETE FROM kms_keys")
    with pytest.raises(StackError, match=f"{SERVICES} holds no key of"):
        Stack(settings).start()
    (tmp_path / GATEWAY).unlink()
    with pytest.raises(StackError, match=f"{GATEWAY} is missing"):
        Stack(settings).start()
