"""Every kind of objective and every trap of a division, through the commands alone.

Each case imports its figures as a file, creates and starts its objective, runs its nights and reads
``objective_status``. The numbers were worked out by hand; the comment beside a case says how. Spans
are the first quarter of 2026, 90 days, spread evenly, unless a case says otherwise: on the night of
15 February the figures of 45 days are in, so E = 45 / 90 = 0.5.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Workspace
from accounts.scope import workspace_scope
from objectives.models import Objective
from objectives.objectives import Wanted, update_objective

Daily = float | str | Callable[[date], float | str | None]
Q1 = (date(2026, 1, 1), date(2026, 3, 31))
HALF = date(2026, 2, 14)
"""The last figures on the night of 15 February."""


@dataclass(frozen=True)
class Case:
    """Figures by day, an objective, nights, and what the last of them says."""

    name: str
    figures: Mapping[str, Daily]
    asked: str
    expected: Mapping[str, Any]
    nights: tuple[str, ...] = ("2026-02-15",)
    known: tuple[date, date] = (date(2025, 12, 1), HALF)
    span: tuple[date, date] = Q1
    words: tuple[str, ...] = ()


def before(day: date, then: float, after: float) -> Daily:
    """One value before a day, another from it on."""
    return lambda one: then if one < day else after


JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
FULL = (date(2025, 12, 1), Q1[1])
END_NIGHT = ("2026-04-01",)
REACH, CEILING = "--kind reach --target 900", "--kind ceiling --target 9000"
STOCK = "--metric followers --kind reach --baseline 7000 --target 8000"
RATE = "--metric visit_to_lead_rate --kind reach"
ABOVE = "--metric visit_to_lead_rate --kind above --target 0.02"

CASES = [
    # --- a sum to reach: x = T × E = 900 × 0.5 = 450 ---
    # 7 a day: v = 45 × 7 = 315; r = 315 ÷ 450 = 0.7; progress 315 ÷ 900 = 0.35
    Case("sum off track", {"leads": 7}, f"--metric leads {REACH}", {
        "status": "off_track", "value": "315", "expected": "450", "pace_ratio": "0.7",
        "progress": "0.35", "elapsed": "0.5", "data_date": "2026-02-14", "pace": "even"}),
    # 11 a day: 495 ÷ 450 = 1.1
    Case("sum on track", {"leads": 11}, f"--metric leads {REACH}", {
        "status": "on_track", "pace_ratio": "1.1", "progress": "0.55"}),
    # 9 a day: 405 ÷ 450 = 0.9, the limit itself, yet 9 × 90 = 810 is where it will end
    Case("sum at risk by forecast", {"leads": 9}, f"--metric leads {REACH}", {
        "status": "at_risk", "pace_ratio": "0.9", "chance": "0.001"}, words=("by forecast",)),
    # 7.5 a day: 337.5 ÷ 450 = 0.75, the lower limit itself
    Case("sum at risk", {"leads": "7.5"}, f"--metric leads {REACH}", {
        "status": "at_risk", "pace_ratio": "0.75"}),
    # 20 a day: 45 × 20 = 900 on 14 February: the day is kept, whatever follows
    Case("sum reached", {"leads": before(date(2026, 2, 15), 20, 0)}, f"--metric leads {REACH}", {
        "status": "achieved", "achieved_on": "2026-02-14", "value": "900", "progress": "1"},
        nights=("2026-03-02",), known=FULL),
    # progress is not clamped: 24 a day, 1080 ÷ 900 = 1.2
    Case("sum over", {"leads": 24}, f"--metric leads {REACH}", {
        "status": "achieved", "progress": "1.2", "achieved_on": "2026-02-07"}),
    # 9 a day to the end: 810 of 900
    Case("sum missed", {"leads": 9}, f"--metric leads {REACH}", {
        "status": "missed", "value": "810", "attainment": "0.9"},
        nights=END_NIGHT, known=FULL, words=("90% reached",)),
    # the last day's figures are not in yet on the morning after
    Case("sum waiting", {"leads": 9}, f"--metric leads {REACH}", {
        "status": "waiting", "data_date": "2026-03-30"},
        nights=END_NIGHT, known=(FULL[0], date(2026, 3, 30))),
    # --- a ceiling, judged on both sides: x = 9000 × 0.5 = 4500 ---
    *(
        Case(f"budget {amount}", {"cost_media": amount}, f"--metric cost_media {CEILING}", {
            "status": status, "pace_ratio": ratio})
        # 45 × amount ÷ 4500
        for amount, ratio, status in (
            (100, "1", "on_track"), (90, "0.9", "on_track"),
            (111, "1.11", "at_risk"), (120, "1.2", "at_risk"), (80, "0.8", "at_risk"),
            (121, "1.21", "off_track"), (79, "0.79", "off_track"),
        )
    ),
    # 45 × 201 = 9045 > 9000: missed at once
    Case("budget exceeded", {"cost_media": 201}, f"--metric cost_media {CEILING}", {
        "status": "missed", "value": "9045"}),
    # 90 × 100 = 9000 ≤ 9000 at the end
    Case("budget kept", {"cost_media": 100}, f"--metric cost_media {CEILING}", {
        "status": "achieved", "value": "9000"}, nights=END_NIGHT, known=FULL),
    # --- a stock: x = 7000 + 1000 × 0.5 = 7500 ---
    # 7100 on 1 December and 5 more a day: 7475 on day 76, 14 February;
    # (7475 − 7000) ÷ (7500 − 7000) = 0.95; progress 475 ÷ 1000; 7700 at the end is short of 8000
    Case("stock", {"followers": lambda day: 7100 + 5 * (day - FULL[0]).days}, STOCK, {
        "status": "at_risk", "value": "7475", "expected": "7500", "pace_ratio": "0.95",
        "progress": "0.475"}, words=("by forecast",)),
    Case("stock far ahead", {"followers": 7950}, STOCK, {"pace_ratio": "1.9"}),
    # 7374: 0.748
    Case("stock off track", {"followers": 7374}, STOCK, {
        "status": "off_track", "pace_ratio": "0.748"}),
    # below the baseline: (6900 − 7000) ÷ 500 = −0.2, stored as it is
    Case("stock going back", {"followers": 6900}, STOCK, {
        "status": "off_track", "pace_ratio": "-0.2", "progress": "-0.1"}),
    # at the target on 1 February, gone again on the 10th: the first day counts
    Case("stock reached", {"followers": lambda day: 8000 if FEBRUARY <= day < date(2026, 2, 10)
                           else 7400}, STOCK, {
        "status": "achieved", "achieved_on": "2026-02-01", "value": "7400"}),
    # … and does not where it must hold: (7400 − 7000) ÷ 500 = 0.8
    Case("stock holding", {"followers": lambda day: 8000 if FEBRUARY <= day < date(2026, 2, 10)
                           else 7400}, f"{STOCK} --hold", {
        "status": "at_risk", "achieved_on": None, "pace_ratio": "0.8"}),
    Case("stock held", {"followers": 8000}, f"{STOCK} --hold", {
        "status": "achieved", "achieved_on": "2026-03-31"}, nights=END_NIGHT, known=FULL),
    # reduce 8000 → 7000: x = 7500; (7600 − 8000) ÷ (7500 − 8000) = 0.8
    Case("stock reduced", {"followers": 7600},
         "--metric followers --kind reduce --baseline 8000 --target 7000", {
        "status": "at_risk", "expected": "7500", "pace_ratio": "0.8", "progress": "0.4"}),
    # --- a rate of the last 28 days, 18 January to 14 February; x = 0.02 + 0.02 × 0.5 = 0.03 ---
    # 30 leads of 1000 visits since the 18th, 90 before: 0.03; (0.03 − 0.02) ÷ 0.01 = 1
    Case("rate of 28 days", {"sessions": 1000, "leads": before(date(2026, 1, 18), 90, 30)},
         f"{RATE} --over last28 --baseline 0.02 --target 0.04", {
        "status": "on_track", "value": "0.03", "expected": "0.03", "pace_ratio": "1",
        "progress": "0.5"}),
    # the last 28 days to the end: 4 to 31 March
    Case("rate of 28 days at the end", {"sessions": 1000, "leads": before(date(2026, 3, 4), 0, 40)},
         f"{RATE} --over last28 --baseline 0.02 --target 0.04", {
        "status": "achieved", "value": "0.04"}, nights=END_NIGHT, known=FULL),
    # a cost, 70 → 50, x = 60: 640 ÷ 10 = 64; (64 − 70) ÷ (60 − 70) = 0.6
    Case("cost of 28 days", {"cost_media": 640, "leads": 10},
         "--metric cpl_media --kind reduce --over last28 --baseline 70 --target 50", {
        "status": "off_track", "value": "64", "expected": "60", "pace_ratio": "0.6"}),
    # --- a rate over the whole span: x = T, r = the gap ---
    # 27 ÷ 1000 against 0.03: −0.003 ÷ 0.03 = −0.1, the limit itself
    Case("rate of the span", {"sessions": 1000, "leads": 27}, f"{RATE} --target 0.03", {
        "status": "at_risk", "value": "0.027", "expected": "0.03", "pace_ratio": "-0.1"}),
    # Σ leads ÷ Σ visits, never the mean of daily rates: half the days 10 of 100, half 10 of 900
    Case("rate of sums", {"sessions": lambda day: 100 if day.day % 2 else 900, "leads": 10},
         f"{RATE} --target 0.02", {
        # 31 January days: 16 odd, 15 even; 14 February days: 7 and 7 → 23 × 100 + 22 × 900
        # = 22100 visits, 450 leads: 0.0203619909…, above the target; stored to twelve places
        "value": "0.02036199095", "expected": "0.02"}),
    # 54 against 50: (54 − 50) ÷ 50 = 0.08 too dear
    Case("cost of the span", {"cost_media": 540, "leads": 10},
         "--metric cpl_media --kind reduce --target 50", {
        "status": "at_risk", "value": "54", "pace_ratio": "-0.08"}),
    Case("cost of the span met", {"cost_media": 500, "leads": 10},
         "--metric cpl_media --kind reduce --target 50", {
        "status": "achieved", "value": "50"}, nights=END_NIGHT, known=FULL),
    # --- limits: the share of whole months inside ---
    Case("above, one of two", {"sessions": 1000, "leads": before(FEBRUARY, 30, 10)}, ABOVE, {
        "status": "off_track", "pace_ratio": "0.5", "progress": "0.5"},
        nights=("2026-03-01",), known=(FULL[0], date(2026, 2, 28))),
    # half of the months is enough: (1 ÷ 2) ÷ 0.5
    Case("above, half asked", {"sessions": 1000, "leads": before(FEBRUARY, 30, 10)},
         f"{ABOVE} --required-share 0.5", {"status": "on_track", "pace_ratio": "1"},
        nights=("2026-03-01",), known=(FULL[0], date(2026, 2, 28))),
    Case("above, no month yet", {"sessions": 1000, "leads": 30}, ABOVE, {
        "status": "too_early", "pace_ratio": None},
        nights=("2026-01-25",), known=(FULL[0], date(2026, 1, 24))),
    Case("above to the end", {"sessions": 1000, "leads": 20}, ABOVE, {"status": "achieved"},
        nights=END_NIGHT, known=FULL),
    # 310 and 280 leads: only January is between 300 and 400
    Case("between", {"leads": 10}, "--metric leads --kind between --target 300 --target-high 400", {
        "status": "off_track", "pace_ratio": "0.5"},
        nights=("2026-03-01",), known=(FULL[0], date(2026, 2, 28))),
    Case("below", {"leads": 10}, "--metric leads --kind below --target 320", {
        "status": "on_track", "pace_ratio": "1"},
        nights=("2026-03-01",), known=(FULL[0], date(2026, 2, 28))),
    # --- traps of division ---
    # E = 0: nothing came in January and February last year, so nothing is expected
    Case("E = 0", {"leads": lambda day: 0 if day < date(2025, 4, 1) else 5},
         "--metric leads --kind reach --target 900 --pace last_year", {
        "status": "too_early", "expected": "0", "pace_ratio": None, "pace": "last_year"},
        nights=("2026-01-20",), known=(date(2024, 12, 1), date(2026, 1, 19)),
        span=(date(2026, 1, 1), date(2026, 5, 31))),
    # T = b leaves (v − b) ÷ (x − b) without a denominator
    Case("T = b", {"followers": 7070},
         "--metric followers --kind reach --baseline 7000 --target 7000 --hold", {
        "status": "on_track", "pace_ratio": None, "progress": None, "expected": "7000"}),
    # b = 0: (40 − 0) ÷ (50 − 0)
    Case("b = 0", {"followers": 40}, "--metric followers --kind reach --baseline 0 --target 100", {
        "status": "at_risk", "pace_ratio": "0.8"}),
    # a target of 0: nothing may happen, and nothing did
    Case("T = 0", {"leads": 0}, "--metric leads --kind ceiling --target 0", {
        "status": "on_track", "pace_ratio": None, "progress": None}),
    # a rate of nothing is no value, never 0
    Case("no denominator", {"sessions": 0, "leads": 0}, f"{RATE} --target 0.03", {
        "status": "no_data", "value": None, "pace_ratio": None, "expected": "0.03"}),
    # a negative target: −40 a day is better than −50; 1 + (−1800 + 2250) ÷ 2250 = 1.2
    Case("negative target", {"revenue": -40}, "--metric revenue --kind reach --target -4500", {
        "status": "on_track", "value": "-1800", "expected": "-2250", "pace_ratio": "1.2"}),
    # … and −60 a day is worse: 1 + (−2700 + 2250) ÷ 2250 = 0.8
    Case("negative target missed", {"revenue": -60}, "--metric revenue --kind reach --target -4500",
         {"status": "at_risk", "pace_ratio": "0.8"}),
    # --- traps of the calendar ---
    Case("leap day", {"leads": 10}, "--metric leads --kind reach --target 290", {
        # 29 days: E(15 February 2024) = 15 ÷ 29, x = 150
        "status": "on_track", "expected": "150", "value": "150", "pace_ratio": "1"},
        nights=("2024-02-16",), known=(date(2024, 1, 1), date(2024, 2, 15)),
        span=(date(2024, 2, 1), date(2024, 2, 29))),
    Case("clock change", {"leads": 10}, "--metric leads --kind reach --target 140", {
        # 23 March to 5 April: the 7th day is 29 March, 23 hours long
        "status": "on_track", "elapsed": "0.5", "expected": "70", "pace_ratio": "1"},
        nights=("2026-03-30",), known=(FULL[0], date(2026, 3, 29)),
        span=(date(2026, 3, 23), date(2026, 4, 5))),
    Case("start in the future", {"leads": 10}, f"--metric leads {REACH}", {
        "status": "not_started", "value": None, "elapsed": "0", "data_date": None},
        nights=("2025-12-31",)),
    Case("a week goes straight to its result", {"leads": 10}, "--metric leads --kind reach "
         "--target 71", {"status": "missed", "value": "70"},
        nights=("2026-01-11", "2026-01-12"), known=(FULL[0], date(2026, 1, 11)),
        span=(date(2026, 1, 5), date(2026, 1, 11))),
    # --- the order of questions ---
    # 13 days are less than 15 % of 90 (13.5), 14 are not
    Case("day 13", {"leads": 1}, f"--metric leads {REACH}", {"status": "too_early"},
        nights=("2026-01-14",)),
    Case("day 14", {"leads": 1}, f"--metric leads {REACH}", {"status": "off_track"},
        nights=("2026-01-15",)),
    # a month: 15 % are 4.65 days, so 7 days hold
    Case("day 6 of a month", {"leads": 1}, "--metric leads --kind reach --target 300", {
        "status": "too_early"}, nights=("2026-01-07",), span=(JANUARY, date(2026, 1, 31))),
    Case("day 7 of a month", {"leads": 1}, "--metric leads --kind reach --target 300", {
        "status": "off_track"}, nights=("2026-01-08",), span=(JANUARY, date(2026, 1, 31))),
    # figures to 14 February were due on the 16th at the latest; on the 18th they are 2 days late,
    # twice the rhythm; on the 19th more. The last status stays.
    Case("late", {"leads": 11}, f"--metric leads {REACH}", {
        "status": "on_track"}, nights=("2026-02-15", "2026-02-18")),
    Case("silent", {"leads": 11}, f"--metric leads {REACH}", {
        "status": "no_data", "last_status": "on_track"}, nights=("2026-02-15", "2026-02-19")),
    # figures of later days are there, but not yet on that night
    Case("a past night", {"leads": before(date(2026, 2, 15), 7, 99)}, f"--metric leads {REACH}", {
        "value": "315", "data_date": "2026-02-14"}, known=FULL),
    # 7 of 90: 0.0778 against 0.10 is −22 %; the 90 % Wilson interval 0.0431 … 0.1363 holds 0.10
    Case("small numbers", {"sessions": 2, "leads": lambda day: 1 if day in {
        date(2026, 1, number) for number in range(1, 8)} else 0}, f"{RATE} --target 0.10", {
        "status": "at_risk"}, words=("n = 90",)),
    # 70 of 900: the same rate, and no longer chance: 0.0643 … 0.0938
    Case("large numbers", {"sessions": 20, "leads": lambda day: 10 if day in {
        date(2026, 1, number) for number in range(1, 8)} else 0}, f"{RATE} --target 0.10", {
        "status": "off_track"}),
    # --- hysteresis: 8 a day are 0.888… on 14 February; 17 on the 15th make 377 ÷ 460 …
    # (360 + 54) ÷ 460 = 0.9: over the limit, not by 0.02, and for one data date only
    Case("not yet better", {"leads": lambda day: 54 if day == date(2026, 2, 15) else 8},
         f"--metric leads {REACH}", {"status": "at_risk", "pace_ratio": "0.9"},
        nights=("2026-02-15", "2026-02-16"), known=(FULL[0], date(2026, 2, 15))),
    # (360 + 54 + 9) ÷ 470 = 0.9: it has held for two data dates
    Case("better for two", {"leads": lambda day: {15: 54, 16: 9}.get(day.day, 8)
                            if day >= date(2026, 2, 15) else 8},
         f"--metric leads {REACH}", {"status": "on_track", "pace_ratio": "0.9"},
        nights=("2026-02-15", "2026-02-16", "2026-02-17"), known=(FULL[0], date(2026, 2, 16))),
    # (360 + 64) ÷ 460 = 0.9217…: over the limit by more than 0.02
    Case("clearly better", {"leads": lambda day: 64 if day == date(2026, 2, 15) else 8},
         f"--metric leads {REACH}", {"status": "on_track"},
        nights=("2026-02-15", "2026-02-16"), known=(FULL[0], date(2026, 2, 15))),
    # --- milestones: 700 by 31 January, then 200 over the 59 days left: 700 + 200 × 14 ÷ 59 ---
    Case("milestone", {"leads": 16}, f"--metric leads {REACH} --milestone 2026-01-31=700", {
        # v = 720; 720 ÷ 747.457… = 0.9632…; 31 × 16 = 496 by the day: not reached, 700 on day 44
        "status": "on_track", "expected": "747.457627118644", "milestones": [{
            "day": "2026-01-31", "value": "700", "actual": "496", "reached_on": "2026-02-13",
            "state": "late"}]}),
    # --- stretch and floor say where the value is, and judge nothing ---
    Case("stretch and floor", {"leads": 10},
         f"--metric leads {REACH} --stretch 1000 --floor 400", {
        "status": "on_track", "stretch": {"value": "1000", "reached": False},
        "floor": {"value": "400", "reached": True}}),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _summer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything lies behind: nights are asked for by their day."""
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 6, 1, 9, tzinfo=UTC))


