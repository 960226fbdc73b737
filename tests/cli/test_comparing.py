"""``alliance compare`` and ``alliance attribute``."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from sim.analysis.asked import ask
from sim.analysis.outcomes import headline
from sim.ensemble.manifest import sealed
from tests.cli.conftest import Alliance

SHORT = """\
title = "{title}"
description = "For tests: little time, few runs."
references = ["none"]
extends = "baseline.toml"
end = 2025-06-30
{more}
"""
KEPT = {"format": 1, "command": "x", "results": ["r"], "by": None, "baseline": None, "outcomes": []}
FEW = ("--runs", "12", "--jobs", "1", "--quiet")
NUMBERS = (*FEW, "--no-figures")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a short baseline, the same again, and one with another posture."""
    texts = {
        "short": SHORT.format(title="Short", more=""),
        "same": SHORT.format(title="Same", more=""),
        "harsh": SHORT.format(title="Harsh", more='[us.commitment]\nposture = "retrenchment"\n'),
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def table(path: str) -> list[dict[str, str]]:
    with Path(path).open(newline="") as text:
        return list(csv.DictReader(text))


def heads(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.isupper() and line[0] != " "]


def test_the_answer_comes_first_then_inputs_outcomes_and_on_demand_words_and_statistics(
    here: Path, alliance: Alliance
) -> None:
    short = alliance("compare", "short.toml", "harsh.toml", *NUMBERS)
    done = alliance("compare", "short.toml", "harsh.toml", "--all", *NUMBERS)
    assert (short.exit_code, done.exit_code) == (0, 0), done.stderr
    assert heads(short.stdout) == ["ANSWER", "INPUTS THAT DIFFER", "OVER TIME", "OUTCOMES"]
    assert heads(done.stdout) == ["ANSWER", "INPUTS THAT DIFFER", "OUTCOMES", "IN WORDS", "STATISTICS"]
    assert short.stdout.split("ANSWER")[1].split("INPUTS")[0] == done.stdout.split("ANSWER")[1].split("INPUTS")[0]
    assert max(map(len, short.stdout.splitlines())) <= 80
    assert done.stdout.startswith("Short against Harsh\n12 runs, seed 1, ")
    assert max(map(len, done.stdout.splitlines())) <= 80
    inputs = done.stdout.split("OUTCOMES")[0]
    assert "us.commitment.posture" in inputs
    assert "harsh.toml:7" in inputs
    for path in done.stdout.splitlines()[-3:]:
        assert Path(path).is_file()


def test_four_scenarios_fit_some_screens_and_a_difference_is_told_at_its_scenario(
    here: Path, alliance: Alliance
) -> None:
    postures = ("conditional", "retrenchment", "by_winner")
    for posture in postures:
        more = f'[us.commitment]\nposture = "{posture}"\n'
        Path(f"{posture}.toml").write_text(SHORT.format(title=f"Posture {posture}", more=more))
    names = ["short.toml", *(f"{posture}.toml" for posture in postures)]
    done = alliance("compare", *names, *NUMBERS)
    assert done.exit_code == 0, done.stderr
    assert len(done.stdout.splitlines()) <= 120
    assert max(len(line) for line in done.stdout.splitlines() if not line.startswith("comparisons/")) <= 80
    inputs = done.stdout.split("INPUTS THAT DIFFER")[1].split("OVER TIME")[0]
    assert "Posture by_winner" not in inputs  # it has the value of the first
    assert "A scenario that is not named has the value of the first." in inputs
    glance = done.stdout.split("\nOUTCOMES\n")[1].splitlines()
    at = glance.index("U.S. commitment to the guarantee (index 0 to 1)") + 1
    day, level, *gaps = glance[at].split()
    rows = {
        row["scenario"]: row
        for row in table("comparisons/short_vs_conditional_vs_retrenchment_vs_by_winner/differences.csv")
        if row["variable"] == "us_commitment" and row["date"].startswith(day)
    }
    assert level == f"{float(rows['conditional']['baseline_q50']):.2f}"
    for posture, gap in zip(postures, gaps, strict=True):
        mean = float(rows[posture]["mean_difference"])
        assert gap == "same" if mean == 0 else abs(float(gap.strip("()").replace("−", "-")) - mean) <= 0.0006
    many = alliance("compare", *names, "harsh.toml", "same.toml", *NUMBERS)
    assert max(len(line) for line in many.stdout.splitlines() if not line.startswith("comparisons/")) <= 80


def test_columns_of_many_scenarios_have_numbers_with_a_key() -> None:
    from sim.cli.compared import _heads

    labels = ["Baseline", *(f"Retrenchment {number}" for number in range(7))]
    (head,), key = _heads(labels)
    assert head == ("median", *"1234567")
    assert " ".join(key).startswith("1 Retrenchment 0; 2 Retrenchment 1;")
    lines, none = _heads(["Trump, continuity", "Harris"])
    assert (lines, none) == ([("Trump, continuity", "Harris")], [])
    assert _heads(["A long name", "B", "C", "D", "E", "F"])[0] == [
        ("A long", *[""] * 5),
        ("name", "B", "C", "D", "E", "F"),
    ]


def test_a_scenario_against_its_twin_differs_in_nothing(here: Path, alliance: Alliance) -> None:
    done = alliance("compare", "short.toml", "same.toml", *NUMBERS, "--json")
    assert done.exit_code == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["inputs"] == []
    assert {row["mean_difference"] for row in document["outcomes"] if row["pairs_used"]} == {0.0}
    text = alliance("compare", "short.toml", "same.toml", *NUMBERS).stdout
    assert "INPUTS THAT DIFFER\nnothing\n" in text
    assert "outcomes compared is the same in every run. --variable V and --entity E name others" in " ".join(
        text.split()
    )


def test_the_tables_hold_what_the_json_says(here: Path, alliance: Alliance) -> None:
    document = json.loads(alliance("compare", "short.toml", "harsh.toml", *NUMBERS, "--json").stdout)
    rows = table("comparisons/short_vs_harsh/differences.csv")
    assert len(rows) == len(document["outcomes"])
    assert [row["sentence"] for row in rows] == [row["sentence"] for row in document["outcomes"]]
    assert {row["key"] for row in table("comparisons/short_vs_harsh/inputs.csv")} == {"us.commitment.posture"}
    assert document["command"] == "alliance compare short.toml harsh.toml --runs 12 --seed 1"


def test_finished_results_compare_like_their_scenarios(here: Path, alliance: Alliance) -> None:
    for name in ("short", "harsh"):
        assert alliance("run", f"{name}.toml", *NUMBERS).exit_code == 0
    from_results = json.loads(alliance("compare", "results/short", "results/harsh", "--no-figures", "--json").stdout)
    from_files = json.loads(alliance("compare", "short.toml", "harsh.toml", *NUMBERS, "--json").stdout)
    assert from_results["outcomes"] == from_files["outcomes"]


def test_results_of_one_scenario_go_by_their_folders(here: Path, alliance: Alliance) -> None:
    change = ("--set", "us.commitment.posture=retrenchment", "--out", "results/conditional")
    for more in ((), change):
        assert alliance("run", "short.toml", *NUMBERS, *more).exit_code == 0
    words = ("compare", "results/short", "results/conditional", "--no-figures", "--out", "both", "-q")
    document = json.loads(alliance(*words, "--json").stdout)
    assert document["scenarios"] == ["short", "conditional"]
    assert [row["key"] for row in document["inputs"]] == ["us.commitment.posture"] * 2
    assert {row["scenario"] for row in table("both/differences.csv")} == {"conditional"}
    assert json.loads(Path("results/conditional/manifest.json").read_text())["scenario"]["name"] == "short"
    again = alliance("export", "both", "--format", "csv", "--out", "again", "-q")
    assert again.exit_code == 0, again.stderr
    assert Path("again/differences.csv").read_bytes() == Path("both/differences.csv").read_bytes()
    twice = alliance("compare", "results/short", "short.toml", *NUMBERS)
    assert (twice.exit_code, twice.stdout) == (2, "")
    assert "two scenarios are named 'short'" in twice.stderr


def test_the_answer_names_what_differs_most_at_the_date_where_it_does(here: Path, alliance: Alliance) -> None:
    words = ("compare", "short.toml", "harsh.toml", "--at", "2025-03-15", *NUMBERS)
    done = alliance(*words)
    assert done.exit_code == 0, done.stderr
    outcomes = done.stdout.split("OVER TIME")[1].split("OUTCOMES")[0]
    assert ["2024", "2025-02-28", "2025-06-30"] in [line.split() for line in outcomes.splitlines()]
    answer = done.stdout.split("ANSWER")[1].split("INPUTS")[0]
    assert "U.S. commitment to the guarantee" in answer.split("“Harsh” against “Short”")[1]
    assert json.loads(Path("comparisons/short_vs_harsh/comparison.json").read_text())["at"] == ["2025-03-15"]
    for day, answer in (("2031-01-01", "2031-01-01 is outside short, harsh"), ("soon", "'soon' does not match")):
        wrong = alliance("compare", "short.toml", "harsh.toml", "--at", day, *NUMBERS)
        assert (wrong.exit_code, wrong.stdout) == (2, "")
        assert answer in wrong.stderr


def test_the_baseline_can_be_named(here: Path, alliance: Alliance) -> None:
    done = alliance("compare", "short.toml", "harsh.toml", "--baseline", "harsh", *NUMBERS)
    assert done.stdout.startswith("Harsh against Short\n")
    wrong = alliance("compare", "short.toml", "harsh.toml", "--baseline", "hash", *NUMBERS)
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "short, harsh" in wrong.stderr


def test_one_ensemble_can_be_split_by_an_outcome(here: Path, alliance: Alliance) -> None:
    done = alliance(
        "compare", "short.toml", "--by", "us.president", "--runs", "60", "--jobs", "1", "--quiet", "--no-figures"
    )
    assert done.exit_code == 0, done.stderr
    assert "conditioning, not intervention" in done.stdout
    assert "INPUTS" not in done.stdout
    wrong = alliance("compare", "short.toml", "--by", "us.presidnt", *NUMBERS)
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "us.president" in wrong.stderr


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["short.toml"], "2 to 8 scenarios can be compared, 1 given"),
        (["short.toml"] * 9, "2 to 8 scenarios can be compared, 9 given"),
        (["short.toml", "./short.toml"], "two scenarios are named 'short'"),
        (["baseline", "baseline"], "'baseline' is given more than once; name it once"),
        (["short.toml", "gone.toml"], "'gone.toml': no such file"),
        (["short.toml", "harsh.toml", "--variable", "threatt"], "threat"),
        (["short.toml", "begun"], "begun: the run is not finished; run the same command again to resume it"),
        (["short.toml", "bare"], "bare: no manifest.json in it"),
    ],
)
def test_what_cannot_be_compared_is_refused_before_anything_is_run(
    words: list[str], answer: str, here: Path, alliance: Alliance
) -> None:
    Path("begun/blocks").mkdir(parents=True)
    Path("bare").mkdir()
    done = alliance("compare", *words, *NUMBERS)
    assert (done.exit_code, done.stdout) == (2, "")
    assert answer in done.stderr


