"""Demo data, the same every time for the same arguments."""

from datetime import timedelta
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from accounts.command import ProductCommand, iso_date
from kpitracker.demo.loading import OWNER, PASSWORD, company, load_workspace, owner


class Command(ProductCommand):
    """Builds demo workspaces; those that exist are left alone."""

    help = "Loads demo workspaces: two years of daily figures, objectives in every status."

    def add_arguments(self, parser: CommandParser) -> None:
        """--workspaces, --years, --until."""
        super().add_arguments(parser)
        parser.add_argument("--workspaces", type=int, default=2, metavar="N")
        parser.add_argument("--years", type=int, default=2, metavar="N")
        parser.add_argument("--until", metavar="DATE", help="The last day with figures; yesterday.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Loads them one by one."""
        now = timezone.now()
        until = iso_date(options["until"]) if options["until"] else now.date() - timedelta(days=1)
        user = owner()
        loaded: list[str] = []
        known: list[str] = []
        for number in range(max(options["workspaces"], 0)):
            chosen = company(number)
            made = load_workspace(chosen, user=user, until=until, years=options["years"], now=now)
            (loaded if made else known).append(chosen.slug)
            self.progress(f"{chosen.slug}: {'loaded' if made else 'there already'}")
        login = {"email": OWNER[0], "password": PASSWORD}
        self.done(
            {"workspaces": loaded, "known": known, "logins": [login]},
            f"Sign in as {login['email']}, password {login['password']}",
        )
