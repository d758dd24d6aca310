"""Nine days without a worker: every day is computed in its order, and one digest goes out."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Workspace
from accounts.scope import system_scope
from objectives.models import DailyResult
from tests.cast import Cast
from tests.faults.conftest import Site, eventually
from tests.faults.town import (
    digests_in,
    latest_night,
    member,
    nights,
    owe_night,
    settle,
    want_digest,
)
from tests.mailbox import Mailbox

pytestmark = pytest.mark.slow

UNSENT = "select count(*) from accounts_outgoingmail where state <> 'sent'"


def test_nine_days_are_caught_up_oldest_first(site: Site, cast: Cast, mailbox: Mailbox) -> None:
    last = latest_night() - timedelta(days=9)
    northwind = settle(cast, last_night=last)
    with system_scope():
        Workspace.objects.filter(pk=northwind.pk).update(
            created_at=timezone.now() - timedelta(days=20)
        )
    owe_night(northwind, last, state="done")
    want_digest(member(northwind, cast.alice))
    site.worker()
    site.tick()
    eventually(lambda: site.ask("select 1 from reports_digestissue"), 180)
    site.tick()
    eventually(lambda: mailbox.arrived and site.ask(UNSENT) == [(0,)])

    missed = [last + timedelta(days=number) for number in range(1, 10)]
    assert [night.day for night in nights(northwind) if night.started_at] == missed
    assert {night.state for night in nights(northwind)} == {"done"}
    with system_scope():
        # From midnight to the next night, what arrived meanwhile has judged today already.
        nightly = (missed[0], missed[-1])
        results = DailyResult.objects.filter(workspace=northwind, day__range=nightly)
        assert sorted(set(results.values_list("day", flat=True))) == missed
    assert digests_in(mailbox) == ["alice@example.com"]
    begun = (
        "select kind from kpitracker_job where kind <> 'refresh' order by started_at nulls first"
    )
    assert site.ask(begun)[-1] == ("digest",)
