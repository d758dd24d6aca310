"""Tags that page authors use: bullets, sparklines, pills, fields, formats, the theme."""

import re
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

pytestmark = pytest.mark.urls("tests.front.urls")

D = Decimal


def render(source: str, lang: str = "en", **context: object) -> str:
    with translation.override(lang):
        page = Template("{% load components formats %}" + source)
        return page.render(Context(context)).strip()


def test_a_bullet_draws_actual_and_plan_as_shares_of_the_target() -> None:
    html = render(
        '{% bullet done plan "off_track" "52% done, plan 74%" %}', done=D("0.52"), plan=D("0.74")
    )
    assert re.search(r'class="bullet__bar"[^>]*width="52.00%"', html)
    assert re.search(r'class="bullet__plan"[^>]*x="74.00%"', html)
    assert 'aria-label="52% done, plan 74%"' in html
    assert "style=" not in html


@pytest.mark.parametrize(("done", "width"), [(D("1.8"), "100.00%"), (D("0.001"), "0.10%")])
def test_the_bar_is_clamped_to_the_drawing(done: Decimal | None, width: str) -> None:
    html = render('{% bullet done None "achieved" "done" %}', done=done)
    assert f'width="{width}"' in re.findall(r"<rect[^>]*bullet__bar[^>]*>", html)[0]


@pytest.mark.parametrize("done", [D("-0.2"), D(0), None])
def test_no_progress_has_no_bar(done: Decimal | None) -> None:
    assert "bullet__bar" not in render('{% bullet done None "no_data" "none" %}', done=done)


def test_zones_fill_the_whole_way() -> None:
    html = render('{% bullet d d "on_track" "x" zones %}', d=D("0.5"), zones=(D("0.55"), D("0.67")))
    assert re.findall(r'bullet__zone-\d" x="([\d.]+)%"[^>]*?width="([\d.]+)%"', html) == [
        ("0.00", "55.00"),
        ("55.00", "12.00"),
        ("67.00", "33.00"),
    ]


def test_a_sparkline_breaks_at_a_gap() -> None:
    html = render('{% sparkline values "12 weeks" %}', values=[D(1), D(2), None, D(3), D(2)])
    assert html.count("<polyline") == 2


@pytest.mark.parametrize("values", [[], [None, None], [D(5)], [D(5), D(5), D(5)]])
def test_a_sparkline_of_little_still_draws(values: list[Decimal | None]) -> None:
    assert "<svg" in render('{% sparkline values "12 weeks" %}', values=values)


def test_a_status_is_icon_word_and_colour() -> None:
    html = render('{% status_pill "off_track" %}')
    assert "pill--off" in html
    assert "#x" in html
    assert "Off track" in html


def test_a_missing_value_is_read_aloud_as_such() -> None:
    html = render('{% metric_value None "money" "EUR" %}')
    assert re.sub(r"<[^>]+>", "", html) == "\u2013no value"


def test_a_change_says_direction_and_impact() -> None:
    html = render('{% change now before "money" "down" %}', now=D(55), before=D(60))
    assert "change--good" in html
    assert "▼ 8.3%" in html
    assert "(good)" in html


def test_filters_follow_the_language() -> None:
    assert render("{{ n|money:'EUR' }}", "fr", n=D("1234.5")) == "1\u202f234,50\u00a0€"


class Sample(forms.Form):
    target = forms.CharField(label="Target", help_text="Your best quarter was 980.")
    kind = forms.ChoiceField(
        choices=[("reach", "Reach\nBy the end"), ("above", "Stay above")], widget=forms.RadioSelect
    )
    mail = forms.BooleanField(required=False)
    file = forms.FileField(required=False)


def test_a_field_ties_label_hint_and_error_to_its_control() -> None:
    html = render("{% field form.target %}", form=Sample({}))
    control = re.findall(r"<input[^>]*>", html)[0]
    assert 'aria-describedby="id_target_helptext id_target_error"' in control
    assert 'aria-invalid="true"' in control
    assert 'id="id_target_helptext"' in html
    assert 'id="id_target_error"' in html


def test_choices_are_cards_with_title_and_hint() -> None:
    html = render("{% field form.kind %}", form=Sample())
    assert "<legend>Kind</legend>" in re.sub(r"\s+<", "<", html)
    assert "<b>Reach</b><span>By the end</span>" in html
    assert "<b>Stay above</b>" in html


def test_the_summary_leads_to_each_field() -> None:
    html = render("{% form_errors form %}", form=Sample({}))
    assert 'href="#id_target"' in html
    assert 'href="#id_kind_0"' in html
    assert "2 things to mend" in html


def test_a_form_without_errors_has_no_summary() -> None:
    assert render("{% form_errors form %}", form=Sample()) == ""


@pytest.mark.parametrize(
    ("cookie", "attribute"),
    [
        ("dark", ' data-theme="dark"'),
        ("light", ' data-theme="light"'),
        ('"><script>', ""),
        ("", ""),
    ],
)
def test_the_theme_comes_from_its_cookie(cookie: str, attribute: str) -> None:
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = cookie
    assert render("{% theme_attribute %}", request=request) == attribute.strip()


@pytest.mark.parametrize("code", [400, 500, 503])
def test_the_pages_of_last_resort_need_nothing(code: int) -> None:
    html = render_to_string(f"{code}.html")
    assert "<h1>" in html
    assert 'href="/"' in html


@pytest.mark.parametrize("code", [403, 404, 409, 413, 422, 429])
def test_error_pages_show_the_reference(code: int) -> None:
    request = RequestFactory().get("/")
    request.__dict__["request_id"] = "q7hk2m"
    assert "q7hk2m" in render_to_string(f"{code}.html", {"csrf_token": "x"}, request=request)


def test_a_conflict_shows_both_versions() -> None:
    html = render_to_string(
        "409.html",
        {
            "conflict": "Marie changed this objective 2 minutes ago.",
            "rows": [("Target", "1,200", "1,100")],
            "url": "/w/northwind/",
        },
        request=RequestFactory().get("/"),
    )
    assert "Marie changed this objective 2 minutes ago." in html
    assert "1,100" in html
