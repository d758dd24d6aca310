"""The administration's pages keep to the content security policy and fit a phone."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from accounts.scope import system_scope
from tests.cast import build_cast, client_of

WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
INLINE = re.compile(
    r"<script(?![^>]*nonce=)[^>]*>|<style|\sstyle=|\son(?:click|change|load|submit|error)=|javascript:",
    re.IGNORECASE,
)


def addresses() -> Iterator[str]:
    """The front page, and every list and form to add."""
    yield "/admin/"
    yield reverse("admin:metrics_entry_month")
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        try:
            yield reverse(f"{name}_add")
        except NoReverseMatch:
            continue


def test_no_page_carries_inline_code(root: Client) -> None:
    opened = 0
    for address in addresses():
        response = root.get(address)
        if response.status_code != 403:
            assert response.status_code == 200, address
            assert INLINE.search(response.content.decode()) is None, address
            opened += 1
    assert opened > 20


def signed_in() -> str:
    """Makes Alice staff, and returns her session's key."""
    cast = build_cast()
    with system_scope():
        User.objects.filter(pk=cast.alice.pk).update(is_staff=True)
    return client_of(cast.alice).cookies["sessionid"].value


@contextmanager
def browsing(
    chromium: Browser, address: str, session: str, width: int, said: list[str]
) -> Iterator[Page]:
    """A page with this session; `said` is what its console says."""
    context = chromium.new_context(viewport={"width": width, "height": 900}, base_url=address)
    context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()


def broken(page: Page) -> list[tuple[str, str]]:
    """What axe finds on a page."""
    found = Axe().run(page, options=WCAG)
    return [(each["id"], each["nodes"][0]["html"]) for each in found.response["violations"]]


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore:No directory at")
@pytest.mark.parametrize("width", [375, 1280])
def test_a_browser_finds_nothing_to_report(
    transactional_db: None, chromium: Browser, live_server: LiveServer, width: int
) -> None:
    said: list[str] = []
    with browsing(chromium, live_server.url, signed_in(), width, said) as page:
        for address in ("/admin/", "/admin/metrics/entry/", "/admin/metrics/entry/month/"):
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.goto("/admin/metrics/entry/add/", wait_until="load")
        page.click(".field-metric .select2-selection")
        page.keyboard.type("mql")
        page.wait_for_selector(".select2-results__option--highlighted")
        page.keyboard.press("Enter")
        page.check("input[name=when][value=month]")
        assert not page.is_visible("#id_day")
        page.fill("#id_month", "2026-02")
        page.fill("#id_value", "28")
        page.click("input[name=_save]")
        page.wait_for_selector(".messagelist .success")
    assert said == []


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore:No directory at")
def test_axe_finds_nothing(
    transactional_db: None, chromium: Browser, live_server: LiveServer
) -> None:
    pages = ("", "metrics/entry/", "metrics/entry/add/", "metrics/entry/month/", "metrics/cost/")
    with browsing(chromium, live_server.url, signed_in(), 1280, []) as page:
        for address in pages:
            page.goto(f"/admin/{address}", wait_until="networkidle")
            assert broken(page) == []
