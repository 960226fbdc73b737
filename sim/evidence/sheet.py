"""The evidence card, docs/evidence.md: every score is read from the stored back-test and the shipped draws."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any

import numpy as np

from sim import facts
from sim.evidence.baselines import BASELINES
from sim.evidence.budget_scores import CONDITIONAL, NO_PRIORS, UNCONDITIONAL, origins
from sim.evidence.budgets import HORIZONS
from sim.evidence.calibration import assumptions, priors
from sim.evidence.history import LAST, Definition
from sim.evidence.rolling import card_line, stored
from sim.evidence.selection import CLEAN, FORMS, PERIODS, SELECTION, STACKING, WHOLE
from sim.evidence.selection import HINDSIGHT as WITH_HINDSIGHT

RECORD = files("sim.evidence")
METHODS = (UNCONDITIONAL, CONDITIONAL, *BASELINES)
HINDSIGHT = (
    "**What was chosen with hindsight.** Re-estimation at each origin keeps later figures out of the estimates, not "
    "out of the choices. *Budgets*: the equation, its priors, the file of plans (collected in 2024) and the widening "
    "of the common shock for coverage were settled after 2022-24 and the scores of some thirty variants on these same "
    "origins were seen. The first form tried scored 0.143 unconditional and 0.135 conditional, so the search gained "
    "little; targets to 2021, vague priors and terms left out are scored below. *Front*: with the collapse rate of the "
    "whole war the model lost to AR(1) at six months; the rate of the positional war was taken after that. *Aid*: the "
    "hazard of European backlogs is the last of several tried on the same five half-years; most lost to the random "
    "walk, the first by far. How states share what they allocate, its coming in packages and the uncertain levels of "
    "the first day were settled in 2026, after single donors had been seen outside their bands; so were channels of "
    "docs/channels.md marked with a dagger. Read the front and aid scores as fits, not as tests."
)
TARGETS = (
    "Targets set beforehand: unconditional CRPS at least 10% below the best baseline pooled, and at no horizon worse "
    "by more than 5%; conditional at least 20% below; 80% bands cover 75-85%; front at six months no worse than AR(1) "
    "with 80% coverage of 70-90%; U.S. and European half-year aid at least 10% below random walk; 14 of 16 rows "
    "replicated."
)


def card(backtest: dict[str, Any] | None = None) -> str:
    """The card as Markdown: the same stored back-test and draws give the same bytes."""
    backtest = stored() if backtest is None else backtest
    parts = [
        _head(backtest),
        _selection(backtest["selection"]),
        _budgets(backtest, "NATO"),
        "![CRPS of budget forecasts by origin](evidence_crps.svg)\n\n![PIT of budget forecasts](evidence_pit.svg)",
        _whole(backtest),
        _carriers(backtest),
        _budgets(backtest, "SIPRI"),
        _front(backtest["front"]),
        _aid(backtest["aid"]),
        _events(backtest["events"]),
        _replication(backtest["replication"]),
        _posterior(),
        _diagnostics(backtest),
    ]
    return "\n\n".join(parts) + "\n"


def _head(backtest: dict[str, Any]) -> str:
    return "\n\n".join(
        (
            "# Evidence",
            f"*{card_line(backtest)}.*",
            RECORD.joinpath("record.md").read_text(encoding="utf-8").strip(),
            "## The back-test",
            "Written by `alliance backtest --card`; do not edit. Every origin is estimated again with what was known "
            f"on 15 October of its year; {backtest['draws']} draws, seed {backtest['seed']}, "
            f"version {backtest['version']}, tables `{backtest['tables'][:12]}`. NATO's release of June 2024 stands in "
            "for the figures of 2014-22 known at the time; 2023 is the figure of July 2023.",
            HINDSIGHT,
            _without_priors(backtest),
            TARGETS,
        )
    )


def _selection(scores: dict[str, Any]) -> str:
    """The stricter back-test: the choice of the form is part of it, and periods are told apart."""
    names = (SELECTION, STACKING, WITH_HINDSIGHT, *FORMS, WHOLE, *BASELINES)
    periods = list(PERIODS)
    heads = ["method", "CRPS", f"against {scores['best_rule']}", "90% bootstrap", "80%", *periods]
    heads += [f"80%, {period}" for period in periods]
    rows = []
    for name in names:
        row = scores["rows"][name]
        low, high = row["bootstrap_90"]
        mark = "" if name in (SELECTION, STACKING, *CLEAN) else " *"
        gain, span = f"{row['skill']:+.0%}", f"{low:+.0%} to {high:+.0%}"
        rows.append([
            name + mark, _n(row["crps"], 4), gain, span, _p(row["coverage"]["80"]),
            *(f"{row['periods'][period]['skill']:+.0%}" for period in periods),
            *(_p(row["periods"][period]["coverage"]["80"]) for period in periods),
        ])  # fmt: skip
    own, hindsight = scores["rows"][SELECTION], scores["rows"][WITH_HINDSIGHT]
    by_chance, horizons = scores["by_chance"][SELECTION], scores["horizons"][SELECTION]
    pool, parts = scores["rows"][STACKING], scores["weights"][-1]
    heaviest = sorted((name for name in parts if parts[name] >= 0.01), key=parts.__getitem__, reverse=True)
    chance = "; ".join(f"{period} {_p(by_chance[period][0])} to {_p(by_chance[period][1])}" for period in periods)
    wrong = [
        period
        for period in periods
        if not by_chance[period][0] <= own["periods"][period]["coverage"]["80"] <= by_chance[period][1]
    ]
    nowcast = scores["nowcast"]
    met = own["skill"] >= 0.1
    verdict = (
        f"Targets: at least 10% below the best rule pooled under selection, "
        f"{'met' if met else 'not met'} "
        f"({own['skill']:+.1%}); 90% interval of the gain above zero, "
        f"{'met' if own['bootstrap_90'][0] > 0 else 'not met'}; "
        f"no horizon worse than 5%, {'met' if min(horizons) >= -0.05 else 'not met'} "
        f"({', '.join(f'{gain:+.0%}' for gain in horizons)} against the best rule there); 80% bands cover 75-85%, "
        f"{'met' if 0.75 <= own['coverage']['80'] <= 0.85 else 'not met'}."
    )
    return "\n\n".join((
        "## Budgets: the choice is part of the test",
        f"Origins 2016-2025, targets to 2026, {own['forecasts']} forecasts. At each origin the form is the one "
        "with the lowest CRPS on the targets reported by then, among those without hindsight: the equation with "
        "vague priors, with and without war terms, with draft budgets, and the simple rules; at the first two "
        "origins all are pooled. Forms marked * were chosen after their targets had been seen (the priors of "
        "0.1.0 for targets to 2024, the wartime form and the simulator of today for all) and compete in *selection "
        "with hindsight* only: the path to a target, jumps under pressure and the bounds of a budget came in 2026. The"
        " equation itself and the file of plans are of 2024, so that even the clean column is one of hindsight "
        "for targets to 2024; for 2025-26 the row 0.1.0 is not.",
        _table(heads, rows),
        verdict,
        f"By chance alone, were the forecast right, its 80% bands would cover: {chance}. "
        + (f"In {', '.join(wrong)} they cover less or more: there the model is wrong." if wrong else "All lie within.")
        + f" With the forms chosen with hindsight the procedure is {hindsight['skill']:+.0%} against the best rule.",
        "Chosen, from 2016 on: " + ", ".join(scores["chosen"][SELECTION]) + ".",
        "*Stacking* pools the same forms with weights that have the lowest CRPS on the same past targets, equal ones "
        "at the first two origins. It was declared before it was run, once, but after the score of the selection was "
        f"known, and is no headline: {pool['skill']:+.1%}, 80% bands covering {_p(pool['coverage']['80'])}. Weights at "
        "the last origin: " + ", ".join(f"{name} {_p(parts[name])}" for name in heaviest) + ".",
        "What bounds it: 2025 is scored on the old measure, for which "
        f"{scores['members_of_2025']} members have a figure; 2026 on core defence for the {scores['members_of_2026']} "
        "members alone that the definition moves by no more than 3%; from the origin of 2025 only the "
        f"{scores['members_from_2025']} of them whose 2025 the copy of the edition of August 2025 holds.",
        f"Draft budgets one year ahead, {nowcast['forecasts']:.0f} members with one at the origin: CRPS "
        f"{_n(nowcast['with_draft'], 3)} with the draft, {_n(nowcast['without'], 3)} without.",
    ))  # fmt: skip


def _without_priors(backtest: dict[str, Any]) -> str:
    report, bare = backtest["budgets"]["NATO"], backtest["sensitivity"][NO_PRIORS]
    best = report["methods"][report["best_baseline"]]["crps"]
    free, given = (_p(1 - bare[mode] / best) for mode in (UNCONDITIONAL, CONDITIONAL))
    return (
        f"**Without what the priors know**, all of them vague, the same equation is {free} better than the best "
        f"baseline unconditionally and {given} conditionally. What lies between that and the headline comes from the "
        "priors; how much of it a forecaster of the time would have had is a matter of judgement."
    )


def _budgets(backtest: dict[str, Any], definition: Definition) -> str:
    report = backtest["budgets"][definition]
    rows = report["methods"]
    summary = [
        [
            name,
            *(_n(value, 4) for value in (rows[name]["crps"], *rows[name]["crps_by_horizon"])),
            _n(rows[name]["mae"], 3),
        ]
        + [_p(rows[name]["coverage"][band]) for band in ("50", "80", "90")]
        + [_n(rows[name]["width"]["80"], 2)]
        for name in METHODS
    ]
    heads = ["method", "CRPS", *(f"h = {h}" for h in HORIZONS), "MAE", "50%", "80%", "90%", "width of 80%"]
    joint = [[name, *(_n(rows[name][key], digits) for key, digits in _JOINT.values())] for name in METHODS]
    return "\n\n".join(
        (
            f"## Budgets, {definition} definition",
            f"Origins {backtest['first_origin']}-{origins(definition)[-1]}, {rows[UNCONDITIONAL]['forecasts']} "
            "forecasts of 31 members' shares, % of GDP. *Unconditional*: whether a war begins is drawn. *Conditional*: "
            "the war of 2022 is given (the U.S. vote of 2024 lies outside these years). Columns 50-90%: share of "
            "outcomes inside the band.",
            _table(heads, summary),
            _skills(report),
            "CRPS by origin and horizon:",
            _by_origin(backtest, report, definition),
            "All members together: energy score; CRPS of the mean over members; rank correlation of forecast and "
            "actual changes; CRPS of the slope of changes on log distance and on debt.",
            _table(["method", *_JOINT], joint),
            f"PIT counts in tenths, unconditional: {', '.join(map(str, rows[UNCONDITIONAL]['pit']))}; "
            f"conditional: {', '.join(map(str, rows[CONDITIONAL]['pit']))}.",
        )
    )


_JOINT = {
    "energy": ("energy", 3),
    "mean": ("crps_of_mean", 3),
    "rank": ("rank_correlation", 2),
    "distance slope": ("crps_of_distance_slope", 3),
    "debt slope": ("crps_of_debt_slope", 4),
}


def _skills(report: dict[str, Any]) -> str:
    rows = []
    for mode in (UNCONDITIONAL, CONDITIONAL):
        skill = report["methods"][mode]["skill"]
        low, high = skill["bootstrap_90"]
        by = [_p(value) for value in skill["against_best_at_horizon"]]
        rows.append([mode, _p(skill["all"]), f"{_p(low)} to {_p(high)}", *by, _p(skill["targets_to_2021"])])
    heads = ["CRPS below the best baseline", "all", "90% bootstrap", *(f"h = {h}" for h in HORIZONS), "targets to 2021"]
    note = (
        f"Best baseline: {report['best_baseline']}; at each horizon the best one there. The bootstrap draws origins, "
        "whose members and horizons share their shocks."
    )
    return f"{note}\n\n{_table(heads, rows)}"


def _by_origin(backtest: dict[str, Any], report: dict[str, Any], definition: Definition) -> str:
    rows = []
    for origin in origins(definition, backtest["first_origin"]):
        cells = [str(origin)]
        for name in METHODS:
            scores = report["methods"][name]["crps_by_origin_and_horizon"]
            within = [h for h in HORIZONS if origin + h <= LAST[definition]]
            cells.append(" ".join(_n(scores[f"{origin}+{h}"], 3) for h in within))
        rows.append(cells)
    return _table(["origin", *METHODS], rows)


def _whole(backtest: dict[str, Any]) -> str:
    whole, report = backtest["whole_model"], backtest["budgets"]["NATO"]
    best = report["methods"][report["best_baseline"]]["crps"]
    return (
        "**The simulator itself**, started on each origin with that origin's estimates: unconditional CRPS "
        f"{_n(whole['crps'], 4)}, {_p(1 - whole['crps'] / best)} below {report['best_baseline']}; 80% bands covered "
        f"{_p(whole['coverage']['80'])}. The scores above come from the same rule, `budgets/equation.py:terms`, run on "
        "its own."
    )


def _carriers(backtest: dict[str, Any]) -> str:
    whole = backtest["budgets"]["NATO"]["methods"]
    rows = [["as shipped", _n(whole[UNCONDITIONAL]["crps"], 4), _n(whole[CONDITIONAL]["crps"], 4)]]
    rows += [
        [name, *(_n(scores[mode], 4) for mode in (UNCONDITIONAL, CONDITIONAL))]
        for name, scores in backtest["sensitivity"].items()
    ]
    return f"### What carries the skill\n\n{_table(['CRPS, NATO definition', UNCONDITIONAL, CONDITIONAL], rows)}"


def _front(by_rule: dict[str, Any]) -> str:
    rows = []
    for name, scores in by_rule.items():
        cells = [name]
        for horizon in scores:
            cells += [_n(scores[horizon]["crps"], 0), _p(scores[horizon]["coverage"]["80"])]
        rows.append(cells)
    counts = {horizon: scores["forecasts"] for horizon, scores in by_rule["model"].items()}
    heads = ["rule", *(text for h in counts for text in (f"CRPS, {h} m", "80%"))]
    note = (
        "Net gain of the next 1, 3 and 6 months, km2, ISW maps as computed by The Economist; origins from June 2023, "
        f"{', '.join(map(str, counts.values()))} of them, overlapping. All rules are fitted on months from December "
        "2022."
    )
    return f"## Front\n\n{note}\n\n{_table(heads, rows)}"


def _aid(by_actor: dict[str, Any]) -> str:
    blocks = [
        "## Aid",
        "Military allocations of the half-year after each start, EUR bn (Kiel release 29): the whole model, started "
        "there, with backlog hazards and law rates estimated there and all else as shipped. The random walk's spread "
        "is chosen with hindsight, in its favour. Seven half-years decide little.",
    ]
    for actor, row in by_actor.items():
        cells = [
            [start, _n(came, 1), _n(median, 1), _n(own, 2), _n(walk, 2)]
            for start, came, median, own, walk in zip(
                row["starts"],
                row["came"],
                row["median"],
                row["crps_by_start"],
                row["random_walk_crps_by_start"],
                strict=True,
            )
        ]
        cells.append(["all", "", "", _n(row["model"]["crps"], 2), _n(row["random_walk"]["crps"], 2)])
        blocks.append(
            f"{actor}: CRPS {_p(row['skill'])} below random walk; 80% bands covered "
            f"{_p(row['model']['coverage']['80'])}."
        )
        blocks.append(_table(["start", "came", "median", "CRPS", "random walk"], cells))
    return "\n\n".join(blocks)


def _events(scores: Sequence[dict[str, Any]]) -> str:
    rows = [
        [row["name"], str(row["trials"]), _n(row["brier"], 3), _n(row["baseline"], 3), row["note"]] for row in scores
    ]
    return f"## Events, Brier score\n\n{_table(['event', 'forecasts', 'model', 'baseline', 'remark'], rows)}"


def _replication(checked: Sequence[dict[str, Any]]) -> str:
    keys = ("number", "result", "target", "tolerance", "reproduced", "model")
    rows = [
        [row[key] for key in keys]
        + [("yes" if row["passed"] else "**no**") if row["scored"] else "not scored", row["remark"]]
        for row in checked
    ]
    seen = [row for row in checked if row["in_sample"]]
    checked = [row for row in checked if row["scored"] and not row["in_sample"]]
    met = sum(row["passed"] for row in checked)
    run = [row for row in checked if row["simulated"]]
    tested = sum(row["passed"] for row in run)
    note = (
        f"{met} of {len(checked)} rows within tolerance; of the {len(run)} rows with runs or a fitted equation behind "
        f"them, {tested}. The other {len(checked) - len(run)} set facts or the literature page against themselves and "
        "test nothing of the model. *Reproduced*: the target computed again from the facts. *Model*: medians of the "
        "shipped histories, which are told the war, votes, plans and growth from outside. No parameter is tuned to "
        "this table; what the histories are told, and how rows 8 and 9 are measured, was settled after a first version "
        f"had missed more of it. Rows 17*-21* on 2025-26 hold what a start of October 2026 knows: "
        f"{sum(row['passed'] for row in seen)} of {len(seen)} within tolerance, in sample; they count in no sum above."
    )
    return f"## Replication\n\n{note}\n\n{_table([*keys, 'met', 'remark'], rows)}"


def _posterior() -> str:
    vintages = [draws for draws in facts.posteriors() if draws.provenance.get("blocks")]
    if not vintages:
        return "## Estimates\n\nNo posterior draws are shipped."
    prior = priors()
    keys = list(dict.fromkeys(key for draws in vintages for key in draws.keys))
    rows = []
    for key in keys:
        cells = [f"`{key}`", f"{prior[key][0]:.3f} ({prior[key][1]:.3f})" if key in prior else ""]
        for draws in vintages:
            values = draws.of(key).astype(float) if key in draws.keys else np.array([])
            narrowed = f", {_p(1 - values.std() / prior[key][1])}" if key in prior and values.size else ""
            cells.append(f"{values.mean():.3f} ({values.std():.3f}){narrowed}" if values.size else "")
        rows.append(cells)
    days = [str(draws.provenance["until"]) for draws in vintages]
    note = (
        f"Joint draws from what was known on {', '.join(days)}; a start takes the newest its day allows, and before "
        "the first of them draws from the priors: in 2014 nothing can be identified. Those priors were written in 2024 "
        "and know that there were wars and plans; what has neither prior nor data keeps the default of "
        "{doc}`parameters`. Mean (sd), and how much the data narrowed the prior: near 0 the prior speaks alone. The "
        "year 2023 of the edition of July 2026, where the definition breaks, is left out of the last. Its front is "
        "estimated on months from January 2026: effort bought less ground from then on, which was seen first."
    )
    left = ", ".join(f"`{key}`" for key in assumptions())
    table = _table(["parameter", "prior", *days], rows)
    charts = "![Prior and posterior](evidence_priors.svg)\n\n![Convergence of the chains](evidence_convergence.svg)"
    rest = f"Not identified by data, kept as ranges and never tuned: {left}."
    return "\n\n".join(("## Estimates", note, charts, table, rest))


def _diagnostics(backtest: dict[str, Any]) -> str:
    calibration = backtest["calibration"]
    counts = ", ".join(f"{block} {count}" for block, count in calibration["observations"].items())
    note = (
        f"Known on {calibration['until']}; observations: {counts}. Four chains: worst R-hat "
        f"{_n(calibration['worst_r_hat'], 3)}, smallest effective sample {_n(calibration['smallest_sample'], 0)}."
    )
    note += "".join(
        f" On {until}: worst R-hat {_n(of['worst_r_hat'], 3)}, smallest sample {_n(of['smallest_sample'], 0)}."
        for until, of in backtest.get("vintages", {}).items()
    )
    left = "".join(f"\n\nSkipped: {reason}." for reason in calibration["skipped"])
    checks = backtest["predictive"]
    rows = [
        [
            check["name"],
            _n(check["actual"], 3),
            _range(check["prior"]),
            _range(check["posterior"]),
            "yes" if check["inside"] else "**no**",
        ]
        for check in checks
    ]
    summary = (
        "Panels the budget equation would make, before (prior) and after (posterior) it saw the data to 2024: median "
        f"and 90%. {sum(check['inside'] for check in checks)} of {len(checks)} figures lie inside the posterior's 90%."
    )
    table = _table(["figure of the panel", "actual", "prior", "posterior", "inside"], rows)
    return f"## Diagnostics\n\n{note}{left}\n\n{summary}\n\n{table}"


def _range(points: Sequence[float]) -> str:
    return f"{points[1]:.3f} ({points[0]:.3f} to {points[2]:.3f})"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _n(value: float, digits: int) -> str:
    return f"{value:.{digits}f}"


def _p(value: float) -> str:
    return f"{value:.0%}"
