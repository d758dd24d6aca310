"""``restore FILE``: an installation as a backup has it."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from accounts.command import ProductCommand
from kpitracker.backups.archive import NotAnArchive
from kpitracker.backups.programs import ProgramFailed
from kpitracker.backups.restoring import CannotRestore, restore


class Command(ProductCommand):
    """Puts back what `backup` wrote, all of it or nothing."""

    help = "Restores the database and the uploaded files from FILE. Stop everything else first."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and whether it may replace what is there."""
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--replace", action="store_true", help="Put it in the place of all that is there."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Restores."""
        path: Path = options["file"].absolute()
        try:
            found = restore(path, replace=options["replace"], now=timezone.now(), say=self.progress)
        except (NotAnArchive, CannotRestore, ProgramFailed, OSError) as error:
            self.refuse(str(error))
        lines = [
            f"Restored {found.rows} rows as of {found.manifest.made_at:%Y-%m-%d %H:%M} UTC.",
            f"{found.mails_skipped} mails are too old to be sent now and were skipped.",
        ]
        if found.keys_missing:
            lines.append(
                "An encryption key of that time is missing from FIELD_ENCRYPTION_KEYS: what it "
                "sealed cannot be read until it is added."
            )
        self.done(
            {
                "file": str(path),
                "made_at": found.manifest.made_at,
                "rows": found.rows,
                "tables": len(found.manifest.tables),
                "mails_skipped": found.mails_skipped,
                "keys_missing": found.keys_missing,
            },
            *lines,
        )
