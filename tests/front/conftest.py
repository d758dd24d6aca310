"""A browser on the gallery: Debian's Chromium, nothing downloaded, and no database."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from pytest_django.fixtures import Settings

Look = Callable[..., Page]
Scheme = Literal["light", "dark"]


def until(page: Page, condition: str) -> None:
    """Wait until a JavaScript expression holds, at most five seconds.

    Playwright's own wait_for_function polls with eval, which the content security policy refuses.
    """
    for _try in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"It never came true in the browser: {condition}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One headless browser for all tests of the front end."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a server of pages and static files that cannot reach the database."""
    thread = LiveServerThread("127.0.0.1", StaticFilesHandler, connections_override={})
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    assert not thread.error
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()


@pytest.fixture
def look(chromium: Browser, server: str, settings: Settings) -> Iterator[Look]:
    """Opens the gallery as asked; fails at the end on anything in the console."""
    settings.ROOT_URLCONF = "tests.front.urls"
    said: list[str] = []
    contexts = []

    def open_page(
        width: int = 1280, scheme: Scheme = "light", lang: str = "en", **options: Any
    ) -> Page:
        size: ViewportSize = {"width": width, "height": 900}
        context = chromium.new_context(viewport=size, color_scheme=scheme, locale=lang, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{server}/look/")
        if options.get("java_script_enabled", True):
            until(page, "Object.keys(window.Chart?.instances ?? {}).length === 4")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []
