import pytest

from metrics.imports.delimiters import detect_delimiter
from metrics.imports.encoding import Unreadable, encoding_of, open_text
from metrics.imports.parsed import Limits
from metrics.imports.reading import read_document
from tests.metrics.imports.reading import codes, read_bytes, read_text

TABLE = "Date;Coût média;Nouveaux clients\n13/09/2026;1 234,50;3\n14/09/2026;99,00;1\n"
ENCODINGS = {
    "utf-8": "utf-8",
    "utf-8-sig": "utf-8-sig",
    "utf-16-le": "utf-16-le",
    "utf-16": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "cp1252": "cp1252",
    "mac_roman": "mac-roman",
    "cp850": "cp850",
}


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_and_delimiter_gives_the_same_facts(encoding: str, delimiter: str) -> None:
    result = read_bytes(TABLE.replace(";", delimiter).encode(encoding))

    assert result.encoding == ENCODINGS[encoding]
    assert result.delimiter == delimiter
    assert {key: str(value) for key, value in result.sums.items()} == {
        "cost_media": "1333.50",
        "new_customers": "4",
    }
    assert result.ready


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_commas_quote_the_numbers_that_hold_one(encoding: str) -> None:
    text = 'Date,Coût média\n2026-09-13,"1 234,50"\n2026-09-14,"99,00"\n'

    result = read_bytes(text.encode(encoding))

    assert (result.delimiter, result.number_format) == (",", "1 234,5")
    assert str(result.sums["cost_media"]) == "1333.50"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system(end: str) -> None:
    result = read_text("date,leads\n2026-09-01,5\n2026-09-02,6\n".replace("\n", end))

    assert [fact.row for fact in result.facts] == [2, 3]
    assert result.sums["leads"] == 11


def test_the_rows_are_lines_of_the_file_with_its_blank_ones() -> None:
    result = read_text("\n\ndate,leads\n\n2026-09-01,5\n")

    assert result.facts[0].row == 5


def test_excel_names_the_delimiter_on_a_first_line() -> None:
    result = read_text("sep=;\r\nDate;Leads\r\n2026-09-01;5\r\n")

    assert (result.delimiter, result.facts[0].row) == (";", 3)


def test_a_title_with_commas_does_not_hide_the_delimiter() -> None:
    text = "Report, made by hand, of September\nDate;Leads;MQL\n2026-09-01;5;2\n2026-09-02;5;2\n"

    assert detect_delimiter(text) == ";"


def test_cp1252_is_preferred_where_another_encoding_makes_no_better_french() -> None:
    data = "Coût: 5 €, déjà payé".encode("cp1252")

    assert encoding_of(data) == ("cp1252", 0)
    assert open_text(data, "cp1252", 0).read() == "Coût: 5 €, déjà payé"


def test_a_quoted_cell_may_hold_a_line_break() -> None:
    result = read_text(
        'date,metric,value,note\n2026-09-01,leads,5,"two\nlines"\n2026-09-02,leads,6,\n'
    )

    assert [fact.row for fact in result.facts] == [2, 4]


@pytest.mark.parametrize(
    "text",
    [
        'date,metric,value\n2026-09-01,leads,"1\n2026-09-02,leads,2\n',
        'date,metric,value\n2026-09-01,"leads,1\n2026-09-02,"leads",2\n',
    ],
)
def test_an_unclosed_quote_is_named_with_its_line(text: str) -> None:
    result = read_text(text)

    assert [problem.row for problem in result.errors] == [2]
    assert "line 2" in result.errors[0].expected
    assert result.facts == []


def test_an_unclosed_quote_on_the_last_line_is_found_too() -> None:
    result = read_text('date,metric,value\n2026-09-01,leads,1\n2026-09-02,"leads,2')

    assert "line 3" in result.errors[0].expected


def test_an_inch_mark_inside_a_cell_is_no_quote() -> None:
    result = read_text('date,metric,value,campaign\n2026-09-01,leads,1,19" screens\n')

    assert result.facts[0].campaign == '19" screens'


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "a.csv", "empty"),
        (b"\r\n  \r\n", "a.csv", "empty"),
        (b"date,metric,value\n2026-09-01,le\0ads,1\n", "a.csv", "NUL"),
        (bytes(range(1, 256)) * 20, "a.csv", "not a table"),
        (b"PK\x03\x04...[Content_Types].xml", "a.xlsx", "spreadsheet"),
        (b"PK\x03\x04...Chart.csv", "a.zip", "archive is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls", "not a table"),
        (b"%PDF-1.7", "a.csv", "not a table"),
        (b"<!DOCTYPE html><html>", "a.csv", "web page"),
        (b"<html><body><table><tr><td>Date</td></tr></table>", "a.xls", "save it as .xlsx"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', "a.xls", ".xlsx"),
        (b"PAR1\x15\x04\x15", "a.parquet", "not a table"),
        (b"a" * 200_000, "a.csv", "longer than any cell"),
        (b"date,metric,value\n2026-09-01,leads,1\n", "a.exe", ".exe"),
        (b"\xff\xfed\x00a\x00t\x00\xd8\xd8x", "a.csv", "damaged"),
    ],
)
def test_what_is_no_table_gets_a_sentence(data: bytes, name: str, words: str) -> None:
    result = read_bytes(data, name=name)

    assert len(result.errors) == 1
    assert words in result.errors[0].expected
    assert not result.ready


