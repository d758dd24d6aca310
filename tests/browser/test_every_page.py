"""Every page of the product, in both languages, as its owner: quiet, accessible, and it fits."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.access import Right
from accounts.models import Membership, User, Workspace
from accounts.scope import system_scope, workspace_scope
from accounts.unsubscribe import MailList, token_for
from kpitracker.ledger import record_night
from kpitracker.nightly import run_night
from tests.authz import ROWS, Door, Row
from tests.browser.conftest import Tab
from tests.cast import Cast
from tests.objectives.board import Board

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NOT_PAGES = {
    "healthz",
    "readyz",
    "alert_rule_preview",
    "objective_hint",
    "objective_trial",
    "objective_new_trial",
    "objective_export",
    "metric_export",
    "metric_why_export",
    "import_template",
}
"""What GET answers with something else than a page of its own."""
UNKNOWN = {"accept_invitation": 404, "account_reset_password_from_key": 200}
"""Links that are no longer good: their pages say so."""


def furnish(workspace: Workspace, owner: User) -> None:
    """Figures of two months, objectives, a night: pages that have something to show."""
    now = timezone.now()
    today = now.date()
    with workspace_scope(workspace.pk):
        board = Board(workspace, owner)
        start, yesterday = today - timedelta(days=60), today - timedelta(days=1)
        for key, amount in (("sessions", 500), ("leads", 10)):
            board.figures(key, amount, start, yesterday - timedelta(days=1))
            for channel in ("organic_search", "paid_search"):
                board.figures(
                    key, 4, start, yesterday, channel=board.book.channel(channel).segment_id
                )
        dates = {"start": start, "end": today + timedelta(days=30)}
        for key, target in (("sessions", 700), ("leads", 9_000)):
            board.objective(key, target, **dates)
        report = run_night(workspace, day=today, now=now)
        record_night(workspace, day=today, result=report.as_json(), now=now)


def kwargs_of(name: str, row: Row, workspace: Workspace, user: User) -> dict[str, Any]:
    """The parts of the address, of an object that is there."""
    with workspace_scope(workspace.pk):
        found = row.make(workspace) if row.make else {}
        if name == "mail_preferences":
            member = Membership.objects.get(workspace=workspace, user=user)
            found = {"token": token_for(member, MailList.DIGEST)}
        return found | ({"slug": workspace.slug} if isinstance(row.get, Right) else {})


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_page(lang: str, cast: Cast, open_tab: Callable[..., Tab]) -> None:
    with system_scope():
        User.objects.filter(pk=cast.alice.pk).update(language=lang)
        Workspace.objects.filter(pk=cast.northwind.pk).update(language=lang)
    furnish(cast.northwind, cast.alice)
    signed_in, nobody = open_tab(lang, cast.alice), open_tab(lang)
    for name, row in sorted(ROWS.items()):
        if row.get is None or name in NOT_PAGES:
            continue
        path = reverse(name, kwargs=kwargs_of(name, row, cast.northwind, cast.alice))
        tab = nobody if row.get is Door.OPEN and name != "account_logout" else signed_in
        visit(tab, name, path, lang)


def visit(tab: Tab, name: str, path: str, lang: str) -> None:
    """Opens one page and looks at it."""
    expected = UNKNOWN.get(name, 200)
    before = len(tab.wrong)
    status = tab.go(path)
    if status != expected:
        tab.wrong.append(f"{path}: status {status}")
    if expected != 200:  # the browser says of the page itself that it failed to load
        tab.wrong[before:] = [each for each in tab.wrong[before:] if "Failed to load" not in each]
    if tab.page.locator("html").get_attribute("lang") != lang:
        tab.wrong.append(f"{path}: not in {lang}")
    tab.look(axe=lang == "en")  # what it looks at is the same in both: the longest check of all
