"""Reading a file from beginning to end: the one function that pages and commands call."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from metrics.imports.amounts import note_table_currency
from metrics.imports.block_periods import period_over
from metrics.imports.collecting import Collector
from metrics.imports.context import Context
from metrics.imports.counting import count_list
from metrics.imports.cut_lists import set_pages_aside
from metrics.imports.days import DayReader
from metrics.imports.encoding import Unreadable
from metrics.imports.fact_columns import FactColumns
from metrics.imports.formats import Formats, decide_dates, decide_numbers
from metrics.imports.layout import Kind, Layout
from metrics.imports.merging import Part, merged
from metrics.imports.name_days import named_period, range_in_name, settle_period
from metrics.imports.opening import open_document
from metrics.imports.parsed import (
    Coverage,
    ImportOptions,
    Limits,
    ParsedFile,
    RowProblem,
    Span,
    WorkspaceHints,
)
from metrics.imports.plan_rows import set_plans_aside
from metrics.imports.reading import Document
from metrics.imports.recognise import Undecided, layout_of
from metrics.imports.repeats import are_parts, drop_repeats
from metrics.imports.rows import RowReader
from metrics.imports.subtotals import without_covering
from metrics.imports.summed_rows import drop_footers, part_totals
from metrics.imports.summing import sums_of
from metrics.imports.table import Table, tables_of
from metrics.imports.totals import compare_totals, whole_uniques
from metrics.imports.vocabulary import SUM, Vocabulary


def parse_file(
    name: str,
    data: bytes,
    *,
    options: ImportOptions,
    workspace: WorkspaceHints,
    limits: Limits,
) -> ParsedFile:
    """Everything that a file says. Never raises for what is in the file: it becomes an error.

    Nothing is written and no clock is read; the sentences are in the language that is active.
    """
    result = ParsedFile()
    context = Context(options, workspace, Vocabulary(workspace.metrics), result, name)
    try:
        document = open_document(name, data, limits, context)
        for one in options.repairs:
            document.lines.store.repair(one.row, one.column, one.found, one.text)
        result.encoding, result.delimiter = document.encoding, document.delimiter
        if document.cut_off:
            _say_cut_off(context)
        _read(document, layout_of(document, context), context, limits)
    except Undecided:
        result.layout = "own_wide"
    except Unreadable as problem:
        result.facts = []
        result.errors.append(RowProblem(problem.row, "", problem.found, str(problem), problem.kind))
    return result


def _say_cut_off(context: Context) -> None:
    context.warn(
        "cut_off",
        _(
            "The last line is shorter than the others and does not end: the file may have been "
            "cut off. Compare its sums with the tool's, or export it again."
        ),
    )


def _read(document: Document, layout: Layout, context: Context, limits: Limits) -> None:
    result = context.result
    result.layout, result.feed, result.feed_kind = layout.key, layout.feed, layout.feed_kind
    if layout.events:
        count_list(document, layout, context, limits)
        return
    tables = _tables(document, layout, context)
    result.feed = layout.feed_of(document, tables) or layout.feed
    result.rows = sum(len(table.rows) for table in tables)
    if result.rows > limits.rows:
        raise Unreadable(
            _(
                "The file has more than %(limit)s rows. Cut it into shorter periods and import "
                "them one by one."
            )
            % {"limit": limits.rows}
        )
    context.order = decide_dates(tables, document.delimiter, context)
    result.date_order = context.order
    formats = decide_numbers(tables, layout, document.delimiter, context)
    shared = _shared_period(tables, layout, context)
    parts = [_part(table, layout, formats, shared, context) for table in tables]
    result.facts = merged(parts, context.vocabulary).compact()
    _finish(layout, tables, context)


def _tables(document: Document, layout: Layout, context: Context) -> list[Table]:
    """The tables that hold numbers this layout knows, totals rows set apart."""
    resolved = (
        layout.tables(document, context)
        if layout.tables
        else tables_of(
            document,
            lambda header: layout.columns_of(header, context),
            comments=layout.comments,
            sheets=layout.together,
        )
    )
    measured = [table for table in resolved if any(c and c.is_number for c in table.columns)]
    tables = set_plans_aside(measured, context)
    _say_tables_left_out(resolved, measured, context)
    if not tables:
        raise Unreadable(
            _(
                "No table of the layout “%(layout)s” is in this file. Choose another layout, or "
                "leave the choice to the file."
            )
            % {"layout": layout.key},
            kind="layout",
        )
    for table in tables:
        set_pages_aside(table, context)
        drop_footers(table)
        if layout.totals:
            part_totals(table)
        context.result.totals_skipped += len(table.totals) + table.aside
        layout.notice(table, context)
    return tables


def _say_tables_left_out(found: list[Table], kept: list[Table], context: Context) -> None:
    left = [table for table in found if table.rows and not any(table is one for one in kept)]
    if left:
        named = ["“" + ", ".join(filter(None, table.header.cells[:3])) + "”" for table in left]
        context.warn(
            "table_left_out",
            _("Tables without a figure that is a metric here are left out: %(tables)s.")
            % {"tables": ", ".join(named)},
        )


def _shared_period(tables: list[Table], layout: Layout, context: Context) -> Span | None:
    """The days of a report's dated tables, which the tables beside them are for as well."""
    if not layout.together or len(tables) < 2:
        return None
    readers = [DayReader(table, None, context, layout.strict_rows) for table in tables]
    spans = [span for reader in readers if reader.dated and (span := reader.extent)]
    if not spans:
        return None
    return Span(min(one.start for one in spans), max(one.end for one in spans))


