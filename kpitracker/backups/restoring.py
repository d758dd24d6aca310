"""An installation as a backup has it: all of it in one transaction, or nothing."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models import Q

from accounts.models import OutgoingMail
from accounts.scope import system_scope
from kpitracker.backups import programs
from kpitracker.backups.archive import (
    DATABASE,
    UPLOADS,
    Manifest,
    key_fingerprints,
    opened,
    sha256_of,
)
from kpitracker.backups.saving import PLAIN_TEXT, table_sums
from kpitracker.models import Job

Say = Callable[[str], object]

TOO_LATE = timedelta(hours=48)
"""What people should have had by mail two days ago helps nobody now."""

OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
EMPTY = "SELECT NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')"
CLEAR = """
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DROP TABLE IF EXISTS public.%I CASCADE', name);
    END LOOP;
    FOR name IN SELECT p.oid::regprocedure::text FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND NOT EXISTS (
            SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    LOOP
        EXECUTE 'DROP FUNCTION IF EXISTS ' || name || ' CASCADE';
    END LOOP;
END $$;
"""
"""Everything that migrations made goes; the rights that new tables start with stay."""


class CannotRestore(Exception):
    """The backup cannot be restored, or came back damaged; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back: tables, rows, mails that will not be sent any more, and missing keys."""

    manifest: Manifest
    rows: int
    mails_skipped: int
    keys_missing: list[str]


def restore(path: Path, *, replace: bool, now: datetime, say: Say) -> Restored:
    """Puts the database and the uploaded files back as they were, and brings them up to date.

    Rows are then counted and added up as they were when the backup was made. `replace` allows a
    database that is not empty. Until the last table is in, nothing has changed. Raises
    CannotRestore, archive.NotAnArchive or programs.ProgramFailed.
    """
    with (
        opened(path) as (tar, manifest),
        tempfile.TemporaryDirectory(dir=path.parent, prefix=".kpitracker-restore-") as directory,
    ):
        _refuse_unknown_migrations(manifest)
        _refuse_database_in_use(replace=replace)
        dump = _extracted(tar, manifest, Path(directory))
        say("Restoring the database")
        _load(dump)
        say("Adding up its tables")
        _refuse_difference(manifest)
        _restore_uploads(tar, Path(directory))
    say("Bringing it up to date")
    call_command("migrate", interactive=False, verbosity=0)
    skipped = _settle(now)
    cache.clear()
    return Restored(
        manifest=manifest,
        rows=sum(one.rows for one in manifest.tables.values()),
        mails_skipped=skipped,
        keys_missing=sorted(set(manifest.keys) - set(key_fingerprints())),
    )


def _refuse_unknown_migrations(manifest: Manifest) -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    known = {f"{app}.{name}" for app, name in loader.disk_migrations}
    unknown = sorted(set(manifest.migrations) - known)
    if unknown:
        raise CannotRestore(
            "The backup was made by another version of the product, which has had the change "
            f"{unknown[0]}. Install that version, restore, then upgrade."
        )


def _refuse_database_in_use(*, replace: bool) -> None:
    connections["default"].close()
    with connections["owner"].cursor() as cursor:
        cursor.execute(OTHERS)
        (others,) = cursor.fetchone()
        cursor.execute(EMPTY)
        (empty,) = cursor.fetchone()
    if others:
        raise CannotRestore(
            f"The database is in use by {others} other connection(s). Stop the web server, the "
            "workers and the scheduler, then restore again."
        )
    if not empty and not replace:
        raise CannotRestore(
            "The database is not empty. Add --replace to put the backup in the place of all that "
            "it holds, or restore into an empty database."
        )


def _extracted(tar: tarfile.TarFile, manifest: Manifest, directory: Path) -> Path:
    tar.extract(DATABASE, directory, filter="data")
    dump = directory / DATABASE
    if sha256_of(dump) != manifest.dump_sha256:
        raise CannotRestore("The backup is damaged: take another copy of it.")
    return dump


def _load(dump: Path) -> None:
    """Clears and fills the database in one transaction, by way of ``psql``."""
    reader = programs.start(
        "pg_restore", "--no-owner", "--no-privileges", "--file=-", str(dump),
        stdout=subprocess.PIPE,
    )  # fmt: skip
    quiet = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
    writer = programs.start("psql", *quiet, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert reader.stdout is not None
    assert writer.stdin is not None
    try:
        writer.stdin.write(CLEAR.encode())
        shutil.copyfileobj(reader.stdout, writer.stdin)
        # A dump that was not read to its end must not be committed.
        if reader.wait() != 0:
            writer.stdin.write(b"\nSELECT 1 / 0;\n")
        writer.stdin.close()
    except BrokenPipeError:
        reader.kill()
    programs.finish(writer, "Restoring the database")
    programs.finish(reader, "Reading the backup")


def _refuse_difference(manifest: Manifest) -> None:
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(PLAIN_TEXT)
        found = table_sums(cursor)
    wrong = sorted(name for name, one in manifest.tables.items() if found.get(name) != one)
    if wrong:
        raise CannotRestore(
            f"The table {wrong[0]} is not what the backup says it was. Take another copy of the "
            "backup, and restore again with --replace."
        )


def _restore_uploads(tar: tarfile.TarFile, directory: Path) -> None:
    members = [one for one in tar.getmembers() if one.name.split("/")[0] == UPLOADS]
    if not members:
        return
    tar.extractall(directory, members, filter="data")
    target = Path(settings.DATA_DIR) / UPLOADS
    shutil.rmtree(target, ignore_errors=True)
    shutil.move(directory / UPLOADS, target)


def _settle(now: datetime) -> int:
    """What was going on when the backup was made is over: mails and jobs are put to rest.

    A mail that was being sent may have arrived; one that waits since more than two days is late.
    """
    waiting = (OutgoingMail.State.QUEUED, OutgoingMail.State.AWAITING_RETRY)
    with system_scope():
        late = Q(state__in=waiting, created_at__lt=now - TOO_LATE)
        skipped = OutgoingMail.objects.filter(late).update(
            state=OutgoingMail.State.SKIPPED, error="Too old when the backup was restored."
        )
        flying = OutgoingMail.objects.filter(state=OutgoingMail.State.INFLIGHT)
        flying.filter(resend_if_stuck=False).update(state=OutgoingMail.State.UNCERTAIN)
        flying.filter(resend_if_stuck=True).update(state=OutgoingMail.State.QUEUED)
        Job.objects.filter(state=Job.State.RUNNING).update(
            state=Job.State.QUEUED, lease_until=None, rung_at=None
        )
    connection.close()
    return skipped
