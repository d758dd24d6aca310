"""Packs the facts of months that are over, so that a full recompute need not read each of them.

Facts stay where they are: a packed month is a copy, which goes when any of them changes
(the trigger is in migrations/0003_fact_months.py) and is made again by a later night.
"""

from datetime import date, timedelta

from django.db import connection

from accounts.models import Workspace
from metrics import fact_sql
from metrics.engine.chunks import MOST_FACTS
from metrics.engine.facts import TooManyFacts, read_facts
from metrics.engine.packed_facts import packed
from metrics.models import FactMonth
from metrics.periods import last_of_month

CALM = timedelta(days=7)
"""How long a month is over before it is packed: late figures mostly come by then."""
OF_MONTH = """
FROM (
    SELECT * FROM metrics_fact
    WHERE workspace_id = %(workspace)s AND metric_id IN (
        SELECT id FROM metrics_metric WHERE workspace_id = %(workspace)s
    ) AND day BETWEEN %(month)s AND %(last)s
    ORDER BY metric_id, day, feed_id
) AS in_order
"""
"""Metric by metric, as the key's index finds them."""
TOO_MANY = b""


def pack_months(workspace: Workspace, *, day: date) -> int:
    """Packs the months that were over a week before `day` and are not packed; returns how many.

    To be called in a transaction. While somebody writes facts of the workspace nothing is done.
    """
    until = (day - CALM).replace(day=1)
    waiting = FactMonth.objects.filter(workspace=workspace, month__lt=until, content=None)
    if not waiting.exists() or not _locked(workspace.pk):
        return 0
    months = waiting.order_by("month").values_list("month", flat=True)
    return sum(_pack(workspace.pk, month) for month in list(months))


def _locked(workspace_id: int) -> bool:
    """Whether nobody writes facts of the workspace now, and until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(fact_sql.TRY_LOCK, {"workspace": workspace_id})
        return bool(cursor.fetchone()[0])


def _pack(workspace_id: int, month: date) -> int:
    count, content = _packed(workspace_id, month)
    found = FactMonth.objects.filter(workspace=workspace_id, month=month)
    return found.update(facts=count, content=content)


def _packed(workspace_id: int, month: date) -> tuple[int | None, bytes]:
    """How many facts a month has, and all of them; of too many nothing."""
    names = {"workspace": workspace_id, "month": month, "last": last_of_month(month)}
    try:
        facts = read_facts([OF_MONTH], names, most=[MOST_FACTS])
    except TooManyFacts:
        return None, TOO_MANY
    return len(facts), packed(facts)


def stale_months(workspace: Workspace) -> list[date]:
    """Packed months that do not say what their facts say: there are none."""
    there = FactMonth.objects.filter(workspace=workspace, facts__isnull=False).order_by("month")
    return [
        one.month
        for one in there.iterator(chunk_size=1)
        if _packed(workspace.pk, one.month) != (one.facts, bytes(one.content or b""))
        and there.filter(month=one.month, content=one.content).exists()  # not changed meanwhile
    ]
