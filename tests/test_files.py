"""A file appears whole or not at all, under a name every system accepts, and a refusal is one clear line."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from sim.errors import FaultError, InputError
from sim.files import disk, file_name, readable, replacing, write_whole


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_a_file_is_written_whole_in_a_folder_that_is_made(tmp_path):
    path = tmp_path / "new" / "folder" / "words.txt"
    write_whole(path, "Türkiye\n")
    assert path.read_bytes() == "Türkiye\n".encode()
    assert names(path.parent) == ["words.txt"]
    assert path.stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_after_an_error_the_old_file_stands_and_nothing_is_left(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("old")

    def fail() -> None:
        with replacing(path) as file:
            file.write(b"new")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert path.read_text() == "old"
    assert names(tmp_path) == ["words.txt"]


def test_two_writers_of_one_file_never_mix(tmp_path):
    path = tmp_path / "words.txt"
    texts = [letter * 100_000 for letter in "abcd"]

    def write(text: str) -> None:
        for _ in range(20):
            write_whole(path, text)

    threads = [threading.Thread(target=write, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        if path.exists():
            assert path.read_text() in texts
    for thread in threads:
        thread.join()
    assert names(tmp_path) == ["words.txt"]


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_link_is_replaced_and_not_followed(tmp_path, monkeypatch):
    treasure = tmp_path / "treasure"
    treasure.write_text("untouched")
    path = tmp_path / "words.txt"
    path.symlink_to(treasure)
    # Even one who guesses the name of the temporary file cannot have it followed.
    monkeypatch.setattr("sim.files.os.urandom", bytes)
    (tmp_path / f".words.txt.{bytes(8).hex()}.part").symlink_to(treasure)
    with pytest.raises(FaultError, match="File exists"):
        write_whole(path, "new")
    monkeypatch.undo()
    write_whole(path, "new")
    assert treasure.read_text() == "untouched"
    assert path.read_text() == "new"
    assert not path.is_symlink()


@pytest.mark.parametrize(
    ("number", "line"),
    [
        (errno.ENOSPC, "no space left on the disk; free some space or choose another --out"),
        (errno.EACCES, "no permission; change its permissions or choose another --out"),
        (errno.EIO, "Input/output error; choose another --out"),
    ],
)
def test_a_refusal_says_why_and_what_to_do_in_one_line(tmp_path, number, line):
    path = tmp_path / "table.csv"
    with pytest.raises(FaultError) as caught, disk(path):
        raise OSError(number, "as the system says it")
    assert str(caught.value) == f"{path} cannot be written: {line}"


def test_a_file_held_open_by_excel_is_told_as_such(tmp_path):
    # What Windows answers when a file is replaced that Excel has open.
    held = PermissionError(errno.EACCES, "The process cannot access the file")
    held.winerror = 32  # type: ignore[attr-defined, unused-ignore]
    path = tmp_path / "table.csv"
    with pytest.raises(FaultError) as caught, disk(path):
        raise held
    words = "another program such as Excel holds it open; close it there or choose another --out"
    assert str(caught.value) == f"{path} cannot be written: {words}"


def test_a_file_that_cannot_be_read_is_the_users_to_mend(tmp_path):
    path = tmp_path / "gone.csv"
    with pytest.raises(InputError, match="cannot be read: No such file or directory"), readable(path):
        path.read_bytes()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("baseline", "baseline"),
        ("aid_delivered:USA", "aid_delivered_USA"),
        ('a<b>c"d/e\\f|g?h*i\tj', "a_b_c_d_e_f_g_h_i_j"),
        ("con", "con_"),
        ("NUL.txt", "NUL_.txt"),
        ("com1", "com1_"),
        ("LPT¹", "LPT¹_"),
        ("console", "console"),
        ("ends in dots. ..", "ends in dots"),
        ("...", "_"),
        ("", "_"),
        ("Türkiye", "Türkiye"),
    ],
)
def test_no_name_is_one_that_windows_forbids(text, name):
    assert file_name(text) == name
    assert file_name(name) == name


KEYS = {"title": 'title = "Mine"', "description": 'description = "d"', "references": 'references = ["r"]'}


@pytest.mark.parametrize("name", ["mine.toml", "mine.txt"])
def test_a_scenario_file_is_never_overwritten_whatever_its_name(tmp_path, name):
    path = tmp_path / name
    path.write_text("\n".join(KEYS.values()))
    with pytest.raises(InputError, match="is a scenario file, which is never overwritten"):
        write_whole(path, "new", replace=True)
    assert path.read_text() == "\n".join(KEYS.values())


@pytest.mark.parametrize("key", KEYS)
def test_one_word_that_scenario_files_have_too_makes_none(tmp_path, key):
    path = tmp_path / "table.txt"
    path.write_text(KEYS[key])
    with pytest.raises(InputError, match="exists and holds something else"):
        write_whole(path, "new", replace=False)
    write_whole(path, "new", replace=True)
    assert path.read_text() == "new"


def test_a_scenario_file_as_large_as_one_may_be_is_not_overwritten_either(tmp_path):
    path, words = tmp_path / "mine.txt", "\n".join(KEYS.values()) + "\n"
    path.write_text(words + "#" * (1_000_000 - len(words)))
    with pytest.raises(InputError, match="is a scenario file, which is never overwritten"):
        write_whole(path, "new", replace=True)
