"""A cluster gives the files of one process, whatever dies on the way. Schedulers, workers and kills are real."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.ensemble import run
from sim.ensemble.cluster import Cluster
from sim.ensemble.layout import BLOCK
from sim.errors import FaultError, InputError

pytest.importorskip("distributed")
HERE = Path(__file__).parent
RUNS = 6 * BLOCK
pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux")


class Machines:
    """A scheduler and workers on loopback, each a process of its own."""

    def __init__(self, folder):
        self.folder, self.processes, self.count = folder, [], 0
        self.scheduler = None
        self.environment = {}

    def start(self, *words, unseen=None, **environment):
        self.count += 1
        command = [sys.executable, "-m", *words]
        if unseen is not None:  # a machine that does not share this folder
            command = ["unshare", "-m", "sh", "-c", f'mount -t tmpfs none {unseen} && exec "$@"', "sh", *command]
        settings = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1", "PYTHONWARNINGS": "default"}
        with (self.folder / f"{self.count}.log").open("wb") as log:
            process = subprocess.Popen(
                command, env=os.environ | settings | self.environment | environment, cwd=self.folder,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def schedule(self, protocol="tcp"):
        self.count += 1
        file = self.folder / f"scheduler{self.count}.json"
        self.scheduler = self.start(
            "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
            "--scheduler-file", str(file), "--protocol", protocol,
        )  # fmt: skip
        wait_until(lambda: file.exists() and file.read_text().endswith("}"))
        self.address = json.loads(file.read_text())["address"]
        return self

    def worker(self, *, nanny=False, unseen=None, **environment):
        kind = "--nanny" if nanny else "--no-nanny"
        return self.start(
            "distributed.cli.dask_worker", self.address, "--nthreads", "1", kind, "--no-dashboard",
            "--host", "127.0.0.1", "--preload", str(HERE / "preload.py"), unseen=unseen, **environment,
        )  # fmt: skip

    def ready(self, workers):
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)
        return self

    def end(self):
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def machines(tmp_path):
    folder = tmp_path / "machines"
    folder.mkdir()
    made = Machines(folder)
    yield made
    made.end()


@pytest.fixture
def undisturbed(stub, scenario, tmp_path):
    run(scenario, runs=RUNS, out=tmp_path / "undisturbed")
    return bytes_of(tmp_path / "undisturbed")


def bytes_of(folder):
    return [(folder / name).read_bytes() for name in ("ensemble.nc", "summary.csv")]


def wait_until(true, seconds=60):
    for _ in range(seconds * 100):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError(f"waited {seconds} s in vain")


def start_client(out, address):
    return subprocess.Popen(
        [sys.executable, "-W", "error", str(HERE / "driver.py"), str(out), str(RUNS), "1", address],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def stored(out):
    return list(out.rglob("0*.npy"))


def test_one_job_two_jobs_and_a_cluster_give_the_same_bytes(machines, scenario, undisturbed, tmp_path):
    machines.schedule().worker()
    machines.worker()
    machines.ready(2)
    run(scenario, runs=RUNS, jobs=2, out=tmp_path / "jobs")
    told = []
    run(scenario, runs=RUNS, cluster=machines.address, out=tmp_path / "cluster", progress=lambda *at: told.append(at))
    assert bytes_of(tmp_path / "cluster") == bytes_of(tmp_path / "jobs") == undisturbed
    assert [path.name for path in (tmp_path / "cluster").iterdir() if path.is_dir()] == []
    assert told[0] == (0, RUNS)
    assert told[-1] == (RUNS, RUNS)


@pytest.mark.skipif(
    os.geteuid() != 0
    or not shutil.which("unshare")
    or subprocess.run(["unshare", "-m", "true"], check=False).returncode,
    reason="needs to hide a folder from a process",
)  # fmt: skip
def test_where_no_folder_is_shared_blocks_are_sent(machines, scenario, undisturbed, tmp_path):
    out = tmp_path / "hidden"
    out.mkdir()
    machines.schedule().worker(unseen=out)
    machines.ready(1)
    run(scenario, runs=RUNS, cluster=machines.address, out=out)
    assert bytes_of(out) == undisturbed


def test_a_worker_killed_mid_run_costs_nothing(machines, undisturbed, tmp_path):
    machines.schedule()
    doomed = machines.worker(ALLIANCE_STUB="sleep=0.4")
    machines.worker(ALLIANCE_STUB="sleep=0.4")
    machines.ready(2)
    client = start_client(tmp_path / "out", machines.address)
    wait_until(lambda: stored(tmp_path / "out"))
    os.killpg(doomed.pid, signal.SIGKILL)
    printed, errors = client.communicate(timeout=60)
    assert (client.returncode, printed, errors) == (0, "", "")
    assert bytes_of(tmp_path / "out") == undisturbed


def test_a_scheduler_lost_is_told_and_a_new_one_resumes(machines, undisturbed, tmp_path):
    out = tmp_path / "out"
    machines.schedule().worker(ALLIANCE_STUB="sleep=0.4")
    machines.ready(1)
    client = start_client(out, machines.address)
    wait_until(lambda: len(stored(out)) >= 2)
    os.killpg(machines.scheduler.pid, signal.SIGKILL)
    _, errors = client.communicate(timeout=60)
    assert client.returncode == 1
    assert f"LostPoolError: the scheduler at {machines.address} was lost; what is finished is kept" in errors
    assert "KilledWorker" not in errors
    assert len(stored(out)) >= 2
    machines.schedule().worker()
    machines.ready(1)
    client = start_client(out, machines.address)
    assert client.communicate(timeout=60) == ("", "")
    assert bytes_of(out) == undisturbed


def test_a_client_killed_and_run_again_ends_the_same(machines, undisturbed, tmp_path):
    out = tmp_path / "out"
    machines.schedule().worker(ALLIANCE_STUB="sleep=0.4")
    machines.ready(1)
    client = start_client(out, machines.address)
    wait_until(lambda: stored(out))
    os.killpg(client.pid, signal.SIGKILL)
    client.communicate()
    assert not (out / "manifest.json").exists()
    client = start_client(out, machines.address)
    assert client.communicate(timeout=60) == ("", "")
    assert bytes_of(out) == undisturbed


def test_a_block_that_always_fails_is_marked_and_the_rest_is_done(machines, scenario, undisturbed, tmp_path):
    out = tmp_path / "out"
    machines.schedule()
    machines.worker(ALLIANCE_STUB="raise=2")
    machines.ready(1)
    with pytest.raises(FaultError, match=r"block 2 \(runs \d+ to \d+\): the model stopped \(ZeroDivisionError"):
        run(scenario, runs=RUNS, cluster=machines.address, out=out)
    assert [path.stem for path in sorted(stored(out))] == ["00000", "00001", "00003", "00004", "00005"]
    (mark,) = out.rglob("*.failed")
    assert mark.name == "00002.failed"
    assert "division by zero in block" in mark.read_text()
    machines.schedule().worker()
    machines.ready(1)
    run(scenario, runs=RUNS, cluster=machines.address, out=out)
    assert bytes_of(out) == undisturbed
    assert not list(out.rglob("*.failed"))


def test_a_block_that_kills_its_workers_is_named(machines, scenario, stub, tmp_path):
    machines.schedule().worker(nanny=True, ALLIANCE_STUB="kill=1")
    machines.ready(1)
    with pytest.raises(FaultError, match=r"^block 1 failed: its worker processes died"):
        run(scenario, runs=3 * BLOCK, cluster=machines.address, out=tmp_path / "out")
    assert [path.stem for path in sorted(stored(tmp_path / "out"))] == ["00000", "00002"]


def test_workers_that_run_something_else_are_refused_by_name(machines, scenario, stub, tmp_path):
    machines.schedule().worker(ALLIANCE_STUB_NUMPY="1.0.0")
    machines.ready(1)
    with pytest.raises(
        InputError, match=r"tcp://127\.0\.0\.1:\d+ has numpy 1\.0\.0, not .*; install the same on every"
    ):
        run(scenario, runs=RUNS, cluster=machines.address, out=tmp_path / "out")
    assert not stored(tmp_path / "out")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """A throw-away authority with a certificate of its own making, and a stranger's: dask's settings for each."""
    folder = tmp_path_factory.mktemp("certificates")
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    for name in ("authority", "stranger"):
        openssl("req", "-x509", *curve, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")
    openssl("req", *curve, "-subj", "/CN=ours", "-keyout", "ours.key", "-out", "ours.csr")
    signing = ["-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial"]
    openssl("x509", "-req", "-in", "ours.csr", *signing, "-out", "ours.pem")

    def settings(authority, name):
        files = {"ca-file": f"{authority}.pem"}
        for role in ("scheduler", "worker", "client"):
            files |= {f"{role}.cert": f"{name}.pem", f"{role}.key": f"{name}.key"}
        return {f"distributed.comm.tls.{key}": str(folder / file) for key, file in files.items()}

    return {"ours": settings("authority", "ours"), "stranger": settings("stranger", "stranger")}


def in_words(settings):
    """Dask's settings as the environment of a process."""
    return {f"DASK_{key.replace('.', '__').replace('-', '_').upper()}": value for key, value in settings.items()}


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs the command openssl to make certificates")
def test_over_tls_the_bytes_are_the_same_and_strangers_are_told_in_one_line(
    machines, scenario, undisturbed, certificates, tmp_path
):
    import dask.config

    machines.environment = in_words(certificates["ours"])
    machines.schedule("tls").worker()
    assert machines.address.startswith("tls://127.0.0.1:")
    with dask.config.set(certificates["ours"]):
        machines.ready(1)
        run(scenario, runs=RUNS, cluster=machines.address, out=tmp_path / "tls")
    assert bytes_of(tmp_path / "tls") == undisturbed
    plain = machines.address.replace("tls://", "tcp://")
    unreadable = certificates["ours"] | {"distributed.comm.tls.client.cert": str(tmp_path / "nowhere.pem")}
    for address, settings, said in (
        (machines.address, {}, "TLS needs certificates; name them in distributed.comm.tls of dask's configuration"),
        (machines.address, certificates["stranger"], "do not accept each other's certificates; see distributed.comm.t"),
        (machines.address, unreadable, "the files that distributed.comm.tls of dask's configuration names cannot be"),
        (plain, {}, "closes the connection: no scheduler, or one whose address begins with tls://"),
    ):
        command = [sys.executable, "-m", "sim", "run", "baseline", "--runs", "3", "--cluster", address, "--out", "out"]
        ended = subprocess.run(
            command, cwd=tmp_path, env=os.environ | in_words(settings), capture_output=True, text=True, check=False
        )
        assert (ended.returncode, ended.stdout) == (2, ""), ended.stderr
        assert ended.stderr.startswith(f"Error: --cluster {address}: ")
        assert said in ended.stderr
        assert ended.stderr.count("\n") == 1


def test_what_is_no_cluster_is_told_in_one_line(machines, stub, monkeypatch):
    with pytest.raises(InputError, match=r"^--cluster tcp://127\.0\.0\.1:9: no scheduler answers; start one with"):
        Cluster("tcp://127.0.0.1:9", patience=0.5)
    for address in ("nonsense://x", "tcp://127.0.0.1", "tcp://", "tcp://127.0.0.1:http", "http://127.0.0.1:8786"):
        with pytest.raises(InputError, match=f"^--cluster {address}: is no address \\(.*\\); start one with") as told:
            Cluster(address, patience=0.5)
        assert "\n" not in str(told.value)
    with pytest.raises(InputError, match=r"^--cluster tls://127\.0\.0\.1:9: TLS needs certificates"):
        Cluster("tls://127.0.0.1:9")
    machines.schedule()
    with pytest.raises(InputError, match="the scheduler has no workers; start them with dask worker tcp://127"):
        Cluster(machines.address)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"needs dask\.distributed: install alliance-sim with the extra cluster"):
        Cluster(machines.address)
