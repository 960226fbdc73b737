"""What differs between scenarios, by how much, how surely, and why.

Every function takes finished ensembles, scenarios or files and returns plain values; nothing here prints.
"""

from sim.analysis.asked import Asked, ask, open_source, reopen
from sim.analysis.attribution import PART_COLUMNS, Attribution, Part, Waterfall, attribute
from sim.analysis.branches import branch
from sim.analysis.comparison import Comparison, Contrast, compare, condition
from sim.analysis.inputs import Change, changed_inputs
from sim.analysis.outcomes import Outcome
from sim.analysis.relations import Verdict, verify
from sim.analysis.rows import INPUT_COLUMNS, ROW_COLUMNS, InputRow, Row, csv_text
from sim.analysis.simulated import first_difference
from sim.analysis.tree import Ending, Node, tree

__all__ = [
    "INPUT_COLUMNS",
    "PART_COLUMNS",
    "ROW_COLUMNS",
    "Asked",
    "Attribution",
    "Change",
    "Comparison",
    "Contrast",
    "Ending",
    "InputRow",
    "Node",
    "Outcome",
    "Part",
    "Row",
    "Verdict",
    "Waterfall",
    "ask",
    "attribute",
    "branch",
    "changed_inputs",
    "compare",
    "condition",
    "csv_text",
    "first_difference",
    "open_source",
    "reopen",
    "tree",
    "verify",
]
