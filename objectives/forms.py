"""The form of an objective: five short sections, one for each letter of SMART."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from accounts import fmt
from accounts.models import Membership, Workspace
from accounts.typed_numbers import NumberError, parse_metric_value
from metrics.catalogue import FAMILIES
from metrics.models import Campaign, Dimension, DimensionValue, Metric
from metrics.segment_names import segment_name
from metrics.variants import defaults, in_order
from objectives.milestone_lines import as_lines, read_lines
from objectives.milestones import Milestones, milestones_of
from objectives.models import Kind, Objective, Over, Pace
from objectives.objectives import Wanted
from objectives.wording import lang

NUMBERS = ("baseline", "target", "target_high", "stretch", "floor")
NEEDED_TO_START = ("metric", "segment", "owner", "target", "target_high", "start", "end")
"""A draft may lack them, yet the page does not call them optional."""
KINDS = (
    (Kind.REACH, lazy("Reach at least\nAdd up to the target, or climb to it, by the last day.")),
    (Kind.REDUCE, lazy("Bring down to\nFall to the target by the last day.")),
    (Kind.ABOVE, lazy("Stay above\nEvery month, week or day at the limit or over it.")),
    (Kind.BELOW, lazy("Stay below\nEvery month, week or day at the limit or under it.")),
    (Kind.BETWEEN, lazy("Stay between\nEvery month, week or day inside two limits.")),
    (Kind.CEILING, lazy("Spend at most\nA budget: too little counts as well as too much.")),
)
FIELD_OF = dict.fromkeys(("channel", "device", "campaign"), "segment")
"""Where the form shows what a model's field has to say."""


def as_typed(value: Decimal | None, unit: str) -> str:
    """A value as a person of the active language would type it: "4,5 %", "1200.5"."""
    if value is None:
        return ""
    percent = unit == "percent"
    text = format((value * 100 if percent else value).normalize(), "f")
    text = text.replace(".", ",") if fmt.language(lang()) == "fr" else text
    if not percent:
        return text
    return f"{text}{fmt.NBSP}%" if fmt.language(lang()) == "fr" else f"{text}%"


def _number(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": lazy("This is not a date. Write it like 2026-03-31.")},
    )


