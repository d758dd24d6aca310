"""The front end in a browser: it fits, is quiet and accessible, and its charts keep their rules."""

from decimal import Decimal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from accounts import fmt
from tests.front.conftest import Look, Scheme, until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:No directory at"),  # static files come from their sources
]

WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_nothing_is_wider_than_the_window(look: Look, width: int, lang: str) -> None:
    page = look(width=width, lang=lang)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_axe_finds_nothing(look: Look, width: int, scheme: Scheme) -> None:
    page = look(width=width, scheme=scheme)
    found = Axe().run(page, options=WCAG)
    assert [(each["id"], each["nodes"][0]["html"]) for each in found.response["violations"]] == []


@pytest.mark.parametrize("width", [375, 1280])
def test_targets_are_large_enough(look: Look, width: int) -> None:
    small = look(width=width).evaluate(
        """[...document.querySelectorAll("a, button, summary, select, input")]
        .filter((e) => e.checkVisibility() && !e.closest("p, dd, td, li.toast, .sr, .skip, dialog"))
        .map((e) => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
        .filter(([, box]) => box.width && Math.min(box.width, box.height) < 18)
        .map(([html]) => html)"""
    )
    assert small == []


def test_bars_and_running_sums_start_at_zero(look: Look) -> None:
    charts = look().evaluate(
        """Object.values(Chart.instances).map((chart) =>
        [chart.$data.kind, chart.scales[chart.options.indexAxis === "y" ? "x" : "y"].min])"""
    )
    assert {kind: low for kind, low in charts if kind != "line"} == {
        "cumulative": 0,
        "bars": 0,
        "hbars": 0,
    }
    assert dict(charts)["line"] > 0


def test_an_axis_that_does_not_start_at_zero_says_so(look: Look) -> None:
    page = look()
    notes = page.eval_on_selector_all("[data-chart-note]", "all => all.map((e) => e.textContent)")
    assert [note for note in notes if note] == ["The axis starts at 20."]


def test_lines_are_neither_smoothed_nor_joined_over_gaps(look: Look) -> None:
    lines = look().evaluate(
        """Object.values(Chart.instances).flatMap((chart) => chart.data.datasets)
        .filter((set) => set.type === "line").map((set) => [set.tension, set.spanGaps])"""
    )
    assert lines
    assert all(line == [0, False] for line in lines)


def test_target_and_plan_differ_by_their_dashes(look: Look) -> None:
    dashes = look().evaluate(
        """Object.fromEntries(Object.values(Chart.instances)
        .find((chart) => chart.$data.kind === "cumulative").data.datasets
        .map((set) => [set.series.role, set.borderDash.join(" ")]))"""
    )
    assert dashes["actual"] == ""
    assert len({dashes["actual"], dashes["plan"], dashes["target"], dashes["forecast_median"]}) == 4


@pytest.mark.parametrize("width", [320, 1280])
def test_the_texts_of_an_axis_do_not_touch(look: Look, width: int) -> None:
    overlaps = look(width=width, lang="fr").evaluate(
        """Object.values(Chart.instances).filter((chart) => chart.options.indexAxis === "x")
        .map(({ ctx, scales: { x }, $data }) => {
          ctx.font = `12px ${Chart.defaults.font.family}`;
          const spots = x.ticks.map((tick) => [x.getPixelForValue(tick.value),
            ctx.measureText($data.ticks[tick.value]).width]);
          return spots.slice(1).filter(([at, wide], i) =>
            at - wide / 2 < spots[i][0] + spots[i][1] / 2).length;
        })"""
    )
    assert overlaps == [0, 0, 0]


def test_reduced_motion_stops_the_animation(look: Look) -> None:
    page = look(reduced_motion="reduce")
    moving = page.evaluate("Object.values(Chart.instances).map((chart) => chart.options.animation)")
    assert moving == [False] * 4


def test_escape_closes_a_tooltip(look: Look) -> None:
    page = look()
    shown = """Object.values(Chart.instances)[0].tooltip.opacity"""
    canvas = page.locator("canvas").first
    canvas.hover(position={"x": 200, "y": 100})
    until(page, f"{shown} === 1")
    page.keyboard.press("Escape")
    until(page, f"{shown} === 0")


def test_the_chosen_theme_stays_and_redraws_the_charts(look: Look) -> None:
    page = look()
    ink = "Object.values(Chart.instances)[0].data.datasets[0].borderColor"
    light = page.evaluate(ink)
    page.locator(".side__foot summary").click()
    page.locator("[data-theme-choice=dark]").click()
    until(page, f"{ink} !== '{light}'")
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_the_menu_closes_with_escape_and_gives_the_focus_back(look: Look) -> None:
    page = look()
    summary = page.locator(".side__foot summary")
    summary.click()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert page.locator(".side__foot details").get_attribute("open") is None
    assert summary.evaluate("e => e === document.activeElement")


def test_the_skip_link_comes_first_and_leads_to_the_content(look: Look) -> None:
    page = look()
    first = page.locator("a, button, input, select, summary").first
    assert first.get_attribute("class") == "skip"
    first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_without_scripts_the_tables_and_the_navigation_are_there(look: Look) -> None:
    page = look(java_script_enabled=False)
    assert not page.locator("canvas").first.is_visible()
    page.locator("figure summary").first.click()
    assert page.locator("figure table").first.is_visible()
    page.locator(".side__foot summary").click()
    assert page.get_by_role("button", name="Français").is_visible()


def numbers() -> list[Decimal]:
    """200 numbers of every size and sign, none of them halfway between two roundings."""
    seeds = [Decimal(n * n * n * 7919 + n * 104729 + 1) for n in range(100)]
    return [sign * seed / 10 ** (n % 7) for n, seed in enumerate(seeds) for sign in (1, -1)]


@pytest.mark.parametrize(("lang", "tag"), [("fr", "fr-FR"), ("en", "en-GB")])
def test_the_server_writes_numbers_as_the_browser_does(
    chromium: Browser, lang: str, tag: str
) -> None:
    page = chromium.new_page()
    written = page.evaluate(
        """([tag, numbers]) => {
          const decimal = new Intl.NumberFormat(tag,
            { maximumFractionDigits: 2, signDisplay: "negative" });
          const percent = new Intl.NumberFormat(tag,
            { style: "percent", maximumFractionDigits: 1, signDisplay: "negative" });
          const money = new Intl.NumberFormat(tag,
            { style: "currency", currency: "EUR", signDisplay: "negative" });
          return numbers.map((n) => [decimal, percent, money].map((format) => format.format(n)));
        }""",
        [tag, [str(number) for number in numbers()]],
    )
    page.close()
    ours = [
        [fmt.number(n, lang), fmt.percent(n, lang, 1), fmt.money(n, "EUR", lang)] for n in numbers()
    ]
    assert len(ours) == 200
    assert ours == written
