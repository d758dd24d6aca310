"""Two schedulers and two workers at once: every piece of work is done once, one digest each."""

import pytest

from tests.cast import Cast
from tests.faults.conftest import Site, eventually
from tests.faults.town import digests_in, member, owe_night, settle, today, want_digest
from tests.mailbox import Mailbox

pytestmark = pytest.mark.slow

MADE = "select count(*) from reports_digestissue"
TICKED = "select at from kpitracker_heartbeat where name = 'tick'"
UNSENT = "select count(*) from accounts_outgoingmail where state <> 'sent'"


def wait_for_a_tick(site: Site) -> None:
    before = site.ask(TICKED)
    eventually(lambda: site.ask(TICKED) != before)


def test_two_schedulers_make_one_digest(site: Site, cast: Cast, mailbox: Mailbox) -> None:
    northwind = settle(cast)
    owe_night(northwind, today())
    want_digest(member(northwind, cast.alice), member(northwind, cast.vera))
    for name in ("first", "second"):
        site.worker(f"{name}-worker")
        site.scheduler(f"{name}-scheduler")
    eventually(lambda: site.ask(MADE) == [(2,)] and site.ask(UNSENT) == [(0,)])
    for _again in range(3):
        wait_for_a_tick(site)

    assert digests_in(mailbox) == ["alice@example.com", "vera@example.com"]
    worked = site.ask("select kind, state, attempts from kpitracker_job where kind <> 'refresh'")
    assert sorted(worked) == [("digest", "done", 1), ("digest", "done", 1), ("night", "done", 1)]
    for name in ("first", "second"):
        assert "Sending due task tick" in site.said(f"{name}-scheduler")
