"""The folder of a feed on disk: lists files that were put there, takes them, puts them away.

The one module that knows that files come from a disk; an object store would have the same
methods. Every step goes from a directory that is open already, by a single name, and follows no
link: whatever lies in the folder, nothing outside of it is read, moved or removed.

    inbox/<workspace>/<feed>/            files are put here
    inbox/<workspace>/<feed>/.working/   being imported, one directory a ticket
    inbox/<workspace>/<feed>/done/       imported
    inbox/<workspace>/<feed>/failed/     refused, each with its report beside it
"""

import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

WORKING, DONE, FAILED = ".working", "done", "failed"
UNFINISHED = (".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload", ".download", "~")
"""Endings of files that are still being written, or that an editor left."""
MOST_LISTED = 1000
MOST_TAKEN = 50
"""So many files are taken at a look; the others at the next."""
LONGEST_NAME = 200
"""Bytes of a name that a stamp and the ending of a report are added to."""
NO_LINKS = os.O_NOFOLLOW | os.O_CLOEXEC
REPORTS = (".report.txt", ".report.json")


class Arrival(NamedTuple):
    """A file as it was seen: the same numbers later say that nobody wrote to it since."""

    name: str
    inode: int
    size: int
    changed_ns: int
    modified_ns: int


@dataclass
class Look:
    """What lies in the folder: files, the oldest first, and (trouble, name) of what is left."""

    arrivals: list[Arrival] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)


class TooLarge(Exception):
    """The file is larger than may be read."""


class Moved(Exception):
    """Somebody still writes to the file: it was put back."""


class Inbox:
    """The folder of one feed. Raises OSError where the disk refuses."""

    def __init__(self, root: Path, workspace: str, feed: str) -> None:
        self.root, self.parts = root, (workspace, feed)

    @property
    def path(self) -> Path:
        """Where people put their files."""
        return self.root.joinpath(*self.parts)

    def make(self) -> None:
        """The folder is there, with those inside."""
        self.root.mkdir(parents=True, exist_ok=True)
        with ExitStack() as opened:
            here = _opened(opened, os.open(self.root, os.O_DIRECTORY | os.O_CLOEXEC))
            for name in self.parts:
                _make(name, here)
                here = _opened(opened, _open_directory(name, here))
            for name in (WORKING, DONE, FAILED):
                _make(name, here)

    def look(self) -> Look:
        """The files that may be taken, and what is left alone."""
        found = Look()
        with self._folder() as here, os.scandir(here) as entries:
            for number, entry in enumerate(entries):
                if number >= MOST_LISTED:
                    break
                _sort(entry, found)
        found.arrivals = sorted(found.arrivals, key=lambda one: one.modified_ns)[:MOST_TAKEN]
        return found

    def claim(self, seen: Arrival, ticket: str) -> bool:
        """Takes a file out of the folder; whether it is ours now, unchanged since it was seen.

        Once more with the same ticket: it is ours still.
        """
        with self._folder() as here, ExitStack() as opened:
            working = _opened(opened, _open_directory(WORKING, here))
            _make(ticket, working)
            mine = _opened(opened, _open_directory(ticket, working))
            if _kind(seen.name, mine) is not None:
                return True
            if not _is_unchanged(seen, here):
                _remove_directory(ticket, working)
                return False
            os.rename(seen.name, seen.name, src_dir_fd=here, dst_dir_fd=mine)
        return True

    def read(self, seen: Arrival, ticket: str, *, most_bytes: int) -> bytes:
        """The bytes of a claimed file. Raises TooLarge, and Moved where they still change."""
        with self._folder(WORKING, ticket) as mine:
            handle = os.open(seen.name, os.O_RDONLY | os.O_NONBLOCK | NO_LINKS, dir_fd=mine)
            with os.fdopen(handle, "rb") as file:
                before = os.fstat(handle)
                if not stat.S_ISREG(before.st_mode):
                    raise OSError(f"{seen.name} is no file.")
                if before.st_size > most_bytes:
                    raise TooLarge(seen.name)
                data = file.read(most_bytes + 1)
                after = os.fstat(handle)
        same = before.st_mtime_ns == after.st_mtime_ns == seen.modified_ns
        if not same or len(data) != seen.size:
            self._put_back(seen, ticket)
            raise Moved(seen.name)
        return data

    def put_away(self, seen: Arrival, ticket: str, *, where: str, stamp: str) -> str:
        """Moves a claimed file to DONE or FAILED; its name there. Again: nothing is to be done."""
        kept = kept_name(seen.name, stamp)
        with self._folder() as here, ExitStack() as opened:
            working = _opened(opened, _open_directory(WORKING, here))
            there = _opened(opened, _open_directory(where, here))
            with suppress(FileNotFoundError):
                mine = _opened(opened, _open_directory(ticket, working))
                with suppress(FileNotFoundError):
                    os.rename(seen.name, kept, src_dir_fd=mine, dst_dir_fd=there)
                _remove_directory(ticket, working)
        return kept

    def forget(self, seen: Arrival, ticket: str) -> None:
        """Removes a claimed file that must not be kept."""
        with self._folder(WORKING) as working, suppress(FileNotFoundError), ExitStack() as opened:
            mine = _opened(opened, _open_directory(ticket, working))
            with suppress(FileNotFoundError):
                os.unlink(seen.name, dir_fd=mine)
            _remove_directory(ticket, working)

    def write_reports(self, kept: str, *, text: str, document: str) -> None:
        """Puts the report beside a refused file: for people, and for programs."""
        with self._folder(FAILED) as there:
            for ending, content in zip(REPORTS, (text, document), strict=True):
                with suppress(FileNotFoundError):
                    os.unlink(kept + ending, dir_fd=there)
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINKS
                handle = os.open(kept + ending, flags, 0o640, dir_fd=there)
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(content)

    def refused(self, kept: str, *, most_bytes: int) -> bytes:
        """The bytes of a file in FAILED. Raises OSError, FileNotFoundError where it is gone."""
        with self._folder(FAILED) as there:
            handle = os.open(kept, os.O_RDONLY | os.O_NONBLOCK | NO_LINKS, dir_fd=there)
            with os.fdopen(handle, "rb") as file:
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    raise OSError(f"{kept} is no file.")
                return file.read(most_bytes)

    def prune(self, *, before: datetime) -> int:
        """Removes what was put away before a moment, and returns how many files."""
        gone = 0
        for where in (DONE, FAILED):
            with self._folder(where) as there, os.scandir(there) as entries:
                for entry in entries:
                    found = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(found.st_mode) and found.st_ctime < before.timestamp():
                        os.unlink(entry.name, dir_fd=there)
                        gone += 1
        return gone

    def _put_back(self, seen: Arrival, ticket: str) -> None:
        """Where it came from, unless a file of this name came meanwhile: then beside it."""
        with self._folder() as here, ExitStack() as opened:
            working = _opened(opened, _open_directory(WORKING, here))
            mine = _opened(opened, _open_directory(ticket, working))
            name = seen.name
            if _kind(name, here) is not None:
                name = f"{ticket}-{name}"[-LONGEST_NAME:]
            os.rename(seen.name, name, src_dir_fd=mine, dst_dir_fd=here)
            _remove_directory(ticket, working)

    @contextmanager
    def _folder(self, *inside: str) -> Iterator[int]:
        """The folder, or one in it, opened step by step without following a link."""
        with ExitStack() as opened:
            here = _opened(opened, os.open(self.root, os.O_DIRECTORY | os.O_CLOEXEC))
            for name in (*self.parts, *inside):
                here = _opened(opened, _open_directory(name, here))
            yield here


