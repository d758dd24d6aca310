"""What a measurement found: a value, what it is compared with, and what was hoped for."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TypedDict

SHOWN_DIGITS = 4


class FigureJson(TypedDict):
    """A figure as ``benchmark --json`` prints it."""

    name: str
    value: float
    unit: str
    limit: float | None
    ratio: float | None
    goal: float | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number.

    `limit` is the same work at the limit of what the machine and the database can do (or what
    another program needs for it), in the value's unit; `ratio` compares the two. `goal` is what
    the ratio, or the value where there is none, should be at most, or at least with `at_least`.
    Without a goal the figure is there to be known.
    """

    name: str
    value: float
    unit: str
    limit: float | None = None
    ratio: float | None = None
    goal: float | None = None
    at_least: bool = False

    @classmethod
    def against(
        cls, name: str, value: float, unit: str, *, limit: float, goal: float | None = None
    ) -> "Figure":
        """A value that should be at most `goal` times its limit."""
        return cls(name, value, unit, limit=limit, ratio=value / limit, goal=goal)

    @classmethod
    def faster_than(
        cls, name: str, value: float, unit: str, *, limit: float, goal: float | None = None
    ) -> "Figure":
        """A value that should be at least `goal` times smaller than what it is compared with."""
        return cls(name, value, unit, limit=limit, ratio=limit / value, goal=goal, at_least=True)

    @classmethod
    def of_processors(
        cls, name: str, value: float | None, *, limit: float | None
    ) -> "list[Figure]":
        """Seconds that processors worked against others, where both could be counted."""
        if value is None or not limit:
            return []
        return [cls.against(name, value, "s of processors", limit=limit)]

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; None where there is none."""
        if self.goal is None:
            return None
        measured = self.value if self.ratio is None else self.ratio
        return measured >= self.goal if self.at_least else measured <= self.goal

    def as_json(self) -> FigureJson:
        """For ``--json``: plain numbers, rounded to what a measurement can tell."""
        return {
            "name": self.name,
            "value": rounded(self.value),
            "unit": self.unit,
            "limit": None if self.limit is None else rounded(self.limit),
            "ratio": None if self.ratio is None else rounded(self.ratio),
            "goal": self.goal,
        }


def rounded(number: float) -> float:
    """The number to four digits, as a whole number where nothing is lost by it."""
    if number == int(number):
        return int(number)
    exponent = Decimal(number).adjusted()
    return round(number, max(SHOWN_DIGITS - 1 - exponent, 0))


HEAD = ("measured", "value", "unit", "limit", "ratio", "goal", "")


def table(figures: list[Figure]) -> list[str]:
    """The figures as lines of text, in columns, with what was reached and what was missed."""
    rows = [HEAD, *(_cells(one) for one in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    left = {0, 2, 6}
    return [
        "  ".join(
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _cells(one: Figure) -> tuple[str, ...]:
    def text(number: float | None) -> str:
        return "" if number is None else f"{rounded(number):,}"

    word = {True: "reached", False: "MISSED", None: ""}[one.reached]
    sign = "≥" if one.at_least else "≤"
    goal = "" if one.goal is None else f"{sign} {text(one.goal)}"
    return one.name, text(one.value), one.unit, text(one.limit), text(one.ratio), goal, word
