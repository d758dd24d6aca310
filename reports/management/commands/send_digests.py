"""The digests due on a day, made and handed over now."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from accounts.command import ProductCommand, iso_date, today_in
from accounts.mail import send_due
from reports.digests import send_due_on


class Command(ProductCommand):
    """Makes each member's digest once; a second run finds them made."""

    help = "Sends the weekly digests due on a day."

    def add_arguments(self, parser: CommandParser) -> None:
        """--day, --workspace, --dry-run."""
        super().add_arguments(parser)
        parser.add_argument("--workspace", metavar="SLUG")
        parser.add_argument("--day", metavar="DATE", help="The local date; today by default.")
        parser.add_argument("--dry-run", action="store_true", help="Only say who would get one.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Makes and sends."""
        listed, now = [], timezone.now()
        for workspace in self.workspaces(options["workspace"]):
            day = iso_date(options["day"]) if options["day"] else today_in(workspace)
            for found in send_due_on(workspace, day=day, now=now, dry_run=options["dry_run"]):
                listed.append({"workspace": workspace.slug, **found})
        if not options["dry_run"]:
            send_due(now)
        self.done(listed, *(f"{one['to']} {one['period']}: {one['state']}" for one in listed))
