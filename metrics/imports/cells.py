"""The cells of a file, column by column: each different cell is kept once and known by a number.

Files repeat themselves: two hundred thousand rows have some hundred days, some dozen names and few
thousand numbers. What is found out about a cell is found out once, whatever its number of rows.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress, zip_longest
from typing import overload

MISSING, BLANK = 0, 1
"""The numbers of a cell that a row does not have, and of one that holds nothing."""
LONGEST_CELL = 5_000
MOST_LINES_IN_A_CELL = 3
CODES = "I"


class Unclosed(ValueError):
    """A cell that is so long that its quotation mark was hardly meant to open there."""


@dataclass(frozen=True, slots=True)
class Line:
    """One record of the file: the number of its first physical line, and its cells."""

    number: int
    cells: list[str]

    @property
    def filled(self) -> int:
        """How many cells hold something."""
        return sum(1 for cell in self.cells if cell)


class Words(dict[str | None, int]):
    """The different cells of one column by their text, spaces around it or not.

    `texts` holds them by number. Raises Unclosed for a cell that is too long for one.
    """

    def __init__(self) -> None:
        super().__init__({None: MISSING, "": BLANK})
        self.texts: list[str] = ["", ""]

    def __missing__(self, raw: str) -> int:
        if len(raw) > LONGEST_CELL or raw.count("\n") > MOST_LINES_IN_A_CELL:
            raise Unclosed(raw[:100])
        cell = raw.strip()
        if cell != raw:
            code = self[cell]
        else:
            code = len(self.texts)
            self.texts.append(cell)
        self[raw] = code
        return code


@dataclass(slots=True)
class Block:
    """Some thousand rows: the numbers of their lines, and of their cells column by column."""

    numbers: array[int]
    columns: list[array[int]]

    def column(self, index: int) -> array[int]:
        """The cells of a column, which may be beyond the last one of these rows."""
        if index < len(self.columns):
            return self.columns[index]
        return array(CODES, bytes(len(self.numbers) * self.numbers.itemsize))


@dataclass(slots=True)
class Store:
    """All rows of a file. Rows without anything in them are not kept."""

    words: list[Words] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    length: int = 0

    def add(self, numbers: Sequence[int], rows: Sequence[Sequence[str]]) -> None:
        """Takes in some thousand rows. Raises Unclosed, and then holds none of them."""
        while len(self.words) < max(map(len, rows), default=0):
            self.words.append(Words())
        columns = [
            array(CODES, map(words.__getitem__, cells))
            for words, cells in zip(self.words, zip_longest(*rows), strict=False)
        ]
        kept = array(CODES, numbers)
        if not columns or min(columns[0]) <= BLANK:
            filled = [any(code > BLANK for code in row) for row in zip(*columns, strict=True)]
            filled = filled or [False] * len(kept)
            columns = [array(CODES, compress(codes, filled)) for codes in columns]
            kept = array(CODES, compress(kept, filled))
        if kept:
            self.blocks.append(Block(kept, columns))
            self.length += len(kept)

    def repair(self, row: int, column: str, found: str, text: str) -> None:
        """Gives a cell another text: in the row of this number, or with 0 in every row.

        `column` is the header that tells two columns with the same text apart. A file that does
        not say what was found stays as it is.
        """
        holding = [index for index, words in enumerate(self.words) if found in words]
        named = [index for index in holding if column in self.words[index]]
        for index in named or holding:
            words = self.words[index]
            before, after = words[found], words[text]
            for block in self.blocks:
                if index < len(block.columns):
                    _replace(block, index, row, before, after)

    def codes(self, index: int, start: int, stop: int) -> array[int]:
        """The cells of a column in a run of rows."""
        return self._joined(start, stop, lambda block: block.column(index))

    def numbers(self, start: int, stop: int) -> array[int]:
        """The numbers of the lines of a run of rows."""
        return self._joined(start, stop, lambda block: block.numbers)

    def _joined(self, start: int, stop: int, part: Callable[[Block], array[int]]) -> array[int]:
        found = array(CODES)
        first = 0
        for block in self.blocks:
            last = first + len(block.numbers)
            if first < stop and start < last:
                found += part(block)[max(start - first, 0) : stop - first]
            first = last
        return found


def _replace(block: Block, index: int, row: int, before: int, after: int) -> None:
    cells = block.columns[index]
    for place, code in enumerate(cells):
        if code == before and row in {0, block.numbers[place]}:
            cells[place] = after


class Lines(Sequence[Line]):
    """Rows of a file, all or some, in their order. A `Line` is made where one is asked for."""

    def __init__(self, store: Store, places: Sequence[int] | None = None) -> None:
        self.store = store
        self.places = range(store.length) if places is None else places

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Lines:
        """The lines as columns."""
        if isinstance(lines, Lines):
            return lines
        store = Store()
        if lines:
            store.add([line.number for line in lines], [line.cells for line in lines])
        return cls(store)

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, wanted: int) -> Line: ...
    @overload
    def __getitem__(self, wanted: slice) -> Lines: ...
    def __getitem__(self, wanted: int | slice) -> Line | Lines:
        if isinstance(wanted, slice):
            return Lines(self.store, self.places[wanted])
        place = self.places[wanted]
        for block in self.store.blocks:
            if place < len(block.numbers):
                return self._line(block, place)
            place -= len(block.numbers)
        raise IndexError(wanted)

    def __iter__(self) -> Iterator[Line]:
        places = iter(self.places)
        first, place = 0, next(places, None)
        for block in self.store.blocks:
            end = first + len(block.numbers)
            while place is not None and place < end:
                yield self._line(block, place - first)
                place = next(places, None)
            first = end

    def _line(self, block: Block, place: int) -> Line:
        codes = [column[place] for column in block.columns]
        while codes and codes[-1] == MISSING:
            codes.pop()
        return Line(
            block.numbers[place],
            [words.texts[code] for words, code in zip(self.store.words, codes, strict=False)],
        )

    def codes(self, index: int) -> array[int]:
        """The cells of a column by number, MISSING where a row is shorter."""
        if isinstance(self.places, range):
            return self.store.codes(index, self.places.start, self.places.stop)
        return self._chosen(self.store.codes(index, 0, self.store.length))

    def numbers(self) -> array[int]:
        """The numbers of the rows' lines."""
        if isinstance(self.places, range):
            return self.store.numbers(self.places.start, self.places.stop)
        return self._chosen(self.store.numbers(0, self.store.length))

    def _chosen(self, column: array[int]) -> array[int]:
        return array(CODES, map(column.__getitem__, self.places))

    def texts(self, index: int) -> list[str]:
        """The texts of a column's cells by their number."""
        return self.store.words[index].texts if index < len(self.store.words) else ["", ""]

    def cells(self, index: int) -> list[str]:
        """The texts of a column's cells, rows without it left out."""
        codes = self.codes(index)
        texts = self.texts(index)
        return [texts[code] for code in codes if code != MISSING]

    def different(self, index: int) -> dict[int, str]:
        """The different cells of a column, by number, in the order of their first rows."""
        texts = self.texts(index)
        return {code: texts[code] for code in dict.fromkeys(self.codes(index))}

    def without(self, left_out: Iterable[int]) -> Lines:
        """The rows but those at these places of the sequence."""
        gone = frozenset(left_out)
        if not gone:
            return self
        kept = [place for index, place in enumerate(self.places) if index not in gone]
        return Lines(self.store, array(CODES, kept))

    def only(self, wanted: Iterable[int]) -> Lines:
        """The rows at these places of the sequence."""
        return Lines(self.store, array(CODES, map(self.places.__getitem__, wanted)))

    def with_columns(self, wanted: Sequence[int]) -> Lines:
        """The same rows with only some of their columns, in this order."""
        words = [self.store.words[index] for index in wanted]
        columns = [self.codes(index) for index in wanted]
        return Lines(Store(words, [Block(self.numbers(), columns)], len(self)))


ROWS_AT_ONCE = 100_000


def comes_twice(numbers: Sequence[int]) -> bool:
    """Whether any of the numbers is there more than once; little memory is held meanwhile."""
    parts = 1 + len(numbers) // ROWS_AT_ONCE
    if parts == 1:
        return len(set(numbers)) < len(numbers)
    for part in range(parts):
        mine = [number for number in numbers if number % parts == part]
        if len(set(mine)) < len(mine):
            return True
    return False
