"""sweep, sensitivity, discover, solve and depends as a user drives them."""

from __future__ import annotations

import json
import re

import pytest

from sim.errors import FaultError

SWEEP = ["--vary", "us.commitment.level_conditional=0.1:0.9", "--vary", "budgets.commitment_pp", "--samples", "48"]
FEW = ["--runs", "16", "--jobs", "1", "--quiet", "--format", "svg"]
AT = ["--outcome", "us_commitment@2025", "--outcome", "P(members_at_2pct@2025 >= 22)"]


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    from click.testing import CliRunner

    from sim.cli.program import program

    folder = tmp_path_factory.mktemp("swept") / "sweep"
    line = ["sweep", "baseline", "--set", "us.commitment.posture=conditional", *SWEEP, *AT, *FEW, "--out", str(folder)]
    done = CliRunner().invoke(program, line)
    assert done.exit_code == 0, done.output
    return folder, done.output, line


def test_a_sweep_prints_how_outcomes_move_and_leaves_a_folder(swept):
    folder, printed, _ = swept
    assert "baseline: 2 inputs, 48 samples (sobol)" in printed
    assert "us_commitment@2025-12-31" in printed
    assert max(map(len, printed.split("\n\n")[1].splitlines())) <= 80
    assert sorted(path.name for path in folder.iterdir()) == [
        "design.csv", "figures", "manifest.json", "outcomes.csv", "outcomes.npz",
    ]  # fmt: skip
    assert {path.stem for path in (folder / "figures").iterdir()} == {"sensitivity_bars", "sensitivity_map"}


def test_a_sweep_prints_a_short_answer_and_all_of_it_where_that_is_asked_for(tmp_path, alliance):
    line = [
        "sweep",
        "baseline",
        "--vary",
        "assumptions",
        "--samples",
        "2",
        *FEW,
        "--no-figures",
        "--out",
        str(tmp_path),
    ]
    short = alliance(*line).stdout
    assert len(short.splitlines()) < 35
    assert max(len(text) for text in short.splitlines() if str(tmp_path) not in text) <= 80
    said = " ".join(short.split())
    assert re.search(r"2 samples are few for \d+ inputs: sensitivity needs \d+ and discover needs [\d,]+\.", said)
    assert re.search(r"These 5 of \d+ outcomes spread most over the samples", said)
    assert "U.S. commitment to the guarantee at the end of" in said
    everything = alliance(*line, "--all").stdout
    kept = json.loads((tmp_path / "manifest.json").read_text())["outcomes"]
    assert all(name in everything for name in kept)
    assert "--all prints the rest" not in everything


def test_discover_says_how_many_samples_would_do(tmp_path, alliance):
    alliance("sweep", "baseline", "--set", "us.commitment.posture=conditional", *SWEEP[:2], "--samples", "40",
             *AT[:2], *FEW, "--no-figures", "--out", str(tmp_path))  # fmt: skip
    done = alliance("discover", str(tmp_path), "--where", "us_commitment@2025 < 0.4", "--no-figures")
    assert (
        "40 samples are too few to be sure of finding a region: one that holds a quarter of the space of 1 input "
        "usually shows with 130, a smaller one with more."
    ) in " ".join(done.stdout.split())


def test_the_command_in_the_manifest_finds_the_sweep_again(swept, alliance):
    folder, _, line = swept
    again = alliance(*line)
    assert "same inputs as before, sweep reused" in again.stdout
    command = json.loads((folder / "manifest.json").read_text())["command"]
    assert "--vary us.commitment.level_conditional=0.1:0.9" in command
    assert "--set us.commitment.posture=conditional" in command


def test_sensitivity_is_read_off_a_sweep(swept, alliance):
    folder, *_ = swept
    document = json.loads(alliance("sensitivity", str(folder), "--json", "--no-figures").stdout)
    assert document["sentences"][0].startswith(
        "us_commitment@2025-12-31 turns most on us.commitment.level_conditional ("
    )
    assert document["method"] == "bins"
    for asked, name in (("us_commitment@2025", "us_commitment_2025-12-31"),
                        ("P(members_at_2pct@2025 >= 22)", "members_at_2pct_2025-12-31_at_least_22")):  # fmt: skip
        one = alliance("sensitivity", str(folder), "--outcome", asked, "--format", "svg", "--quiet")
        assert one.exit_code == 0, one.stderr  # each beside the other
        assert (folder / "sensitivity" / name / "sensitivity.csv").is_file()


