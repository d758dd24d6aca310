"""Creates an alert rule as the page does, replays it on the past year, and prints both."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.utils import timezone, translation

from accounts.audit import record
from accounts.command import ProductCommand, today_in
from accounts.models import Workspace
from accounts.scope import workspace_scope
from metrics import refreshing
from objectives.alert_rules import create_rule, unsaved
from objectives.models import AlertRule, Status
from objectives.replay import Replay, replay
from objectives.replay_json import replay_json
from objectives.rule_request import rule_json, wanted_from

GIVEN = (
    "kind", "metric", "channel", "device", "campaign", "objective", "feed", "grain", "side",
    "comparison", "threshold", "minimum_volume", "severity", "told",
)  # fmt: skip


class Command(ProductCommand):
    """create_alert_rule --workspace SLUG --kind KIND [--metric KEY] [--threshold NUMBER] …"""

    help = "Creates an alert rule, or with --dry-run only shows what it would have opened."

    def add_arguments(self, parser: CommandParser) -> None:
        """What is watched, when it opens an alert, who is told."""
        super().add_arguments(parser)
        parser.add_argument("--workspace", required=True, metavar="SLUG")
        parser.add_argument("--kind", required=True, choices=AlertRule.Kind.values)
        parser.add_argument("--metric", metavar="KEY", help="As list_metrics says.")
        parser.add_argument("--channel", metavar="KEY")
        parser.add_argument("--device", metavar="KEY")
        parser.add_argument("--campaign", metavar="NAME", help="Its name or its id.")
        parser.add_argument("--objective", metavar="ID")
        parser.add_argument("--feed", metavar="NAME", help="Its name or its id.")
        parser.add_argument("--grain", choices=AlertRule.Grain.values)
        parser.add_argument("--side", choices=AlertRule.Side.values)
        parser.add_argument("--comparison", choices=AlertRule.Comparison.values)
        parser.add_argument(
            "--threshold", metavar="NUMBER", help="A level, a share like 0.2 or 20%%, days."
        )
        parser.add_argument(
            "--status", action="append", dest="statuses", choices=Status.values, metavar="STATUS"
        )
        parser.add_argument("--minimum-volume", type=int, metavar="EVENTS")
        parser.add_argument("--severity", choices=AlertRule.Severity.values)
        parser.add_argument("--told", choices=AlertRule.Told.values)
        parser.add_argument("--dry-run", action="store_true", help="Replay it, keep nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Creates it, or refuses with the reasons and keeps nothing."""
        workspace = self.workspace(options["workspace"])
        with translation.override(workspace.language):
            try:
                with workspace_scope(workspace.pk):
                    rule, found = self._created(workspace, options)
                    data = {**rule_json(rule), "replay": replay_json(found)}
            except ValidationError as error:
                self.refuse(" ".join(error.messages))
        if options["dry_run"]:
            data["id"] = None
        self.done(data, *_lines(data, kept=not options["dry_run"]))

    def _created(self, workspace: Workspace, options: dict[str, Any]) -> tuple[AlertRule, Replay]:
        given = {name: options[name] for name in GIVEN if options[name] is not None}
        if options["statuses"]:
            given["statuses"] = options["statuses"]
        wanted, today = wanted_from(workspace, given), today_in(workspace)
        refreshing.refresh(workspace, today=today, now=timezone.now())
        rule = unsaved(workspace, wanted)
        found = replay(workspace, rule, today=today)
        if not options["dry_run"]:
            rule = create_rule(workspace, user=None, wanted=wanted)
            record(None, "alert_rule.created", workspace=workspace, obj=rule)
        return rule, found


def _lines(data: dict[str, Any], *, kept: bool) -> list[str]:
    found = data["replay"]
    head = f"{data['id']}: {data['sentence']}" if kept else f"Not kept: {data['sentence']}"
    expected = "" if found["a_year"] is None else f" Expect about {found['a_year']} a year."
    return [
        head,
        f"In the past year it would have opened {len(found['opened'])} alerts.{expected}",
        *(f"  {one['day']}  {one['about']}" for one in found["opened"]),
    ]