def _part(
    table: Table, layout: Layout, formats: Formats, shared: Span | None, context: Context
) -> Part:
    """One table's facts, and what it says about the file."""
    stated = layout.period_of(table, context) or period_over(table, context) or shared
    days = DayReader(table, stated or context.options.period, context, layout.strict_rows)
    if not days.dated and days.period is None:
        today = context.workspace.today
        days.period = named_period(context) or Span(today, date.max - timedelta(weeks=60))
    elif days.dated and days.period is None:
        days.period = range_in_name(context.name)
    elif not days.dated and stated is None:
        settle_period(days.period, context)
    reader = RowReader(layout, table, formats, days, context)
    drop_repeats(table, layout, context)
    given = reader.facts()
    if layout.strict_rows:
        given = without_covering(given, table, context)
    parts = layout.strict_rows and are_parts(table, context)
    facts = Collector(context, strict=layout.strict_rows, parts=parts).gather(given)
    compare_totals(table, reader, facts, context)
    facts += whole_uniques(table, reader, layout, facts, context)
    _note(table, reader, layout, stated, facts, context)
    return Part(facts, folded=_is_folded(table))


def _is_folded(table: Table) -> bool:
    """Whether the table breaks down only by what facts do not have."""
    dimensions = [column for _index, column in table.places(Kind.DIMENSION)]
    return bool(dimensions) and all(column.folded for column in dimensions)


def _note(
    table: Table,
    reader: RowReader,
    layout: Layout,
    stated: Span | None,
    facts: FactColumns,
    context: Context,
) -> None:
    """What the table says about the file: its span, its currency, its coverage."""
    if reader.days.yearly:
        _say_yearly(context)
    elif reader.days.monthly:
        _say_monthly(context)
    note_table_currency(table, context)
    if table.cut or layout.is_part(table, context):
        context.result.part_only = True
    elif facts:
        span = context.options.covers or stated or _extent(facts, reader.days)
        zero = layout.zero_filled or context.options.covers is not None
        context.result.coverage += [
            Coverage(key, span.start, span.end, zero and _is_sum(key, context))
            for key in facts.keys_told
        ]


def _extent(facts: FactColumns, days: DayReader) -> Span:
    return days.period if days.period is not None and not days.dated else facts.extent


def _is_sum(key: str, context: Context) -> bool:
    return context.vocabulary.get(key).rollup == SUM


def _say_monthly(context: Context) -> None:
    context.warn(
        "monthly_rows",
        _(
            "Every date is the first of a month, with one row a month: the values are taken for "
            "whole months."
        ),
    )


def _say_yearly(context: Context) -> None:
    context.warn(
        "yearly_rows",
        _("Every date is the first of a January: the values are taken for whole years."),
    )


def _finish(layout: Layout, tables: list[Table], context: Context) -> None:
    result, facts = context.result, FactColumns.of(context.result.facts)
    is_empty = not facts and not result.errors and not result.questions
    if is_empty and result.rows:
        raise Unreadable(
            _(
                "The file has figures, but none that is a metric here for rows like these. Export "
                "the report by date, channel, campaign or page."
            ),
            row=tables[0].header.number,
            kind="columns",
        )
    if is_empty:
        raise Unreadable(
            _("The file has a header and no value to import. Export it again, with its data."),
            row=tables[0].header.number,
            kind="empty",
        )
    result.sums = sums_of(facts, context.vocabulary)
    result.coverage = list(dict.fromkeys(result.coverage))
    if any(question.code == "period" for question in result.questions):
        result.facts, result.coverage = [], []
    elif facts:
        result.period = _stated(tables, layout, context) or facts.extent
        _say_future(facts, context)


def _stated(tables: list[Table], layout: Layout, context: Context) -> Span | None:
    """The days that the file states for itself, over all its tables."""
    spans = [span for table in tables if (span := layout.period_of(table, context))]
    if not spans:
        return None
    return Span(min(span.start for span in spans), max(span.end for span in spans))


def _say_future(facts: FactColumns, context: Context) -> None:
    today = context.workspace.today
    starts = [span.start for span in facts.spans.listed]
    later = sum(starts[code] > today for code in facts.span)
    if later:
        context.warn(
            "future_dates",
            _("%(number)s values are for days after %(today)s.")
            % {"number": later, "today": today.isoformat()},
        )
