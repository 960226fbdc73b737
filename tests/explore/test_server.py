"""The server gives out the page's own files and answers, to this page only, and survives whatever it is sent."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import threading
from contextlib import suppress

import pytest

STATE = {"extends": ["trump_conditional"], "runs": 32}


def test_the_page_and_its_parts_are_served_with_a_strict_policy(ask):
    for path, kind in (("/", "text/html"), ("/main.js", "text/javascript"), ("/style.css", "text/css")):
        status, headers, _ = ask("GET", path)
        assert status == 200
        assert headers["content-type"].startswith(kind)
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/../README.md", "/%2e%2e/README.md", "/..%2f..%2fpyproject.toml", "/etc/passwd", "/page/main.js",
        "/__init__.py", "/server.py", "/main.js/", "//", "/ask/../facts", "/%00", "/baseline.toml",
    ],
)  # fmt: skip
def test_no_other_file_is_served(ask, path):
    status, _, told = ask("GET", path)
    assert status == 404
    assert "problems" in told


def test_a_key_is_told_with_its_channels_and_what_its_source_has_later_than_the_start(ask):
    asked = {"state": {"extends": ["history_2022"]}, "key": "budgets.war_pp"}
    status, _, told = ask("POST", "/about", asked)
    assert status == 200
    assert "[later than the start]" in told["source"]
    ways = [" → ".join(way["through"]) for way in told["channels"]]
    assert any(way.endswith("the budgets that members decide") for way in ways)
    own = {"extends": ["baseline"], "groups": {"weimar": ["DEU", "FRA", "POL"]}}
    status, _, told = ask("POST", "/about", {"state": own, "key": "members.weimar.compliance"})
    assert (status, bool(told["channels"])) == (200, True)
    status, _, told = ask("POST", "/about", {"state": own, "key": "budgets.war_p"})
    assert status == 400
    assert "budgets.war_pp" in told["problems"][0]["message"]


def apart(coroutine):
    """Runs it in a thread of its own: the browser of other tests may hold this one's event loop."""
    thread = threading.Thread(target=asyncio.run, args=(coroutine,))
    thread.start()
    thread.join()


def test_a_fault_in_the_program_is_told_in_one_line(monkeypatch):
    from sim.explore import server

    def broken():
        raise ZeroDivisionError

    monkeypatch.setattr(server, "page_facts", broken)
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/facts", "raw_path": b"/facts", "query_string": b"",
             "headers": [(b"host", b"here")], "client": ("127.0.0.1", 1)}  # fmt: skip
    apart(server.make_app(frozenset({"here"}))(scope, receive, send))
    assert sent[0]["status"] == 500
    problem = json.loads(sent[1]["body"])["problems"][0]
    assert problem["text"] == "a fault in the program (ZeroDivisionError); please report it"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example", ""])
def test_only_the_own_address_is_answered(ask, host):
    status, _, _ = ask("GET", "/facts", headers={"Host": host})
    assert status == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ],
)
def test_other_pages_cannot_ask(ask, headers):
    status, _, _ = ask("POST", "/answer", {"page": "a", "state": STATE}, headers)
    assert status in (403, 415)


def test_the_own_origin_is_answered(ask, server):
    origin = server.address.rstrip("/")
    status, _, told = ask("POST", "/answer", {"page": "a", "state": STATE, "charts": []}, {"Origin": origin})
    assert status == 200
    assert told["runs"] == 32


def test_too_large_a_request_is_refused(ask):
    assert ask("POST", "/answer", raw=b"x" * 400_000)[0] == 413


