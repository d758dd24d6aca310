"""Workbooks (XLSX, ODS, XLS) as tables: looked at as archives first, then read apart.

A workbook is a zip archive of XML, which a few kilobytes can blow up to any size. What its
directory states is checked here; the reading itself happens in a process of its own, whose memory
and time the system limits, so that a hostile file costs a sentence and nothing else.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from metrics.imports.cells import Line
from metrics.imports.encoding import Unreadable
from metrics.imports.parsed import Limits

ZIP, COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
EXTENSIONS = {
    "xlsx": frozenset({"xlsx", "xlsm"}),
    "ods": frozenset({"ods"}),
    "xls": frozenset({"xls"}),
}
MOST_MEMBERS = 200
MOST_UNPACKED = 100 * 1024 * 1024
MOST_RATIO = 100
SMALL = 1024 * 1024
"""Below this size unpacked, no ratio is suspicious."""
MEMORY = 512 * 1024 * 1024
SECONDS = 60
WAIT = 90
MOST_TEXT = 64 * 1024 * 1024
SPARE_ROWS = 100
WORKER = Path(__file__).with_name("workbook_worker.py")


@dataclass(slots=True)
class Sheet:
    """One sheet: its rows that hold something, under their row numbers."""

    name: str
    hidden: bool
    lines: list[Line] = field(default_factory=list)
    delimiter: str = ""
    """What stood between its cells, where it was a text."""

    @property
    def has_table(self) -> bool:
        """Whether it holds more than a title."""
        return len(self.lines) > 1 and any(line.filled > 1 for line in self.lines)


def is_workbook(name: str, data: bytes) -> bool:
    """Whether the bytes, whatever the name says, are a workbook or something that poses as one."""
    if data.startswith(ZIP):
        return _kind_in_zip(data) != "" or extension_of(name) in {"xlsx", "xlsm", "ods"}
    return data.startswith(COMPOUND)


def extension_of(name: str) -> str:
    """The last part of a file's name, "" where it has none."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return last.rsplit(".", 1)[1].lower() if "." in last else ""


def read_sheets(name: str, data: bytes, limits: Limits, *, whole: bool = False) -> list[Sheet]:
    """The sheets of a workbook. Raises Unreadable with the sentence that says why not.

    With `whole` the cells keep all their lines, as notes have them.
    """
    if len(data) > limits.size:
        raise Unreadable(
            _(
                "The file is larger than %(limit)s MB. Cut it into shorter periods and import "
                "them one by one."
            )
            % {"limit": f"{limits.size / 1024 / 1024:g}"}
        )
    kind = _checked_compound(data) if data.startswith(COMPOUND) else _checked_zip(data)
    extension = extension_of(name)
    if extension and extension not in EXTENSIONS[kind]:
        raise Unreadable(
            _(
                "The file's name ends in .%(extension)s but it is a workbook. Rename it to end in "
                ".%(right)s and import it again."
            )
            % {"extension": extension[:20], "right": kind}
        )
    return _sheets(_work(data, limits, whole=whole), limits)


def _kind_in_zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "[Content_Types].xml" in names and any(one.startswith("xl/") for one in names):
                return "xlsx"
            return "ods" if {"content.xml", "mimetype"} <= names else ""
    except (zipfile.BadZipFile, OSError, ValueError):
        return ""


def _checked_zip(data: bytes) -> str:
    """ "xlsx" or "ods", where the archive's directory states nothing that no workbook has."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _damaged() from error
    unpacked = sum(member.file_size for member in members)
    if any(member.flag_bits & 1 for member in members):
        raise _protected()
    if any(member.filename.endswith("vbaProject.bin") for member in members):
        raise Unreadable(
            _("The workbook holds macros. Save it as .xlsx without macros and import it again.")
        )
    if (
        len(members) > MOST_MEMBERS
        or unpacked > MOST_UNPACKED
        or (unpacked > SMALL and unpacked > MOST_RATIO * len(data))
    ):
        raise _too_much()
    kind = _kind_in_zip(data)
    if not kind:
        raise _damaged()
    return kind


def _checked_compound(data: bytes) -> str:
    """ "xls", unless the old container holds an encrypted workbook, or none."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise _protected()
    if "Workbook".encode("utf-16-le") not in data and "Book".encode("utf-16-le") not in data:
        raise Unreadable(
            _("This is not a table of text. Export the figures as CSV, then import the CSV.")
        )
    return "xls"


def _work(data: bytes, limits: Limits, *, whole: bool) -> bytes:
    """What the worker wrote. Raises Unreadable where the system stopped it."""
    allowed = {
        "rows": limits.rows + SPARE_ROWS,
        "columns": limits.columns,
        "memory": MEMORY,
        "seconds": SECONDS,
        "text": MOST_TEXT,
        "whole": whole,
    }
    command = [sys.executable, "-I", "-X", "utf8", str(WORKER), json.dumps(allowed)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=WAIT, check=False)
    except subprocess.TimeoutExpired as error:
        raise _too_much() from error
    if done.returncode < 0 or b"memory allocation" in done.stderr:
        raise _too_much()
    if done.returncode:
        raise _damaged()
    return done.stdout


def _sheets(written: bytes, limits: Limits) -> list[Sheet]:
    sheets: list[Sheet] = []
    for value in _values(written):
        if isinstance(value, list):
            sheets[-1].lines.append(Line(value[0], value[1:]))
        elif "sheet" in value:
            sheets.append(Sheet(value["sheet"], value["hidden"]))
        elif value["problem"]:
            raise _refusal(value["problem"], value["row"], limits)
    return sheets


def _values(written: bytes) -> Iterator[Any]:
    return map(json.loads, io.BytesIO(written))


def _refusal(problem: str, row: int, limits: Limits) -> Unreadable:
    if problem == "password":
        return _protected()
    if problem == "rows":
        message = _(
            "The file has more than %(limit)s rows. Cut it into shorter periods and import them "
            "one by one."
        )
        return Unreadable(message % {"limit": limits.rows})
    if problem == "columns":
        message = _(
            "Line %(row)s has more than %(limit)s columns. Leave out the columns that you "
            "do not need and export again."
        )
        return Unreadable(message % {"row": row, "limit": limits.columns}, row=row)
    return _too_much()


def _damaged() -> Unreadable:
    return Unreadable(
        _("The workbook is damaged or is none. Open it in a spreadsheet program and save it again.")
    )


def _protected() -> Unreadable:
    return Unreadable(
        _("The workbook is protected by a password. Save it without one and import it again.")
    )


def _too_much() -> Unreadable:
    return Unreadable(
        _(
            "The workbook unpacks to more than can be read at once. Save only the sheet with the "
            "figures, as CSV, and import that."
        )
    )
