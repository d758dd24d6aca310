"""Takes the README's pictures again, from the demo of a running `make run`.

    .venv/bin/python scripts/screenshots.py [--url http://127.0.0.1:8000] [--out docs/images]

Needs the development requirements and a Chromium on the PATH (`make test` installs both).
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from kpitracker.bootstrap_names import DEMO_FILE  # noqa: E402
from kpitracker.embedded import default_data_dir  # noqa: E402

LARGEST_BYTES = 200_000
SETTLE_MS = 600  # charts are drawn once


@dataclass(frozen=True)
class Picture:
    """One picture: where to go, and how wide, light and foreign it is."""

    name: str
    open: Callable[[Page], None]
    width: int = 1280
    height: int = 860
    scheme: Literal["light", "dark"] = "light"
    language: str = "en"


def progress(page: Page) -> None:
    """The home page of the demo's first workspace."""
    page.goto("/w/northwind/")


def objective(page: Page) -> None:
    """A running objective that is off track."""
    page.goto("/w/northwind/objectives/?status=off_track")
    link = page.locator("main a[href*='/objectives/obj_']").first
    page.goto(str(link.get_attribute("href")))


def metric(page: Page) -> None:
    """A metric with its comparison and its channels."""
    page.goto("/w/northwind/metrics/leads/")


def an_import(page: Page) -> None:
    """A file of the last weeks, read and not yet written."""
    page.goto("/w/northwind/imports/new/")
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "Campaign report.csv"
        file.write_bytes(campaign_report(date.today()))  # noqa: DTZ011
        page.set_input_files("#id_file", file)
        with page.expect_navigation():
            page.click("main form .btn--main")


def phone(page: Page) -> None:
    """The home page of the French workspace."""
    page.goto("/w/atelier-lumen/")


def campaign_report(today: date) -> bytes:
    """Four weeks of a campaign report, day by day, as Google Ads exports it."""
    days = [today - timedelta(days=back) for back in range(28, 0, -1)]
    lines = ["Campaign report", f"{days[0]:%Y-%m-%d} - {days[-1]:%Y-%m-%d}"]
    heads = ("Day", "Campaign", "Campaign type", "Currency code", "Impr.", "Clicks", "Cost")
    lines.append("\t".join((*heads, "Conversions")))
    for number, day in enumerate(days):
        for campaign, kind, size in (("Brand", "Search", 3), ("Product tour", "Video", 2)):
            shown, clicks = 400 * size + 31 * (number % 7), 20 * size + number % 5
            row = (day, campaign, kind, "EUR", shown, clicks, f"{clicks * 1.35:.2f}", size)
            lines.append("\t".join(str(cell) for cell in row))
    return "\n".join(lines).encode("utf-16")


PICTURES = (
    Picture("progress", progress),
    Picture("objective", objective),
    Picture("import", an_import),
    Picture("metric", metric),
    Picture("phone", phone, width=375, height=812, scheme="dark", language="fr"),
)


def sign_in(page: Page) -> None:
    """As the demo's owner, whose login the run has left in the data directory."""
    login = json.loads((default_data_dir() / DEMO_FILE).read_text())["logins"][0]
    page.goto("/login/")
    page.fill("#id_login", login["email"])
    page.fill("#id_password", login["password"])
    with page.expect_navigation():
        page.click("main .btn--main")


def speak(page: Page, language: str) -> None:
    """Chooses the person's language in the menu of the account."""
    page.goto("/?all=1")
    with page.expect_navigation():
        page.click(f"button[name=language][value={language}]")


def take(browser: Browser, url: str, out: Path, picture: Picture) -> Path:
    """Takes one picture in a window of its own; the file."""
    context = browser.new_context(
        base_url=url,
        viewport={"width": picture.width, "height": picture.height},
        color_scheme=picture.scheme,
        locale=picture.language,
        reduced_motion="reduce",
    )
    page = context.new_page()
    sign_in(page)
    speak(page, picture.language)
    picture.open(page)
    page.wait_for_timeout(SETTLE_MS)
    file = out / f"{picture.name}.png"
    page.screenshot(path=file)
    context.close()
    return file


def main() -> int:
    """Takes all of them; 1 when one is too large for a README."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        files = [take(browser, options.url, options.out, picture) for picture in PICTURES]
        browser.close()
    for file in files:
        print(f"{file}: {file.stat().st_size // 1000} kB")
    return int(any(file.stat().st_size > LARGEST_BYTES for file in files))


if __name__ == "__main__":
    sys.exit(main())
