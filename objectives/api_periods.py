"""The API of targets by month or quarter under a longer objective: proposed, or made at once."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import (
    CHANGED,
    PROBLEMS,
    ChoiceField,
    Conflicting,
    PageQuery,
    ProblemSerializer,
    list_of,
)
from accounts.audit import record
from accounts.etags import IF_MATCH, Stale, check_match
from accounts.idempotency import KEY, idempotent
from accounts.models import ApiToken
from metrics import refreshing
from metrics.models.fact import VALUE_DIGITS
from metrics.periods import Grain
from metrics.serializers import NumberField
from objectives.api import OneObjectiveView
from objectives.models import Objective
from objectives.objectives import ChangedMeanwhileError
from objectives.period_split import How
from objectives.period_targets import (
    GRAINS,
    MOST_PERIODS,
    AlreadySplit,
    PeriodsRefused,
    Split,
    create_periods,
    periods_below,
    proposed,
    split_of,
)
from objectives.presentation import objective_json, plain
from objectives.serializers import ObjectiveSerializer


class PeriodTarget(serializers.Serializer[Any]):
    """The target of one period."""

    period = serializers.CharField(max_length=10, help_text=gettext_lazy("Like 2026-01, 2026-Q1."))
    target = serializers.DecimalField(**VALUE_DIGITS)


class PeriodsCall(serializers.Serializer[Any]):
    """Which periods, and either how to split the target or a target for each."""

    grain = ChoiceField(choices=[str(grain) for grain in GRAINS])
    how = ChoiceField(
        choices=[str(how) for how in How],
        required=False,
        help_text=gettext_lazy("Splits the target by its plan, as last year went, or evenly."),
    )
    targets = PeriodTarget(
        many=True,
        required=False,
        help_text=gettext_lazy("One for each period, instead of how, in any order."),
    )
    dry_run = serializers.BooleanField(
        default=False, help_text=gettext_lazy("Says what would be made, and makes nothing.")
    )
    start_now = serializers.BooleanField(
        default=False, help_text=gettext_lazy("Start them at once, or keep nothing.")
    )
    may_differ = serializers.BooleanField(
        default=False,
        help_text=gettext_lazy("The targets need not add up to the objective’s own."),
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Either how or targets."""
        if ("how" in attrs) == ("targets" in attrs):
            wrong = _("Send how to split the target, or the targets of the periods.")
            raise ValidationError({"targets": [wrong]})
        if len(attrs.get("targets", ())) > MOST_PERIODS:
            wrong = _("Send at most %(limit)s targets.") % {"limit": MOST_PERIODS}
            raise ValidationError({"targets": [wrong]})
        return attrs


class PeriodShape(serializers.Serializer[Any]):
    """One period, cut at the first and last day of the objective, and what was made of it."""

    period = serializers.CharField()
    start = serializers.DateField()
    end = serializers.DateField()
    target = NumberField()
    objective = serializers.CharField(
        allow_null=True, help_text=gettext_lazy("The id of the objective that was made.")
    )


class PeriodsShape(serializers.Serializer[Any]):
    """The periods, and what their targets come to; a level’s do not add up."""

    grain = serializers.ChoiceField([str(grain) for grain in GRAINS])
    target = NumberField()
    adds_up = serializers.BooleanField()
    total = NumberField(allow_null=True)
    difference = NumberField(allow_null=True)
    periods = PeriodShape(many=True)


