"""The writer of what metrics mean: own metrics, their formulas, what counts, and since when.

A change of meaning (formula, unit, what counts) is a dated version with its reason; a change of
words is not. Word is left that the values are to be computed anew.
"""

from collections.abc import Mapping
from copy import copy
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Min, ProtectedError
from django.utils.translation import gettext as _

from accounts.models import User, Workspace
from metrics.definition_checks import (
    MOST_OWN,
    OwnDefinition,
    definition_of,
    definition_problems,
    key_problems,
    means_another,
    readers_of,
    readers_problems,
)
from metrics.feeds import base_keys
from metrics.models import DefinitionVersion, Fact, Metric, RestatedRun, StaleSpan
from metrics.staleness import mark_metric_stale


@transaction.atomic
def define(
    workspace: Workspace,
    *,
    key: str,
    wanted: OwnDefinition,
    user: User | None,
    now: datetime,
    reason: str = "",
) -> Metric:
    """A new derived metric of the workspace's own, with its first version.

    Raises ValidationError with a sentence per field.
    """
    metrics = _locked(workspace)
    problems = key_problems(workspace, key, metrics)
    problems |= definition_problems(workspace, wanted, "" if problems else key, metrics)
    if sum(one.is_own for one in metrics.values()) >= MOST_OWN:
        text = _("A workspace defines at most %(limit)s metrics. Delete one that nobody uses.")
        problems["key"] = text % {"limit": MOST_OWN}
    if problems:
        raise ValidationError(problems)
    metric = Metric(workspace=workspace, key=key, **wanted.columns)
    metric.full_clean()
    metric.save(force_insert=True)
    _keep_version(metric, Metric(), user=user, now=now, reason=reason)
    mark_metric_stale(metric)
    return metric


@transaction.atomic
def change_definition(
    metric: Metric,
    *,
    wanted: OwnDefinition,
    user: User | None,
    now: datetime,
    reason: str = "",
    seen: int | None = None,
) -> DefinitionVersion | None:
    """Changes an own metric; the new version where its meaning changed, None where only words did.

    `seen` is the number of the version that the change was made to. Raises ValidationError with a
    sentence per field, also where another version was saved meanwhile.
    """
    metrics = _locked(metric.workspace)
    stored = _own(metrics, metric.key)
    _refuse_late(stored, seen)
    problems = definition_problems(metric.workspace, wanted, stored.key, metrics)
    before = definition_of(stored)
    meaning = not problems and means_another(before, wanted)
    earlier = copy(stored)
    if meaning and not reason.strip():
        problems["reason"] = _("Write why the definition changes: it stays beside the numbers.")
    if not problems and before.unit != wanted.unit:
        problems |= readers_problems(stored, wanted, metrics)
    if problems:
        raise ValidationError(problems)
    for name, value in wanted.columns.items():
        setattr(stored, name, value)
    stored.full_clean()
    stored.save(update_fields=list(wanted.columns))
    if not meaning:
        return None
    version = _keep_version(stored, earlier, user=user, now=now, reason=reason)
    mark_metric_stale(stored)
    return version


@transaction.atomic
def change_rule_text(
    metric: Metric,
    *,
    rule_text: str,
    user: User | None,
    now: datetime,
    reason: str = "",
    seen: int | None = None,
) -> DefinitionVersion | None:
    """States what counts in this workspace, from now on; None where that is what was said before.

    Raises ValidationError where a rule is replaced without a reason, or one was saved meanwhile.
    """
    stored = Metric.objects.select_for_update(of=("self",)).get(
        workspace=metric.workspace_id, pk=metric.pk
    )
    _refuse_late(stored, seen)
    before, after = stored.rule_text, rule_text.strip()
    if before == after:
        return None
    if before and not reason.strip():
        text = _("Write why the rule changes: it stays beside the numbers.")
        raise ValidationError({"reason": text})
    earlier = copy(stored)
    stored.rule_text = after
    stored.save(update_fields=["rule_text"])
    return _keep_version(stored, earlier, user=user, now=now, reason=reason)