def run(name: str, *arguments: object) -> Any:
    out = StringIO()
    call_command(name, *map(str, arguments), "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def import_figures(folder: Path, figures: Mapping[str, Daily], known: tuple[date, date]) -> None:
    """One file with a row a metric and day."""
    lines = ["date,metric,value"]
    for number in range((known[1] - known[0]).days + 1):
        day = known[0] + timedelta(days=number)
        for key, amount in figures.items():
            value = amount(day) if callable(amount) else amount
            if value is not None:
                lines.append(f"{day},{key},{value}")
    path = folder / "figures.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    printed = run("import_facts", path, "--workspace", "northwind", "--feed", "CRM")
    assert printed["errors"] == []


def start(asked: str, span: tuple[date, date] = Q1, *more: object) -> str:
    """A started objective's id."""
    pace = () if "--pace" in asked else ("--pace", "even")
    printed = run(
        "create_objective", "--workspace", "northwind", "--statement", "Do it", "--start", span[0],
        "--end", span[1], *asked.split(), *pace, "--start-now", *more,
    )  # fmt: skip
    assert printed["started"]
    return str(printed["id"])


def night(day: object) -> None:
    run("nightly", "--workspace", "northwind", "--day", day)


def status(objective: str, day: object) -> dict[str, Any]:
    (found,) = run("objective_status", objective, "--workspace", "northwind", "--day", day)
    return dict(found)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "_"))