def test_discover_says_where_an_outcome_fails(swept, alliance):
    folder, *_ = swept
    done = alliance("discover", str(folder), "--where", "us_commitment@2025 < 0.4", "--format", "svg")
    said = " ".join(done.stdout.split())
    what = "U.S. commitment to the guarantee at the end of 2025 is below 0.4 (index 0 to 1)"
    assert f"{what} mostly when the credibility that a conditional posture settles at is below 0." in said
    assert "Coverage " in said
    assert "us.commitment.level_conditional (p " in said  # with its meaning
    assert max(len(line) for line in done.stdout.splitlines() if str(folder) not in line) <= 80
    own = folder / "discoveries" / "us_commitment_2025-12-31_below_0.4"
    assert (own / "discovery.svg").is_file()
    first = (own / "discovery.json").read_bytes()
    assert json.loads(first)["boxes"][0]["density"] > 0.8
    second = alliance("discover", str(folder), "--where", "us_commitment@2025 >= 0.4", "--format", "svg")
    assert second.exit_code == 0, second.stderr
    assert (own / "discovery.json").read_bytes() == first
    assert (folder / "discoveries" / "us_commitment_2025-12-31_at_least_0.4" / "discovery.json").is_file()
    assert (
        alliance("discover", str(folder), "--where", "us_commitment@2025-12-31<0.4", "--format", "svg").exit_code == 0
    )


def test_sensitivity_of_a_scenario_screens_and_shares_out(tmp_path, alliance):
    done = alliance(
        "sensitivity", "baseline", "--method", "sobol", "--samples", "8", "--outcome", "us_commitment@2025",
        "--vary", "us.commitment.speed_per_month", "--vary", "aid.stock_share=0.1:0.5",
        "--set", "us.commitment.posture=conditional", *FEW, "--out", str(tmp_path),
    )  # fmt: skip
    assert "us_commitment@2025-12-31 turns most on us.commitment.speed_per_month (100%)" in done.stdout
    assert "spread of single runs, by what it goes with: parameters" in done.stdout
    assert (tmp_path / "sensitivity.csv").read_text().startswith("outcome,input,measure,value,low,high\n")
    assert (tmp_path / "morris" / "manifest.json").is_file()
    assert (tmp_path / "sobol" / "manifest.json").is_file()  # what moves something is looked at again, in detail


def test_solve_finds_what_it_takes(tmp_path, alliance):
    done = alliance(
        "solve", "baseline", "--lever", "us.commitment.level_conditional=0:1", "--target",
        "P(us_commitment@2025 >= 0.5) >= 0.5", "--set", "us.commitment.posture=conditional", *FEW,
        "--out", str(tmp_path),
    )  # fmt: skip
    said = " ".join(done.stdout.split())
    assert "U.S. commitment to the guarantee at the end of 2025 is at least 0.5 (index 0 to 1) in at least 50%" in said
    assert "of runs where the credibility that a conditional posture settles at is 0." in said
    assert "(lever us.commitment.level_conditional, target P(us_commitment@2025-12-31 >= 0.5) >= 0.5)" in said
    document = json.loads((tmp_path / "solution.json").read_text())
    assert document["low"] < document["value"] < document["high"]
    assert (tmp_path / "figures" / "solution.svg").is_file()


def test_two_questions_about_a_scenario_have_their_own_folders_and_no_answer_is_lost(tmp_path, alliance, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lever = ["solve", "baseline", "--lever", "us.commitment.level_conditional=0:1", *FEW, "--no-figures"]
    conditional = ["--set", "us.commitment.posture=conditional", "--set", "end=2025-12-31"]
    for level in ("0.4", "0.5"):
        assert alliance(*lever, *conditional, "--target", f"us_commitment@2025 >= {level}").exit_code == 0
    kept = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("solution.json"))
    own = "solve/baseline/us.commitment.level_conditional_for_us_commitment_2025-12-31_at_least"
    assert kept == [f"{own}_0.4/solution.json", f"{own}_0.5/solution.json"]
    assert alliance(*lever, *conditional, "--target", "us_commitment@2025 >= 0.5").exit_code == 0  # the same again
    held = (tmp_path / kept[1]).read_bytes()
    monkeypatch.setattr("sim.analysis.sweep.solve", None)  # refused before anything is simulated
    refused = alliance(*lever, *conditional, "--target", "P(us_commitment@2025 >= 0.5) >= 0.9")
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
    assert "holds the answer to another question; choose another --out, or --force" in refused.stderr
    assert (tmp_path / kept[1]).read_bytes() == held


