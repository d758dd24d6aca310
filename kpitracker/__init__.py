"""kpitracker: marketing objectives and the numbers behind them.

Nothing is imported here: the keepers of the embedded servers are of this package and stay small.
"""

__version__ = "0.1.0"
