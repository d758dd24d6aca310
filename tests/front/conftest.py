"""A browser on the gallery, and no database."""

from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, Page, ViewportSize
from pytest_django.fixtures import Settings

from tests.chromium import until

__all__ = ["until"]

Look = Callable[..., Page]
Scheme = Literal["light", "dark"]


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
