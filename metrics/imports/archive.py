"""The text tables of a zip archive, as some tools hand out a report: each read like a sheet.

Only what the archive's directory states is unpacked, and no more than one file may hold: an
archive of any size costs a sentence.
"""

from __future__ import annotations

import io
import zipfile
import zlib

from django.utils.translation import gettext as _

from metrics.imports.encoding import Unreadable
from metrics.imports.parsed import Limits
from metrics.imports.reading import Document, check_size, read_document
from metrics.imports.workbook import MOST_MEMBERS, ZIP, Sheet, extension_of

TABLES = frozenset({"csv", "tsv", "txt", "tab"})
ENCRYPTED = 1
OWN_KINDS = frozenset({"[Content_Types].xml", "content.xml", "META-INF/MANIFEST.MF"})


def is_archive(data: bytes) -> bool:
    """Whether the bytes are a zip archive; a workbook is one, too, and is asked for before."""
    return data.startswith(ZIP)


def read_archive(data: bytes, limits: Limits) -> list[Sheet]:
    """The tables in an archive. Raises Unreadable with the sentence that says why not."""
    check_size(data, limits)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = _tables_in(archive, limits)
            documents = [
                read_document(_base(member.filename), archive.read(member), limits)
                for member in members
                if member.file_size
            ]
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError) as error:
        raise Unreadable(
            _("The archive is damaged. Unpack it and import the files inside one by one.")
        ) from error
    if sum(len(one.lines) for one in documents) > limits.rows:
        raise Unreadable(
            _(
                "The file has more than %(limit)s rows. Cut it into shorter periods and import "
                "them one by one."
            )
            % {"limit": limits.rows}
        )
    return [_sheet(one) for one in documents]


def _tables_in(archive: zipfile.ZipFile, limits: Limits) -> list[zipfile.ZipInfo]:
    """The members that are text tables. Raises Unreadable where there are none, or too much."""
    members = [one for one in archive.infolist() if _is_table(one.filename)]
    if not members and _is_document(archive):
        raise Unreadable(
            _("This is not a table of text. Export the figures as CSV, then import the CSV.")
        )
    if not members:
        raise Unreadable(
            _("This is a zip archive. Unpack it and import the files inside one by one.")
        )
    if any(one.flag_bits & ENCRYPTED for one in members):
        raise Unreadable(
            _(
                "The archive is protected by a password. Unpack it and import the files inside "
                "one by one."
            )
        )
    if len(members) > MOST_MEMBERS or sum(one.file_size for one in members) > limits.size:
        raise Unreadable(
            _(
                "The archive unpacks to more than can be read at once. Unpack it and import the "
                "files inside one by one."
            )
        )
    return members


def _is_table(path: str) -> bool:
    """Whether a member is a table by its name, and nothing that an archiver keeps for itself."""
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.split("/"))
    return extension_of(path) in TABLES and not hidden


def _is_document(archive: zipfile.ZipFile) -> bool:
    """Whether it is a program's own kind of file, which are archives, too: nothing to unpack."""
    names = archive.namelist()
    return any(name in OWN_KINDS or name.endswith(".iwa") for name in names)


def _base(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1]


def _sheet(document: Document) -> Sheet:
    name = document.name.rsplit(".", 1)[0]
    return Sheet(name, hidden=False, lines=list(document.lines), delimiter=document.delimiter)