@pytest.mark.parametrize("path", ["/answer", "/scenario", "/inputs", "/ask", "/check"])
@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{", b'{"a": NaN}', b"\xff\xfe", b"[" * 100_000, b'{"state": 1}', b'{"page": "../x"}', b"null"]
)
def test_what_is_no_request_is_answered_in_one_line(ask, path, raw):
    status, _, told = ask("POST", path, raw=raw)
    assert status == 400
    assert all(problem["text"] and "Traceback" not in problem["text"] for problem in told["problems"])


def test_mistakes_of_an_upload_read_like_check(ask):
    text = 'title = "x"\ndescription = "y"\nreferences = ["z"]\nextends = "../secret"\nus.commitment.postur = 3\n'
    status, _, told = ask("POST", "/check", {"text": text, "name": "mine.toml"})
    assert status == 400
    texts = [problem["text"] for problem in told["problems"]]
    assert texts[0].startswith("mine.toml:4:11")
    assert "only these can be extended here" in texts[0]
    assert any("did you mean us.commitment.posture?" in line for line in texts)


def test_the_scenario_of_a_state_is_handed_out(ask):
    status, _, told = ask("POST", "/scenario", {"state": STATE})
    assert status == 200
    assert 'extends = "trump_conditional.toml"' in told["toml"]


def test_inputs_that_differ_are_listed_with_inherited_ones(ask):
    states = [
        {"extends": ["trump_conditional"], "sets": {"europe.aid.commitment_factor": value}} for value in ("2", "4")
    ]
    status, _, told = ask("POST", "/inputs", {"states": states})
    assert status == 200
    rows = {row["key"]: row for row in told["rows"]}
    assert rows["europe.aid.commitment_factor"]["spread"] == [2, 4, 3]
    assert rows["us.elections.2024.president"]["values"][1] == "trump"
    assert rows["us.elections.2024.president"]["origins"][1].startswith("scenarios/trump_conditional.toml")


def question(ask, body):
    status, _, told = ask("POST", "/ask", body)
    assert status == 200, told
    for _ in range(2000):
        status, _, seen = ask("GET", f"/ask/{told['job']}")
        if status != 200 or seen.get("result") or seen.get("stopped"):
            return status, seen
        threading.Event().wait(0.05)
    raise AssertionError("no answer")


def test_what_a_lever_does_is_told(ask):
    _, told = question(ask, {"kind": "effect", "state": STATE, "key": "europe.aid.commitment_factor"})
    moved = next(row for row in told["result"]["rows"] if row["title"].startswith("Europe: military aid"))
    assert len(set(moved["values"])) == 3


def test_what_it_would_take_is_found(ask):
    body = {"kind": "solve", "state": STATE, "key": "europe.aid.commitment_factor", "probability": 0.5, "level": 150,
            "subject": "military_aid_allocated_beur:EUR"}  # fmt: skip
    _, told = question(ask, body)
    assert 0 < told["result"]["answer"] < 2
    assert "EUR 150 bn or more in December 2029, in at least 50% of runs, where lever “" in told["result"]["sentence"]
    shares = [share for _, share, *_ in told["result"]["curve"]]
    assert shares == sorted(shares)


def test_why_a_state_differs_adds_up_to_the_difference(ask):
    told = question(ask, {"kind": "why", "state": STATE, "subject": "us_commitment"})[1]["result"]
    assert any("the credibility of the U.S. guarantee" in part["through"][-1] for part in told["parts"] if part["mean"])
    assert sum(part["mean"] for part in told["parts"]) == pytest.approx(told["to"] - told["from"], abs=1e-6)


def test_the_report_holds_every_state_once_and_names_them(ask):
    changed = {**STATE, "sets": {"us.commitment.posture": '"retrenchment"'}, "title": "Team two"}
    html = question(ask, {"kind": "report", "states": [STATE, changed, STATE]})[1]["result"]["html"]
    assert html.startswith("<!doctype html>") or html.startswith("<!DOCTYPE html>")
    assert "Team two" in html
    assert "as changed on the page" not in html.partition("<h1>")[2].partition("</h1>")[0]


def test_a_long_question_can_be_stopped(ask):
    status, _, told = ask("POST", "/ask", {"kind": "tornado", "state": STATE, "subject": "us_commitment", "of": "open"})
    assert status == 200
    assert ask("DELETE", f"/ask/{told['job']}")[0] == 200
    for _ in range(400):
        _, _, seen = ask("GET", f"/ask/{told['job']}")
        if seen.get("stopped"):
            return
        threading.Event().wait(0.05)
    raise AssertionError("it was not stopped")


def test_newer_wishes_of_a_page_replace_older_ones_and_leave_other_pages_alone(ask):
    told = {}

    def wish(page, number):
        state = {**STATE, "sets": {"europe.aid.commitment_factor": f"{1 + number / 100}"}, "runs": 400}
        told[page, number] = ask("POST", "/answer", {"page": page, "state": state, "charts": ["us_commitment"]})[2]

    threads = [threading.Thread(target=wish, args=("one", number)) for number in range(8)]
    threads.append(threading.Thread(target=wish, args=("two", 50)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answered = [number for (page, number), answer in told.items() if page == "one" and not answer.get("stale")]
    assert 1 <= len(answered) < 8
    assert told["two", 50]["levers"]["europe.aid.commitment_factor"]["value"] == 1.5
    for number in answered:
        assert told["one", number]["levers"]["europe.aid.commitment_factor"]["value"] == pytest.approx(1 + number / 100)


def hostile(luck: random.Random) -> tuple[str, str, bytes]:
    """One request such as nobody would send who means well."""
    import json

    values = [None, True, -1, 0, 1e308, 10**30, "", "x" * 5000, "\u0000", "../../etc/passwd", [], {}, [[]], {"a": {}},
              "'; drop table", "<script>", "1\n[us]\n", "{a=1}", "2024-13-45", "nan", "inf",
              ["baseline"] * 9]  # fmt: skip
    keys = ["page", "state", "charts", "date", "runs", "tiles", "donors", "single", "strip", "kind", "key", "subject",
            "level", "probability", "states", "text", "name", "of"]  # fmt: skip
    inner = ["extends", "sets", "events", "title", "start", "end", "runs", "seed"]
    body = {
        "page": "p",
        "state": dict(STATE),
        "subject": "us_commitment",
        "kind": luck.choice(["effect", "solve", "why"]),
    }
    for _ in range(luck.randint(1, 4)):
        if luck.random() < 0.5:
            body[luck.choice(keys)] = luck.choice(values)
        elif isinstance(body["state"], dict):
            body["state"][luck.choice(inner)] = luck.choice(values)
    raw = json.dumps(body).encode()
    if luck.random() < 0.2:
        at = luck.randrange(len(raw))
        raw = raw[:at] + bytes(luck.randrange(256) for _ in range(luck.randint(1, 6))) + raw[at + 1 :]
    paths = ["/answer", "/check", "/scenario", "/inputs", "/ask", "/facts", "/", "/ask/x", "/%ff", "/style.css"]
    return luck.choice(["POST"] * 6 + ["GET", "PUT", "DELETE", "HEAD"]), luck.choice(paths), raw


def attack(ask, seed, count):
    luck = random.Random(seed)
    for _ in range(count):
        method, path, raw = hostile(luck)
        status, _, told = ask(method, path, raw=raw)
        assert status in (200, 400, 403, 404, 405, 413, 415, 503), (method, path, raw, told)
        assert b"Traceback" not in str(told).encode()
    assert ask("POST", "/answer", {"page": "after", "state": STATE, "charts": []})[2]["runs"] == 32


@pytest.mark.parametrize("seed", range(4))
def test_hostile_requests_are_answered_without_a_fault(ask, seed):
    attack(ask, seed, 60)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 120))
def test_ten_thousand_hostile_requests_are_answered_without_a_fault(ask, seed):
    attack(ask, seed, 520)


def test_bytes_that_are_no_request_do_not_harm(server, ask):
    for content in (
        b"\x16\x03\x01\x02\x00",
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 5000,
        b"POST /answer HTTP/1.1\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
            connection.sendall(content)
            connection.settimeout(0.5)
            with suppress(OSError):
                connection.recv(1000)
    assert ask("GET", "/facts")[0] == 200


def test_silent_connections_are_hung_up_on_and_keep_nobody_out(server, ask):
    opened = [socket.create_connection(("127.0.0.1", server.port), timeout=60) for _ in range(450)]
    try:
        opened[0].sendall(b"GET / HTTP/1.1\r\nHost: ")  # and no more
        for connection in opened:
            assert connection.recv(1) == b""
        assert ask("GET", "/facts")[0] == 200
    finally:
        for connection in opened:
            connection.close()


def test_requests_of_one_client_are_bounded_in_rate():
    from sim.explore.server import BURST, Guard

    answered = []

    async def nothing(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        if message["type"] == "http.response.start":
            answered.append(message["status"])

    async def flood():
        guard = Guard(nothing, frozenset({"h"}), 0.0)
        scope = {"type": "http", "method": "GET", "headers": [(b"host", b"h")], "client": ("c", 1), "path": "/"}
        for _ in range(int(BURST) + 50):
            await guard(dict(scope), receive, send)

    apart(flood())
    assert (answered.count(200), answered.count(429)) == (BURST, 50)
