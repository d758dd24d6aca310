"""How much is looked at together, so that memory stays flat whatever the number of facts."""

from collections.abc import Mapping, Sequence
from datetime import date

MOST_FACTS = 150_000
MOST_CELLS = 1_500_000
MOST_CELLS_OF_FEW_DAYS = 2_400_000
"""Where hardly any facts are beside them: a night in which a month begins looks at two."""
FEW_DAYS = 64
LINES = 60
"""About how many lines a segment has."""
DAYS_IN_A_MONTH = 31


def months_at_once(months: int, segments: int, *, days: int) -> int:
    """How many of the months to do in one go, at least one; so many days of them are looked at."""
    most = MOST_CELLS_OF_FEW_DAYS if days <= FEW_DAYS else MOST_CELLS
    by_cells = most // (LINES * DAYS_IN_A_MONTH * max(segments, 1))
    return max(1, min(months, by_cells))


def chunks(months: Sequence[date], size: int) -> list[list[date]]:
    """Months in order, so many at a time."""
    ordered = sorted(months)
    return [ordered[first : first + size] for first in range(0, len(ordered), size)]


def pieces(days: Sequence[int], facts: Mapping[int, int]) -> list[list[int]]:
    """Days in order, so many at a time as have not too many facts; each piece has at least one."""
    found: list[list[int]] = []
    left = 0
    for day in days:
        left -= facts.get(day, 0)
        if left < 0 or not found:
            found.append([])
            left = MOST_FACTS - facts.get(day, 0)
        found[-1].append(day)
    return found