def kept_name(name: str, stamp: str) -> str:
    """What a file is called where it was put away: when, and its name, its ending kept."""
    raw = os.fsencode(name)[-LONGEST_NAME:]
    return f"{stamp}-{os.fsdecode(raw)}"


def shown_name(name: str) -> str:
    """A name as people and the database can read it, whatever bytes it is made of."""
    readable = os.fsencode(name).decode("utf-8", "replace")
    return "".join(sign if sign.isprintable() else "�" for sign in readable)


def _sort(entry: os.DirEntry[str], found: Look) -> None:
    """Says of one entry whether it is taken, left with a word, or none of our business."""
    name = entry.name
    if name.startswith((".", "~$")) or name.casefold().endswith(UNFINISHED):
        return
    try:
        seen = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return
    if stat.S_ISREG(seen.st_mode):
        found.arrivals.append(_arrival(name, seen))
    elif stat.S_ISLNK(seen.st_mode):
        found.left.append(("link", name))
    elif not stat.S_ISDIR(seen.st_mode):
        found.left.append(("special", name))
    elif name not in {DONE, FAILED}:
        found.left.append(("folder", name))


def _arrival(name: str, seen: os.stat_result) -> Arrival:
    return Arrival(name, seen.st_ino, seen.st_size, seen.st_ctime_ns, seen.st_mtime_ns)


def _is_unchanged(seen: Arrival, here: int) -> bool:
    try:
        found = os.stat(seen.name, dir_fd=here, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return stat.S_ISREG(found.st_mode) and _arrival(seen.name, found) == seen


def _kind(name: str, here: int) -> int | None:
    try:
        return stat.S_IFMT(os.stat(name, dir_fd=here, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return None


def _opened(stack: ExitStack, handle: int) -> int:
    stack.callback(os.close, handle)
    return handle


def _open_directory(name: str, here: int) -> int:
    return os.open(name, os.O_DIRECTORY | NO_LINKS, dir_fd=here)


def _make(name: str, here: int) -> None:
    with suppress(FileExistsError):
        os.mkdir(name, dir_fd=here)


def _remove_directory(name: str, here: int) -> None:
    with suppress(OSError):
        os.rmdir(name, dir_fd=here)
