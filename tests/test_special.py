"""SciPy's functions loaded alone are SciPy's functions, and SciPy is none the worse for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def told(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_functions_are_scipys_own_and_its_package_can_be_imported_afterwards() -> None:
    code = (
        "from sim import special as ours\nimport sys\nassert 'scipy.special' not in sys.modules\n"
        "assert 'numpy.f2py' not in sys.modules\n"
        "import scipy.stats, scipy.special as whole\n"
        "print(all(getattr(ours, n) is getattr(whole, n) for n in ours.NAMES))"
    )
    assert told(code) == "True"


def test_they_are_the_same_where_the_package_was_imported_before() -> None:
    code = (
        "import sys\nimport scipy.special as whole\nfrom sim import special as ours\n"
        "print(ours.ndtri is whole.ndtri, sys.modules.get('scipy.special') is whole)"
    )
    assert told(code) == "True True"


SOME = "some = types.ModuleType(name); some.ndtr = None; return some"


@pytest.mark.parametrize("fault", ["raise ImportError", "pass", SOME])
def test_where_they_cannot_be_loaded_alone_the_package_is_imported(fault: str) -> None:
    code = f"""
import importlib, sys, types
load = importlib.import_module
def refuse(name, package=None):
    if name == "scipy.special._ufuncs":
        {fault}
        return types.ModuleType(name)
    return load(name, package)
importlib.import_module = refuse
from sim import special as ours
importlib.import_module = load
import scipy.special
print(ours.gammaincinv is scipy.special.gammaincinv)
"""
    assert told(code) == "True"
