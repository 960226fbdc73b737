"""Small files never make long work or long answers, and no message tells what another file holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import InputError
from sim.limits import MOST_CONDITIONS, MOST_DEEP, MOST_ENTRIES, MOST_EVENTS, MOST_PARENTS, MOST_PARTS, MOST_PROBLEMS
from sim.loading import check, load, notes, outlook
from sim.scenario import document, keys
from sim.text import nearest

HEAD = 'title = "t"\ndescription = "d"\nreferences = ["r"]\n'


def lines_of(path: Path, text: str) -> list[str]:
    path.write_text(text)
    return [str(problem) for problem in check(path)]


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (HEAD + "".join(f"k{n} = 1\n" for n in range(90_000)), ":20001:", f"more than {MOST_ENTRIES:,} values"),
        (HEAD + "extends = [" + '"x", ' * 60_000 + "]\n", ":4:", f"more than {MOST_ENTRIES:,} values"),
        (HEAD + f"extends = {[str(n) for n in range(900)]}\n", ":4:11", f"at most {MOST_PARENTS}"),
        (f'title = "t"\nreferences = [{", ".join(["1"] * 240_000)}]\n', ":2:", f"more than {MOST_ENTRIES:,} values"),
        (HEAD + ".".join(["a"] * 90_000) + " = 1\n", ":4:1", f"more than {MOST_PARTS} parts"),
        (HEAD + "[" + ".".join(["a"] * 90_000) + "]\n", ":4:2", f"more than {MOST_PARTS} parts"),
        (HEAD + "x = " + "[" * 90_000 + "]" * 90_000, "", "nested too deeply"),
        (HEAD + "x = 1" + "0" * 900_000, "", "too many digits"),
    ],
)  # fmt: skip
def test_what_exceeds_a_limit_is_one_short_line_with_its_place(tmp_path, text, place, words):
    (line,) = lines_of(tmp_path / "big.toml", text)
    assert place in line
    assert words in line
    assert len(line) < 500


def test_a_file_may_hold_a_million_bytes_and_not_one_more(tmp_path):
    path, words = tmp_path / "big.toml", "larger than 1 MB"
    comment = "# " + "x" * (1_000_000 - len(HEAD) - 3) + "\n"
    assert len(HEAD + comment) == 1_000_000
    assert lines_of(path, HEAD + comment) == []
    (line,) = lines_of(path, HEAD + comment + "\n")
    assert words in line


def test_of_many_mistakes_the_first_are_listed_and_the_rest_counted(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(keys, "nearest", lambda *args, **more: asked.append(args[0]) or nearest(*args, **more))
    lines = lines_of(tmp_path / "many.toml", HEAD + "".join(f"unknown_{n} = 1\n" for n in range(19_000)))
    assert len(lines) <= MOST_PROBLEMS + 1
    assert sum(map(len, lines)) < 100_000
    assert any("mend these first" in line for line in lines)
    assert len(asked) <= 3 * MOST_PROBLEMS  # no name was looked for that is not told


def test_a_hundred_mistakes_are_told_one_by_one(tmp_path):
    for wrong, told in ((100, 100), (150, 101)):
        lines = lines_of(tmp_path / "many.toml", HEAD + "".join(f"unknown_{n} = 1\n" for n in range(wrong)))
        assert len(lines) == told


def test_the_letters_of_a_long_line_are_counted_once(tmp_path, monkeypatch):
    spots = []
    spot = document._Index.spot

    def counting(self, node):
        row, column = node.start_point
        known, _ = self.counted.get(row, (0, 0))
        spots.append(column - known if known <= column else column)
        return spot(self, node)

    monkeypatch.setattr(document._Index, "spot", counting)
    text = f"x = [{', '.join('{a = 1}' for _ in range(6_000))}]"
    document.locate(text)
    assert sum(spots) < 3 * len(text)


def test_a_long_chain_of_parents_is_told_at_the_file_where_it_is_too_long(tmp_path):
    for number in range(1_000):
        (tmp_path / f"p{number}.toml").write_text(HEAD + f'extends = "p{number + 1}.toml"\n')
    lines = [str(problem) for problem in check(tmp_path / "p0.toml")]
    assert lines == [
        f"{tmp_path / f'p{MOST_DEEP}.toml'}:4:11  extends  more than {MOST_DEEP} files extend each other here; put "
        "some into one"
    ]


@pytest.mark.parametrize(("files", "sound"), [(30, True), (31, False)])
def test_thirty_files_may_extend_each_other(tmp_path, files, sound):
    for number in range(files):
        parent = f'extends = "p{number + 1}.toml"\n' if number < files - 1 else ""
        (tmp_path / f"p{number}.toml").write_text(HEAD + parent)
    assert (check(tmp_path / "p0.toml") == []) == sound


@pytest.mark.parametrize(("start", "sound"), [("2013-12-31", False), ("2014-01-01", True)])
def test_the_first_day_on_which_a_simulation_can_start(tmp_path, start, sound):
    assert (lines_of(tmp_path / "early.toml", HEAD + f"start = {start}\nend = 2016-12-31\n") == []) == sound


@pytest.mark.parametrize(
    ("begins", "most", "kind"),
    [('when = "ceasefire"', MOST_CONDITIONS, "events on a condition"), ("date = 2026-01-01", MOST_EVENTS, "events")],
)
def test_more_events_than_a_scenario_can_have_are_told_at_the_first_too_many(tmp_path, begins, most, kind):
    event = '[[events]]\n{}\nname = "e{}"\nset = {{ budgets.change_pp = 0.1 }}\n'
    (line,) = lines_of(tmp_path / "many.toml", HEAD + "".join(event.format(begins, n) for n in range(most + 9)))
    assert f":{4 + 4 * most}:3  events  {most + 9} {kind}; a scenario can have {most}" in line
    assert not lines_of(tmp_path / "most.toml", HEAD + "".join(event.format(begins, n) for n in range(most)))


def test_of_a_thousand_rows_the_first_are_told(tmp_path):
    path = tmp_path / "rows.toml"
    path.write_text(HEAD + '[[aid.packages]]\ndonor = "DEU"\ndate = 2026-01-01\nbeur = 0\n' * 1_000)
    for lines in (outlook(path), notes(path)):
        assert len(lines) == MOST_PROBLEMS + 1
        assert lines[-1] == f"and {1_000 - MOST_PROBLEMS} more like these"
        assert sum(map(len, lines)) < 100_000


SECRETS = {
    "key = value": "aws_secret_access_key = wJalrXUtnFEMI\n",
    "passwords": "root:$6$hunter2:19000:0:99999:7:::\n",
    "a table": 'hunter2 = "wJalrXUtnFEMI"\n[budgets]\ngrowth_pp = "hunter2"\n',
    "twice": "hunter2 = 1\nhunter2 = 2\n",
    "json": '{"hunter2": "wJalrXUtnFEMI"}\n',
    "key": "-----BEGIN PRIVATE KEY-----\nhunter2wJalrXUtnFEMI==\n",
}


@pytest.mark.parametrize("kind", SECRETS)
def test_nothing_of_a_parent_that_is_no_scenario_is_told_but_the_place(tmp_path, kind):
    (tmp_path / "other").write_text(SECRETS[kind])
    (line,) = lines_of(tmp_path / "mine.toml", HEAD + 'extends = "other"\n')
    assert "this file is no scenario" in line
    assert f"(extended by {tmp_path / 'mine.toml'}:4)" in line
    assert not any(word in line for word in ("hunter2", "wJalr", "$6$", "BEGIN", "aws"))


def test_the_users_own_file_is_still_quoted(tmp_path):
    (line,) = lines_of(tmp_path / "mine.toml", HEAD + "budgets.plan_kept = yes\n")
    assert "yes" in line


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ('extends = "C:\\Users\\new.toml"\n', "a path in \"...\" needs / or doubled backslashes"),
        ("budgets.plan_kept = −1.0\n", "−1.0 begins with a typographic minus; write a hyphen: -"),
        ("budgets.plan_kept =\u00a01.0\n", "a special blank stands here, \\u00a0; write an ordinary one"),
        ("budgets.plan_kept = 55%\n", "write 55 where the key is in per cent, 0.55 where it is a share"),
        (
            "budgets.drift_pp = { dist = \"discrete\", values = [0, 1], weights = [1e308, 1e308] }\n",
            "weights of discrete must sum to 1; one of them is 1e+308",
        ),
        ("start = 2024-10-01\nend = 2024-10-02\n", "2024-10-02 is before the first month ends"),
    ],
)  # fmt: skip
def test_the_right_word_for_a_slip(tmp_path, more, message):
    (line,) = lines_of(tmp_path / "mine.toml", HEAD + more)
    assert message in line
    assert line.startswith(f"{tmp_path / 'mine.toml'}:")


def test_a_wrong_start_does_not_blame_the_default_end(tmp_path):
    (line,) = lines_of(tmp_path / "mine.toml", HEAD + "start = 2060-01-01\n")
    assert "  start  2060-01-01 is outside" in line


def test_a_file_may_bear_the_name_of_the_shipped_scenario_it_extends(tmp_path):
    path = tmp_path / "baseline.toml"
    path.write_text(HEAD + 'extends = "baseline.toml"\nbudgets.plan_kept = 1.0\n')
    assert load(path).files == ("scenarios/baseline.toml", str(path))


def test_check_refuses_what_run_refuses(tmp_path):
    from sim.model import axes

    path = tmp_path / "mine.toml"
    for end in ("2024-10-02", "2024-10-30", "2024-10-31", "2024-11-01"):
        path.write_text(HEAD + f"start = 2024-10-01\nend = {end}\n")
        try:
            recorded = bool(axes(load(path)).months)
        except InputError:
            recorded = False
        assert recorded == (not check(path))
