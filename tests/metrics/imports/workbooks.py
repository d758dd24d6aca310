"""Workbooks for tests, written part by part, so that they can be as wrong as a test wants them."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

Cell = str | int | float | date | None
EPOCH = date(1899, 12, 30)
TYPES = """<?xml version="1.0"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
</Types>"""
ROOT = """<?xml version="1.0"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Target="xl/workbook.xml"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/>
</Relationships>"""
STYLES = """<?xml version="1.0"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>
</styleSheet>"""
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass(frozen=True)
class Grid:
    """One sheet: rows of cells, ranges that are merged, whether it is hidden."""

    rows: Sequence[Sequence[Cell]]
    merged: Sequence[str] = ()
    hidden: bool = False


def xlsx(sheets: Mapping[str, Grid], *, extra: Mapping[str, bytes] | None = None) -> bytes:
    """An XLSX workbook; `extra` are more parts of the archive, or other contents for these."""
    parts: dict[str, bytes] = {
        "[Content_Types].xml": TYPES.encode(),
        "_rels/.rels": ROOT.encode(),
        "xl/workbook.xml": _workbook(sheets).encode(),
        "xl/_rels/workbook.xml.rels": _relations(len(sheets)).encode(),
        "xl/styles.xml": STYLES.encode(),
    }
    for place, grid in enumerate(sheets.values(), start=1):
        parts[f"xl/worksheets/sheet{place}.xml"] = _sheet(grid).encode()
    return archive(parts | dict(extra or {}))


def archive(parts: Mapping[str, bytes]) -> bytes:
    """A zip archive of these parts."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return written.getvalue()


def ods(rows: Sequence[Sequence[Cell]], *, name: str = "Feuille1") -> bytes:
    """An ODS workbook of one sheet."""
    body = "".join(
        f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows
    )
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{urn}:office:1.0" xmlns:table="{urn}:table:1.0" '
        f'xmlns:text="{urn}:text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="{name}">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<manifest:manifest xmlns:manifest="{urn}:manifest:1.0"><manifest:file-entry '
        f'manifest:full-path="/" manifest:media-type="{kind.decode()}"/></manifest:manifest>'
    )
    return archive(
        {
            "mimetype": kind,
            "content.xml": content.encode(),
            "META-INF/manifest.xml": manifest.encode(),
        }
    )


def _ods_cell(cell: Cell) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, date):
        return (
            '<table:table-cell office:value-type="date" '
            f'office:date-value="{cell.isoformat()}"><text:p>{cell}</text:p></table:table-cell>'
        )
    if isinstance(cell, str):
        return (
            '<table:table-cell office:value-type="string">'
            f"<text:p>{escape(cell)}</text:p></table:table-cell>"
        )
    return (
        f'<table:table-cell office:value-type="float" office:value="{cell}">'
        f"<text:p>{cell}</text:p></table:table-cell>"
    )


def _workbook(sheets: Mapping[str, Grid]) -> str:
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{place}" r:id="rId{place}"{_state(grid)}/>'
        for place, (name, grid) in enumerate(sheets.items(), start=1)
    )
    return f'<workbook xmlns="{MAIN}" xmlns:r="{RELS}"><sheets>{listed}</sheets></workbook>'


def _state(grid: Grid) -> str:
    return ' state="hidden"' if grid.hidden else ""


def _relations(number: int) -> str:
    listed = "".join(
        f'<Relationship Id="rId{place}" Type="{RELS}/worksheet" '
        f'Target="worksheets/sheet{place}.xml"/>'
        for place in range(1, number + 1)
    )
    styles = f'<Relationship Id="rIdS" Type="{RELS}/styles" Target="styles.xml"/>'
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{listed}{styles}</Relationships>'


def _sheet(grid: Grid) -> str:
    rows = "".join(
        f'<row r="{number}">{"".join(_cell(c, number, i) for i, c in enumerate(row))}</row>'
        for number, row in enumerate(grid.rows, start=1)
    )
    merged = "".join(f'<mergeCell ref="{one}"/>' for one in grid.merged)
    merged = f'<mergeCells count="{len(grid.merged)}">{merged}</mergeCells>' if merged else ""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{merged}</worksheet>'


def _cell(cell: Cell, row: int, column: int) -> str:
    place = f"{_letters(column)}{row}"
    if cell is None:
        return ""
    if isinstance(cell, date):
        return f'<c r="{place}" s="1"><v>{(cell - EPOCH).days}</v></c>'
    if isinstance(cell, str) and cell.startswith("="):
        formula, _sign, saved = cell[1:].partition("→")
        return f'<c r="{place}"><f>{escape(formula)}</f><v>{saved}</v></c>'
    if isinstance(cell, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
    return f'<c r="{place}"><v>{cell}</v></c>'


def _letters(column: int) -> str:
    rest, last = divmod(column, 26)
    return (_letters(rest - 1) if rest else "") + chr(65 + last)
