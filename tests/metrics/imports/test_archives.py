"""Zip archives of tables, as Search Console hands out its reports."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest

from metrics.imports.parsed import Limits
from tests.metrics.imports.reading import codes, read_bytes, values
from tests.metrics.imports.workbooks import Grid, archive, xlsx

CHART = b"Date,Clicks,Impressions,CTR,Position\n2026-09-01,4,40,10%,2\n2026-09-02,6,60,10%,4\n"
QUERIES = b"Top queries,Clicks,Impressions,CTR,Position\nkpi,5,50,10%,2\nsmart goal,1,10,10%,8\n"
DEVICES = b"Device,Clicks,Impressions,CTR,Position\nMobile,7,70,10%,3\nDesktop,3,30,10%,3.4\n"
FILTERS = b"Filter,Value\nSearch type,Web\nDate,Last 28 days\n"
APPEARANCES = b"Search Appearance,Clicks,Impressions,CTR,Position\nVideos,1,9,11%,2\n"
REPORT = {
    "Queries.csv": QUERIES,
    "Devices.csv": DEVICES,
    "Chart.csv": CHART,
    "Search appearance.csv": APPEARANCES,
    "Filters.csv": FILTERS,
    "__MACOSX/._Chart.csv": b"\0\1\2",
}
DAYS = (date(2026, 9, 1), date(2026, 9, 2))


def sentence(data: bytes, limits: Limits | None = None) -> str:
    """The one error that an archive is refused with."""
    result = read_bytes(data, name="export.zip", limits=limits)
    assert (len(result.errors), result.facts) == (1, [])
    return result.errors[0].expected


def test_a_whole_report_is_read_without_a_question() -> None:
    result = read_bytes(archive(REPORT), name="example.com-Performance.zip")

    assert result.ready
    assert result.layout == "search_console"
    assert result.sums["search_clicks"] == 10
    assert result.sums["search_position"] == Decimal("3.2")
    assert values(result, "search_clicks", "start", "device", "audience") == {
        (DAYS[0], None, None): 4,
        (DAYS[1], None, None): 6,
        (DAYS[0], "smartphone", None): 7,
        (DAYS[0], "desktop", None): 3,
        (DAYS[0], None, "kpi"): 5,
        (DAYS[0], None, "smart goal"): 1,
    }


def test_lists_without_dates_are_for_the_days_of_the_chart() -> None:
    result = read_bytes(archive(REPORT), name="a.zip")

    spans = {(fact.start, fact.end) for fact in result.facts if fact.device or fact.audience}
    assert spans == {DAYS}


def test_overlapping_appearances_and_the_filters_are_left_out_aloud() -> None:
    result = read_bytes(archive(REPORT), name="a.zip")

    said = next(one.message for one in result.warnings if one.code == "sheets_left_out")
    assert "Filters" in said
    assert "Search appearance" in said


def test_the_sheets_of_the_same_report_as_a_workbook() -> None:
    chart = Grid(
        [
            ("Date", "Clicks", "Impressions", "CTR", "Position"),
            (date(2026, 9, 1), 4, 40, 0.1, 2),
            (date(2026, 9, 2), 6, 60, 0.1, 4),
        ]
    )
    devices = Grid(
        [("Device", "Clicks", "Impressions", "CTR", "Position"), ("Mobile", 10, 100, 0.1, 3.2)]
    )
    filters = Grid([("Filter", "Value"), ("Search type", "Web")])

    result = read_bytes(
        xlsx({"Chart": chart, "Devices": devices, "Filters": filters}), name="a.xlsx"
    )

    assert result.ready
    assert result.sums["search_clicks"] == 10
    assert values(result, "search_clicks", "device", "end")[("smartphone", DAYS[1])] == 10


def test_among_other_tables_the_person_chooses() -> None:
    leads = b"date,metric,value\n2026-09-01,leads,3\n"
    visits = b"date,sessions\n2026-09-01,30\n2026-09-02,40\n"

    asked = read_bytes(archive({"leads.csv": leads, "visits.csv": visits}), name="a.zip")
    answered = read_bytes(
        archive({"leads.csv": leads, "visits.csv": visits}), name="a.zip", sheet="visits"
    )

    assert codes(asked.questions) == ["sheet"]
    assert answered.sums == {"sessions": 70}


def test_one_table_in_a_folder_is_read_as_if_it_were_alone() -> None:
    result = read_bytes(
        archive({"report/": b"", "report/days.csv": CHART, "report/readme.pdf": b"%PDF"}),
        name="a.zip",
    )

    assert result.ready
    assert result.sums["search_clicks"] == 10


def test_an_archive_without_a_table_is_refused() -> None:
    assert "zip archive" in sentence(archive({"a.pdf": b"%PDF-1.7"}))
    assert "not a table" in sentence(
        archive({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"})
    )


def test_what_unpacks_to_more_than_a_file_may_hold_is_refused_unread() -> None:
    bomb = archive({"a.csv": b"date,leads\n" + b"2026-09-01,1\n" * 100_000})

    assert "more than can be read" in sentence(bomb, Limits(size=200_000))


def test_a_table_of_more_rows_than_allowed_is_refused() -> None:
    many = b"date,leads\n" + b"".join(b"2026-09-01,%d\n" % one for one in range(200))

    assert "more than 300 rows" in sentence(
        archive({"a.csv": many, "b.csv": many}), Limits(rows=300)
    )


@pytest.mark.parametrize("cut", [40, 120])
def test_a_damaged_archive_is_refused(cut: int) -> None:
    assert "damaged" in sentence(archive({"a.csv": CHART})[:-cut])


def test_a_member_whose_bytes_were_changed_is_refused() -> None:
    data = bytearray(archive({"a.csv": CHART}))
    data[60] ^= 0xFF

    assert "damaged" in sentence(bytes(data))


def test_a_protected_archive_is_refused() -> None:
    written = io.BytesIO(archive({"a.csv": CHART}))
    with zipfile.ZipFile(written) as file:
        place = file.start_dir
    data = bytearray(written.getvalue())
    data[place + 8] |= 1

    assert "password" in sentence(bytes(data))
