"""``backup FILE``: the whole installation in one file, while it is in use."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from accounts.command import ProductCommand
from kpitracker.backups.programs import ProgramFailed
from kpitracker.backups.saving import back_up


class Command(ProductCommand):
    """Writes a file that `restore` reads. Secrets are not in it."""

    help = "Writes the database and the uploaded files into FILE. Keep the secrets elsewhere."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file."""
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--force", action="store_true", help="Write over a file that is there.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Backs up."""
        path: Path = options["file"].absolute()
        if path.exists() and not options["force"]:
            self.refuse(f"{path} is there already. Choose another name, or add --force.")
        if not path.parent.is_dir():
            self.refuse(f"There is no directory {path.parent}.")
        try:
            manifest = back_up(path, now=timezone.now(), say=self.progress)
        except (ProgramFailed, OSError) as error:
            self.refuse(f"The backup was not made: {error}")
        rows = sum(one.rows for one in manifest.tables.values())
        size = path.stat().st_size
        self.done(
            {
                "file": str(path),
                "bytes": size,
                "tables": len(manifest.tables),
                "rows": rows,
                "made_at": manifest.made_at,
            },
            f"{path}: {rows} rows of {len(manifest.tables)} tables, {size / 1e6:.1f} MB.",
            "SECRET_KEY and FIELD_ENCRYPTION_KEYS are not in it: keep them in another place.",
        )
