"""A browser: Debian's Chromium, nothing downloaded."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One headless browser for all tests.

    While it is there, Django sees Playwright's event loop in this thread and would refuse to ask
    the database; every question is asked from here, one after the other.
    """
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


def until(page: Page, condition: str) -> None:
    """Wait until a JavaScript expression holds, at most five seconds.

    Playwright's own wait_for_function polls with eval, which the content security policy refuses.
    """
    for _try in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"It never came true in the browser: {condition}")
