"""Blocks as people keep them by hand: one a month, or months side by side.

Metrics, months and channels stand in titles, headers and labels in any arrangement; see
metrics/imports/blocks.py.
"""

from __future__ import annotations

from metrics.imports.block_tables import certainty_of_blocks, unfolded
from metrics.imports.layout import Layout

LAYOUT = Layout(
    key="own_blocks",
    feed="Imported files",
    recognise=certainty_of_blocks,
    tables=unfolded,
    totals=False,
    zero_filled=False,
    strict_rows=True,
)
