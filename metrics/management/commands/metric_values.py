"""manage.py metric_values: the values that pages show."""

from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.command import ProductCommand, iso_date, today_in
from accounts.models import Workspace
from accounts.scope import workspace_scope
from metrics.models import Metric
from metrics.periods import Grain
from metrics.rules import DIMENSION_NAMES
from metrics.value_report import value_report


class Command(ProductCommand):
    """Prints a metric's stored values, period by period."""

    help = "Print the values of a metric that pages show."

    def add_arguments(self, parser: CommandParser) -> None:
        """The metric, the periods, and how to split or date them."""
        super().add_arguments(parser)
        add = parser.add_argument
        add("key", metavar="KEY", help="The metric's key: see list_metrics.")
        add("--workspace", required=True, metavar="SLUG")
        add("--grain", choices=[str(grain) for grain in Grain], default=str(Grain.MONTH))
        add("--from", dest="start", required=True, type=iso_date, metavar="DATE")
        add("--to", dest="end", required=True, type=iso_date, metavar="DATE")
        add("--by", choices=list(DIMENSION_NAMES), help="One value for each of these.")
        add("--as-of", type=iso_date, metavar="DATE", help="As it was reported on that day.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Reads and prints; refuses a metric that the workspace does not have."""
        start, end = options["start"], options["end"]
        if end < start:
            raise CommandError("--to must not be before --from.", returncode=2)
        workspace = self.workspace(options["workspace"])
        with workspace_scope(workspace.pk):
            report = self._report(workspace, start, end, options)
        self.done(report, *self._lines(report))

    def _report(
        self, workspace: Workspace, start: date, end: date, options: dict[str, Any]
    ) -> dict[str, Any]:
        metric = Metric.objects.filter(workspace=workspace, key=options["key"]).first()
        if metric is None:
            self.refuse(
                f"The workspace “{workspace.slug}” has no metric “{options['key']}”. "
                f"list_metrics --workspace {workspace.slug} shows those it has."
            )
        return value_report(
            workspace,
            metric,
            Grain(options["grain"]),
            start,
            end,
            today=today_in(workspace),
            by=options["by"],
            as_of=options["as_of"],
        )

    @staticmethod
    def _lines(report: dict[str, Any]) -> list[str]:
        lines = []
        for one in report["values"]:
            segment = f"  {one['segment']['label']}" if one["segment"] else ""
            marks = [mark for mark in ("partial", "incomplete") if one[mark]]
            shown = one["value"] or f"– ({one['reason']})"
            lines.append("  ".join([f"{one['period']}{segment}", shown, *marks]))
        return lines
