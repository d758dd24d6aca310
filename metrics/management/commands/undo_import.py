"""``undo_import``: puts back what an import replaced."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from accounts.command import ProductCommand
from accounts.scope import system_scope, workspace_scope
from metrics.facts import NotUndoable
from metrics.imports.importing import undo_import
from metrics.models import Batch


class Command(ProductCommand):
    """Undoes one import by its id."""

    help = "Put back what an import replaced."

    def add_arguments(self, parser: CommandParser) -> None:
        """The import's id."""
        super().add_arguments(parser)
        parser.add_argument("id", help="The import's id, as import_facts printed it: imp_…")

    def handle(self, **options: Any) -> None:
        """Undoes it in one transaction."""
        with system_scope():
            found = Batch.objects.filter(public_id=options["id"]).first()
        if found is None:
            self.refuse(f"There is no import “{options['id']}”.")
        try:
            with workspace_scope(found.workspace_id):
                undone = undo_import(found, user=None, now=timezone.now())
        except NotUndoable as reason:
            self.refuse(str(reason))
        self.done(
            {"import_id": found.public_id, **undone._asdict()},
            f"Undone: {undone.deleted} values deleted, {undone.restored} put back,"
            f" {undone.kept} left as later imports made them.",
        )
