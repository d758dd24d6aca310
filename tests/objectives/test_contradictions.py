"""Objectives that cannot all come true, by hand."""

from collections.abc import Hashable
from datetime import date
from decimal import Decimal
from typing import Any

from objectives.contradictions import Claim, Contradiction, Known, find

D = Decimal
START, END = date(2026, 1, 1), date(2026, 3, 31)
RATES = {"cpl": D(60), "mql_to_sql_rate": D("0.25"), "lead_to_mql_rate": D("0.4")}


def measured(key: str, segment: Hashable) -> Known | None:
    return Known(value=RATES[key], basis=D(200)) if key in RATES else None


def claim(metric: str, target: str, **more: Any) -> Claim:
    given: dict[str, Any] = {
        "id": metric,
        "metric": metric,
        "kind": "ceiling" if metric.endswith("cost") else "reach",
        "target": D(target),
        "start": START,
        "end": END,
    }
    return Claim(**given | more)


def found(*claims: Claim) -> list[Contradiction]:
    return find(claims, measured)


def numbers(one: Contradiction) -> dict[str, Decimal]:
    return {name: value.quantize(D("0.01")) for name, value in one.numbers.items()}


def test_a_budget_buys_fewer_leads_than_are_asked_for() -> None:
    [one] = found(claim("marketing_cost", "12000"), claim("leads", "300"))
    assert (one.code, one.claims) == ("budget_short", ("marketing_cost", "leads"))
    # 12,000 / 60 = 200 of 300
    assert numbers(one) == {"given": 12000, "price": 60, "possible": 200, "asked": 300}
    assert one.basis == 200


def test_a_budget_that_suffices_is_quiet() -> None:
    assert found(claim("marketing_cost", "18000"), claim("leads", "300")) == []


def test_less_than_two_percent_is_rounding() -> None:
    assert found(claim("marketing_cost", "17700"), claim("leads", "300")) == []  # 295: 1.7 % short
    assert len(found(claim("marketing_cost", "17600"), claim("leads", "300"))) == 1  # 293.3


def test_a_promised_price_counts_instead_of_todays() -> None:
    promise = claim("cpl", "40", kind="reduce", adds_up=False)
    assert found(claim("marketing_cost", "12000"), claim("leads", "300"), promise) == []
    dearer = claim("cpl", "80", kind="reduce", adds_up=False)
    [one] = found(claim("marketing_cost", "12000"), claim("leads", "300"), dearer)
    assert one.claims == ("marketing_cost", "leads", "cpl")
    assert one.numbers["possible"] == 150


def test_leads_at_the_rate_make_fewer_mqls() -> None:
    [one] = found(claim("leads", "1000"), claim("mqls", "500"))
    assert one.code == "rate_short"
    assert numbers(one) == {"given": 1000, "rate": D("0.4"), "possible": 400, "asked": 500}


def test_an_unknown_rate_says_nothing() -> None:
    assert found(claim("sessions", "10"), claim("leads", "500")) == []


def test_another_segment_is_another_matter() -> None:
    assert found(claim("leads", "1000", segment="email"), claim("mqls", "500")) == []


def test_only_the_days_in_common_are_compared() -> None:
    # A year's 4,000 leads are 986.3 in these 90 days: 394.5 MQLs at 40 %.
    year = claim("leads", "4000", end=date(2026, 12, 31))
    [one] = found(year, claim("mqls", "500"))
    assert numbers(one)["given"] == D("986.30")
    assert numbers(one)["possible"] == D("394.52")
    assert numbers(one)["asked"] == 500


def test_days_that_hardly_meet_are_not_compared() -> None:
    later = claim("mqls", "500", start=date(2026, 3, 1), end=date(2026, 5, 31))
    assert found(claim("leads", "10"), later) == []


def test_what_takes_time_is_compared_with_later_days() -> None:
    def slow(key: str, segment: Hashable) -> Known | None:
        return Known(value=D("0.25"), days=60) if key == "mql_to_sql_rate" else None

    mqls = claim("mqls", "100", start=date(2025, 11, 2), end=date(2026, 1, 30))
    [one] = find([mqls, claim("sqls", "50")], slow)
    assert numbers(one) == {"given": 100, "rate": D("0.25"), "possible": 25, "asked": 50}


def test_parts_that_add_up_to_less_than_the_whole() -> None:
    parts = [
        claim("leads", "300", id="seo", segment="organic", parent="leads"),
        claim("leads", "400", id="ads", segment="paid", parent="leads"),
    ]
    [one] = found(claim("leads", "900"), *parts)
    assert (one.code, one.claims) == ("parts_below", ("leads", "seo", "ads"))
    assert one.numbers == {"total": 700, "asked": 900, "gap": 200, "count": 2}


def test_parts_that_add_up_to_more() -> None:
    months = [
        claim("leads", "300", id="jan", end=date(2026, 1, 31), parent="leads"),
        claim(
            "leads", "300", id="feb", start=date(2026, 2, 1), end=date(2026, 2, 28), parent="leads"
        ),
        claim("leads", "400", id="mar", start=date(2026, 3, 1), parent="leads"),
    ]
    [one] = found(claim("leads", "900"), *months)
    assert (one.code, one.numbers["total"], one.numbers["gap"]) == ("parts_above", 1000, 100)
    assert found(claim("leads", "1000"), *months) == []


def test_months_that_are_still_to_be_written_are_no_gap() -> None:
    january = claim("leads", "300", id="jan", end=date(2026, 1, 31), parent="leads")
    assert found(claim("leads", "900"), january) == []


def test_a_ceiling_below_what_is_to_be_reached() -> None:
    most = claim("ad_clicks", "500", id="most", kind="ceiling")
    [one] = found(most, claim("ad_clicks", "800"))
    assert (one.code, one.claims) == ("limits_crossed", ("most", "ad_clicks"))


def test_levels_that_cannot_both_hold() -> None:
    low = claim("cpl", "50", id="low", kind="reduce", adds_up=False)
    high = claim("cpl", "70", id="high", kind="above", adds_up=False)
    [one] = found(low, high)
    assert one.numbers == {"given": 50, "asked": 70}
