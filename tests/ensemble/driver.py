"""A process to kill: ``driver.py OUT RUNS JOBS [CLUSTER]`` runs the stub; ``driver.py moments OUT RUNS`` kills itself.

The second form counts the operations on files of an undisturbed run, then forks children that end by SIGKILL just
before one of them, each followed by a child that runs again; it prints the moment and the files left at that moment.
"""

import os
import signal
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
OPERATIONS = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "shutil.rmtree"}


def ensemble(out, runs, jobs=1, cluster=""):
    from stub_scenario import StubScenario

    from sim.ensemble import run, source

    source.MODEL = source.FACTS = "stub_model"
    source.code_stamp = lambda: "c" * 64
    return run(StubScenario(), runs=runs, jobs=jobs, cluster=cluster, out=out)


def count_operations(out, last):
    """Kill this process before operation number ``last`` on a file under ``out``; returns the counter."""
    seen = [0]

    def hook(event, args):
        if event in OPERATIONS and any(isinstance(arg, (str, Path)) and str(arg).startswith(str(out)) for arg in args):
            if seen[0] == last:
                os.kill(os.getpid(), signal.SIGKILL)
            seen[0] += 1

    sys.addaudithook(hook)
    return seen


def in_child(work):
    """Run ``work`` in a fork; the signal that ended it, 0 if none."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def moments(out, runs):
    ensemble(out / "warm", 1)  # imports everything once, before the forks
    counter = out / "count"

    def undisturbed():
        seen = count_operations(out / "undisturbed", -1)
        ensemble(out / "undisturbed", runs)
        counter.write_text(str(seen[0]))

    assert in_child(undisturbed) == 0
    total = int(counter.read_text())
    # Every sixth while blocks are made and reduced, each one while the result is put in place and cleaned up.
    for moment in sorted({*range(0, total, 6), *range(total - 10, total)}):
        here = out / f"{moment:03d}"

        def killed(here=here, moment=moment):
            count_operations(here, moment)
            ensemble(here, runs)

        assert in_child(killed) == signal.SIGKILL
        left = [path.name for path in sorted(here.glob("*.*"))] if here.exists() else []
        assert in_child(lambda here=here: ensemble(here, runs)) == 0
        print(moment, *left)


if __name__ == "__main__":
    if sys.argv[1] == "moments":
        moments(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        try:
            ensemble(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), "".join(sys.argv[4:]))
        except KeyboardInterrupt:
            print("interrupted")