def test_depends_marks_the_conclusions_that_turn(tmp_path, alliance, monkeypatch):
    folder = tmp_path / "comparison"
    made = alliance("compare", "harris_continuity", "trump_conditional", "--runs", "64", "--no-figures", "--jobs", "1",
                    "--quiet", "--out", str(folder))  # fmt: skip
    assert made.exit_code == 0, made.stderr
    done = alliance(
        "depends", str(folder), "--outcome", "us_commitment@2029", "--runs", "64", "--jobs", "1", "--quiet",
        "--vary", "us.commitment.level_conditional=0.1:0.9", "--regret", "us_commitment@2029",
        "--weights", "democratic=0.6,republican=0.4",
    )  # fmt: skip
    assert "turns to the other side where us.commitment.level_conditional is 0.9" in done.stdout
    assert "0 of 1 hold at every setting tried." in done.stdout
    assert "regret" in done.stdout
    kept = json.loads((folder / "comparison.json").read_text())["depends"]
    assert kept["turns"][0]["assumption"] == "us.commitment.level_conditional"
    assert kept["regret"]["weights"] == [0.6, 0.4]
    (first, second) = kept["regret"]["regret"]
    assert first == [0, 0]  # who wants a high commitment regrets nothing under continuity, whoever is elected
    assert min(second) > 0
    said = " ".join(done.stdout.split())
    assert "REGRET How far the mean of us_commitment@2029 falls short of that of the best scenario" in said
    assert "Weights of the winners: democratic 60%, republican 40%." in said
    monkeypatch.setattr("sim.analysis.sweep.asking.answers", None)  # wrong words are told before anything is simulated
    for words, answer in (
        (["--weights", "democratic=1"], "belong to --regret V@DATE; name that too"),
        (["--regret", "us_comitment@2029"], "--regret 'us_comitment@2029' character 1 unknown variable"),
        (
            ["--regret", "us_commitment@2029", "--weights", "green=1"],
            "'green' is no outcome here; they are democratic,",
        ),
        (["--regret", "us_commitment@2029", "--weights", "republican=-1"], "weights must not be negative"),
        (["--regret", "us_commitment@2029", "--weights", "republican"], "'republican' is not NAME=WEIGHT"),
        (["--regret", "us_commitment@2029", "--weights", "republican=1,republican=2"], "given more than once"),
    ):
        refused = alliance("depends", str(folder), "--jobs", "1", "--quiet", *words)
        assert (refused.exit_code, len(refused.stderr.splitlines())) == (2, 1), words
        assert answer in " ".join(refused.stderr.split())
    page = tmp_path / "page.html"
    alliance("compare", "harris_continuity", "trump_conditional", "--runs", "64", "--no-figures", "--jobs", "1", "-q",
             "--no-why", "--out", str(folder), "--report", str(page))  # fmt: skip
    assert "What turns on an assumption" in page.read_text()
    assert "turns to the other side where us.commitment.level_conditional is 0.9" in page.read_text()
    assert json.loads((folder / "comparison.json").read_text())["depends"] == kept


