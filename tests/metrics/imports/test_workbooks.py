"""Workbooks: what they hold comes in as from a text file; what is hostile costs a sentence."""

import struct
from datetime import date
from decimal import Decimal

import pytest

from metrics.imports import workbook
from metrics.imports.parsed import Limits
from tests.metrics.imports.reading import codes, read_bytes, read_text, values
from tests.metrics.imports.workbooks import Cell, Grid, archive, ods, xlsx

HEADER: tuple[Cell, ...] = ("Date", "Canal", "Leads", "Coût média (€)")
ROWS: tuple[tuple[Cell, ...], ...] = (
    HEADER,
    (date(2026, 9, 1), "SEO", 12, 0),
    (date(2026, 9, 1), "Google Ads", 5, 0.1),
    (date(2026, 9, 2), "Google Ads", 7, 1234.56),
)


def sentence(data: bytes, name: str = "a.xlsx", limits: Limits | None = None) -> str:
    """The one error of a file that cannot be read."""
    result = read_bytes(data, name=name, limits=limits)
    assert (len(result.errors), list(result.facts)) == (1, [])
    return result.errors[0].expected


@pytest.mark.parametrize("name", ["figures.xlsx", "figures", "FIGURES.XLSX"])
def test_dates_and_numbers_of_a_workbook_are_real(name: str) -> None:
    result = read_bytes(xlsx({"Données": Grid(ROWS)}), name=name)

    assert (result.layout, result.questions, result.currency) == ("own_wide", [], "EUR")
    assert values(result, "cost_media", "start", "channel") == {
        (date(2026, 9, 1), "organic"): Decimal(0),
        (date(2026, 9, 1), "paid_search"): Decimal("0.1"),
        (date(2026, 9, 2), "paid_search"): Decimal("1234.56"),
    }


def test_an_ods_file_says_the_same() -> None:
    result = read_bytes(ods(ROWS), name="figures.ods")

    assert result.sums == {"leads": Decimal(24), "cost_media": Decimal("1234.66")}


def test_errors_name_the_row_of_the_sheet() -> None:
    rows = [(), ("Suivi",), (), HEADER, (date(2026, 9, 1), "SEO", "douze", 0)]

    result = read_bytes(xlsx({"Données": Grid(rows)}), name="a.xlsx")

    assert [(one.row, one.column) for one in result.errors] == [(5, "Leads")]


def test_a_title_over_merged_cells_and_a_day_over_several_rows() -> None:
    rows = [
        ("Suivi de septembre", None, None, None),
        HEADER,
        (date(2026, 9, 1), "SEO", 12, 30),
        (None, "Google Ads", 5, 20),
    ]

    result = read_bytes(xlsx({"Sept": Grid(rows, merged=["A1:D1", "A3:A4"])}), name="a.xlsx")

    assert result.errors == []
    assert values(result, "leads", "start", "channel") == {
        (date(2026, 9, 1), "organic"): Decimal(12),
        (date(2026, 9, 1), "paid_search"): Decimal(5),
    }


def test_a_number_in_merged_cells_counts_once() -> None:
    rows = [HEADER, (date(2026, 9, 1), "SEO", 12, 30), (date(2026, 9, 2), "SEO", None, 20)]

    result = read_bytes(xlsx({"Sept": Grid(rows, merged=["C2:C3"])}), name="a.xlsx")

    assert result.sums["leads"] == 12


def test_of_a_formula_only_the_saved_result_is_read() -> None:
    rows = [HEADER, (date(2026, 9, 1), "SEO", "=WEBSERVICE('http://x')→9", 0)]

    assert read_bytes(xlsx({"Sept": Grid(rows)}), name="a.xlsx").sums["leads"] == 9


def test_the_one_sheet_with_a_known_table_is_taken() -> None:
    notes = Grid([("À lire", "avant"), ("Bonjour", "à tous"), ("x", "y")])

    result = read_bytes(xlsx({"Notice": notes, "Données": Grid(ROWS)}), name="a.xlsx")

    assert (result.questions, result.sums["leads"]) == ([], 24)
    assert "sheets_left_out" in codes(result.warnings)


def test_sheets_with_one_header_are_one_table() -> None:
    other = Grid([HEADER, (date(2026, 10, 1), "SEO", 8, 1)])

    result = read_bytes(xlsx({"Septembre": Grid(ROWS), "Octobre": other}), name="a.xlsx")

    assert (result.questions, result.sums["leads"]) == ([], 32)


def test_among_sheets_of_different_tables_the_person_chooses() -> None:
    other = Grid([("Date", "Visites"), (date(2026, 9, 1), 100), (date(2026, 9, 2), 90)])
    data = xlsx({"Leads": Grid(ROWS), "Trafic": other})

    asked = read_bytes(data, name="a.xlsx")
    answered = read_bytes(data, name="a.xlsx", sheet="Trafic")

    assert [(one.option, [c.value for c in one.choices]) for one in asked.questions] == [
        ("sheet", ["Leads", "Trafic", "*"])
    ]
    assert (answered.questions, answered.sums) == ([], {"sessions": Decimal(190)})
    assert read_bytes(data, name="a.xlsx", sheet="*").sums["leads"] == 24


def test_hidden_sheets_are_said_and_not_read() -> None:
    secret = Grid([HEADER, (date(2026, 9, 1), "SEO", 999, 1)], hidden=True)

    result = read_bytes(xlsx({"Leads": Grid(ROWS), "Secret": secret}), name="a.xlsx")

    assert result.sums["leads"] == 24
    assert "sheets_hidden" in codes(result.warnings)


