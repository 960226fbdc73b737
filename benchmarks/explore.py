"""How fast the page of ``alliance explore`` answers, measured in a headless Chromium beside its own server.

    python benchmarks/explore.py                     every section
    python benchmarks/explore.py lever drag          one browser: single moves, and a drag of 30 steps
    python benchmarks/explore.py users --users 10    several pages at once, without a browser
    python benchmarks/explore.py memory --minutes 60 random use, and what the server's memory does

Needs the extra ``test`` and Chromium. The load of the machine stands in every line.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path

LEVER = "europe.aid.commitment_factor"
FINE = "us.commitment.level"  # its slider has fifty steps, so that no move meets a state seen before
WATCH = """
    window.seen = []; window.began = 0;
    addEventListener("input", () => (window.began = performance.now()), true);
    document.addEventListener("drawn", ({detail}) => requestAnimationFrame(() => requestAnimationFrame(() =>
        window.seen.push({preview: detail.preview, final: detail.final, ms: performance.now() - window.began}))));
"""


@contextmanager
def served():
    """The page's server as a user starts it, on a free port."""
    command = [sys.executable, "-m", "sim", "explore", "--port", "0", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        port = int(re.search(r":(\d+)/", line).group(1))
        try:
            yield port, process.pid
        finally:
            process.terminate()


def told(name, value, target=""):
    print(f"{name:52} {value:>22}  {target:18} load {os.getloadavg()[0]:.1f}", flush=True)


def shares(values):
    ordered = sorted(values)
    return f"{statistics.median(ordered):.0f} / {ordered[int(0.95 * (len(ordered) - 1))]:.0f} ms"


@contextmanager
def page_at(port, scenario="trump_conditional"):
    from playwright.sync_api import sync_playwright

    arguments = ["--headless", "--no-sandbox", "--disable-gpu"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.add_init_script(WATCH)
        page.goto(f"http://127.0.0.1:{port}/#from={scenario}")
        page.locator("body[data-shown=full]").wait_for()
        yield page
        browser.close()


def lever(port, moves):
    """Single moves of one lever: from the key press to the redrawn charts, and to the full number of runs."""
    with page_at(port) as page:
        page.locator(f"[data-key='{FINE}'] input").focus()
        page.keyboard.press("Home")
        page.wait_for_timeout(2000)
        first, full = [], []
        for number in range(moves + 3):
            page.evaluate("window.seen = []")
            page.keyboard.press("ArrowRight")
            while not any(not seen["preview"] and seen["final"] for seen in page.evaluate("window.seen")):
                page.wait_for_timeout(15)
            seen = page.evaluate("window.seen")
            if number >= 3 and seen[0]["preview"]:
                first.append(seen[0]["ms"])
                full.append(next(each["ms"] for each in seen if not each["preview"]))
        told(f"lever to redrawn charts ({len(first)} moves), median / 95%", shares(first), "<= 150 / 400 ms")
        told("lever to all 1,000 runs, median / 95%", shares(full), "<= 2,000 ms")


def drag(port, times=5):
    """Thirty key presses some 30 ms apart: when the last state stands, and when with all runs."""
    last, full, frames = [], [], []
    with page_at(port) as page:
        page.locator(f"[data-key='{LEVER}'] input").focus()
        for turn in range(times):
            page.evaluate("window.seen = []")
            for step in range(30):
                page.keyboard.press("ArrowRight" if (step + turn) % 30 < 15 else "ArrowLeft")
                page.wait_for_timeout(25)
            while not any(not seen["preview"] and seen["final"] for seen in page.evaluate("window.seen")):
                page.wait_for_timeout(15)
            seen = page.evaluate("window.seen")
            last.append(next(each["ms"] for each in seen if each["final"]))
            full.append(next(each["ms"] for each in seen if each["final"] and not each["preview"]))
            frames.append(len(seen))
            page.wait_for_timeout(300)
    most = f"{statistics.median(last):.0f} / {max(last):.0f} ms"
    told("drag of 30 steps: final state shown, median / most", most, "<= 500 ms")
    most = f"{statistics.median(full):.0f} / {max(full):.0f} ms"
    told("drag of 30 steps: with all runs, median / most", most, "<= 2,000 ms")
    told("frames drawn in a drag of 30 steps, median", f"{statistics.median(frames):.0f}")


def send(port, address, body, method=None):
    """One request: its status and what came back."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    method = method or ("GET" if body is None else "POST")
    content, headers = (None, {}) if body is None else (json.dumps(body), {"Content-Type": "application/json"})
    connection.request(method, f"/{address}", content, headers)
    answer = connection.getresponse()
    content = json.loads(answer.read())
    connection.close()
    ANSWERED[str(answer.status)] += 1
    return answer.status, content


def ask(port, page, sets, runs="preview"):
    state = {"extends": ["trump_conditional"], "sets": sets}
    return send(port, "answer", {"page": page, "state": state, "runs": runs})


def users(port, count, moves):
    """Several people move levers at once, each after the answer to the last move and a moment of thought."""
    took, foreign = [], []

    def person(number):
        luck = random.Random(number)
        for _ in range(moves):
            level = round(luck.uniform(0, 2), 2)
            began = time.perf_counter()
            _, content = ask(port, f"user-{number}", {LEVER: str(level)})
            took.append(1000 * (time.perf_counter() - began))
            if content["levers"][LEVER]["value"] != level:
                foreign.append(number)
            ask(port, f"user-{number}", {LEVER: str(level)}, "full") if luck.random() < 0.3 else time.sleep(
                luck.uniform(0, 0.6)
            )

    ask(port, "first", {})
    threads = [threading.Thread(target=person, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told(f"{count} users at once ({len(took)} moves), median / 95%", shares(took), "< 1,000 ms median")
    told("answers that were somebody else's", str(len(foreign)), "0")


ANSWERED = Counter()
STARTS = ["", "", "", "2024-12-01", "2025-03-15", "2025-06-30", "2025-11-11", "2026-02-02"]
"""Days on which a state of random use begins; mostly that of its scenario."""


def random_use(port, luck, number, facts):
    """One thing that a person might do on the page, on a state that nobody asked for before."""
    scenarios = [row["name"] for row in facts["scenarios"]]
    levers = [lever for group in facts["groups"] for lever in group["levers"]]
    numbers = {each["key"] for each in facts["parameters"] if each["domain"]["is"] == "number"}
    sets = {
        lever["key"]: f"{luck.uniform(lever['low'], lever['high']):.4g}"
        for lever in luck.sample(levers, luck.randint(1, 4))
        if lever["key"] in numbers
    }
    state = {"extends": [luck.choice(scenarios)], "sets": sets, "start": luck.choice(STARTS)}
    if luck.random() < 0.1:
        state["seed"] = luck.randint(1, 10_000)
    variables = [each["name"] for each in facts["variables"]]
    body = {"state": state, "page": f"page-{number % 7}-main", "charts": luck.sample(variables, 2)}
    kind = luck.choices(
        ["preview", "full", "members", "donors", "pins", "inputs", "download", "upload", "question"],
        [30, 25, 8, 8, 5, 6, 6, 6, 6],
    )[0]
    if kind in ("preview", "full"):
        body |= {"runs": kind, "single": luck.random() < 0.2, "date": luck.choice(["", "2026-06-30", "2027-12-31"])}
        send(port, "answer", body)
    elif kind == "members":
        codes = facts["axes"]["member"]["codes"]
        send(port, "answer", body | {"charts": [f"defence_share_pct_gdp:{code}" for code in codes],
                                     "tiles": "defence_share_pct_gdp", "strip": False})  # fmt: skip
    elif kind == "donors":
        send(port, "answer", body | {"charts": [], "donors": "aid_committed_beur", "strip": False})
    elif kind == "pins":
        for at in range(4):
            send(port, "answer", body | {"page": f"page-{number % 7}-pin-{at}"})
    elif kind == "inputs":
        send(port, "inputs", {"states": [state, {"extends": [luck.choice(scenarios)]}]})
    elif kind in ("download", "upload"):
        status, content = send(port, "scenario", {"state": state})
        if kind == "upload" and status == 200:
            send(port, "check", {"text": content["toml"], "name": "explored.toml"})
    else:
        asked = {"kind": luck.choice(["effect", "tornado", "why", "report"]), "state": state, "states": [state],
                 "key": luck.choice(levers)["key"], "subject": "europe_canada_share_pct_gdp"}  # fmt: skip
        status, content = send(port, "ask", asked)
        if status == 200:
            job = f"ask/{content['job']}"
            until = time.monotonic() + luck.choice([2, 30])
            while time.monotonic() < until:
                content = send(port, job, None)[1]
                if content.get("result") or content.get("stopped") or content.get("problems"):
                    break
                time.sleep(0.2)
            send(port, job, None, "DELETE")


def memory(port, pid, minutes):
    """Random use of everything the page can ask: the server's resident memory all along, and whether it grew."""
    luck, began, asked, shown, seen = random.Random(1), time.monotonic(), 0, 0.0, []
    facts = send(port, "facts", None)[1]
    while (passed := time.monotonic() - began) < 60 * minutes:
        if passed >= shown:
            told(f"memory after {passed / 60:.1f} min and {asked} uses", f"{resident(pid):.0f} MB")
            shown += min(100.0, 60 * minutes / 10)
        try:
            random_use(port, luck, asked, facts)
        except (OSError, http.client.HTTPException, ValueError):
            ANSWERED["none"] += 1
        asked += 1
        seen.append((passed / 60, resident(pid)))
    told(
        f"memory after {minutes:g} min, {asked} uses; most",
        f"{seen[-1][1]:.0f} MB; {max(seen, key=itemgetter(1))[1]:.0f} MB",
    )
    told("answers by status", " ".join(f"{status}: {count}" for status, count in ANSWERED.items()), "no 500, no none")
    half = [each for each in seen if each[0] > minutes / 2]
    third, last = (
        statistics.median(size for at, size in half if (at > 0.75 * minutes) is late) for late in (False, True)
    )
    words = "grew" if last > 1.05 * third else "did not grow"
    slope = statistics.linear_regression(*zip(*half, strict=True)).slope
    told(f"the second half {words}: medians of its quarters", f"{third:.0f} to {last:.0f} MB", "within 5%")
    told("the second half's trend", f"{slope:+.2f} MB a minute", "about 0")


def resident(pid):
    pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*", default=["lever", "drag", "users", "memory"])
    parser.add_argument("--moves", type=int, default=36)
    parser.add_argument("--users", type=int, default=10)
    parser.add_argument("--minutes", type=float, default=2)
    options = parser.parse_args()
    with served() as (port, pid):
        for section in options.sections:
            if section == "lever":
                lever(port, options.moves)
            elif section == "drag":
                drag(port)
            elif section == "users":
                users(port, options.users, 12)
            elif section == "memory":
                memory(port, pid, options.minutes)


if __name__ == "__main__":
    main()