def test_other_starts_are_refused_of_files_before_anything_is_run_and_of_results(
    here: Path, alliance: Alliance
) -> None:
    Path("later.toml").write_text(SHORT.format(title="Later", more="start = 2024-11-01\n"))
    for name in ("short", "later"):
        assert alliance("run", f"{name}.toml", *NUMBERS).exit_code == 0
    for words in (("short.toml", "later.toml"), ("results/short", "results/later"), ("results/short", "later.toml")):
        done = alliance("compare", *words, *NUMBERS)
        assert (done.exit_code, done.stdout) == (2, "")
        assert "starts differ (short " in done.stderr
        assert not Path("comparisons").exists()


def test_every_folder_is_checked_before_the_first_simulation(here: Path, alliance: Alliance) -> None:
    seven = ("--runs", "7", "--jobs", "1", "--quiet", "--no-figures")
    assert alliance("run", "harsh.toml", *NUMBERS, "--out", "comparisons/short_vs_harsh/harsh").exit_code == 0
    done = alliance("compare", "short.toml", "harsh.toml", *seven)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "harsh: holds a result of other inputs (runs 12, not 7); choose another --out, or --force" in done.stderr
    assert not Path("comparisons/short_vs_harsh/short").exists()
    assert alliance("compare", "short.toml", "harsh.toml", *NUMBERS).exit_code == 0
    both = alliance("compare", "short.toml", "harsh.toml", *seven)
    assert [line.split(": ")[1] for line in both.stderr.splitlines()] == [
        f"comparisons/short_vs_harsh/{name}" for name in ("short", "harsh")
    ]
    assert alliance("compare", "short.toml", "harsh.toml", *seven, "--force").exit_code == 0


