"""``alliance explain RESULTS``: the chain behind a figure, as a user asks for it."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import process


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explained")
    done = process("run", "baseline", "--runs", "20", "--no-figures", "--quiet", "--out", "small", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "small"


def test_the_terms_of_a_member_s_share_sum_to_its_change(result, alliance):
    said = alliance(
        "explain", result, "--variable", "defence_share_pct_gdp", "--entity", "POL", "--date", "2026-12-31", "--json"
    )
    assert said.exit_code == 0, said.output
    found = json.loads(said.stdout)
    assert sum(term["mean"] for term in found["terms"]) == pytest.approx(found["change"], abs=1e-5)
    assert "PARTS OF THE CHANGE" in alliance("explain", result, "--variable", "members_at_2pct").stdout


def test_a_member_may_be_named_as_people_name_it(result, alliance):
    words = ("explain", result, "--variable", "defence_share_pct_gdp", "--date", "2026-12-31", "--entity")
    assert alliance(*words, "Britain").stdout == alliance(*words, "GBR").stdout != ""


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--variable", "defence_shar"), "defence_share_pct_gdp"),
        (("--variable", "defence_share_pct_gdp", "--entity", "Germny"), "DEU (Germany)"),
        (("--variable", "defence_share_pct_gdp", "--entity", "POL", "--date", "2035-01-01"), "2029-12-31"),
        (("--entity", "POL"), "--variable"),
        ((), "is a result: name a --variable"),
    ],
)
def test_a_wrong_word_is_one_line_with_what_is_right(result, words, message, alliance):
    said = alliance("explain", result, *words)
    assert said.exit_code == 2
    assert message in said.stderr
    assert len(said.stderr.strip().splitlines()) == 1
