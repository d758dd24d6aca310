"""Creates an objective as the form does, and prints its SMART checks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone, translation

from accounts.audit import record
from accounts.command import ProductCommand, iso_date, today_in
from accounts.models import Membership, Role, User, Workspace
from accounts.scope import workspace_scope
from metrics import refreshing
from metrics.dimensions import folded_key
from metrics.models import Campaign, Dimension, DimensionValue, Metric
from metrics.units import Unit
from objectives.models import Kind, Objective, Over, Pace
from objectives.objectives import NotReadyError, Wanted, create_objective, start_objective
from objectives.presentation import smart_json, value_format
from objectives.readiness import smart_report
from objectives.smart import Outcome
from objectives.smart_wording import OUTCOME_ICONS


@dataclass(frozen=True)
class Created:
    """What became of the command: the objective, its five letters, whether it runs."""

    objective: Objective
    smart: list[dict[str, str]]
    started: bool

    def as_json(self) -> dict[str, Any]:
        """The document that --json prints."""
        return {
            "id": self.objective.public_id,
            "statement": self.objective.statement,
            "state": self.objective.state,
            "smart": self.smart,
            "started": self.started,
        }


class Command(ProductCommand):
    """create_objective --workspace SLUG --metric KEY --statement … --target … --start … --end …"""

    help = "Creates an objective; with --start-now it starts, or nothing is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        """What is asked, of which slice, by when, by whom."""
        super().add_arguments(parser)
        parser.add_argument("--workspace", required=True, metavar="SLUG")
        parser.add_argument("--metric", required=True, metavar="KEY", help="As list_metrics says.")
        parser.add_argument("--statement", required=True, help="What is to be achieved.")
        parser.add_argument("--kind", required=True, choices=Kind.values)
        parser.add_argument("--over", default=Over.SPAN.value, choices=Over.values)
        parser.add_argument("--baseline", metavar="NUMBER")
        parser.add_argument(
            "--target", required=True, metavar="NUMBER", help="A rate is 0.045 or 4.5%%."
        )
        parser.add_argument("--target-high", metavar="NUMBER", help="The upper limit of between.")
        parser.add_argument("--stretch", metavar="NUMBER", help="Better than the target.")
        parser.add_argument("--floor", metavar="NUMBER", help="The least that is acceptable.")
        parser.add_argument(
            "--required-share",
            metavar="SHARE",
            help="Of the periods, inside the limits: 0.8.",
        )
        parser.add_argument(
            "--hold", action="store_true", help="Must still be at the target on the last day."
        )
        parser.add_argument(
            "--milestone",
            action="append",
            default=[],
            metavar="DAY=NUMBER",
            help="A value that the plan passes through, like 2026-02-28=700; can be repeated.",
        )
        parser.add_argument("--start", required=True, metavar="DATE")
        parser.add_argument("--end", required=True, metavar="DATE")
        parser.add_argument("--channel", metavar="KEY")
        parser.add_argument("--device", metavar="KEY")
        parser.add_argument("--campaign", metavar="NAME", help="Its name or its id.")
        parser.add_argument(
            "--owner", metavar="EMAIL", help="A member; the workspace's owner by default."
        )
        above = parser.add_mutually_exclusive_group()
        above.add_argument("--parent", metavar="ID", help="The objective that it serves.")
        above.add_argument("--goal", default="", help="The business goal that it serves.")
        parser.add_argument("--pace", default=Pace.AUTO.value, choices=Pace.values)
        parser.add_argument("--start-now", action="store_true", help="Start it at once.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Creates it, or refuses with the reasons and keeps nothing."""
        workspace = self.workspace(options["workspace"])
        with translation.override(workspace.language):
            try:
                with workspace_scope(workspace.pk):
                    created = self._create(workspace, options)
            except ValidationError as error:
                self.refuse(" ".join(error.messages))
        self._tell(created)

    def _create(self, workspace: Workspace, options: dict[str, Any]) -> Created:
        """The objective; leaving with an exception takes it back."""
        wanted, today = self._wanted(workspace, options), today_in(workspace)
        refreshing.refresh(workspace, today=today, now=timezone.now())
        objective = create_objective(workspace, user=None, wanted=wanted)
        write = value_format(objective, workspace.language)
        report = smart_report(objective, today=today)
        if options["start_now"]:
            try:
                report = start_objective(objective, user=None, today=today, now=timezone.now())
            except NotReadyError as error:
                self._refuse_start(smart_json(error.report, write))
        record(None, "objective.created", workspace=workspace, obj=objective)
        return Created(objective, smart_json(report, write), started=options["start_now"])

    def _refuse_start(self, smart: list[dict[str, str]]) -> NoReturn:
        reasons = [
            f"{letter['letter']}: {letter['sentence']}"
            for letter in smart
            if letter["state"] == Outcome.FAIL and letter["letter"] in "SMT"
        ]
        data = {"id": None, "state": None, "smart": smart, "started": False, "reasons": reasons}
        self.refuse(f"It cannot start, so nothing is kept. {' '.join(reasons)}", data)

    def _tell(self, created: Created) -> None:
        state = "started" if created.started else "a draft"
        self.done(
            created.as_json(),
            f"{created.objective.public_id} is {state}: {created.objective.statement}",
            *(
                f"  {OUTCOME_ICONS[letter['state']]} {letter['letter']}  {letter['sentence']}"
                for letter in created.smart
            ),
        )

    # From arguments to what is wanted

    def _wanted(self, workspace: Workspace, options: dict[str, Any]) -> Wanted:
        metric = self._metric(workspace, options["metric"])
        target = self._number("--target", options["target"], metric)
        if target is None:
            raise CommandError("--target needs a number, like 1200.", returncode=2)
        return Wanted(
            statement=options["statement"],
            metric=metric,
            kind=options["kind"],
            over=options["over"],
            baseline=self._number("--baseline", options["baseline"], metric),
            target=target,
            target_high=self._number("--target-high", options["target_high"], metric),
            stretch=self._number("--stretch", options["stretch"], metric),
            floor=self._number("--floor", options["floor"], metric),
            required_share=self._share(options["required_share"]),
            hold=options["hold"],
            milestones=tuple(self._milestone(text, metric) for text in options["milestone"]),
            start=iso_date(options["start"]),
            end=iso_date(options["end"]),
            channel=self._value(workspace, Dimension.CHANNEL, options["channel"]),
            device=self._value(workspace, Dimension.DEVICE, options["device"]),
            campaign=self._campaign(workspace, options["campaign"]),
            owner=self._owner(workspace, options["owner"]),
            parent=self._parent(workspace, options["parent"]),
            goal=options["goal"],
            pace=options["pace"],
        )

    def _number(self, name: str, text: str | None, metric: Metric) -> Decimal | None:
        """A plain decimal; a rate may be written with a percent sign."""
        if text is None:
            return None
        if text.strip().endswith("%") and metric.definition.unit is not Unit.PERCENT:
            raise CommandError(
                f"{name} {text}: {metric.key} is no rate. Write the number without %.",
                returncode=2,
            )
        return self._decimal(name, text)

    def _decimal(self, name: str, text: str) -> Decimal:
        try:
            number = Decimal(text.strip().removesuffix("%").strip())
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise CommandError(
                f"{name}: {text} is not a number. Write it like 1234.5, a rate like 0.045 or 4.5%.",
                returncode=2,
            )
        return number / 100 if text.strip().endswith("%") else number

    def _share(self, text: str | None) -> Decimal:
        return Decimal(1) if text is None else self._decimal("--required-share", text)

    def _milestone(self, text: str, metric: Metric) -> tuple[date, Decimal]:
        day, _equals, value = text.partition("=")
        number = self._number("--milestone", value or None, metric)
        if number is None:
            raise CommandError(
                f"--milestone {text}: write a day and a number, like 2026-02-28=700.", returncode=2
            )
        return iso_date(day.strip()), number

    def _metric(self, workspace: Workspace, key: str) -> Metric:
        metrics = {one.key: one for one in Metric.objects.filter(workspace=workspace)}
        if key not in metrics:
            self._unknown("metric", key, metrics, "list_metrics names them all.")
        return metrics[key]

    def _value(
        self, workspace: Workspace, dimension: Dimension, key: str | None
    ) -> DimensionValue | None:
        """A channel or a device."""
        if key is None:
            return None
        found = DimensionValue.objects.filter(workspace=workspace, dimension=dimension)
        known = {one.key: one for one in found}
        chosen = known.get(key) or known.get(folded_key(dimension, key))
        if chosen is None:
            named = dimension.name.lower()
            self._unknown(named, key, known, f"There are {', '.join(sorted(known))}.")
        return chosen

    def _campaign(self, workspace: Workspace, name: str | None) -> Campaign | None:
        if name is None:
            return None
        campaigns = list(Campaign.objects.filter(workspace=workspace))
        folded = folded_key(Dimension.CAMPAIGN, name)
        chosen = next((one for one in campaigns if name == one.public_id), None)
        chosen = chosen or next((one for one in campaigns if folded == one.key), None)
        if chosen is None:
            self._unknown("campaign", name, [one.name for one in campaigns])
        return chosen

    def _owner(self, workspace: Workspace, email: str | None) -> User | None:
        members = Membership.objects.filter(workspace=workspace).select_related("user")
        if email is None:
            first = members.filter(role=Role.OWNER).order_by("created_at").first()
            return first.user if first else None
        by_email = {one.user.email: one.user for one in members}
        if email.lower() not in by_email:
            self._unknown("member", email, by_email)
        return by_email[email.lower()]

    def _parent(self, workspace: Workspace, public_id: str | None) -> Objective | None:
        if public_id is None:
            return None
        parent = Objective.objects.listed(workspace).filter(public_id=public_id).first()
        if parent is None:
            self.refuse(f"There is no objective “{public_id}” in {workspace.slug}.")
        return parent

    def _unknown(self, what: str, name: str, known: Iterable[str], hint: str = "") -> NoReturn:
        near = get_close_matches(name.lower(), list(known), n=3, cutoff=0.5)
        meant = f" Did you mean {' or '.join(near)}?" if near else f" {hint}" if hint else ""
        self.refuse(f"There is no {what} “{name}”.{meant}")
