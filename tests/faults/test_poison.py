"""A workspace whose night raises: the others' nights are done, its own is tried again, given up."""

import pytest
from django.utils import timezone

from accounts.scope import system_scope, workspace_scope
from kpitracker.jobs import RETRY_MINUTES
from kpitracker.models import Job
from objectives.models import Alert
from tests.cast import Cast
from tests.faults.conftest import Site, eventually
from tests.faults.town import nights, owe_night, settle, today

pytestmark = pytest.mark.slow

POISON = "update metrics_fact set value = 'NaN' where workspace_id = %s"


def test_a_poisonous_workspace_stops_no_other(site: Site, cast: Cast) -> None:
    northwind = settle(cast)
    with site.connect() as session:
        session.execute(POISON, [northwind.pk])
    for workspace in (northwind, cast.acme):
        owe_night(workspace, today())
    site.worker()
    site.tick()
    eventually(lambda: nights(northwind)[0].state == "failed" and nights(cast.acme)[0].finished_at)
    failed, healthy = nights(northwind)[0], nights(cast.acme)[0]
    assert healthy.state == "done"
    assert failed.error
    assert failed.run_after > timezone.now()

    with system_scope():
        Job.objects.filter(pk=failed.pk).update(
            attempts=len(RETRY_MINUTES), run_after=timezone.now(), rung_at=None
        )
    site.tick()
    with workspace_scope(northwind.pk):
        alerts = Alert.objects.filter(workspace=northwind, kind=Alert.Kind.NIGHT_FAILED)
        eventually(lambda: alerts.filter(closed_on=None).exists())
    assert nights(northwind)[0].state == "dead"
