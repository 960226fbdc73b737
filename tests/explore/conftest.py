"""The page's server, once for all tests, on a free port of this machine."""

from __future__ import annotations

import http.client
import json
import shutil
import threading
import time
from types import SimpleNamespace

import pytest


@pytest.fixture(scope="session")
def server():
    from sim.explore.server import bound, hosts_of, make_app
    from sim.explore.server import server as serving

    opened = bound("127.0.0.1", 0)
    port = opened.getsockname()[1]
    running = serving(make_app(hosts_of("127.0.0.1", port), per_second=1e6))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [opened]})
    thread.start()
    for _ in range(200):
        if running.started:
            break
        time.sleep(0.05)
    yield SimpleNamespace(port=port, address=f"http://127.0.0.1:{port}/")
    running.should_exit = True
    thread.join(10)
    opened.close()


ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@pytest.fixture(scope="session")
def browser():
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no Chromium is installed (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def ask(server):
    """Sends one request and returns status, headers and what came back, as JSON where it is."""

    def request(method, path, body=None, headers=None, raw=None):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        sent = {"Content-Type": "application/json"} if body is not None or raw is not None else {}
        try:
            content = raw if raw is not None else None if body is None else json.dumps(body)
            connection.request(method, path, content, {**sent, **(headers or {})})
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        told = answer.headers.get("content-type", "").startswith("application/json") and text
        return answer.status, dict(answer.headers), json.loads(text) if told else text

    return request