@transaction.atomic
def archive(metric: Metric) -> Metric:
    """Takes an own metric out of lists and out of the golden KPIs; its values go on."""
    stored = _own(_locked(metric.workspace), metric.key)
    stored.is_hidden, stored.golden_rank = True, None
    stored.save(update_fields=["is_hidden", "golden_rank"])
    return stored


@transaction.atomic
def restore(metric: Metric) -> Metric:
    """Puts an archived metric back into the lists."""
    stored = _own(_locked(metric.workspace), metric.key)
    stored.is_hidden = False
    stored.save(update_fields=["is_hidden"])
    return stored


@transaction.atomic
def delete(metric: Metric) -> None:
    """Deletes an own metric that nothing uses, with its versions and restatements.

    Raises ValidationError with what uses it.
    """
    metrics = _locked(metric.workspace)
    stored = _own(metrics, metric.key)
    readers = readers_of(stored.key, metrics)
    if readers:
        text = _("“%(metric)s” is calculated from it. Archive it instead.")
        raise ValidationError(text % {"metric": readers[0].name})
    _mark_days_stale(stored, metrics)
    RestatedRun.objects.filter(workspace=stored.workspace_id, metric_key=stored.key).delete()
    try:
        stored.delete()
    except ProtectedError as error:
        text = _("An objective is set on it. Archive it instead.")
        raise ValidationError(text) from error


def _locked(workspace: Workspace) -> dict[str, Metric]:
    """The workspace's metrics by key, while nobody else defines any."""
    Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
    found = Metric.objects.filter(workspace=workspace).select_related("workspace")
    return {one.key: one for one in found}


def _own(metrics: Mapping[str, Metric], key: str) -> Metric:
    metric = metrics[key]
    if not metric.is_own:
        raise ValidationError(
            _("“%(metric)s” comes with the product: its formula stays as it is.")
            % {"metric": metric.name}
        )
    return metric


def _refuse_late(metric: Metric, seen: int | None) -> None:
    last = metric.definition_versions.select_related("user").order_by("-number").first()
    if seen is None or last is None or last.number == seen:
        return
    text = _(
        "%(person)s changed this definition meanwhile to “%(now)s”, because: “%(reason)s”. Look at "
        "it again, then make your change."
    )
    words = {
        "person": last.user or _("Somebody"),
        "now": last.formula or last.rule_text,
        "reason": last.reason or "–",
    }
    raise ValidationError(text % words, code="late")


def _keep_version(
    metric: Metric, earlier: Metric, *, user: User | None, now: datetime, reason: str
) -> DefinitionVersion:
    """Adds the version that holds from now on, beside what held before."""
    last = metric.definition_versions.aggregate(last=Max("number"))["last"] or 0
    return DefinitionVersion.objects.create(
        workspace=metric.workspace,
        metric=metric,
        number=last + 1,
        valid_from=now,
        user=user,
        reason=" ".join(reason.split())[:300],
        formula_before=earlier.own_formula,
        formula=metric.own_formula,
        unit_before=earlier.own_unit,
        unit=metric.own_unit,
        rule_text_before=earlier.rule_text,
        rule_text=metric.rule_text,
    )


def _mark_days_stale(metric: Metric, metrics: Mapping[str, Metric]) -> None:
    """Leaves word to compute the days that the metric rests on: its values go from their rows."""
    bases = [metrics[key].pk for key in base_keys(metric.key, metrics) if key in metrics]
    facts = Fact.objects.filter(workspace=metric.workspace_id, metric__in=bases)
    days = facts.aggregate(start=Min("day"), end=Max("end"))
    if days["start"] is not None:
        StaleSpan.objects.create(workspace_id=metric.workspace_id, metric=None, **days)
