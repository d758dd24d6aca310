"""Tables as files: numbers stay numbers, days stay days, and no text becomes a formula."""

import csv
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from accounts import spreadsheets
from accounts.spreadsheets import (
    Cell,
    Column,
    Format,
    Kind,
    TooManyRows,
    asked_format,
    plain_number,
    table_response,
    write_table,
)

COLUMNS = (
    Column("day", Kind.DAY),
    Column("campaign"),
    Column("leads", Kind.NUMBER),
    Column("rate", Kind.SHARE),
)
ROW: tuple[Cell, ...] = (date(2026, 3, 8), "Été; “soldes”", Decimal("1234.50"), Decimal("0.045"))
HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "=HYPERLINK('x')")


def written(how: Format, *rows: tuple[Cell, ...]) -> bytes:
    target = BytesIO()
    write_table(target, COLUMNS, rows, how)
    return target.getvalue()


def sheet(content: bytes) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return book.get_sheet_by_index(0).to_python()


def test_standard_csv_is_for_programs() -> None:
    assert written(Format.CSV, ROW).decode() == (
        "day,campaign,leads,rate\r\n2026-03-08,Été; “soldes”,1234.5,0.0450\r\n"
    )


def test_french_excel_gets_its_separators_and_its_mark() -> None:
    text = written(Format.CSV_FR, ROW).decode()
    assert text == (
        "\N{ZERO WIDTH NO-BREAK SPACE}day;campaign;leads;rate\r\n"
        '2026-03-08;"Été; “soldes”";1234,5;0,0450\r\n'
    )


def test_a_workbook_has_numbers_and_days() -> None:
    _header, row = sheet(written(Format.XLSX, ROW))
    assert row == [date(2026, 3, 8), "Été; “soldes”", 1234.5, 0.045]


def test_nothing_is_nothing_and_zero_is_zero() -> None:
    row: tuple[Cell, ...] = (None, "", None, Decimal(0))
    assert written(Format.CSV, row).decode().splitlines()[1] == ",,,0"
    assert sheet(written(Format.XLSX, row))[1] == ["", "", "", 0]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_is_a_formula(text: str) -> None:
    row: tuple[Cell, ...] = (None, text, Decimal(1), None)
    (_header, cells) = csv.reader(StringIO(written(Format.CSV, row).decode(), newline=""))
    assert cells[1] == f"'{text}"
    content = written(Format.XLSX, row)
    formulas = CalamineWorkbook.from_filelike(BytesIO(content))
    assert sheet(content)[1][1].strip() == text.strip()
    assert b"<f>" not in content
    assert formulas.sheet_names == ["Sheet1"]


def test_negative_numbers_stay_numbers() -> None:
    row: tuple[Cell, ...] = (None, "", Decimal("-3.5"), None)
    assert written(Format.CSV, row).decode().splitlines()[1] == ",,-3.5,"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-(10**18)))
def test_a_number_is_read_back_as_it_was(value: Decimal) -> None:
    assert Decimal(plain_number(value, french=False)) == value
    assert Decimal(plain_number(value, french=True).replace(",", ".")) == value
    _whole, _mark, decimals = plain_number(value, french=False).partition(".")
    assert len(decimals) != 3


def test_a_full_sheet_is_refused_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "MOST_XLSX_ROWS", 2)
    assert len(sheet(written(Format.XLSX, ROW, ROW))) == 3
    with pytest.raises(TooManyRows, match="Choose CSV"):
        written(Format.XLSX, ROW, ROW, ROW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("how", "name", "kind"),
    [(Format.CSV, "leads.csv", "text/csv; charset=utf-8"), (Format.XLSX, "leads.xlsx", None)],
)
def test_a_response_is_a_file_to_save(how: Format, name: str, kind: str | None) -> None:
    response = table_response(COLUMNS, [ROW], how=how, name="leads")
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Content-Type"] == (kind or spreadsheets.XLSX)
    assert response.getvalue()
    response.close()


@pytest.mark.parametrize(("given", "how"), [("xlsx", Format.XLSX), ("pdf", Format.CSV)])
def test_an_unknown_format_is_the_standard_one(given: str, how: Format) -> None:
    assert asked_format(given) is how