def test_the_table(northwind: Workspace, tmp_path: Path, case: Case) -> None:
    import_figures(tmp_path, case.figures, case.known)
    objective = start(case.asked, case.span)
    for day in case.nights:
        night(day)
    found = status(objective, case.nights[-1])
    wanted = {name: case.expected[name] for name in case.expected}
    assert {name: found[name] for name in wanted} == wanted, found["rule"]
    assert all(words in found["rule"] for words in case.words), found["rule"]


# Several nights, versions and families


def test_a_parent_has_the_status_of_its_weakest_child(northwind: Workspace, tmp_path: Path) -> None:
    """Its own 495 ÷ 450 = 1.1 is shown beside."""
    import_figures(tmp_path, {"leads": 11, "mqls": 1}, (FULL[0], HALF))
    parent = start(f"--metric leads {REACH}")
    start(f"--metric mqls {REACH}", Q1, "--parent", parent)
    start("--metric leads --kind reach --target 100", Q1, "--parent", parent)
    night("2026-02-15")
    found = status(parent, "2026-02-15")
    assert (found["status"], found["pace_ratio"]) == ("off_track", "1.1")


def change(objective: str, workspace: Workspace, **more: Any) -> None:
    with workspace_scope(workspace.pk):
        stored = Objective.objects.get(public_id=objective)
        names = ("metric", "statement", "owner", "target", "start", "end", "pace", "kind")
        wanted = Wanted(**{name: getattr(stored, name) for name in names} | more)
        update_objective(
            stored, user=None, wanted=wanted, version=stored.version, reason="The market moved."
        )