def test_a_list_of_people_in_a_workbook() -> None:
    rows: list[tuple[Cell, ...]] = [
        ("E-mail", "Date de création", "Statut"),
        ("ada@example.com", date(2026, 9, 1), "MQL"),
        ("bob@example.com", date(2026, 9, 2), "Lead"),
    ]

    assert read_bytes(xlsx({"Leads": Grid(rows)}), name="a.xlsx").sums == {
        "leads": Decimal(2),
        "mqls": Decimal(1),
    }


def test_cells_pasted_from_a_spreadsheet() -> None:
    result = read_text(
        "Mois\tVisites\tCoût média (€)\r\n"
        "janv. 2026\t1 200\t1 500,50\r\nfévr. 2026\t1 300\t0,00\r\n",
        name="Cellules collées",
    )

    assert (result.delimiter, result.sums) == (
        "\t",
        {"sessions": Decimal(2500), "cost_media": Decimal("1500.50")},
    )


# What is hostile


def test_a_workbook_under_another_name_is_refused() -> None:
    assert "Rename it to end in .xlsx" in sentence(xlsx({"a": Grid(ROWS)}), "a.csv")
    assert "Rename it to end in .ods" in sentence(ods(ROWS), "a.xlsx")
    assert "plain text" in sentence(b"date,leads\n2026-09-01,1\n", "a.xlsx")


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    assert "damaged" in sentence(archive({"a.csv": b"date,leads\n"}), "a.xlsx")
    inner = xlsx({"a": Grid(ROWS)})
    assert "damaged" in sentence(archive({"inner.xlsx": inner}), "a.xlsx")


def test_a_damaged_workbook_is_refused() -> None:
    whole = xlsx({"a": Grid(ROWS)})

    assert "damaged" in sentence(whole[: len(whole) // 2])
    assert "damaged" in sentence(
        xlsx({"a": Grid(ROWS)}, extra={"xl/workbook.xml": b"<workbook><sheets>"})
    )


def test_a_protected_workbook_is_refused() -> None:
    stream = "EncryptedPackage".encode("utf-16-le")

    assert "password" in sentence(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + stream)
    data = bytearray(xlsx({"a": Grid(ROWS)}))
    place = data.index(b"PK\x01\x02")
    struct.pack_into("<H", data, place + 8, 1)
    assert "password" in sentence(bytes(data))


def test_macros_are_refused() -> None:
    assert "macros" in sentence(xlsx({"a": Grid(ROWS)}, extra={"xl/vbaProject.bin": b"x"}))


def test_what_unpacks_to_too_much_is_refused_before_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workbook, "_work", pytest.fail)

    assert "unpacks" in sentence(xlsx({"a": Grid(ROWS)}, extra={"xl/x.xml": bytes(200_000_000)}))
    assert "unpacks" in sentence(xlsx({"a": Grid(ROWS)}, extra={"xl/x.xml": bytes(2_000_000)}))
    many = {f"xl/media/{number}.xml": b"" for number in range(200)}
    assert "unpacks" in sentence(xlsx({"a": Grid(ROWS)}, extra=many))


def test_an_archive_that_lies_about_its_size_is_stopped() -> None:
    huge = b'<worksheet xmlns="' + b"x" * 10 + b'"><sheetData>' + bytes(300_000_000)
    data = bytearray(xlsx({"a": Grid(ROWS)}, extra={"xl/worksheets/sheet1.xml": huge}))
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = data.index(b"sheet1.xml") if mark == b"PK\x03\x04" else data.rindex(b"sheet1.xml")
        start = data.rindex(mark, 0, place)
        struct.pack_into("<I", data, start + offset, 1_000)

    assert sentence(bytes(data)) != ""


def test_a_cell_at_the_end_of_the_sheet_takes_no_memory() -> None:
    far = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row>'
        b'<row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData></worksheet>'
    )

    assert "unpacks" in sentence(xlsx({"a": Grid(ROWS)}, extra={"xl/worksheets/sheet1.xml": far}))


def test_entities_are_not_expanded() -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
    )
    sheet = (
        laughs + b"]><worksheet "
        b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        b'<c r="A1" t="inlineStr"><is><t>&j;</t></is></c></row></sheetData></worksheet>'
    )

    assert sentence(xlsx({"a": Grid(ROWS)}, extra={"xl/worksheets/sheet1.xml": sheet})) != ""


def test_limits_of_rows_and_columns_hold() -> None:
    data = xlsx({"a": Grid([HEADER, *[(date(2026, 9, 1), "SEO", 1, 1)] * 200])})
    wide = xlsx({"a": Grid([tuple(f"c{n}" for n in range(30)), (1,)])})

    assert "more than 50 rows" in sentence(data, limits=Limits(rows=50))
    assert "more than 20 columns" in sentence(wide, limits=Limits(columns=20))
    assert "larger than" in sentence(data, limits=Limits(size=100))


def test_a_reader_that_runs_out_of_memory_or_time_is_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workbook, "MEMORY", 40 * 1024 * 1024)
    assert sentence(xlsx({"a": Grid([HEADER] * 5_000)})) != ""

    monkeypatch.setattr(workbook, "MEMORY", 512 * 1024 * 1024)
    monkeypatch.setattr(workbook, "WAIT", 0.001)
    assert "unpacks" in sentence(xlsx({"a": Grid(ROWS)}))


def test_a_million_columns_of_text_are_refused() -> None:
    assert "columns" in sentence(b"a," * 1_000_000 + b"\n" + b"1," * 1_000_000, "a.csv")


def test_a_cell_of_many_lines_or_without_end_costs_nothing() -> None:
    rows = [HEADER, (date(2026, 9, 1), "SEO", 8, 1)]
    notes = [("Note\non\nso\nmany\nlines\nthat\nit\nseems\nopen",), ("x" * 20_000,), *rows]

    assert read_bytes(xlsx({"a": Grid(notes)}), name="a.xlsx").sums["leads"] == 8
