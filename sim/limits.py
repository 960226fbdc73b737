"""The limits of what a user may ask for, each stated once."""

from __future__ import annotations

MOST_RUNS = 10_000_000
MOST_SEED = 2**63 - 1
MOST_JOBS = 1024
MOST_SCENARIOS = 8
"""How many scenarios one comparison sets side by side: as many as there are colours that stay distinct."""
LONGEST_LABEL = 40
"""Characters of a scenario's ``label``, which has to fit into a legend and the head of a table column."""
LARGEST_FILE = 1_000_000
"""Bytes of a scenario file."""
MOST_ENTRIES = 20_000
"""Values of a scenario file, counted by their ``=`` and ``,``: no scenario needs a tenth of them."""
MOST_PARTS = 20
"""Parts of a dotted key."""
MOST_DEEP = 30
"""Files that extend each other, one above the other."""
MOST_PARENTS = 50
"""Files that one scenario can extend."""
MOST_EVENTS = 500
"""Events of a scenario."""
MOST_CONDITIONS = 50
"""Events of a scenario that wait for a condition: each is looked at in every month of every run."""
MOST_PROBLEMS = 100
"""Mistakes that are listed, so that the answer to a broken file stays below 100 kB."""
