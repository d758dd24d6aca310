"""When an alert opens and closes, evaluation by evaluation: one open per cause, no flapping.

Standard library only; the night keeps the counts in rows, a replay in this class.
"""

from dataclasses import dataclass, field
from datetime import date

CLOSES_AFTER = 2
"""Evaluations without the cause before an alert closes, so that it does not flap."""


@dataclass
class Episode:
    """An alert that a replay opened."""

    opened: date
    number: int
    closed: date | None = None


@dataclass
class Replaying:
    """One cause through the nights of a replay."""

    episodes: list[Episode] = field(default_factory=list)
    clear: int = 0

    @property
    def is_open(self) -> bool:
        """Whether an alert is open now."""
        return bool(self.episodes) and self.episodes[-1].closed is None

    def evaluated(self, night: date, number: int, *, opens: bool, holds: bool) -> None:
        """One evaluation: `opens` counts where nothing is open, `holds` where something is."""
        if not self.is_open:
            if opens:
                self.episodes.append(Episode(night, number))
                self.clear = 0
            return
        self.clear = 0 if holds else self.clear + 1
        if self.clear >= CLOSES_AFTER:
            self.episodes[-1].closed = night
