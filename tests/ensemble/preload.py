"""What a dask worker of these tests loads first: the stub model in the place of the real one."""

import os
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from sim.ensemble import source  # noqa: E402

source.MODEL = source.FACTS = "stub_model"
source.code_stamp = lambda: "c" * 64
if "ALLIANCE_STUB_NUMPY" in os.environ:
    versions = source.versions() | {"numpy": os.environ["ALLIANCE_STUB_NUMPY"]}
    source.versions = lambda: versions
