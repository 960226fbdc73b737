"""What differs between scenarios, by how much, how surely, and why.

Every function takes finished ensembles, scenarios or files and returns plain values; nothing here prints.
"""

from sim.analysis.comparison import Comparison, Contrast, compare
from sim.analysis.conditioning import condition
from sim.analysis.inputs import Change, changed_inputs
from sim.analysis.outcomes import Outcome
from sim.analysis.table import INPUT_COLUMNS, ROW_COLUMNS, InputRow, Row, csv_text

__all__ = [
    "INPUT_COLUMNS",
    "ROW_COLUMNS",
    "Change",
    "Comparison",
    "Contrast",
    "InputRow",
    "Outcome",
    "Row",
    "changed_inputs",
    "compare",
    "condition",
    "csv_text",
]