def test_depends_varies_all_assumptions_together(tmp_path, alliance, monkeypatch):
    for name, level in (("low", 0.2), ("high", 0.5)):
        (tmp_path / f"{name}.toml").write_text(
            f'title = "{name}"\ndescription = "For tests."\nreferences = ["none"]\nextends = "trump_conditional.toml"\n'
            f"end = 2026-12-31\n[us.commitment]\nlevel_conditional = {level}\n"
        )
    folder = tmp_path / "comparison"
    few = ["--runs", "16", "--jobs", "1", "-q"]
    alliance("compare", str(tmp_path / "low.toml"), str(tmp_path / "high.toml"), *few, "--no-figures", "--out",
             str(folder))  # fmt: skip
    asked = ["depends", str(folder), "--outcome", "us_commitment@2026", *few]
    done = alliance(*asked, "--together", "40", "--vary", "us.commitment.posture=conditional,retrenchment",
                    "--vary", "budgets.commitment_pp")  # fmt: skip
    assert done.exit_code == 0, done.stderr
    assert "1 outcome at 4 settings of 2 assumptions, each by itself, and at 40 samples" in done.stdout
    assert "us.commitment.posture is retrenchment" in done.stdout
    assert max(map(len, done.stdout.splitlines()[:-1])) <= 80
    (kept,) = json.loads((folder / "comparison.json").read_text())["depends"]["together"]
    assert (kept["samples"], kept["holds"] + kept["unclear"]) == (40, 40)
    assert kept["assumptions"] == ["us.commitment.posture"]  # where the level that differs has no effect
    page = tmp_path / "page.html"
    alliance("compare", str(tmp_path / "low.toml"), str(tmp_path / "high.toml"), *few, "--no-figures", "--no-why",
             "--out", str(folder), "--report", str(page))  # fmt: skip
    assert "of 40 samples of all assumptions together" in page.read_text()
    before = (folder / "comparison.json").read_bytes()

    def full(*_, **__):
        raise FaultError("comparison.json cannot be written: no space left on the disk")

    with monkeypatch.context() as disk:
        disk.setattr("sim.cli.depends.write_whole", full)
        failed = alliance(*asked, "--vary", "us.commitment.posture=conditional,retrenchment")
    assert (failed.exit_code, failed.stderr.count("\n")) == (1, 1)
    assert "0 of 1 hold at every setting tried." in failed.stdout  # what took minutes is not lost with the file
    assert (folder / "comparison.json").read_bytes() == before
    assert (folder / ".depends").is_dir()
    with monkeypatch.context() as nothing:
        nothing.setattr("sim.analysis.sweep.turning.answers", None)  # what is finished is not simulated again
        resumed = alliance(*asked, "--vary", "us.commitment.posture=conditional,retrenchment")
    assert resumed.exit_code == 0, resumed.stderr
    assert not (folder / ".depends").exists()
    refused = alliance(*asked, "--together", "8", "--vary", "budgets.commitment_pp", "--vary", "budgets.neighbours")
    assert (refused.exit_code, len(refused.stderr.strip().splitlines())) == (2, 1)
    assert "--together 8: too few samples" in refused.stderr


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (["sweep", "baseline"], "nothing varies; name inputs with --vary KEY=LOW:HIGH, or --vary assumptions"),
        (["sweep", "baseline", "--vary", "budgets.comitment_pp=0:1"], "did you mean|nearest: budgets.commitment_pp"),
        (["sweep", "baseline", "--vary", "budgets.commitment_pp=0:9"], "9 is outside its bounds"),
        (["sweep", "baseline", "--vary", "budgets.commitment_pp", "--outcome", "threat@2050"], "not recorded at 2050"),
        (
            ["sweep", "baseline", "--vary", "budgets.commitment_pp", "--cluster", "tcp://127.0.0.1:9"],
            "no scheduler answers",
        ),
        (["sensitivity", "nowhere"], "no such file"),
        (["discover", "nowhere", "--where", "threat@2025 < 1"], "holds no sweep; make one with alliance sweep"),
        (
            ["solve", "baseline", "--lever", "us.commitment.posture", "--target", "threat@2025 < 1"],
            "declares no range|a lever",
        ),
        (
            ["solve", "baseline", "--lever", "budgets.commitment_pp", "--target", "P(threat@2025 < 1) >= 7"],
            "no probability",
        ),
        (["solve", "questions/none.toml"], "'questions/none.toml': no such file"),
        (["solve", "baseline"], "name --lever KEY=LOW:HIGH and --target"),
        (["depends", "nowhere"], "not a comparison of this program"),
    ],
)
def test_bad_input_is_one_clear_line(line, words, alliance, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.ensemble.cluster.PATIENCE", 0.5)
    options = ["--out", str(tmp_path / "out"), "--runs", "2", "--quiet"] if line[0] in ("sweep", "solve") else []
    done = alliance(*line, *options)
    assert done.exit_code == 2
    assert any(word in done.stderr for word in words.split("|"))
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_where_there_is_no_region_the_inputs_by_which_the_samples_differ_are_named(swept, alliance, monkeypatch):
    folder, *_ = swept
    monkeypatch.setattr("sim.analysis.sweep.discovery.discover", lambda *_: ())
    done = alliance("discover", str(folder), "--where", "us_commitment@2025 < 0.19", "--no-figures")
    assert done.exit_code == 0, done.stderr
    assert "No region stands out" in done.stdout
    assert "us.commitment.level_conditional is low (p = " in done.stdout
    (name,) = (folder / "discoveries").glob("*_0.19")
    kept = json.loads((name / "discovery.json").read_text())
    assert (kept["boxes"], kept["signs"][0]["input"]) == ([], "us.commitment.level_conditional")


def test_discover_refuses_a_condition_on_nothing(swept, alliance):
    folder, *_ = swept
    done = alliance("discover", str(folder), "--where", "us_commitment@2025 < -1")
    assert done.exit_code == 2
    assert "the condition holds in no sample: there is no region to find; move its level" in done.stderr


def test_compare_adds_runs_until_the_differences_are_clear(tmp_path, alliance):
    line = ["compare", "harris_continuity", "trump_conditional", "--variable", "us_commitment", "--no-figures", "-q",
            "--jobs", "1", "--until-clear"]  # fmt: skip
    wide = alliance(*line, "0.5", "--out", str(tmp_path / "wide"))
    assert wide.exit_code == 0, wide.stderr
    assert "1,000 runs after 1 look;" in wide.stdout
    narrow = alliance(*line, "us_commitment=0.005", "--out", str(tmp_path / "narrow"))
    assert "UNTIL CLEAR" in narrow.stdout
    assert "1,000 runs" not in narrow.stdout
    kept = json.loads((tmp_path / "narrow" / "trump_conditional" / "manifest.json").read_text())
    assert kept["runs"] > 1000
    head, row = (tmp_path / "narrow" / "until_clear.csv").read_text().splitlines()
    assert row.startswith("trump_conditional,us_commitment,-")
    assert head == "scenario,outcome,mean,low,high,half_width,asked,clear,runs,looks"
    for words, answer in (("0", "write a half-width above 0"), ("us_comitment=1", "did you mean us_commitment?")):
        refused = alliance(*line, words, "--out", str(tmp_path / "refused"))
        assert (refused.exit_code, len(refused.stderr.strip().splitlines())) == (2, 1)
        assert answer in refused.stderr
    result = str(tmp_path / "wide" / "trump_conditional")
    refused = alliance("compare", "harris_continuity", result, "--until-clear", "0.1", "--quiet")
    assert "name scenarios, no results" in refused.stderr


def test_several_scenarios_are_swept_at_the_same_points(tmp_path, alliance):
    folder = tmp_path / "both"
    done = alliance(
        "sweep", "harris_continuity", "trump_conditional", "--vary", "us.commitment.level_conditional=0.1:0.9:5",
        "--vary", "us.commitment.level_continuity=0.2:0.8:9", "--design", "grid", "--outcome", "us_commitment@2025",
        *FEW, "--out", str(folder), "--no-figures",
    )  # fmt: skip
    assert "2 inputs, 45 samples (grid)" in done.stdout
    assert "trump_conditional: U.S. commitment to the guarantee at the end of 2025" in done.stdout
    rows = (folder / "outcomes.csv").read_text().splitlines()
    assert len(rows) == 1 + 2 * 45
    where = ["--where", "us_commitment@2025 < 0.4", "--no-figures"]
    first = alliance("discover", str(folder), *where).stdout
    second = alliance("discover", str(folder), *where, "--scenario", "trump_conditional").stdout
    assert "mostly when the credibility of the guarantee that continuity settles at is below" in " ".join(first.split())
    assert "mostly when the credibility that a conditional posture settles at is below" in " ".join(second.split())
    wrong = alliance("discover", str(folder), *where, "--scenario", "trump_conditionel")
    assert (wrong.exit_code, "did you mean trump_conditional?" in wrong.stderr) == (2, True)
