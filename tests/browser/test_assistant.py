"""An objective written by keyboard, step by step, in both languages; and without JavaScript."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from accounts.models import User, Workspace
from accounts.scope import system_scope, workspace_scope
from objectives.models import Objective
from tests.browser.conftest import Tab
from tests.cast import Cast, client_of
from tests.chromium import until
from tests.objectives.board import Board

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = {
    "en": {"coming": "is being calculated", "achievable": "Achievable", "started": "has started"},
    "fr": {"coming": "en cours de calcul", "achievable": "Atteignable", "started": "a démarré"},
}


def furnish(workspace: Workspace, owner: User, lang: str) -> date:
    """Ten leads a day for half a year, up to yesterday; returns today."""
    today: date = timezone.now().date()
    with system_scope():
        User.objects.filter(pk=owner.pk).update(language=lang)
        Workspace.objects.filter(pk=workspace.pk).update(language=lang)
    with workspace_scope(workspace.pk):
        board = Board(workspace, owner)
        yesterday = today - timedelta(days=1)
        board.figures("leads", lambda day: 8 + day.weekday(), today - timedelta(300), yesterday)
        board.compute(today)
    return today


def reach(tab: Tab, field: str) -> None:
    """Presses Tab until the field has the focus."""
    for _press in range(90):
        if tab.page.evaluate("document.activeElement.id") == field:
            return
        tab.page.keyboard.press("Tab")
    pytest.fail(f"{field} cannot be reached by keyboard at {tab.page.url}")


def enter(tab: Tab) -> None:
    with tab.page.expect_navigation():
        tab.page.keyboard.press("Enter")


def stored() -> Objective:
    with system_scope():
        return Objective.objects.select_related("metric").get()


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_by_keyboard(lang: str, cast: Cast, open_tab: Callable[..., Tab]) -> None:
    today = furnish(cast.northwind, cast.alice, lang)
    tab = open_tab(lang, cast.alice)
    tab.go("/w/northwind/objectives/new/")
    keys = tab.page.keyboard
    tab.look()

    reach(tab, "id_metric")
    keys.type("Leads")
    for _press in range(60):  # several begin like this: on to the one that is meant
        if tab.page.input_value("#id_metric") == "leads":
            break
        keys.press("ArrowDown")
    assert tab.page.input_value("#id_metric") == "leads"
    until(tab.page, "document.querySelector('#trial canvas') !== null")
    reach(tab, "id_statement")
    enter(tab)
    assert tab.page.url.endswith("/measurable/")
    assert stored().statement == "Leads"

    reach(tab, "id_target")
    keys.type("1200")
    until(tab.page, "document.querySelector('#trial .pill') !== null")
    assert WORDS[lang]["achievable"] in tab.page.inner_text("#trial")
    until(tab.page, "document.getElementById('announce').textContent !== ''")
    assert stored().target is None
    tab.look()
    enter(tab)

    assert tab.page.url.endswith("/achievable/")
    assert WORDS[lang]["coming"] in tab.page.inner_text("#trial")
    tab.look()
    reach(tab, "id_target")
    enter(tab)

    reach(tab, "id_goal")
    keys.type("More demonstrations")
    tab.look()
    enter(tab)

    reach(tab, "id_start")
    tab.page.fill("#id_start", (today - timedelta(days=10)).isoformat())
    tab.page.fill("#id_end", (today + timedelta(days=79)).isoformat())
    until(tab.page, "document.querySelector('#trial table th:nth-child(3)') !== null")
    tab.look()
    reach(tab, "id_pace")
    with tab.page.expect_navigation():
        tab.page.locator(".wizard .btn--main").focus()
        keys.press("Enter")

    assert tab.page.url.endswith("/summary/")
    tab.look()
    tab.page.locator("form:has(input[name=wording]) button").focus()
    enter(tab)
    assert "1" in stored().statement
    if tab.page.locator("#reason").count():
        reach(tab, "reason")
        keys.type("New market")
        enter(tab)
    else:
        tab.page.locator("form:has(input[value=start]) .btn--main").focus()
        enter(tab)
    assert WORDS[lang]["started"] in tab.page.inner_text("body")
    assert stored().state == "active"
    tab.look()


def test_without_javascript(cast: Cast, chromium: Browser, live_server: LiveServer) -> None:
    today = furnish(cast.northwind, cast.alice, "en")
    context = chromium.new_context(java_script_enabled=False)
    session = str(client_of(cast.alice).session.session_key)
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/w/northwind/objectives/new/")
    page.select_option("#id_metric", "leads")
    page.fill("#id_statement", "A thousand leads")
    page.click(".wizard form .btn--main")
    page.click("button[name=preset][value=target]")
    assert page.input_value("#id_target") != ""
    page.fill("#id_target", "1000")
    page.click(".wizard form .btn--main")
    assert page.locator("#trial section[aria-label='Reality check']").count() == 1
    page.click(".wizard form .btn--main")
    page.fill("#id_goal", "More demonstrations")
    page.click(".wizard form .btn--main")
    page.click("button[name=preset][value=next_quarter]")
    assert page.input_value("#id_start") > today.isoformat()
    page.click(".wizard form .btn--main")
    if page.locator("#reason").count():
        page.fill("#reason", "New market")
    page.click("form:has(input[value=start]) .btn--main")
    assert stored().state == "active"
    context.close()


def test_packs_and_the_chain_are_quiet_and_fit(cast: Cast, open_tab: Callable[..., Tab]) -> None:
    furnish(cast.northwind, cast.alice, "fr")
    tab = open_tab("fr", cast.alice)
    for path in (
        "packs/",
        "packs/set-up/?pack=leads&pack=paid",
        "chain/?customers=12&start=2026-04-01&end=2026-06-30&rate_new_customers=25",
    ):
        assert tab.go(f"/w/northwind/objectives/{path}") == 200
        tab.look()
