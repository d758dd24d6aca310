"""Writing the whole installation into one file, while it is in use."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper
from django.db.migrations.recorder import MigrationRecorder

from kpitracker.backups import programs
from kpitracker.backups.archive import (
    Manifest,
    TableSum,
    key_fingerprints,
    sha256_of,
    write_archive,
)

Say = Callable[[str], object]

TABLES = """
SELECT c.relname FROM pg_class c
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace ORDER BY 1
"""
SUM = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM {} t"
PLAIN_TEXT = """
SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres';
SET LOCAL bytea_output = 'hex'; SET LOCAL statement_timeout = 0;
SELECT set_config('app.system', 'on', true)
"""


def back_up(path: Path, *, now: datetime, say: Say) -> Manifest:
    """Dumps the database as it is at one instant, with its row counts and checksums.

    Raises:
        programs.ProgramFailed: ``pg_dump`` is missing or failed.
        OSError: the file cannot be written.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".kpitracker-backup-") as directory:
        dump = Path(directory) / "database.dump"
        with _one_instant() as (cursor, snapshot):
            say("Dumping the database")
            _dump(dump, snapshot)
            say("Adding up its tables")
            tables = table_sums(cursor)
            manifest = Manifest(
                made_at=now,
                postgresql=_server_version(cursor),
                migrations=applied_migrations(),
                keys=key_fingerprints(),
                tables=tables,
                dump_sha256=sha256_of(dump),
            )
        say("Writing the file")
        write_archive(path, manifest, dump, Path(settings.DATA_DIR) / "uploads")
    return manifest


@contextmanager
def _one_instant() -> Iterator[tuple[CursorWrapper, str]]:
    """A transaction whose view of the database ``pg_dump`` can share."""
    connection = connections["owner"]
    with transaction.atomic(using="owner"), connection.cursor() as cursor:
        if not connection.savepoint_ids:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute(PLAIN_TEXT)
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        yield cursor, snapshot


def _dump(path: Path, snapshot: str) -> None:
    options = ("--format=custom", "--no-owner", "--no-privileges", "--enable-row-security")
    process = programs.start("pg_dump", *options, f"--snapshot={snapshot}", f"--file={path}")
    programs.finish(process, "Dumping the database")


def table_sums(cursor: CursorWrapper) -> dict[str, TableSum]:
    """The rows of every table, counted and added up."""
    cursor.execute(TABLES)
    names = [name for (name,) in cursor.fetchall()]
    found: dict[str, TableSum] = {}
    for name in names:
        cursor.execute(SUM.format(connections["owner"].ops.quote_name(name)))
        rows, checksum = cursor.fetchone()
        found[name] = TableSum(rows, checksum)
    return found


def applied_migrations() -> list[str]:
    """The migrations that the database has had."""
    applied = MigrationRecorder(connections["owner"]).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def _server_version(cursor: CursorWrapper) -> str:
    cursor.execute("SHOW server_version")
    return str(cursor.fetchone()[0])