def test_the_mistakes_of_all_files_are_told_at_once(here: Path, alliance: Alliance) -> None:
    for name in ("one", "two"):
        Path(f"{name}.toml").write_text(SHORT.format(title=name, more="[us.commitmnt]\nx = 1"))
    done = alliance("compare", "one.toml", "two.toml", *NUMBERS)
    assert done.exit_code == 2
    assert {line.split(":")[0] for line in done.stderr.splitlines()} == {"one.toml", "two.toml"}
    assert not Path("comparisons").exists()


def test_attribution_adds_up_to_the_difference(here: Path, alliance: Alliance) -> None:
    done = alliance("attribute", "short.toml", "harsh.toml", *NUMBERS, "--variable", "us_commitment", "--json")
    assert done.exit_code == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["exact"]
    last = max(part["date"] for part in document["parts"])
    parts = {part["group"]: part["mean"] for part in document["parts"] if part["date"] == last}
    assert parts.pop("total") == pytest.approx(sum(parts.values()), abs=1e-9)
    assert len(table(document["files"][0])) == len(document["parts"])
    text = alliance("attribute", "short.toml", "harsh.toml", *NUMBERS, "--variable", "us_commitment").stdout
    assert text.startswith("from Short to Harsh\n12 runs, seed 1, 2 ensembles (every combination run)")
    assert max(map(len, text.splitlines())) <= 80


