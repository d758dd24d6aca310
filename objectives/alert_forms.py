"""The forms of alerts and their rules: what people type, read in their language."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.models import Workspace
from accounts.typed_numbers import NumberError, parse_metric_value, parse_number, typed_text
from metrics.catalogue import FAMILIES
from metrics.models import Campaign, Dimension, DimensionValue, Feed, Metric
from metrics.segment_names import segment_name
from metrics.units import Unit
from objectives.alert_rules import ABOUT, WantedRule
from objectives.choices import segment_value
from objectives.forms import SnoozeForm
from objectives.models import Alert, AlertRule, Objective, State, Status
from objectives.models.rule import MINIMUM_VOLUME
from objectives.wording import lang, status_name

__all__ = ["DeviationForm", "RuleForm", "SnoozeForm"]

Kind = AlertRule.Kind
IN_SHARES = (Kind.CHANGE, Kind.BUDGET)
HAS_STATUS = (
    Status.OFF_TRACK, Status.AT_RISK, Status.MISSED, Status.ON_TRACK, Status.NO_DATA,
    Status.FAILED,
)  # fmt: skip
LEVEL_LABELS: Mapping[str, Any] = {
    Kind.LEVEL: lazy("Level"),
    Kind.CHANGE: lazy("By more than"),
    Kind.FEED_LATE: lazy("Days late"),
    Kind.BUDGET: lazy("Over its pace by"),
    Kind.EXPECTED: lazy("Less sensitive by"),
    Kind.DRIFT: lazy("Less sensitive by"),
}
LEVEL_HINTS: Mapping[str, Any] = {
    Kind.LEVEL: lazy("In the metric's unit; a rate like 4.5%."),
    Kind.CHANGE: lazy("A share like 20%; for rates, points like 2%."),
    Kind.FEED_LATE: lazy("0 tells on the first day after they were due."),
    Kind.BUDGET: lazy("A share like 20%."),
    Kind.EXPECTED: lazy("0 is usual. Each step asks for a value ten times rarer, up to 6."),
    Kind.DRIFT: lazy("0 is usual. Each step asks for a drift ten times rarer, up to 6."),
}


class DeviationForm(forms.Form):
    """A weaker target or level that is accepted until a day, and why."""

    target = forms.CharField(
        label=lazy("Accepted"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": lazy("Write the value that is accepted for now.")},
    )
    until = forms.DateField(
        label=lazy("Until"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": lazy("Choose the last day on which this is accepted."),
            "invalid": lazy("This is not a date. Write it like 2026-03-31."),
        },
    )
    reason = forms.CharField(
        label=lazy("Why"),
        max_length=300,
        error_messages={"required": lazy("Say why this is accepted: it stays with the alert.")},
    )

    def __init__(self, *args: Any, alert: Alert, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        metric = alert.metric or (alert.objective.metric if alert.objective else None)
        self.unit = str(metric.definition.unit) if metric else "count"
        self.today = today

    def clean_target(self) -> Decimal:
        """In the metric's unit."""
        try:
            return parse_metric_value(self.cleaned_data["target"], self.unit, lang())
        except NumberError as error:
            raise ValidationError(str(error)) from error

    def clean_until(self) -> date:
        """A day to come."""
        until: date = self.cleaned_data["until"]
        if until <= self.today:
            raise ValidationError(_("Choose a day after today."))
        return until


