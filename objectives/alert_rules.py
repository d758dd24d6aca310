"""The writers of alert rules: for page, command and API alike; and the rules that come shipped."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User, Workspace
from metrics.models import Campaign, DimensionValue, Feed, Metric
from objectives.models import AlertRule, Objective, Status
from objectives.models.rule import MINIMUM_VOLUME

Kind, Side, Grain = AlertRule.Kind, AlertRule.Side, AlertRule.Grain
SHIPPED: Mapping[str, Mapping[str, Any]] = {
    "status": {"kind": Kind.STATUS},
    "achieved": {"kind": Kind.ACHIEVED, "severity": AlertRule.Severity.INFO},
    "feeds": {"kind": Kind.FEED_LATE},
    "budgets": {"kind": Kind.BUDGET},
    "golden": {"kind": Kind.EXPECTED},
    "drift": {"kind": Kind.DRIFT},
}
"""The rules that every workspace has from its first night on, by what they are called."""
NEEDS_METRIC = (Kind.LEVEL, Kind.CHANGE)
ABOUT: Mapping[str, frozenset[str]] = {
    Kind.STATUS: frozenset({"objective", "statuses"}),
    Kind.ACHIEVED: frozenset({"objective"}),
    Kind.FEED_LATE: frozenset({"feed", "threshold"}),
    Kind.BUDGET: frozenset({"campaign", "threshold"}),
    Kind.LEVEL: frozenset({"metric", "segment", "campaign", "grain", "side", "threshold"}),
    Kind.CHANGE: frozenset(
        {"metric", "segment", "campaign", "grain", "side", "threshold", "comparison",
         "minimum_volume"}
    ),
    Kind.EXPECTED: frozenset(
        {"metric", "segment", "campaign", "grain", "side", "threshold", "minimum_volume"}
    ),
    Kind.DRIFT: frozenset({"metric", "segment", "campaign", "side", "threshold"}),
}  # fmt: skip
"""What each kind of rule says; everything else is left out of it."""
OF_ALL = ("severity", "told", "is_on")
LEAST_SENSITIVE = 6


@dataclass(kw_only=True)
class WantedRule:
    """What a form, a command or a request says of a rule."""

    kind: str
    metric: Metric | None = None
    segment: DimensionValue | None = None
    campaign: Campaign | None = None
    objective: Objective | None = None
    feed: Feed | None = None
    grain: str = Grain.AUTO.value
    side: str = Side.BAD.value
    comparison: str = AlertRule.Comparison.PREVIOUS.value
    threshold: Decimal | None = None
    statuses: list[str] = field(default_factory=list)
    minimum_volume: int = MINIMUM_VOLUME
    severity: str = AlertRule.Severity.RISK.value
    told: str = AlertRule.Told.CONCERNED.value
    is_on: bool = True

    def values(self) -> dict[str, Any]:
        """The rule's fields by name; what its kind does not ask is as it was made."""
        asked = {"kind", *ABOUT.get(self.kind, ()), *OF_ALL}
        plain = WantedRule(kind=self.kind)
        return {
            one.name: getattr(self if one.name in asked else plain, one.name)
            for one in fields(self)
        }


class RuleChangedError(Exception):
    """Somebody else saved the rule first; ``current`` is what they saved."""

    def __init__(self, current: AlertRule) -> None:
        super().__init__(current.public_id)
        self.current = current


def unsaved(workspace: Workspace, wanted: WantedRule, *, user: User | None = None) -> AlertRule:
    """A rule that is not stored: to be written in words, to be replayed.

    Raises ValidationError with a sentence per field.
    """
    rule = AlertRule(workspace=workspace, created_by=user, **wanted.values())
    _validate(rule)
    return rule


@transaction.atomic
def create_rule(workspace: Workspace, *, user: User | None, wanted: WantedRule) -> AlertRule:
    """A new rule; the next night checks it. Raises ValidationError with a sentence per field."""
    rule = unsaved(workspace, wanted, user=user)
    rule.save(force_insert=True)
    return rule


@transaction.atomic
def change_rule(rule: AlertRule, *, wanted: WantedRule, version: int) -> AlertRule:
    """Saves the changes made to ``version``. Its open alerts follow with the next evaluations.

    Raises RuleChangedError when another version is stored by now, ValidationError with a sentence
    per field.
    """
    stored = _locked(rule)
    if stored.version != version:
        raise RuleChangedError(stored)
    if stored.shipped and wanted.kind != stored.kind:
        raise ValidationError({"kind": _("This rule keeps its kind. Write a new one instead.")})
    for name, value in wanted.values().items():
        setattr(stored, name, value)
    _validate(stored)
    stored.version = version + 1
    stored.save()
    return stored