def test_a_target_changed_midway_keeps_the_first_one(northwind: Workspace, tmp_path: Path) -> None:
    """495 of 1200: x = 600, r = 0.825; against the first target 495 ÷ 900 = 0.55."""
    import_figures(tmp_path, {"leads": 11}, (FULL[0], HALF))
    objective = start(f"--metric leads {REACH}")
    night("2026-02-01")
    change(objective, northwind, target=1200)
    night("2026-02-15")
    found = status(objective, "2026-02-15")
    assert {name: found[name] for name in ("target", "expected", "pace_ratio", "progress")} == {
        "target": "1200", "expected": "600", "pace_ratio": "0.825", "progress": "0.4125",
    }  # fmt: skip
    assert found["first"] == {
        "target": "900", "baseline": None, "start": "2026-01-01", "end": "2026-03-31",
        "progress": "0.55",
    }  # fmt: skip
    assert status(objective, "2026-02-01")["target"] == "900"


def test_an_end_moved_before_the_data_date_gives_the_result(
    northwind: Workspace, tmp_path: Path
) -> None:
    """31 January: 31 × 11 = 341 of 900, however much came since."""
    import_figures(tmp_path, {"leads": 11}, (FULL[0], HALF))
    objective = start(f"--metric leads {REACH}")
    night("2026-02-14")
    change(objective, northwind, end=date(2026, 1, 31))
    night("2026-02-15")
    found = status(objective, "2026-02-15")
    shown = {name: found[name] for name in ("status", "value", "data_date", "elapsed")}
    assert shown == {
        "status": "missed", "value": "341", "data_date": "2026-01-31", "elapsed": "1",
    }  # fmt: skip
    assert found["first"]["end"] == "2026-03-31"


