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
from contextlib import contextmanager
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


def ask(port, page, sets, runs="preview"):
    body = {"page": page, "state": {"extends": ["trump_conditional"], "sets": sets}, "runs": runs}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("POST", "/answer", json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    content = json.loads(answer.read())
    connection.close()
    return answer.status, content


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


def memory(port, pid, minutes):
    """Random use: the server's resident memory once warm and at the end."""
    luck, until, warm, asked = random.Random(1), time.monotonic() + 60 * minutes, 0.0, 0
    while time.monotonic() < until:
        sets = {LEVER: str(round(luck.uniform(0, 4), 3)), "summits.compliance": str(round(luck.uniform(0, 1.5), 3))}
        ask(port, f"page-{asked % 7}", sets, luck.choice(["preview", "preview", "full"]))
        asked += 1
        if not warm and time.monotonic() > until - 60 * minutes * 0.5:
            warm = resident(pid)
    told(f"memory after {minutes:g} min, {asked} answers; halfway", f"{resident(pid):.0f} MB; {warm:.0f} MB", "flat")


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
