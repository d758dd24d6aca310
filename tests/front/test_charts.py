"""What a chart holds: data to draw, and a table that says the same."""

import json
import re
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import translation

from metrics.charts import Annotation, Band, ChartSpec, Series, payload, table_rows

D = Decimal
WEEKS = [date(2026, 2, 23), date(2026, 3, 2), date(2026, 3, 9)]


def spec(**changes: Any) -> ChartSpec:
    given: dict[str, Any] = {
        "title": "MQLs grow",
        "subtitle": "MQLs per week",
        "summary": "Last week brought 1,300 MQLs.",
        "kind": "line",
        "unit": "count",
        "grain": "week",
        "labels": WEEKS,
        "series": [
            Series(
                name="MQLs",
                role="actual",
                values=[D(1300), None, D(0)],
                partial=[False, False, True],
            )
        ],
    }
    return ChartSpec(**(given | changes))


def render(chart: ChartSpec, lang: str = "en") -> str:
    with translation.override(lang):
        page = Template("{% load charts %}{% chart spec %}")
        return page.render(Context({"spec": chart}))


def drawn(html: str) -> Any:
    [data] = re.findall(r'<script id="[^"]+" type="application/json">(.*?)<', html)
    return json.loads(unescape(data))


def test_a_gap_stays_a_gap_and_zero_stays_zero() -> None:
    assert payload(spec(), "en")["series"][0]["values"] == [1300.0, None, 0.0]


def test_texts_follow_the_language() -> None:
    found = payload(spec(), "fr")
    assert found["lang"] == "fr-FR"
    assert found["ticks"] == ["S9", "S10", "S11"]
    assert found["series"][0]["texts"] == ["1\u202f300", "\u2013", "0"]


def test_the_table_holds_what_the_figure_draws() -> None:
    rows = table_rows(spec(), "en")
    assert [label for label, _cells in rows][1] == "week\u00a010 (2–8 March 2026)"
    assert [cells[0].text for _label, cells in rows] == ["1,300", "\u2013", "0"]
    assert [cells[0].partial for _label, cells in rows] == [False, False, True]


def test_an_annotation_stands_on_the_period_that_holds_its_day() -> None:
    notes = [
        Annotation(at=date(2026, 3, 5), text="Budget cut"),
        Annotation(at=date(2026, 1, 1), text="Too early to be drawn"),
    ]
    found = payload(spec(annotations=notes), "en")["annotations"]
    assert [(note["index"], note["text"]) for note in found] == [(1, "Budget cut")]


def test_a_band_is_cut_to_what_is_drawn() -> None:
    band = Band(start=date(2026, 1, 1), end=date(2026, 3, 3), text="Webinar")
    gone = Band(start=date(2025, 1, 1), end=date(2025, 2, 1), text="Long ago")
    found = payload(spec(bands=[band, gone]), "en")["bands"]
    assert found == [{"start": 0, "end": 1, "text": "Webinar"}]


def test_a_series_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="needs 3 values"):
        spec(series=[Series(name="Short", role="actual", values=[D(1)])])


def test_the_figure_names_and_describes_its_canvas() -> None:
    html = render(spec())
    [(title, summary)] = re.findall(r'aria-labelledby="(\S+)"\s+aria-describedby="(\S+)"', html)
    assert f'id="{title}">MQLs grow<' in html
    assert re.search(rf'id="{summary}">\s*Last week brought 1,300 MQLs\.', html)


def test_the_page_carries_the_table_twin_and_the_file() -> None:
    html = render(spec(csv_url="/w/northwind/metrics/mqls.csv"))
    assert html.count('<th scope="row">') == 3
    assert '<th scope="col" class="r">MQLs</th>' in html
    assert 'href="/w/northwind/metrics/mqls.csv?file=csv"' in html


def test_names_from_people_cannot_leave_the_data() -> None:
    nasty = "</script><img src=x onerror=alert(1)>"
    html = render(spec(title=nasty, series=[Series(name=nasty, role="actual", values=[D(1)] * 3)]))
    assert "<img" not in html
    assert drawn(html)["series"][0]["name"] == nasty


def test_nothing_needs_an_inline_style_or_script() -> None:
    html = render(spec())
    assert not re.search(r"\sstyle=|\son\w+=", html)
    assert set(re.findall(r"<script[^>]*type=\"([^\"]+)\"", html)) == {"application/json"}


def test_a_chart_of_texts_has_its_own_first_header() -> None:
    chart = spec(
        kind="hbars",
        grain="text",
        labels=["E-mail", "Social"],
        first_header="Channel",
        series=[Series(name="Leads", role="actual", values=[D(2), D(1)])],
    )
    assert '<th scope="col">Channel</th>' in render(chart)