def test_people_counted_once_are_judged_by_their_months(
    northwind: Workspace, tmp_path: Path
) -> None:
    """The months' own facts, 4 000 and 4 400; 4 400 against 5 000 is −12 %."""
    for month, amount in (("2025-12", 3900), ("2026-01", 4000), ("2026-02", 4400)):
        path = tmp_path / f"{month}.csv"
        path.write_text(f"metric,value\nvisitors,{amount}\n", "utf-8")
        run("import_facts", path, "--workspace", "northwind", "--feed", "GA4", "--period", month)
    objective = start("--metric visitors --kind reach --target 5000")
    night("2026-03-05")
    found = status(objective, "2026-03-05")
    shown = {name: found[name] for name in ("status", "value", "expected", "pace_ratio")}
    assert shown == {
        "status": "off_track", "value": "4400", "expected": "5000", "pace_ratio": "-0.12",
    }  # fmt: skip


def test_last_year_is_taken_where_most_of_it_is_known(northwind: Workspace, tmp_path: Path) -> None:
    """10 a day in the 52 weeks before, 30 a day in the four of February 2025.

    Three-week means: weeks 6 to 9 of 2025 are 30, so are two thirds of the weeks beside them.
    Weeks of 2026: week 1 has 4 days of January (Thursday to Sunday) … E on 14 February, the
    Saturday of week 7, is the sum of their weights over that of all 90.
    """
    import_figures(
        tmp_path,
        {"leads": lambda day: 30 if date(2025, 2, 3) <= day < date(2025, 3, 3) else 10},
        (date(2024, 12, 2), HALF),
    )
    objective = start("--metric leads --kind reach --target 1400", Q1, "--pace", "auto")
    night("2026-02-15")
    found = status(objective, "2026-02-15")
    # a week's weights by day: weeks 1–4: 10; 5: (10+10+30)/3; 6: (10+30+30)/3; 7, 8: 30;
    # 9: (30+30+10)/3; 10: (30+10+10)/3; 11–13: 10; week 14 has two days (30 and 31 March): 10
    third = 10 / 3
    before_it = 4 * 10 + 7 * (3 * 10 + 5 * third + 7 * third) + 6 * 30
    whole = before_it + 30 + 7 * (30 + 7 * third + 5 * third + 3 * 10) + 2 * 10
    assert found["pace"] == "last_year"
    assert float(found["expected"]) == pytest.approx(1400 * before_it / whole, rel=1e-6)


