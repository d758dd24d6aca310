"""An alert rule as requests and commands write it: names and keys become rows of the workspace."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Workspace
from metrics.dimensions import folded_key
from metrics.models import Campaign, Dimension, DimensionValue, Feed, Metric
from objectives.alert_rules import WantedRule
from objectives.models import AlertRule, Objective
from objectives.rule_wording import rule_sentence

PLAIN = (
    "kind", "grain", "side", "comparison", "statuses", "minimum_volume", "severity", "told",
    "is_on",
)  # fmt: skip
CHOICES: Mapping[str, Any] = {
    "kind": AlertRule.Kind,
    "grain": AlertRule.Grain,
    "side": AlertRule.Side,
    "comparison": AlertRule.Comparison,
    "severity": AlertRule.Severity,
    "told": AlertRule.Told,
}


def wanted_from(
    workspace: Workspace, given: Mapping[str, Any], *, base: AlertRule | None = None
) -> WantedRule:
    """The rule that is asked for; what is not given is as in ``base``, else as usual.

    Raises ValidationError with a sentence per field.
    """
    wanted = _as_wanted(base) if base is not None else WantedRule(kind=str(given.get("kind", "")))
    wrong: dict[str, str] = {}
    for name in PLAIN:
        if name in given:
            setattr(wanted, name, given[name])
    for name, choices in CHOICES.items():
        if getattr(wanted, name) not in choices.values:
            wrong[name] = _("“%(given)s” is not known. Choose one of: %(choices)s.") % {
                "given": getattr(wanted, name),
                "choices": ", ".join(choices.values),
            }
    if "threshold" in given:
        try:
            wanted.threshold = number_of(given["threshold"])
        except ValidationError as error:
            wrong["threshold"] = error.messages[0]
    for name, find in _FINDERS.items():
        if name in given:
            found = find(workspace, str(given[name])) if given[name] else None
            if given[name] and found is None:
                wrong[name] = _("The workspace has no “%(name)s”.") % {"name": given[name]}
            setattr(wanted, _FIELD_OF.get(name, name), found)
    if wrong:
        raise ValidationError(wrong)
    return wanted


def number_of(text: Any) -> Decimal | None:
    """A plain number, or a share with a percent sign. Raises ValidationError."""
    if text is None or text == "":
        return None
    plain = str(text).strip()
    try:
        number = Decimal(plain.removesuffix("%").strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ValidationError(
            _("“%(text)s” is not a number. Write it like 0.2 or 20%%.") % {"text": plain}
        )
    return number / 100 if plain.endswith("%") else number


def _as_wanted(rule: AlertRule) -> WantedRule:
    names = (*PLAIN, "metric", "segment", "campaign", "objective", "feed", "threshold")
    return WantedRule(**{name: getattr(rule, name) for name in names})


def _metric(workspace: Workspace, key: str) -> Metric | None:
    return Metric.objects.filter(workspace=workspace, key=key).first()


def _value(dimension: Dimension) -> Callable[[Workspace, str], DimensionValue | None]:
    def find(workspace: Workspace, key: str) -> DimensionValue | None:
        keys = {key, folded_key(dimension, key)}
        found = DimensionValue.objects.filter(workspace=workspace, dimension=dimension)
        return found.filter(key__in=keys).first()

    return find


def _campaign(workspace: Workspace, name: str) -> Campaign | None:
    found = Campaign.objects.filter(workspace=workspace)
    by_id = found.filter(public_id=name).first()
    return by_id or found.filter(key=folded_key(Dimension.CAMPAIGN, name)).first()


def _objective(workspace: Workspace, public_id: str) -> Objective | None:
    return Objective.objects.listed(workspace).filter(public_id=public_id).first()


def _feed(workspace: Workspace, name: str) -> Feed | None:
    found = Feed.objects.filter(workspace=workspace)
    return found.filter(public_id=name).first() or found.filter(name__iexact=name).first()


_FINDERS: Mapping[str, Callable[[Workspace, str], Any]] = {
    "metric": _metric,
    "channel": _value(Dimension.CHANNEL),
    "device": _value(Dimension.DEVICE),
    "campaign": _campaign,
    "objective": _objective,
    "feed": _feed,
}
_FIELD_OF = {"channel": "segment", "device": "segment"}


def rule_json(rule: AlertRule) -> dict[str, Any]:
    """A rule as the API and the command print it, with its sentence in the active language."""
    segment = rule.segment
    return {
        "id": rule.public_id,
        "kind": rule.kind,
        "sentence": rule_sentence(rule),
        "metric": rule.metric.key if rule.metric else None,
        "channel": segment.key if segment and segment.dimension == Dimension.CHANNEL else None,
        "device": segment.key if segment and segment.dimension == Dimension.DEVICE else None,
        "campaign": rule.campaign.public_id if rule.campaign else None,
        "objective": rule.objective.public_id if rule.objective else None,
        "feed": rule.feed.public_id if rule.feed else None,
        "grain": rule.grain,
        "side": rule.side,
        "comparison": rule.comparison,
        "threshold": None if rule.threshold is None else format(rule.threshold.normalize(), "f"),
        "statuses": rule.statuses,
        "minimum_volume": rule.minimum_volume,
        "severity": rule.severity,
        "told": rule.told,
        "is_on": rule.is_on,
        "is_shipped": bool(rule.shipped),
        "false_alarms": rule.false_alarms,
        "version": rule.version,
        "created_at": rule.created_at,
    }