def test_a_hundred_thousand_columns_are_refused() -> None:
    header = ",".join(f"c{number}" for number in range(100_000))

    assert "500 columns" in read_text(f"{header}\n1\n").errors[0].expected


def test_limits_hold_at_their_edge() -> None:
    text = "date,leads\n" + "".join(f"2026-09-{day:02},1\n" for day in range(1, 11))

    assert read_text(text, limits=Limits(rows=10)).ready
    assert "more than 9 rows" in read_text(text, limits=Limits(rows=9)).errors[0].expected
    assert read_text(text, limits=Limits(size=len(text))).ready
    assert "larger than" in read_text(text, limits=Limits(size=len(text) - 1)).errors[0].expected


def test_far_too_many_rows_stop_the_reading() -> None:
    with pytest.raises(Unreadable, match="more than 10 rows"):
        read_document("a.csv", b"a,b\n" * 1000, Limits(rows=10))


@pytest.mark.parametrize("text", ["date,metric,value\n", "Date,Clicks,Impressions,CTR,Position\n"])
def test_a_header_alone_is_no_import(text: str) -> None:
    result = read_text(text)

    assert [problem.kind for problem in result.errors] == ["empty"]


def test_unknown_columns_are_named() -> None:
    result = read_text("fruit,colour\napple,red\npear,green\n")

    assert "“fruit”, “colour”" in result.errors[0].expected


NOTE = "one\ntwo\nthree\nfour, with a comma\nfive"


def test_what_people_wrote_over_many_lines_is_one_cell() -> None:
    document = read_document(
        "notes.csv", f'id,date,note,amount\n1,2026-09-01,"{NOTE}",5\n2,2026-09-02,,6\n'.encode(),
        Limits(),
    )  # fmt: skip

    assert [line.cells[3] for line in document.lines] == ["amount", "5", "6"]
    assert [line.number for line in document.lines] == [1, 2, 7]


def test_a_quotation_mark_that_swallows_rows_is_refused_though_it_is_closed_later() -> None:
    rows = "".join(f"{number},2026-09-01,x,5\n" for number in range(5))

    with pytest.raises(Unreadable) as refused:
        read_document("rows.csv", f'id,date,note,amount\n1,"{rows}",x,5\n'.encode(), Limits())

    assert refused.value.row == 2


SETS = (
    "Campaign Name,Ad Set Name,Amount Spent (EUR),Impressions,Reporting starts,Reporting ends\n"
    "Brand,One,10.50,100,2026-09-01,2026-09-30\nBrand,Two,4.50,50,2026-09-01,2026-09-30\n"
    "News,One,1.00,10,2026-09-01,2026-09-30\nNews,Two,2.00,20,2026-09-01,2026-09-30\n"
    "News,Three,3.00,30,2026-09-01,2026-09-30\n"
)


def test_a_header_that_comes_again_does_not_begin_another_table() -> None:
    header, *rows = SETS.splitlines(keepends=True)

    result = read_text("".join([header, *rows[:2], header, *rows[2:]]))

    assert (result.rows, result.sums) == (5, read_text(SETS).sums)
    assert result.sums["cost_media"] == 21


def test_lines_of_words_below_the_table_are_left_out() -> None:
    footer = "\nExported by Erin on 3 October 2026\n© Acme\n"

    assert read_text(SETS + footer).sums == read_text(SETS).sums
    assert read_text("date,leads\n2026-09-01,4\n© Acme\n").errors == []


def test_a_file_that_ends_in_the_middle_of_a_line_is_said_to_be_cut_off() -> None:
    cut = SETS + "Late,One,9"

    assert "cut_off" in codes(read_text(cut).warnings)
    assert "cut_off" not in codes(read_text(cut + ".00,90,2026-09-01,2026-09-30").warnings)
    assert "cut_off" not in codes(read_text(cut + "\n").warnings)
