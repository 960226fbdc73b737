"""``alliance explore`` as a user starts it."""

from __future__ import annotations

import http.client
import json
import re
import signal
import socket
import subprocess
import sys

import pytest
from click.testing import CliRunner

from sim.cli.program import program


def test_it_says_its_address_answers_and_ends_quietly(tmp_path):
    (tmp_path / "mine.toml").write_text(
        'title = "Mine"\ndescription = "x"\nreferences = ["y"]\nextends = "baseline.toml"\n'
        'us.commitment.posture = "conditional"\n'
    )
    command = [sys.executable, "-m", "sim", "explore", "mine.toml", "--port", "0", "--no-browser"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=tmp_path, **pipes) as process:
        try:
            line = process.stdout.readline()
            port = int(re.fullmatch(r"The page is at http://127\.0\.0\.1:(\d+)/\n", line)[1])
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", "/facts")
            told = json.loads(connection.getresponse().read())
            connection.close()
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=30)
        finally:
            process.kill()
    assert told["first"]["sets"] == {"us.commitment.posture": '"conditional"'}
    assert "Traceback" not in output + errors
    assert process.returncode in (0, 130)


def run(*words):
    done = CliRunner().invoke(program, ["explore", *words], prog_name="alliance")
    return done.exit_code, done.output


def test_a_port_in_use_is_told():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, said = run("--no-browser", "--port", str(taken.getsockname()[1]))
    assert code == 1
    assert "cannot be served" in said
    assert "--port" in said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["bsaeline"], "did you mean 'baseline'?"),
        (["--port", "99999"], "99999 is not in the range"),
        (["--export", ""], "an empty text is no path"),
        (["nothing_like_it", "--export", "x"], "takes a shipped scenario"),
        (["--host", "not.an.address.invalid"], "cannot be served"),
    ],
)
def test_wrong_words_are_told_in_one_line(words, message):
    code, said = run(*words)
    assert code in (1, 2)
    assert message in said
    assert "Traceback" not in said


def test_a_file_that_extends_another_is_told_that_the_page_takes_shipped_ones_only(tmp_path):
    head = 'title = "x"\ndescription = "x"\nreferences = ["y"]\n'
    (tmp_path / "parent.toml").write_text(head)
    (tmp_path / "mine.toml").write_text(f'{head}extends = "parent.toml"\n')
    code, said = run(str(tmp_path / "mine.toml"))
    assert code == 2
    assert "only these can be extended here" in said