class ObjectiveForm(forms.Form):
    """What an objective says. A draft may lack anything but its statement.

    Numbers are typed in the reader's language and in the metric's unit: a rate as a percentage.
    """

    statement = forms.CharField(
        label=lazy("Statement"),
        help_text=lazy("One sentence, as you would say it: “Generate 1,200 leads by 31 March”."),
        max_length=200,
        error_messages={"required": lazy("Write in one sentence what is to be achieved.")},
    )
    metric = forms.ChoiceField(label=lazy("Metric"), required=False)
    segment = forms.ChoiceField(label=lazy("Of what"), required=False)
    owner = forms.ChoiceField(label=pgettext_lazy("of an objective", "Owner"), required=False)
    kind = forms.ChoiceField(
        label=lazy("What reaching it means"), choices=KINDS, widget=forms.RadioSelect
    )
    target = _number(lazy("Target"))
    target_high = _number(lazy("Upper limit"))
    baseline = _number(lazy("Baseline"), lazy("Where you start from. It can wait."))
    stretch = _number(
        lazy("Stretch target"), lazy("What would be better still. It is shown, never judged.")
    )
    floor = _number(
        lazy("Floor"), lazy("The least that you could live with. It is shown, never judged.")
    )
    required_share = forms.CharField(
        label=lazy("Periods that must be inside the limits"),
        help_text=lazy("Of the months, weeks or days. All of them is 100%."),
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    over = forms.ChoiceField(
        label=lazy("Judged over"),
        help_text=lazy("For rates, costs per piece and scores."),
        choices=Over.choices,
    )
    hold = forms.BooleanField(
        label=lazy("Must still hold on the last day"),
        help_text=lazy("Otherwise the first day at the target counts."),
        required=False,
    )
    parent = forms.ChoiceField(label=lazy("Parent objective"), required=False)
    goal = forms.CharField(
        label=lazy("Business goal"),
        help_text=lazy("What it is good for, in a sentence."),
        required=False,
        max_length=300,
    )
    start = _day(lazy("First day"))
    end = _day(lazy("Last day"))
    pace = forms.ChoiceField(
        label=lazy("How the plan spreads over the days"),
        help_text=lazy("Automatic follows last year, else the weekdays, else every day alike."),
        choices=Pace.choices,
    )
    milestones = forms.CharField(
        label=lazy("Milestones"),
        help_text=lazy(
            "One a line: a day and the value to have reached by its end, like 2026-02-28 = 700. "
            "Two columns of a spreadsheet can be pasted. The plan bends through them."
        ),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=lazy("Why this changes"),
        help_text=lazy(
            "Needed when the target, the dates or what is measured change: it stays in the history."
        ),
        required=False,
        max_length=300,
    )

    def __init__(
        self,
        *args: Any,
        workspace: Workspace,
        objective: Objective | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.workspace = workspace
        self.objective = objective
        self._metrics = _metrics(workspace, objective)
        self._members = _members(workspace)
        self._parents = _parents(workspace, objective)
        self._segments = _segments(workspace)
        self._choose("metric", _metric_choices(self._metrics))
        self._choose("segment", _segment_choices(self._segments))
        self._choose("owner", _owner_choices(self._members))
        self._choose("parent", _parent_choices(self._parents))
        for name in NEEDED_TO_START:
            self.fields[name].needed_to_start = True  # type: ignore[attr-defined]
        if objective is None or objective.state == "draft":
            del self.fields["reason"]

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def chosen_metric(self) -> Metric | None:
        """The metric that is chosen now, in a form that was sent as in one that was not."""
        return self._metrics.get(str(self["metric"].value() or ""))

    @property
    def chosen_segment(self) -> DimensionValue | Campaign | None:
        """The channel or campaign that is chosen now; None for everything."""
        return self._segments.get(str(self["segment"].value() or ""))

    def clean(self) -> dict[str, Any]:
        """Turns what was chosen and typed into metric, people, numbers."""
        data = super().clean() or {}
        data["metric"] = self._metrics.get(data.get("metric", ""))
        data["owner"] = self._members.get(data.get("owner", ""))
        data["parent"] = self._parents.get(data.get("parent", ""))
        data["segment"] = self._segments.get(data.get("segment", ""))
        unit = str(data["metric"].definition.unit) if data["metric"] else "count"
        for name in NUMBERS:
            data[name] = self._parsed(name, data.get(name, ""), unit)
        data["required_share"] = self._parsed(
            "required_share", data.get("required_share", ""), "percent"
        )
        data["milestones"] = self._milestones(data.get("milestones", ""), unit)
        if data.get("start") and data.get("end") and data["end"] < data["start"]:
            self.add_error("end", _("The last day must not be before the first day."))
        return data

    def _parsed(self, name: str, text: str, unit: str) -> Decimal | None:
        if not text:
            return None
        try:
            return parse_metric_value(text, unit, lang())
        except NumberError as error:
            self.add_error(name, str(error))
        return None

    def _milestones(self, text: str, unit: str) -> Milestones:
        try:
            return read_lines(text, unit)
        except ValidationError as error:
            self.add_error("milestones", error)
        return ()

    def wanted(self) -> Wanted:
        """What the valid form says."""
        data = self.cleaned_data
        segment, owner = data["segment"], data["owner"]
        between = data["kind"] == Kind.BETWEEN
        limits = data["kind"] in (Kind.ABOVE, Kind.BELOW, Kind.BETWEEN)
        return Wanted(
            statement=data["statement"],
            metric=data["metric"],
            channel=_value_of(segment, Dimension.CHANNEL),
            device=_value_of(segment, Dimension.DEVICE),
            campaign=segment if isinstance(segment, Campaign) else None,
            owner=owner.user if owner else None,
            kind=data["kind"],
            over=data["over"],
            baseline=data["baseline"],
            target=data["target"],
            target_high=data["target_high"] if between else None,
            stretch=None if between else data["stretch"],
            floor=None if between else data["floor"],
            required_share=(data["required_share"] if limits else None) or Decimal(1),
            milestones=data["milestones"],
            start=data["start"],
            end=data["end"],
            parent=data["parent"],
            goal=data["goal"],
            pace=data["pace"],
            hold=data["hold"],
        )

    def add_problems(self, error: ValidationError) -> None:
        """Shows what the writer refused beside the field that it is about."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, problems in error.error_dict.items():
            field = FIELD_OF.get(name, name)
            self.add_error(field if field in self.fields else None, problems)


def _value_of(
    segment: DimensionValue | Campaign | None, dimension: Dimension
) -> DimensionValue | None:
    """The chosen channel or device."""
    is_it = isinstance(segment, DimensionValue) and segment.dimension == dimension
    return segment if isinstance(segment, DimensionValue) and is_it else None


def initial_of(objective: Objective) -> dict[str, Any]:
    """What the form shows of a stored objective."""
    unit = str(objective.metric.definition.unit) if objective.metric else "count"
    members = Membership.objects.filter(workspace_id=objective.workspace_id)
    owner = members.filter(user=objective.owner).first() if objective.owner else None
    return {
        "statement": objective.statement,
        "metric": objective.metric.key if objective.metric else "",
        "segment": segment_value(objective.campaign or objective.channel or objective.device),
        "owner": owner.public_id if owner else "",
        "kind": objective.kind,
        **{name: as_typed(getattr(objective, name), unit) for name in NUMBERS},
        "required_share": as_typed(objective.required_share, "percent"),
        "milestones": as_lines(milestones_of(objective), unit),
        "over": objective.over,
        "hold": objective.hold,
        "parent": objective.parent.public_id if objective.parent else "",
        "goal": objective.goal,
        "start": objective.start,
        "end": objective.end,
        "pace": objective.pace,
        "version": objective.version,
    }


def empty_initial(membership: Membership) -> dict[str, Any]:
    """What the form of a new objective starts with."""
    return {
        "owner": membership.public_id,
        "kind": Kind.REACH.value,
        "required_share": as_typed(Decimal(1), "percent"),
        "over": Over.SPAN.value,
        "pace": Pace.AUTO.value,
    }


# What can be chosen


def _metrics(workspace: Workspace, objective: Objective | None) -> dict[str, Metric]:
    found = Metric.objects.filter(workspace=workspace)
    kept = objective.metric_id if objective else None
    return {one.key: one for one in found if not one.is_hidden or one.pk == kept}


def _metric_choices(metrics: Mapping[str, Metric]) -> list[tuple[str, Any]]:
    """By family, in the catalogue's order, variants together; the workspace's own metrics last."""
    names = {one.key: one.name(lang()) for one in FAMILIES} | {"own": _("Your own metrics")}
    groups: dict[str, list[tuple[str, str]]] = {key: [] for key in names}
    proposed = defaults(metrics.values())
    by_name = sorted(metrics.values(), key=lambda one: one.name.casefold())
    for metric in in_order(by_name):
        label = _metric_label(metric, is_default=metric.key in proposed)
        groups[metric.definition.family].append((metric.key, label))
    shelves = [(names[family], entries) for family, entries in groups.items() if entries]
    return [("", _("Choose a metric")), *shelves]


def _metric_label(metric: Metric, *, is_default: bool) -> str:
    if metric.definition.vanity:
        return _("%(metric)s (vanity metric)") % {"metric": metric.name}
    if is_default:
        return _("%(metric)s (default)") % {"metric": metric.name}
    return metric.name


def _members(workspace: Workspace) -> dict[str, Membership]:
    found = Membership.objects.filter(workspace=workspace, user__is_active=True)
    return {one.public_id: one for one in found.select_related("user").order_by("user__name")}


def _owner_choices(members: Mapping[str, Membership]) -> list[tuple[str, Any]]:
    people = [(key, one.user.get_full_name()) for key, one in members.items()]
    return [("", _("Nobody yet")), *people]


def _parents(workspace: Workspace, objective: Objective | None) -> dict[str, Objective]:
    found = Objective.objects.listed(workspace).order_by("statement")
    kept = objective.pk if objective else None
    return {one.public_id: one for one in found if one.pk != kept}


def _parent_choices(parents: Mapping[str, Objective]) -> list[tuple[str, Any]]:
    return [("", _("No parent")), *((key, one.statement) for key, one in parents.items())]


Segments = dict[str, DimensionValue | Campaign]


def segment_value(segment: DimensionValue | Campaign | None) -> str:
    """How a form names a channel, a device or a campaign; empty for everything."""
    if segment is None:
        return ""
    if isinstance(segment, Campaign):
        return f"campaign:{segment.public_id}"
    dimension = "device" if segment.dimension == Dimension.DEVICE else "channel"
    return f"{dimension}:{segment.key}"


def _segments(workspace: Workspace) -> Segments:
    shown = (Dimension.CHANNEL, Dimension.DEVICE)
    values = DimensionValue.objects.filter(workspace=workspace, dimension__in=shown)
    found: list[DimensionValue | Campaign] = [*values]
    found += Campaign.objects.filter(workspace=workspace)
    return {segment_value(one): one for one in found}


def _segment_choices(segments: Segments) -> list[tuple[str, Any]]:
    values: dict[int, list[tuple[str, str]]] = {Dimension.CHANNEL: [], Dimension.DEVICE: []}
    campaigns = []
    for key, one in segments.items():
        if isinstance(one, Campaign):
            campaigns.append((key, one.name))
        else:
            values[one.dimension].append((key, segment_name(one)))
    groups: list[tuple[str, Any]] = [
        (_("A channel"), sorted(values[Dimension.CHANNEL], key=lambda one: one[1]))
    ]
    if campaigns:
        groups.append((_("A campaign"), campaigns))
    if values[Dimension.DEVICE]:
        groups.append((_("A device"), sorted(values[Dimension.DEVICE], key=lambda one: one[1])))
    return [("", _("Everything")), *groups]


class SnoozeForm(forms.Form):
    """Until when an alert stays out of the way."""

    until = forms.DateField(
        label=lazy("Until"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": lazy("Choose the day on which the alert comes back."),
            "invalid": lazy("This is not a date. Write it like 2026-03-31."),
        },
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_until(self) -> date:
        """A day to come."""
        until: date = self.cleaned_data["until"]
        if until <= self.today:
            raise ValidationError(_("Choose a day after today."))
        return until