def test_weekdays_of_the_last_eight_weeks_are_the_next_best(
    northwind: Workspace, tmp_path: Path
) -> None:
    """Ten a day from Monday to Friday: of the 64 working days of the quarter 32 are over.

    January 2026 has 22 from Thursday the 1st on, February 10 up to Saturday the 14th: 32; then 10
    more in February and 22 in March: E = 32 ÷ 64 = 0.5.
    """
    import_figures(
        tmp_path, {"leads": lambda day: 0 if day.weekday() > 4 else 10}, (date(2025, 10, 1), HALF)
    )
    objective = start("--metric leads --kind reach --target 640", Q1, "--pace", "auto")
    night("2026-02-15")
    found = status(objective, "2026-02-15")
    shown = {name: found[name] for name in ("pace", "value", "expected", "pace_ratio")}
    assert shown == {"pace": "weekday", "value": "320", "expected": "320", "pace_ratio": "1"}


def test_working_days_without_french_holidays(northwind: Workspace, tmp_path: Path) -> None:
    """May 2026 has 21 weekdays, less the 1st, the 8th, Ascension (14th) and Whit Monday (25th).

    17 are left; up to Friday the 15th there are 4, 5, 6, 7, 11, 12, 13, 15: E = 8 ÷ 17.
    """
    northwind.working_days_only, northwind.holiday_country = True, "FR"
    with workspace_scope(northwind.pk):
        northwind.save()
    import_figures(tmp_path, {"leads": 10}, (date(2026, 2, 1), date(2026, 5, 15)))
    objective = start("--metric leads --kind reach --target 340",
                      (date(2026, 5, 1), date(2026, 5, 31)))  # fmt: skip
    night("2026-05-16")
    found = status(objective, "2026-05-16")
    shown = {name: found[name] for name in ("pace", "weights_days", "expected", "value")}
    assert shown == {
        "pace": "even", "weights_days": "12345 FR", "expected": "160", "value": "150",
    }  # fmt: skip