def test_what_no_input_moves_is_named_and_not_tabled(here: Path, alliance: Alliance) -> None:
    text = alliance("attribute", "short.toml", "harsh.toml", *NUMBERS).stdout
    tabled, told = text.split("Moved by none of them:\n")
    assert "  Republican president\n" in told
    assert "Republican president" not in tabled
    assert "U.S. commitment to the guarantee (index 0 to 1)" in tabled


def test_long_labels_that_begin_alike_are_told_apart_in_every_table(here: Path, alliance: Alliance) -> None:
    for name, title in (
        ("one", "A ceasefire in spring without a force"),
        ("two", "A ceasefire in spring with a force"),
    ):
        posture = "retrenchment" if name == "one" else "conditional"
        more = f'[us.commitment]\nposture = "{posture}"\n'
        Path(f"{name}.toml").write_text(SHORT.format(title=title, more=more))
    done = alliance("compare", "short.toml", "one.toml", "two.toml", *NUMBERS, "--variable", "us_commitment")
    tables = done.stdout.split("INPUTS THAT DIFFER")[1]
    assert "...without" in tables
    assert "...with a" in tables
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_own_figures_of_a_changed_member_or_donor_are_offered_where_none_is_compared(
    here: Path, alliance: Alliance
) -> None:
    more = "[aid.DEU]\nlevel_beur_per_year = 9\n[members.ESP]\nopt_out = true\n"
    Path("own.toml").write_text(SHORT.format(title="Own", more=more))
    words = ("compare", "short.toml", "own.toml", *NUMBERS)
    offered = "--variable aid_allocated_beur:DEU --variable defence_share_pct_gdp:ESP"
    assert offered in " ".join(alliance(*words).stdout.split())
    text = alliance(*words, "--variable", "aid_allocated_beur:DEU", "--out", "again").stdout
    assert "--variable aid_allocated_beur:DEU" not in text
    assert "--variable defence_share_pct_gdp:ESP" in text


