"""The tree of scenario files in a folder."""

import datetime as dt

import pytest

from sim.analysis.tree import circles, tree
from sim.errors import InputError

HEAD = 'description = "d"\nreferences = ["r"]\n'


def write(folder, name, *lines):
    (folder / f"{name}.toml").write_text("\n".join([f'title = "The {name}"', *lines]) + "\n" + HEAD)


def event(day):
    return f'events = [{{name = "e", date = {day}, set = {{aid.extra = 1.0}}}}]'


def test_branches_stand_below_their_parents_with_the_day_they_leave(tmp_path):
    write(tmp_path, "zero", 'extends = "baseline.toml"', "us.pull = 1.0")
    write(tmp_path, "late", 'extends = "early.toml"', event("2026-01-01"))
    write(tmp_path, "early", 'extends = "zero.toml"', event("2025-06-01"))
    write(tmp_path, "alone")
    (tmp_path / "inject.toml").write_text("[aid]\nextra = 1.0\n")
    (tmp_path / "broken.toml").write_text("[aid\n")
    nodes = tree(tmp_path)
    assert [(node.name, node.depth, node.at) for node in nodes] == [
        ("alone", 0, None),
        ("zero", 0, None),
        ("early", 1, dt.date(2025, 6, 1)),
        ("late", 2, dt.date(2026, 1, 1)),
    ]
    assert (nodes[1].parents, nodes[1].outside) == ((), ("baseline.toml",))
    assert nodes[2].parents == ("zero",)
    assert nodes[3].title == "The late"
    assert all(node.endings == () and not node.stale for node in nodes)


def test_of_two_parents_the_last_one_is_the_stem(tmp_path):
    write(tmp_path, "a")
    write(tmp_path, "b")
    write(tmp_path, "both", 'extends = ["a.toml", "b.toml"]')
    assert [(node.name, node.depth) for node in tree(tmp_path)] == [("a", 0), ("b", 0), ("both", 1)]
    assert tree(tmp_path)[-1].parents == ("a", "b")


def test_what_is_no_tree_is_told(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        tree(tmp_path / "none")
    with pytest.raises(InputError, match="no scenario files"):
        tree(tmp_path)


def test_files_in_a_circle_are_told_with_their_line_and_the_rest_is_listed(tmp_path):
    write(tmp_path, "a", 'extends = "b.toml"')
    write(tmp_path, "b", 'extends = "a.toml"')
    write(tmp_path, "below", 'extends = "a.toml"')
    write(tmp_path, "self", "", 'extends = "self.toml"')
    write(tmp_path, "sound")
    assert [node.name for node in tree(tmp_path)] == ["sound"]
    told = {problem.path: (problem.line, problem.column, problem.message) for problem in circles(tmp_path)}
    assert told == {
        str(tmp_path / "a.toml"): (2, 11, "the files extend each other: a.toml -> b.toml -> a.toml"),
        str(tmp_path / "b.toml"): (2, 11, "the files extend each other: b.toml -> a.toml -> b.toml"),
        str(tmp_path / "below.toml"): (2, 11, "the files extend each other: a.toml -> b.toml -> a.toml"),
        str(tmp_path / "self.toml"): (3, 11, "the files extend each other: self.toml -> self.toml"),
    }
