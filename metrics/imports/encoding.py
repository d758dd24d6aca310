"""From bytes to text: which encoding a file is in, by its mark, its validity, its letters."""

from __future__ import annotations

import codecs
import io
from collections import Counter
from typing import TextIO

from django.utils.translation import gettext as _

FRENCH_LETTERS = frozenset("éèàçêîôûùëïâœÉÈÀÇÊÎÔÛÙËÏÂŒ’€°«»")
PIECE = 1 << 20
BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


class Unreadable(Exception):
    """The file cannot be read as a table: the message is a sentence, `row` its line or 0."""

    def __init__(self, message: str, *, row: int = 0, found: str = "", kind: str = "file") -> None:
        super().__init__(message)
        self.row = row
        self.found = found
        self.kind = kind


def encoding_of(data: bytes) -> tuple[str, int]:
    """The encoding of a text, found by mark, by validity, then by evidence; and its mark's length.

    Raises Unreadable for text that does not stay in the encoding that its mark says.
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            _check_marked(data, len(mark), encoding)
            return encoding, len(mark)
    if wide := _unmarked_utf16(data):
        return wide, 0
    return ("utf-8" if _is_valid(data, 0, "utf-8") else _single_byte(data)), 0


def open_text(data: bytes, encoding: str, mark: int) -> TextIO:
    """The text, decoded as it is read; line ends stay as they are."""
    stream = io.BytesIO(data)
    stream.seek(mark)
    errors = "replace" if encoding.startswith("utf-16") else "strict"
    codec = encoding.removesuffix("-sig").replace("mac-roman", "mac_roman")
    return io.TextIOWrapper(stream, encoding=codec, errors=errors, newline="")


def _check_marked(data: bytes, mark: int, encoding: str) -> None:
    if not _is_valid(data, mark, encoding.removesuffix("-sig")):
        raise Unreadable(
            _(
                "The file starts as %(encoding)s text but does not stay so: it is damaged or "
                "cut. Export it again."
            )
            % {"encoding": encoding.removesuffix("-sig").upper()}
        )


def _is_valid(data: bytes, start: int, encoding: str) -> bool:
    """Whether the bytes are text in an encoding; they are decoded piece by piece."""
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(data)
    try:
        for place in range(start, len(data), PIECE):
            decoder.decode(view[place : place + PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _unmarked_utf16(data: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of Latin text is zero."""
    sample = data[:4000]
    if len(sample) < 4 or 0 not in sample:
        return None
    half = len(sample) // 2
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.7 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.7 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None


def _single_byte(data: bytes) -> str:
    """cp1252, unless another single-byte encoding makes clearly better French of it."""
    counts = Counter(data)
    scores = {
        encoding: score
        for encoding in ("cp1252", "mac_roman", "cp850", "latin-1")
        if (score := _plausible_letters(counts, encoding)) is not None
    }
    return max(scores, key=scores.__getitem__).replace("_", "-")


def _plausible_letters(counts: Counter[int], encoding: str) -> int | None:
    """French letters for, everything else beyond ASCII against; None where a byte is no letter."""
    score = 0
    for byte, number in counts.items():
        try:
            letter = bytes((byte,)).decode(encoding)
        except UnicodeDecodeError:
            return None
        if letter > "\x7f":
            plain = letter in FRENCH_LETTERS or letter == "\xa0"
            score += number if plain else -2 * number
    return score