def test_one_run_is_attributed_without_an_interval(here: Path, alliance: Alliance) -> None:
    done = alliance("attribute", "short.toml", "harsh.toml", "--runs", "1", "--jobs", "1", "-q", "--no-figures")
    assert done.exit_code == 0, done.stderr
    assert "us.commitment" in done.stdout
    assert "nan" not in done.stdout


def test_waterfalls_are_drawn_and_made_again_the_same(here: Path, alliance: Alliance) -> None:
    words = ["attribute", "short.toml", "harsh.toml", *FEW, "--variable", "us_commitment", "--format", "svg", "--json"]
    done = alliance(*words)
    assert done.exit_code == 0, done.stderr
    drawn = [path for path in json.loads(done.stdout)["files"] if path.endswith(".svg")]
    assert [Path(path).name for path in drawn] == ["waterfall_us_commitment.svg"]
    again = alliance("rerun", drawn[0], "-q")
    assert (again.exit_code, again.stderr) == (0, "")


def test_a_report_stands_alone_and_carries_its_command(here: Path, alliance: Alliance) -> None:
    done = alliance("compare", "short.toml", "harsh.toml", *NUMBERS, "--report", "new/brief.html")
    assert done.exit_code == 0, done.stderr
    assert "new/brief.html" in done.stdout
    page = Path("new/brief.html").read_text(encoding="utf-8")
    assert "alliance compare short.toml harsh.toml --runs 12 --seed 1 --report new/brief.html" in page
    assert "<script" not in page
    assert "us.commitment" in page
    bare = alliance("compare", "short.toml", "harsh.toml", *NUMBERS, "--report", "bare.html", "--no-why")
    assert bare.exit_code == 0, bare.stderr
    assert len(Path("bare.html").read_text(encoding="utf-8")) < len(page)


def test_a_report_and_a_brief_of_one_name_are_refused_before_anything_is_simulated(
    here: Path, alliance: Alliance
) -> None:
    done = alliance("compare", "short.toml", "harsh.toml", *NUMBERS, "--report", "one.html", "--brief", "one.pdf")
    assert done.exit_code == 2
    assert "--brief writes one.html too, beside the pdf; give --report another name" in done.stderr


def test_a_brief_is_written_as_html_and_as_pdf(here: Path, alliance: Alliance) -> None:
    done = alliance("compare", "short.toml", "harsh.toml", *NUMBERS, "--brief", "new/brief.pdf", "--json")
    assert done.exit_code == 0, done.stderr
    assert {"new/brief.html", "new/brief.pdf"} <= set(json.loads(done.stdout)["files"])
    assert "harsh.toml --runs 12 --seed 1 --brief new/brief.pdf" in Path("new/brief.html").read_text()
    assert Path("new/brief.pdf").read_bytes().startswith(b"%PDF")
    again = alliance("rerun", "new/brief.pdf", "-q")
    assert (again.exit_code, again.stderr) == (0, "")
    refused = alliance("compare", "short.toml", "harsh.toml", *NUMBERS, "--brief", "brief.doc")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "'brief.doc' must end in .html or .pdf" in refused.stderr


def test_a_report_that_cannot_be_written_is_one_line(here: Path, alliance: Alliance) -> None:
    Path("taken").write_text("")
    words = ["--report", "taken/brief.html", "--no-why"]
    done = alliance("compare", "short.toml", "harsh.toml", *NUMBERS, *words)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "taken/brief.html cannot be written" in done.stderr


def test_one_variable_of_a_comparison_is_drawn_and_a_member_named_as_people_name_it(
    here: Path, alliance: Alliance
) -> None:
    words = ("compare", "short.toml", "harsh.toml", "--variable", "defence_share_pct_gdp:Poland", *NUMBERS)
    done = alliance(*words, "--out", "of_poland")
    assert done.exit_code == 0, done.stderr
    assert "Defence expenditure, share of GDP: Poland" in done.stdout
    assert {row["entity"] for row in table("of_poland/differences.csv")} == {"POL"}
    drawn = alliance("plot", "of_poland", "--variable", "us_commitment", "--format", "svg", "--out", "one", "-q")
    assert drawn.exit_code == 0, drawn.stderr
    assert {path.name for path in Path("one").iterdir()} == {"us_commitment.svg", "us_commitment.csv"}


