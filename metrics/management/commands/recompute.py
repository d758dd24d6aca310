"""manage.py recompute: bring the stored values up to date with the facts."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from accounts.command import ProductCommand, iso_date, today_in
from accounts.models import Workspace
from accounts.scope import workspace_scope
from metrics import refreshing


class Command(ProductCommand):
    """Recomputes what changed; with --since the days from then on, with --full everything."""

    help = "Bring the stored values up to date with the facts."

    def add_arguments(self, parser: CommandParser) -> None:
        """Adds --workspace, --since and --full."""
        super().add_arguments(parser)
        parser.add_argument("--workspace", metavar="SLUG", help="One workspace only.")
        parser.add_argument("--since", metavar="DATE", type=iso_date, help="From this day on.")
        parser.add_argument("--full", action="store_true", help="Everything from the beginning.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints what each workspace's recompute looked at and wrote."""
        found = [self._recompute(one, options) for one in self.workspaces(options["workspace"])]
        self.done(
            found,
            *(
                f"{one['workspace']}: {one['days']} days, {one['rows_written']} rows written, "
                f"{one['restated']} values restated."
                for one in found
            ),
        )

    def _recompute(self, workspace: Workspace, options: dict[str, Any]) -> dict[str, Any]:
        self.progress(f"Recomputing {workspace.slug}…")
        with workspace_scope(workspace.pk):
            done = refreshing.recompute(
                workspace,
                today=today_in(workspace),
                now=timezone.now(),
                since=options["since"],
                full=options["full"],
            )
        return {
            "workspace": workspace.slug,
            "days": done.days,
            "rows_written": done.rows_written,
            "restated": done.restated,
        }