@transaction.atomic
def switch_rule(rule: AlertRule, *, on: bool, version: int | None = None) -> AlertRule:
    """Switches a rule on or off. Raises RuleChangedError for another version."""
    stored = _locked(rule)
    if version is not None and stored.version != version:
        raise RuleChangedError(stored)
    if stored.is_on != on:
        stored.is_on = on
        stored.version += 1
        stored.save(update_fields=["is_on", "version", "changed_at"])
    return stored


@transaction.atomic
def delete_rule(rule: AlertRule, *, version: int | None = None) -> None:
    """Takes a rule away; its alerts stay and close by themselves.

    Raises RuleChangedError for another version, ValidationError for a shipped one.
    """
    stored = _locked(rule)
    if version is not None and stored.version != version:
        raise RuleChangedError(stored)
    if stored.shipped:
        raise ValidationError(_("This rule comes with every workspace. Switch it off instead."))
    stored.delete()


def note_false_alarm(rule: AlertRule) -> None:
    """Counts an alert that people called a false alarm."""
    stored = _locked(rule)
    stored.false_alarms += 1
    stored.save(update_fields=["false_alarms"])


def _locked(rule: AlertRule) -> AlertRule:
    found = AlertRule.objects.select_for_update(of=("self",))
    return found.get(workspace_id=rule.workspace_id, pk=rule.pk)


def install_rules(workspace: Workspace) -> int:
    """Adds the shipped rules that the workspace lacks; what it has stays as it is."""
    known = set(
        AlertRule.objects.filter(workspace=workspace)
        .exclude(shipped="")
        .values_list("shipped", flat=True)
    )
    missing = [name for name in SHIPPED if name not in known]
    AlertRule.objects.bulk_create(
        [AlertRule(workspace=workspace, shipped=name, **SHIPPED[name]) for name in missing],
        ignore_conflicts=True,
    )
    return len(missing)


# Checks


def _validate(rule: AlertRule) -> None:
    wrong = _wrong(rule)
    if wrong:
        raise ValidationError(wrong)
    rule.full_clean(exclude=["workspace", "created_by"], validate_constraints=False)


def _wrong(rule: AlertRule) -> dict[str, str]:
    """What does not fit together, by field."""
    wrong: dict[str, str] = {}
    if rule.kind in NEEDS_METRIC and rule.metric is None:
        wrong["metric"] = _("Choose the metric to watch.")
    if rule.segment is not None and rule.campaign is not None and rule.kind != Kind.BUDGET:
        wrong["segment"] = _("Choose a segment or a campaign, not both.")
    if rule.metric is None and (rule.segment or rule.campaign) and rule.kind != Kind.BUDGET:
        wrong["metric"] = _("Choose the metric of this slice.")
    if rule.kind == Kind.LEVEL and rule.side == Side.EITHER:
        wrong["side"] = _("A level is crossed one way: choose below or above.")
    unknown = [one for one in rule.statuses if one not in Status.values]
    if unknown:
        wrong["statuses"] = _("“%(status)s” is no status. Choose among: %(known)s.") % {
            "status": unknown[0],
            "known": ", ".join(Status.values),
        }
    return wrong | _wrong_threshold(rule)


def _wrong_threshold(rule: AlertRule) -> dict[str, str]:
    limit = rule.threshold
    if limit is None:
        needed = {
            Kind.LEVEL: _("Write the level that must not be crossed."),
            Kind.CHANGE: _("Write by how much it may change, like 20%."),
        }
        message = needed.get(Kind(rule.kind)) if rule.kind in Kind.values else None
        return {"threshold": message} if message else {}
    if rule.kind == Kind.CHANGE and limit <= 0:
        return {"threshold": _("Write a share above zero, like 20%.")}
    if rule.kind == Kind.FEED_LATE and not (0 <= limit <= 365 and limit == int(limit)):
        return {"threshold": _("Write a number of days from 0 to 365.")}
    if rule.kind == Kind.BUDGET and not 0 < limit <= 10:
        return {"threshold": _("Write a share above zero, like 20%.")}
    if rule.kind in (Kind.EXPECTED, Kind.DRIFT) and not 0 <= limit <= LEAST_SENSITIVE:
        return {"threshold": _("Write a whole number from 0 (usual) to 6 (only what is extreme).")}
    return {}
