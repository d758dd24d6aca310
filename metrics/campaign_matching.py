"""Which campaigns may be one under two names: the same letters, a slip of the hand, a longer name.

Pure: names and days in, likely twins out. People decide.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from metrics.imports.folding import fold

WORDS = re.compile(r"[a-z]+|[0-9]+")
SHORTEST = 6
"""Shorter names differ in a letter by meaning as easily as by mistake."""
NEAR = timedelta(days=31)
"""Two names of one campaign have values within so many days of each other."""


class Likeness(IntEnum):
    """Why two campaigns may be one, the surest first."""

    SAME_LETTERS = 1
    SLIP = 2
    LONGER = 3


@dataclass(frozen=True, slots=True)
class Known:
    """A campaign: its id, its name, and the first and last day that anything is known of it."""

    pk: int
    name: str
    first: date | None = None
    last: date | None = None


def likely_twins(one: Known, others: Iterable[Known], *, most: int = 3) -> list[Known]:
    """The campaigns that may be `one` under another name, the likeliest first."""
    found = [
        (kind, other.name, other)
        for other in others
        if other.pk != one.pk and (kind := likeness(one, other)) is not None
    ]
    return [other for _kind, _name, other in sorted(found, key=lambda found: found[:2])[:most]]


def likeness(one: Known, other: Known) -> Likeness | None:
    """Why the two may be one campaign; None where nothing says so.

    Numbers must agree: "Webinar 2025" and "Webinar 2026" are two campaigns.
    """
    words, others = _words(one.name), _words(other.name)
    if not words or not others:
        return None
    letters, other_letters = "".join(words), "".join(others)
    if letters == other_letters:
        return Likeness.SAME_LETTERS
    same_numbers = _numbers(words) == _numbers(others)
    if same_numbers and _is_slip(letters, other_letters):
        return Likeness.SLIP
    if same_numbers and _starts_with(words, others) and _near(one, other):
        return Likeness.LONGER
    return None


def edit_distance(one: str, other: str, *, most: int) -> int:
    """How many letters to add, drop, change or swap; `most` + 1 where it is more than `most`."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, last, row = row, before, [i]
        for j, against in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def _words(name: str) -> list[str]:
    return WORDS.findall(fold(name))


def _numbers(words: Iterable[str]) -> list[str]:
    return [word for word in words if word.isdigit()]


def _is_slip(one: str, other: str) -> bool:
    """One letter differs, or two in long names."""
    shorter = min(len(one), len(other))
    if shorter < SHORTEST:
        return False
    most = 1 if shorter < 2 * SHORTEST else 2
    return edit_distance(one, other, most=most) <= most


def _starts_with(words: list[str], others: list[str]) -> bool:
    """Whether one name is the beginning of the other, at least two words of it."""
    shorter, longer = sorted((words, others), key=len)
    return len(shorter) >= 2 and longer[: len(shorter)] == shorter


def _near(one: Known, other: Known) -> bool:
    """Whether their days overlap or nearly touch; yes where days are not known."""
    if one.first is None or one.last is None or other.first is None or other.last is None:
        return True
    return one.first <= other.last + NEAR and other.first <= one.last + NEAR
