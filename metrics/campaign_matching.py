"""Which campaigns may be one under two names: the same letters, a slip of the hand, a longer name.

Pure: names and days in, likely twins out. People decide.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from urllib.parse import unquote_plus

from metrics.imports.folding import fold

WORDS = re.compile(r"[a-z]+|[0-9]+")
SHORTEST = 6
"""Shorter names differ in a letter by meaning as easily as by mistake."""
FEWEST_LETTERS = 8
"""Two words in common say little where they are shorter together."""
CENTURY = re.compile(r"(?:19|20)([0-9]{2})")
NEAR = timedelta(days=31)
"""Two names of one campaign have values within so many days of each other."""


class Likeness(IntEnum):
    """Why two campaigns may be one, the surest first."""

    SAME_LETTERS = 1
    SLIP = 2
    LONGER = 3
    SAME_WORDS = 4
    """All words of the one are among the other's, such as "Spring sale" and "fr_spring-sale26"."""


@dataclass(frozen=True, slots=True)
class Known:
    """A campaign: its id, its name, and the first and last day that anything is known of it."""

    pk: int
    name: str
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Likely:
    """A campaign that another may be, and why."""

    pk: int
    likeness: Likeness

    @property
    def is_weak(self) -> bool:
        """Whether it is no more than a thought."""
        return self.likeness is Likeness.SAME_WORDS


def likely_twins(one: Known, others: Iterable[Known], *, most: int = 3) -> list[Likely]:
    """The campaigns that may be `one` under another name, the likeliest first.

    A campaign may come under several names: the likeliest of them counts.
    """
    found = [
        (kind, other.name, other.pk)
        for other in others
        if other.pk != one.pk and (kind := likeness(one, other)) is not None
    ]
    best: dict[int, Likely] = {}
    for kind, _name, pk in sorted(found):
        best.setdefault(pk, Likely(pk, kind))
    return list(best.values())[:most]


def likeness(one: Known, other: Known) -> Likeness | None:
    """Why the two may be one campaign; None where nothing says so.

    Numbers must agree: "Webinar 2025" and "Webinar 2026" are two campaigns. One that only one of
    the two has leaves the weakest likeness.
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
    if _holds(words, others) and _near(one, other):
        return Likeness.SAME_WORDS
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
    """Its words and numbers: an address's escapes read, a year by its last two digits."""
    found = WORDS.findall(fold(unquote_plus(name)))
    return [CENTURY.sub(r"\1", word) if len(word) == 4 else word for word in found]


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


def _holds(words: list[str], others: list[str]) -> bool:
    """Whether all words and numbers of one name, two words at least, are among the other's."""
    shorter, longer = sorted((words, others), key=len)
    said = {word for word in shorter if not word.isdigit()}
    letters = sum(map(len, said))
    return len(said) >= 2 and letters >= FEWEST_LETTERS and set(shorter) <= set(longer)


def _near(one: Known, other: Known) -> bool:
    """Whether their days overlap or nearly touch; yes where days are not known."""
    if one.first is None or one.last is None or other.first is None or other.last is None:
        return True
    return one.first <= other.last + NEAR and other.first <= one.last + NEAR
