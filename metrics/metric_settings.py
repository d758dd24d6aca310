"""What a workspace decides about a metric: its golden place, what counts, which feed decides."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import Actor, record
from accounts.models import User
from metrics.counting import choose_feed
from metrics.definitions import change_rule_text
from metrics.models import Feed, Metric


@transaction.atomic
def change_metric(
    metric: Metric,
    *,
    golden_rank: int | None,
    is_hidden: bool,
    rule_text: str,
    reason: str,
    counting_feed: Feed | None,
    user: User,
    by: Actor,
    now: datetime,
) -> Metric:
    """Changes what differs. Raises ValidationError with a sentence per field."""
    rows = Metric.objects.select_for_update(of=("self",)).select_related("workspace")
    stored = rows.get(workspace=metric.workspace_id, pk=metric.pk)
    _refuse_taken(stored, golden_rank)
    stored.golden_rank, stored.is_hidden = golden_rank, is_hidden
    stored.full_clean(validate_unique=False)
    stored.save(update_fields=["golden_rank", "is_hidden"])
    before = stored.rule_text
    version = change_rule_text(stored, rule_text=rule_text, user=user, now=now, reason=reason)
    if version is not None:
        record(
            by,
            "metric.rule_changed",
            workspace=stored.workspace,
            obj=stored,
            before={"rule_text": before},
            after={"rule_text": version.rule_text},
        )
    choose_feed(stored, feed=counting_feed, by=by)
    stored.refresh_from_db()
    return stored


def _refuse_taken(metric: Metric, rank: int | None) -> None:
    """Each place among the golden KPIs is for one metric."""
    if rank is None or rank == metric.golden_rank:
        return
    holder = Metric.objects.filter(workspace=metric.workspace_id, golden_rank=rank).first()
    if holder is not None:
        text = _("“%(metric)s” has this place. Free it first, or choose another.")
        raise ValidationError({"golden_rank": text % {"metric": holder.name}})