class RuleForm(forms.Form):
    """A rule of one kind; the fields that its kind does not ask are not there."""

    metric = forms.ChoiceField(label=lazy("Metric"), required=False)
    segment = forms.ChoiceField(label=lazy("Of what"), required=False)
    objective = forms.ChoiceField(label=lazy("Objective"), required=False)
    feed = forms.ChoiceField(label=lazy("Feed"), required=False)
    campaign = forms.ChoiceField(label=lazy("Campaign"), required=False)
    statuses = forms.MultipleChoiceField(
        label=lazy("Becomes"), required=False, widget=forms.CheckboxSelectMultiple
    )
    side = forms.ChoiceField(
        label=lazy("Which way"),
        choices=AlertRule.Side.choices,
        required=False,
        initial=AlertRule.Side.BAD,
    )
    threshold = forms.CharField(
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    comparison = forms.ChoiceField(
        label=lazy("Against"), choices=AlertRule.Comparison.choices, required=False
    )
    grain = forms.ChoiceField(label=lazy("Over a"), choices=AlertRule.Grain.choices, required=False)
    minimum_volume = forms.IntegerField(
        label=lazy("Events at least"),
        help_text=lazy("Three of four is not 75%: on fewer events nothing opens."),
        required=False,
        min_value=0,
        max_value=1_000_000,
    )
    severity = forms.ChoiceField(label=lazy("Opens"), choices=AlertRule.Severity.choices)
    told = forms.ChoiceField(label=lazy("And tells"), choices=AlertRule.Told.choices)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        workspace: Workspace,
        kind: str,
        rule: AlertRule | None = None,
        **kwargs: Any,
    ) -> None:
        initial = rule_initial(rule) if rule else _usual(kind)
        kwargs["initial"] = initial | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.workspace, self.kind, self.rule = workspace, kind, rule
        self._offer()
        asked = ABOUT[kind]
        for name in set().union(*ABOUT.values()) - asked:
            if name in self.fields and not (name == "campaign" and kind == Kind.BUDGET):
                del self.fields[name]
        if kind in (Kind.LEVEL, Kind.CHANGE, Kind.EXPECTED, Kind.DRIFT):
            self.fields.pop("campaign", None)  # chosen among the segments
        if "threshold" in self.fields:
            self.fields["threshold"].label = LEVEL_LABELS[kind]
            self.fields["threshold"].help_text = LEVEL_HINTS[kind]

    def _offer(self) -> None:
        """What can be chosen in this workspace."""
        found = Metric.objects.filter(workspace=self.workspace, is_hidden=False)
        self.metrics = {one.key: one for one in found}
        values = DimensionValue.objects.filter(
            workspace=self.workspace, dimension__in=(Dimension.CHANNEL, Dimension.DEVICE)
        )
        campaigns = Campaign.objects.filter(workspace=self.workspace)
        segments: list[DimensionValue | Campaign] = [*values, *campaigns]
        self.segments = {segment_value(one): one for one in segments}
        self.objectives = {
            one.public_id: one
            for one in Objective.objects.listed(self.workspace).filter(
                state__in=(State.DRAFT, State.ACTIVE, State.PAUSED)
            )
        }
        self.feeds = {
            one.public_id: one
            for one in Feed.objects.filter(workspace=self.workspace, is_active=True)
        }
        self.campaigns = {one.public_id: one for one in campaigns}
        any_metric = [] if self.kind in (Kind.LEVEL, Kind.CHANGE) else [("", _("Every golden KPI"))]
        choices: Mapping[str, list[Any]] = {
            "metric": [
                *(any_metric or [("", _("Choose a metric"))]),
                *_metric_shelves(self.metrics),
            ],
            "segment": [("", _("Everything")), *_segment_shelves(self.segments)],
            "objective": [
                ("", _("Every objective")),
                *((key, one.statement) for key, one in self.objectives.items()),
            ],
            "feed": [("", _("Every feed")), *((key, one.name) for key, one in self.feeds.items())],
            "campaign": [
                ("", _("Every campaign with a budget")),
                *((key, one.name) for key, one in self.campaigns.items() if one.budget),
            ],
            "side": [
                one
                for one in AlertRule.Side.choices
                if self.kind != Kind.LEVEL or one[0] != AlertRule.Side.EITHER
            ],
            "statuses": [(status.value, status_name(status)) for status in HAS_STATUS],
        }
        for name, offered in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = offered

    def clean_threshold(self) -> Decimal | None:
        """In the unit that the kind of rule asks for."""
        text = self.cleaned_data["threshold"].strip()
        if not text:
            return None
        try:
            if self.kind in IN_SHARES:
                return parse_metric_value(text, Unit.PERCENT.value, lang())
            if self.kind == Kind.LEVEL:
                metric = self.metrics.get(self.cleaned_data.get("metric", ""))
                unit = str(metric.definition.unit) if metric else "count"
                return parse_metric_value(text, unit, lang())
            return parse_number(text, lang())
        except NumberError as error:
            raise ValidationError(str(error)) from error

    def wanted(self) -> WantedRule:
        """What the form says. After `is_valid`."""
        chosen = self.cleaned_data
        segment = self.segments.get(chosen.get("segment", ""))
        of_campaign = segment if isinstance(segment, Campaign) else None
        volume = chosen.get("minimum_volume")
        return WantedRule(
            kind=self.kind,
            metric=self.metrics.get(chosen.get("metric", "")),
            segment=segment if isinstance(segment, DimensionValue) else None,
            campaign=of_campaign or self.campaigns.get(chosen.get("campaign", "")),
            objective=self.objectives.get(chosen.get("objective", "")),
            feed=self.feeds.get(chosen.get("feed", "")),
            grain=chosen.get("grain") or AlertRule.Grain.AUTO.value,
            side=chosen.get("side") or AlertRule.Side.BAD.value,
            comparison=chosen.get("comparison") or AlertRule.Comparison.PREVIOUS.value,
            threshold=chosen.get("threshold"),
            statuses=chosen.get("statuses", []),
            minimum_volume=MINIMUM_VOLUME if volume is None else volume,
            severity=chosen["severity"],
            told=chosen["told"],
            is_on=self.rule.is_on if self.rule else True,
        )

    def take_errors(self, error: ValidationError) -> None:
        """Shows what the writer of rules refused beside the fields that are there."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, found in error.error_dict.items():
            self.add_error(name if name in self.fields else None, found)


def _usual(kind: str) -> dict[str, Any]:
    """What a new rule of a kind proposes."""
    usual: dict[str, Any] = {
        "severity": AlertRule.Severity.INFO if kind == Kind.ACHIEVED else AlertRule.Severity.RISK,
        "told": AlertRule.Told.CONCERNED,
        "side": AlertRule.Side.BAD,
        "grain": AlertRule.Grain.AUTO,
        "comparison": AlertRule.Comparison.PREVIOUS,
        "minimum_volume": MINIMUM_VOLUME,
        "statuses": [Status.OFF_TRACK, Status.AT_RISK, Status.MISSED],
    }
    proposed = {Kind.CHANGE: Decimal("0.2"), Kind.BUDGET: Decimal("0.2")}
    if kind in proposed:
        usual["threshold"] = typed_text(proposed[Kind(kind)], Unit.PERCENT.value, lang()) + "%"
    if kind in (Kind.FEED_LATE, Kind.EXPECTED, Kind.DRIFT):
        usual["threshold"] = "0"
    return usual


def rule_initial(rule: AlertRule) -> dict[str, Any]:
    """A rule as the form shows it."""
    unit = Unit.PERCENT.value if rule.kind in IN_SHARES else "count"
    if rule.kind == Kind.LEVEL and rule.metric is not None:
        unit = str(rule.metric.definition.unit)
    text = "" if rule.threshold is None else typed_text(rule.threshold, unit, lang())
    return {
        "metric": rule.metric.key if rule.metric else "",
        "segment": segment_value(rule.segment or (rule.campaign if rule.metric else None)),
        "objective": rule.objective.public_id if rule.objective else "",
        "feed": rule.feed.public_id if rule.feed else "",
        "campaign": rule.campaign.public_id if rule.campaign else "",
        "statuses": rule.statuses or [Status.OFF_TRACK, Status.AT_RISK, Status.MISSED],
        "side": rule.side,
        "threshold": f"{text}%" if text and unit == Unit.PERCENT.value else text,
        "comparison": rule.comparison,
        "grain": rule.grain,
        "minimum_volume": rule.minimum_volume,
        "severity": rule.severity,
        "told": rule.told,
        "version": rule.version,
    }


def _metric_shelves(metrics: Mapping[str, Metric]) -> list[tuple[str, Any]]:
    """The metrics by family, those of the workspace's own last."""
    names = {one.key: one.name(lang()) for one in FAMILIES} | {"own": _("Your own metrics")}
    shelves: dict[str, list[tuple[str, str]]] = {key: [] for key in names}
    for one in sorted(metrics.values(), key=lambda one: one.name.casefold()):
        shelves[one.definition.family].append((one.key, one.name))
    return [(names[key], entries) for key, entries in shelves.items() if entries]


def _segment_shelves(
    segments: Mapping[str, DimensionValue | Campaign],
) -> list[tuple[str, Any]]:
    names = {"channel": _("A channel"), "campaign": _("A campaign"), "device": _("A device")}
    shelves: dict[str, list[tuple[str, str]]] = {key: [] for key in names}
    for key, one in segments.items():
        label = one.name if isinstance(one, Campaign) else segment_name(one)
        shelves[key.partition(":")[0]].append((key, label))
    return [
        (names[key], sorted(entries, key=lambda one: one[1]))
        for key, entries in shelves.items()
        if entries
    ]