def test_twins_have_nothing_to_attribute(here: Path, alliance: Alliance) -> None:
    done = alliance("attribute", "short.toml", "same.toml", *NUMBERS)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "same inputs" in done.stderr


def test_figures_of_a_comparison_are_drawn_and_exported_again_the_same(here: Path, alliance: Alliance) -> None:
    done = alliance("compare", "short.toml", "harsh.toml", *FEW, "--format", "svg", "--json")
    assert done.exit_code == 0, done.stderr
    files = [Path(path) for path in json.loads(done.stdout)["files"]]
    drawn = {path.name: path.read_bytes() for path in files if path.suffix == ".svg"}
    assert len(drawn) >= 8
    assert all(path.with_suffix(".csv") in files for path in files if path.suffix == ".svg")
    again = alliance("export", "comparisons/short_vs_harsh", "--format", "svg,csv,xlsx", "--out", "again", "-q")
    assert again.exit_code == 0, again.stderr
    assert {path.name: path.read_bytes() for path in Path("again/figures").glob("*.svg")} == drawn
    assert Path("again/differences.csv").read_bytes() == Path("comparisons/short_vs_harsh/differences.csv").read_bytes()
    assert Path("again/short_vs_harsh.xlsx").is_file()
    one = alliance("rerun", "comparisons/short_vs_harsh/figures/overlay.svg", "-q")
    assert (one.exit_code, one.stderr) == (0, "")


def test_a_figure_of_finished_results_is_made_again_with_their_runs(here: Path, alliance: Alliance) -> None:
    """The command says nothing of runs, so it carries the default; the results have 12."""
    for name in ("short", "harsh"):
        assert alliance("run", f"{name}.toml", *NUMBERS, "--out", f"done/{name}").exit_code == 0
    done = alliance("compare", "done/short", "done/harsh", "--jobs", "1", "-q", "--format", "svg", "--out", "both")
    assert done.exit_code == 0, done.stderr
    again = alliance("rerun", "both/figures/overlay.svg", "-q")
    assert (again.exit_code, again.stderr) == (0, "")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("{", "not a comparison of this program"),
        (json.dumps(KEPT | {"format": 0}), "format 0"),
        (json.dumps(KEPT), "is gone"),  # as version 0.1.0 wrote it, without a seal
        (json.dumps(sealed(KEPT | {"inputs": []})), "is gone"),
        (json.dumps(KEPT | {"inputs": []}), "edited since it was made"),
        (json.dumps({**sealed(KEPT | {"inputs": []}), "command": "rm"}), "edited since it was made"),
    ],
)
def test_a_damaged_comparison_is_one_line(text: str, answer: str, here: Path, alliance: Alliance) -> None:
    Path("broken").mkdir()
    Path("broken/comparison.json").write_text(text)
    for name in ("inputs", "differences"):
        Path(f"broken/{name}.csv").write_text("")
    done = alliance("export", "broken", "--format", "svg", "-q")
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert answer in done.stderr


def test_what_the_changed_inputs_move_first_is_compared_beside_the_headlines(tmp_path: Path) -> None:
    file = tmp_path / "fewer.toml"
    file.write_text(
        'title = "t"\ndescription = "d"\nreferences = ["r"]\nextends = "baseline"\nend = 2025-12-31\n'
        '[[events]]\nname = "less"\ndate = 2025-01-15\nset = { us.commitment.shock = -0.2, us.troops.thousand = 40 }\n'
    )
    asked = ask(["baseline", file], sets=["end=2025-12-31"])
    names = [outcome.key for outcome in asked.outcomes]
    assert names[:-1] == [outcome.key for outcome in headline()]
    assert names[-1] == "us_troops_europe_thousand"
    alone = ask(["baseline", file], sets=["end=2025-12-31"], variables=["members_total"])
    assert [outcome.key for outcome in alone.outcomes] == ["members_total"]
