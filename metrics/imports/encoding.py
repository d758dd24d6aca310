"""From bytes to text: which encoding a file is in, by its mark, its validity, its letters."""

from __future__ import annotations

from collections import Counter

from django.utils.translation import gettext as _

FRENCH_LETTERS = frozenset("éèàçêîôûùëïâœÉÈÀÇÊÎÔÛÙËÏÂŒ’€°«»")
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


def decode(data: bytes) -> tuple[str, str]:
    """The text and the encoding it was in, found by mark, by validity, then by evidence."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decode_marked(data[len(mark) :], encoding), encoding
    wide = _unmarked_utf16(data)
    if wide:
        return data.decode(wide, errors="replace"), wide
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _decode_single_byte(data)


def _decode_marked(data: bytes, encoding: str) -> str:
    try:
        return data.decode("utf-8" if encoding == "utf-8-sig" else encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(
            _(
                "The file starts as %(encoding)s text but does not stay so: it is damaged or "
                "cut. Export it again."
            )
            % {"encoding": encoding.removesuffix("-sig").upper()}
        ) from error


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


def _decode_single_byte(data: bytes) -> tuple[str, str]:
    """cp1252, unless another single-byte encoding makes clearly better French of it."""
    best: tuple[int, str, str] | None = None
    for encoding in ("cp1252", "mac_roman", "cp850", "latin-1"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        score = _plausible_letters(text)
        if best is None or score > best[0]:
            best = (score, text, encoding)
    assert best is not None  # latin-1 decodes any byte
    return best[1], best[2].replace("_", "-")


def _plausible_letters(text: str) -> int:
    """French letters for, everything else beyond ASCII against."""
    counts = Counter(letter for letter in text if letter > "\x7f")
    odd = sum(
        number
        for letter, number in counts.items()
        if letter not in FRENCH_LETTERS and letter != "\xa0"
    )
    return sum(counts.values()) - 3 * odd
