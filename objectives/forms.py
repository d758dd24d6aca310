"""The form of an objective: five short sections, one for each letter of SMART."""

from collections.abc import Iterable, Mapping
from copy import copy
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from accounts import fmt
from accounts.models import Membership, Workspace
from accounts.typed_numbers import NumberError, parse_metric_value
from metrics.models import Campaign, Dimension, DimensionValue, Metric
from objectives.choices import (
    members_of,
    metric_choices,
    metrics_of,
    owner_choices,
    parent_choices,
    parents_of,
    segment_choices,
    segment_value,
    segments_of,
)
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
COLUMNS = (
    *NUMBERS,
    "statement",
    "metric",
    "kind",
    "over",
    "required_share",
    "start",
    "end",
    "parent",
    "goal",
    "pace",
    "hold",
)
"""The fields that are an objective's own columns, by the same name."""
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
        self._metrics = metrics_of(workspace, objective)
        self._members = members_of(workspace)
        self._parents = parents_of(workspace, objective)
        self._segments = segments_of(workspace)
        self._choose("metric", metric_choices(self._metrics))
        self._choose("segment", segment_choices(self._segments))
        self._choose("owner", owner_choices(self._members))
        self._choose("parent", parent_choices(self._parents))
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

    def tried(self) -> Objective:
        """The objective as it is typed, stored nowhere; what cannot be read stays as it was."""
        self.is_valid()
        found = copy(self.objective or Objective(workspace=self.workspace))
        before = {name: getattr(found, name) for name in COLUMNS}
        before |= {
            "owner": None,
            "segment": found.campaign or found.channel or found.device,
            "milestones": (),
        }
        self.cleaned_data = before | self.cleaned_data
        for name, value in self.wanted().values().items():
            setattr(found, name, value)
        if found.start and found.end and found.end < found.start:
            found.end = None
        return found

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


def typed_over(known: Mapping[str, Any], typed: QueryDict, names: Iterable[str]) -> dict[str, Any]:
    """What a form of all fields gets where only some were sent: those, and the rest as known."""
    return {**known, **{name: typed.get(name, "") for name in names}}


def empty_initial(membership: Membership) -> dict[str, Any]:
    """What the form of a new objective starts with."""
    return {
        "owner": membership.public_id,
        "kind": Kind.REACH.value,
        "required_share": as_typed(Decimal(1), "percent"),
        "over": Over.SPAN.value,
        "pace": Pace.AUTO.value,
    }


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
