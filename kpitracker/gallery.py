"""Every part of the front end on one page, at /dev/look/, only with DEBUG (docs/front-end.md)."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from metrics.charts import Annotation, Band, ChartSpec, Series

_START = date(2026, 1, 1)
_DATA_DATE = date(2026, 3, 8)
_DAYS = [_START + timedelta(days=n) for n in range(90)]
_CHANNELS = ("Organic search", "Paid search", "E-mail", "Social", "Referral", "Not set")


class GalleryForm(forms.Form):
    """One field of each kind."""

    statement = forms.CharField(label="Statement", help_text="One sentence, as you would say it.")
    target = forms.DecimalField(
        label="Target",
        help_text="Your best quarter so far was 980.",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    start = forms.DateField(label="Start", widget=forms.DateInput(attrs={"type": "date"}))
    metric = forms.ChoiceField(label="Metric", choices=[("mqls", "MQLs"), ("leads", "Leads")])
    kind = forms.ChoiceField(
        label="How it is judged",
        choices=[
            ("reach", "Reach\nAdd up to the target by the end"),
            ("above", "Stay above\nEvery period at or over the limit"),
            ("reduce", "Reduce\nBring it down to the target"),
        ],
        widget=forms.RadioSelect,
        initial="reach",
    )
    note = forms.CharField(label="Why it matters", required=False, widget=forms.Textarea)
    mail = forms.BooleanField(
        label="Send me the weekly digest", required=False, help_text="Mondays at 07:00."
    )
    file = forms.FileField(label="File", help_text="CSV or TSV, up to 10 MB.")


def _wave(day: date) -> Decimal:
    """Believable daily figures: quiet weekends, a slow drift."""
    weekday = 0 if day.weekday() > 4 else 12 + (day.toordinal() * 7) % 5
    return Decimal(weekday)


def _running(values: list[Decimal]) -> list[Decimal]:
    sums: list[Decimal] = []
    for value in values:
        sums.append(value + (sums[-1] if sums else 0))
    return sums


def _cumulative() -> ChartSpec:
    known = (_DATA_DATE - _START).days + 1
    actual = _running([_wave(day) for day in _DAYS[:known]])
    plan = _running([Decimal(19) if day.weekday() < 5 else Decimal(3) for day in _DAYS])
    reached = actual[-1]

    def ahead(a_day: str) -> list[Decimal | None]:
        steps = range(len(_DAYS) - known + 1)
        return [None] * (known - 1) + [reached + Decimal(a_day) * step for step in steps]

    gap: list[Decimal | None] = [None] * (len(_DAYS) - known)
    return ChartSpec(
        title="MQLs are 30% behind plan",
        subtitle="Cumulative MQLs, 1 January–31 March 2026, figures to 8 March",
        summary="653 MQLs were reached by 8 March; the plan for that day was 964.",
        kind="cumulative",
        unit="count",
        labels=_DAYS,
        series=[
            Series(name="Actual", role="actual", values=[*actual, *gap], end_label="653"),
            Series(name="Plan, by weekday", role="plan", values=plan, end_label="Plan"),
            Series(
                name="Target", role="target", values=[Decimal(1300)] * 90, end_label="Target 1,300"
            ),
            Series(name="Forecast, low", role="forecast_low", values=ahead("6")),
            Series(name="Forecast", role="forecast_median", values=ahead("9"), end_label="800–930"),
            Series(name="Forecast, high", role="forecast_high", values=ahead("12")),
        ],
        annotations=[
            Annotation(at=date(2026, 1, 31), text="300 by 31 January", number=1),
            Annotation(at=date(2026, 2, 10), text="Search budget cut"),
            Annotation(at=date(2026, 2, 28), text="700 by 28 February", number=2),
        ],
        csv_url="#csv",
    )


def _weekly() -> ChartSpec:
    weeks = [date(2025, 12, 8) + timedelta(weeks=n) for n in range(14)]
    values = [66, 71, 58, None, 84, 88, 91, 83, 95, 102, 97, 108, 104, 41]
    before = [58, 61, 63, 66, 70, 69, 73, 77, 75, 78, 82, 85, 84, 86]
    return ChartSpec(
        title="MQLs grow by a fifth in a year",
        subtitle="MQLs per week, 8 December 2025–15 March 2026",
        summary="Last full week brought 104 MQLs, 24% more than a year before.",
        kind="line",
        unit="count",
        grain="week",
        labels=weeks,
        series=[
            Series(
                name="MQLs",
                role="actual",
                values=[None if value is None else Decimal(value) for value in values],
                partial=[False] * 13 + [True],
            ),
            Series(name="A year before", role="year_ago", values=[Decimal(n) for n in before]),
        ],
        bands=[Band(start=date(2026, 2, 2), end=date(2026, 2, 20), text="Spring webinar")],
        annotations=[Annotation(at=date(2026, 1, 14), text="New landing page")],
    )


def _bars() -> ChartSpec:
    months = [date(2025, month, 1) for month in range(7, 13)] + [
        date(2026, n, 1) for n in (1, 2, 3)
    ]
    spend = [21400, 19800, 24100, 26300, 25200, 18900, 22800, 24550, 9100]
    return ChartSpec(
        title="Spend stays within the budget",
        subtitle="Media spend per month, July 2025–March 2026",
        summary="February cost €24,550 of a monthly budget of €25,000.",
        kind="bars",
        unit="money",
        currency="EUR",
        grain="month",
        labels=months,
        series=[
            Series(
                name="Spend",
                role="actual",
                values=[Decimal(value) for value in spend],
                partial=[False] * 8 + [True],
            ),
            Series(name="Budget", role="target", values=[Decimal(25000)] * 9),
        ],
    )


def _channels() -> ChartSpec:
    return ChartSpec(
        title="Paid search explains 81% of the gap",
        subtitle="MQLs by channel, 1 January–8 March 2026, against plan",
        summary="Paid search brought 141 MQLs where the plan said 359.",
        kind="hbars",
        unit="count",
        grain="text",
        first_header="Channel",
        labels=_CHANNELS,
        series=[
            Series(
                name="Actual",
                role="actual",
                values=[Decimal(n) for n in (212, 141, 118, 74, 40, 39)],
            ),
            Series(
                name="Plan", role="plan", values=[Decimal(n) for n in (240, 359, 131, 82, 44, 37)]
            ),
        ],
    )


def _objectives() -> list[dict[str, Any]]:
    lines: list[tuple[str, str, str, str, str, str, str, str, str]] = [
        (
            "off_track",
            "Generate 1,200 MQLs",
            "Marie Dupont",
            "0.52",
            "0.74",
            "624",
            "893",
            "800–900",
            "0.30",
        ),
        (
            "at_risk",
            "Cost per lead down to €55",
            "Paul Lefort",
            "0.58",
            "0.72",
            "€63.20",
            "€60.10",
            "€58–€64",
            "0.05",
        ),
        (
            "no_data",
            "8,000 LinkedIn followers",
            "Paul Lefort",
            "0.40",
            "0.55",
            "7,410",
            "7,520",
            "–",
            "0.01",
        ),
        (
            "on_track",
            "€900k of pipeline from marketing",
            "Marie Dupont",
            "0.76",
            "0.74",
            "€684k",
            "€666k",
            "€860–980k",
            "0",
        ),
        (
            "on_track",
            "Click rate at or above 2.4%",
            "Jean Roux",
            "0.92",
            "0.90",
            "2.5%",
            "2.4%",
            "2.4–2.6%",
            "0",
        ),
        (
            "too_early",
            "60,000 organic sessions",
            "Jean Roux",
            "0.08",
            "0.09",
            "4,810",
            "5,400",
            "–",
            "0",
        ),
        (
            "achieved",
            "Spring webinar: 300 registrations",
            "Anne Leroy",
            "1",
            "1",
            "324",
            "300",
            "–",
            "0",
        ),
    ]
    keys = ("status", "name", "owner", "progress", "plan", "now", "expected", "forecast", "gap")
    return [
        dict(zip(keys, line, strict=True))
        | {
            "progress": Decimal(line[3]),
            "plan": Decimal(line[4]),
            "trend": [
                Decimal((n * 7 + row * 5) % 11 + n) if n != 4 or row != 2 else None
                for n in range(12)
            ],
        }
        for row, line in enumerate(lines)
    ]


def gallery(request: HttpRequest) -> HttpResponse:
    """Every part, with figures that stand still."""
    workspace = SimpleNamespace(name="Northwind", slug="northwind")
    other = SimpleNamespace(name="Contoso France", slug="contoso")
    bad = GalleryForm({"statement": "", "target": "12 apples", "kind": "reach"})
    page = {
        "workspace": workspace,
        "membership": SimpleNamespace(role="editor", get_role_display="Editor"),
        "places": [(each.slug, each.name) for each in (workspace, other)],
        "nav": "progress",
        "alert_count": 3,
        "figures_to": _DATA_DATE,
        "objectives": _objectives(),
        "zones": (Decimal("0.55"), Decimal("0.67")),
        "form": GalleryForm(),
        "bad_form": bad,
        "cumulative": _cumulative(),
        "charts": [_weekly(), _bars(), _channels()],
        "day": date(2026, 3, 1),
        "amount": Decimal("1234.5"),
        "rate": Decimal("0.045"),
        "now": Decimal(69),
        "before": Decimal(75),
        "tabs": [
            {"label": "Open", "url": "#", "current": True, "count": 3},
            {"label": "Snoozed", "url": "#", "count": 2},
            {"label": "Closed", "url": "#"},
        ],
        "steps": ["File", "Columns", "Check", "Done"],
        "diff": [("Target", "1,000", "1,200"), ("End", "31 March 2026", "31 March 2026")],
    }
    return render(request, "dev/gallery.html", page)
