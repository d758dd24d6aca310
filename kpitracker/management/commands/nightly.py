"""One night, in this process: snapshots, objectives, alerts and the digests due that day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from accounts.command import ProductCommand, iso_date, today_in
from accounts.mail import send_due
from accounts.models import Workspace
from kpitracker.ledger import missed_days, record_night
from kpitracker.neighbours import refresh_all
from kpitracker.nightly import run_night
from metrics.periods import BAD_ZONE
from reports.digests import send_due_on


class Command(ProductCommand):
    """Runs the night of every workspace, or of one; a workspace that fails stops no other."""

    help = "Computes a night now: due feeds, snapshots, objectives, alerts, digests."

    def add_arguments(self, parser: CommandParser) -> None:
        """--workspace, --day, --catch-up."""
        super().add_arguments(parser)
        parser.add_argument("--workspace", metavar="SLUG")
        parser.add_argument("--day", metavar="DATE", help="The local date; today by default.")
        parser.add_argument(
            "--catch-up", action="store_true", help="Also every day missed before it, oldest first."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs the nights; exits with 1 when one of them failed."""
        done: list[dict[str, Any]] = []
        failed: list[dict[str, str | None]] = []
        nights: list[tuple[Workspace, list[date]]] = []
        for workspace in self.workspaces(options["workspace"]):
            try:
                nights.append((workspace, self._days(workspace, options)))
            except BAD_ZONE as error:
                reason = f"{type(error).__name__}: {error}"
                failed.append({"workspace": workspace.slug, "day": None, "error": reason})
        _compute_together(nights)
        for workspace, days in nights:
            for day in days:
                self.progress(f"{workspace.slug}: {day}")
                try:
                    asked_for = day.isoformat() == options["day"]
                    done.append(self._night(workspace, day, mail=asked_for or None))
                except Exception as error:  # noqa: BLE001  (reported, and the others go on)
                    reason = f"{type(error).__name__}: {error}"
                    self.progress(f"{workspace.slug}: {day} failed: {reason}")
                    failed.append(
                        {"workspace": workspace.slug, "day": day.isoformat(), "error": reason}
                    )
                    break
        send_due(timezone.now())
        result = {"nights": done, "failed": failed}
        if failed:
            self.refuse(f"{len(failed)} night(s) failed; the others are done.", result)
        self.done(result, *(f"{night['workspace']} {night['day']}: done" for night in done))

    def _days(self, workspace: Workspace, options: dict[str, Any]) -> list[date]:
        today = today_in(workspace)
        day = iso_date(options["day"]) if options["day"] else today
        if day > today + timedelta(days=1):
            raise CommandError(
                f"{day} is in the future: {workspace.slug} is at {today}.", returncode=1
            )
        earlier = missed_days(workspace, before=day) if options["catch_up"] else []
        return [*earlier, day]

    def _night(self, workspace: Workspace, day: date, *, mail: bool | None) -> dict[str, Any]:
        """One night; a day that was asked for by name mails its alerts, however old it is."""
        now = timezone.now()
        report = run_night(workspace, day=day, now=now, mail=mail).as_json()
        record_night(workspace, day=day, result=report, now=now)
        report["digests"] = send_due_on(workspace, day=day, now=now)
        return report


def _compute_together(nights: Iterable[tuple[Workspace, Sequence[date]]]) -> None:
    """The figures of all first nights that are of the same day; later ones build on the first."""
    by_day: dict[date, list[Workspace]] = defaultdict(list)
    for workspace, days in nights:
        by_day[days[0]].append(workspace)
    for day, several in by_day.items():
        refresh_all(several, day=day, now=timezone.now())