class ObjectivePeriodsView(OneObjectiveView):
    """``objectives/<id>/periods/``."""

    @extend_schema(
        operation_id="objective_periods",
        summary=gettext_lazy("The targets by period under an objective, archived ones left out."),
        tags=["objectives"],
        parameters=[PageQuery],
        responses={200: list_of("ObjectivePeriods", ObjectiveSerializer), **PROBLEMS},
    )
    def get(self, request: Request, slug: str, public_id: str) -> Response:
        """One page of them."""
        listed = Objective.objects.listed(self.workspace).select_related("parent")
        below = listed.filter(parent=self.objective(public_id), is_period=True)
        return self.pages(below.prefetch_related("milestones"), objective_json)

    @extend_schema(
        operation_id="create_objective_periods",
        summary=gettext_lazy("Splits an objective by month or quarter: every period, or none."),
        tags=["objectives"],
        parameters=[IF_MATCH, KEY],
        request=PeriodsCall,
        responses={
            200: PeriodsShape,
            201: PeriodsShape,
            **CHANGED,
            (409, "application/problem+json"): ProblemSerializer,
        },
    )
    @idempotent
    def post(self, request: Request, slug: str, public_id: str) -> Response:
        """What was made (201), or would be (200)."""
        objective = self.objective(public_id)
        check_match(request, objective_json(objective))
        call = PeriodsCall(data=request.data)
        call.is_valid(raise_exception=True)
        asked = call.validated_data
        split = _split(objective, asked["grain"])
        rows = _rows(split, asked.get("targets"))
        values = (
            [asked["targets"][row]["target"] for row in rows]
            if rows
            else _split_as(split, asked["how"])
        )
        _check_sum(split, values, may_differ=asked["may_differ"])
        made: list[Objective] = []
        if not asked["dry_run"]:
            made = self._make(split, values, rows, start=asked["start_now"])
        return Response(_as_json(split, values, made), status=201 if made else 200)

    def _make(
        self, split: Split, values: Sequence[Decimal], rows: Sequence[int], *, start: bool
    ) -> list[Objective]:
        user, now = cast(ApiToken, self.request.auth).user, timezone.now()
        if start:
            refreshing.refresh(self.workspace, today=self.today, now=now)
        try:
            made = create_periods(
                split,
                values,
                user=user,
                today=self.today,
                now=now,
                start=start,
                version=split.objective.version,
            )
        except AlreadySplit as error:
            raise Conflicting(_("It has its targets by period already.")) from error
        except ChangedMeanwhileError as error:
            wrong = _("Somebody changed this meanwhile. Read it again, then send your change.")
            raise Stale(wrong) from error
        except PeriodsRefused as refused:
            wrong_rows = {
                f"targets.{rows[number] if rows else number}": list(wrong)
                for number, wrong in refused.by_period.items()
            }
            raise ValidationError(wrong_rows) from refused
        for one in made:
            record(user, "objective.created", workspace=self.workspace, obj=one)
            if start:
                record(user, "objective.started", workspace=self.workspace, obj=one)
        return made


def _split(objective: Objective, grain: str) -> Split:
    """How it can be split. Raises Conflicting where it was, ValidationError where it cannot be."""
    if periods_below(objective):
        raise Conflicting(_("It has its targets by period already."))
    found = split_of(objective, Grain(grain))
    if found is None:
        wrong = _(
            "It cannot be split so: it needs a metric, a target, and two to %(most)s such periods."
        )
        raise ValidationError({"grain": [wrong % {"most": MOST_PERIODS}]})
    return found


def _split_as(split: Split, how: str) -> Sequence[Decimal]:
    """The proposed targets. Raises ValidationError without the figures they would follow."""
    found = proposed(split, how)
    if found is None:
        raise ValidationError({"how": [_("There are too few figures of last year.")]})
    return found


def _rows(split: Split, sent: Sequence[Mapping[str, Any]] | None) -> list[int]:
    """By period, the number of the row that gives its target. Raises ValidationError by row."""
    if sent is None:
        return []
    keys = [span.key for span in split.spans]
    found: dict[str, int] = {}
    problems: dict[str, list[str]] = {}
    for number, row in enumerate(sent):
        period = row["period"]
        if period not in keys:
            words = {"period": period, "first": keys[0], "last": keys[-1]}
            wrong = _("“%(period)s” is none of its periods, which go from %(first)s to %(last)s.")
            problems[f"targets.{number}.period"] = [wrong % words]
        elif period in found:
            wrong = _("“%(period)s” has a target already, in row %(row)s.")
            problems[f"targets.{number}.period"] = [
                wrong % {"period": period, "row": found[period]}
            ]
        else:
            found[period] = number
    missing = [key for key in keys if key not in found]
    if missing and not problems:
        wrong = _("Give a target for: %(periods)s.") % {"periods": ", ".join(missing)}
        problems["targets"] = [wrong]
    if problems:
        raise ValidationError(problems)
    return [found[key] for key in keys]


def _check_sum(split: Split, values: Sequence[Decimal], *, may_differ: bool) -> None:
    """Raises ValidationError where amounts do not add up to the target and nobody meant it."""
    total, target = split.sum_of(values), split.objective.target
    if total is None or target is None or total == target or may_differ:
        return
    wrong = _(
        "They add up to %(total)s and the target is %(target)s. Mend them, or send may_differ."
    )
    raise ValidationError({"targets": [wrong % {"total": plain(total), "target": plain(target)}]})


def _as_json(split: Split, values: Sequence[Decimal], made: Sequence[Objective]) -> dict[str, Any]:
    total, target = split.sum_of(values), split.objective.target
    ids: list[str | None] = [one.public_id for one in made]
    ids = ids or [None] * len(values)
    assert target is not None
    return {
        "grain": split.grain.value,
        "target": plain(target),
        "adds_up": split.adds_up,
        "total": None if total is None else plain(total),
        "difference": None if total is None else plain(total - target),
        "periods": [
            {
                "period": span.key,
                "start": span.start.isoformat(),
                "end": span.end.isoformat(),
                "target": plain(value),
                "objective": public_id,
            }
            for span, value, public_id in zip(split.spans, values, ids, strict=True)
        ],
    }
