"""``import_facts``: a file's facts into a workspace, as the page does it."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from accounts.command import ProductCommand, iso_date, today_in
from accounts.models import Workspace
from accounts.scope import workspace_scope
from metrics.imports.importing import ImportRefused, dry_run, import_file
from metrics.imports.parsed import EACH, ONCE, ImportOptions, Limits, Span, answers_of
from metrics.models import Batch
from metrics.periods import Calendar, Grain, PeriodError

COMMAND_LIMITS = Limits(size=2 * 1024**3, rows=5_000_000, columns=2_000)
PRINTED = (
    "layout", "feed", "encoding", "delimiter", "date_order", "number_format", "period",
    "currency", "rows", "facts", "totals_skipped", "metrics", "warnings", "errors", "questions",
)  # fmt: skip


class Command(ProductCommand):
    """Imports all of a file or nothing; with --partial its good rows."""

    help = "Import a file of facts into a workspace, as the import page does."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, where it goes, and what the person knows about it."""
        super().add_arguments(parser)
        add = parser.add_argument
        add("file", type=Path, help="The file, as the tool exported it.")
        add("--workspace", required=True, metavar="SLUG")
        add("--feed", default="", help="The feed's name, instead of the layout's own.")
        add("--layout", help="The layout's key, instead of recognising it.")
        add("--period", help="The days of a file without dates: 2025-07, 2025-Q3, 2025-W29, …")
        add("--currency", help="The currency of the amounts, like EUR.")
        add("--date-order", choices=("dmy", "mdy", "ymd"))
        add("--number-format", help="How numbers are written: 1,234.5 or 1 234,5.")
        add("--covers", help="The days in which a missing day is zero: 2025-07-01..2025-07-31.")
        add("--mapping", type=Path, help="A JSON file: header → metric key or role, '' to skip.")
        add("--sheet", help="The sheet of a workbook, * for all of them below each other.")
        add("--repeats", choices=(ONCE, EACH), help="Whether rows that say the very same count.")
        add("--partial", action="store_true", help="Import the good rows, leave out the others.")
        add("--dry-run", action="store_true", help="Say what would happen and keep nothing.")

    def handle(self, **options: Any) -> None:
        """Reads the file and writes its facts in one transaction."""
        workspace = self.workspace(options["workspace"])
        arguments: dict[str, Any] = {
            "name": options["file"].name,
            "data": self._bytes(options["file"]),
            "options": self._options(workspace, options),
            "today": today_in(workspace),
            "feed": options["feed"],
            "limits": COMMAND_LIMITS,
        }
        if options["dry_run"]:
            self._dry_run(workspace, arguments, partial=options["partial"])
        else:
            self._import(workspace, arguments)

    def _dry_run(self, workspace: Workspace, arguments: dict[str, Any], *, partial: bool) -> None:
        with workspace_scope(workspace.pk):
            report = dry_run(workspace, **arguments)
        printed = as_printed(report, None)
        if not report["may_be_written_in_part" if partial else "may_be_written"]:
            self.refuse(first_problem(printed), printed)
        self.done(printed, "Nothing was kept: this was a dry run.", *summary(printed))

    def _import(self, workspace: Workspace, arguments: dict[str, Any]) -> None:
        try:
            with workspace_scope(workspace.pk):
                batch = import_file(workspace, user=None, now=timezone.now(), **arguments)
        except ImportRefused as refused:
            self.refuse(str(refused), as_printed(refused.report, None))
        printed = as_printed(batch.report, batch)
        self.done(printed, f"Imported as {batch.public_id}.", *summary(printed))

    def _bytes(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except OSError as error:
            self.refuse(f"{path} cannot be read: {error.strerror}.")

    def _options(self, workspace: Workspace, options: dict[str, Any]) -> ImportOptions:
        given = mapping_in(options["mapping"]) if options["mapping"] else {}
        mapping, names = answers_of(given)
        return ImportOptions(
            layout=options["layout"],
            period=period_of(options["period"], workspace) if options["period"] else None,
            currency=options["currency"].upper() if options["currency"] else None,
            date_order=options["date_order"],
            number_format=options["number_format"],
            covers=span_of(options["covers"]) if options["covers"] else None,
            partial=options["partial"],
            sheet=options["sheet"],
            repeats=options["repeats"],
            mapping=mapping,
            names=names,
        )


def period_of(text: str, workspace: Workspace) -> Span:
    """The days of 2025-07-14, 2025-W29, 2025-07, 2025-Q3, 2025, or of two days with .. between."""
    if ".." in text:
        return span_of(text)
    calendar = Calendar(workspace.week_start, workspace.fiscal_year_start)
    for grain in Grain:
        try:
            period = calendar.parse(text, grain)
        except PeriodError:
            continue
        return Span(period.start, period.end)
    raise CommandError(
        f"{text} is not a period. Write it like 2025-07, 2025-Q3, 2025-W29 or"
        " 2025-07-01..2025-07-31.",
        returncode=2,
    )


def span_of(text: str) -> Span:
    """The days of 2025-07-01..2025-07-31, both included."""
    first, _dots, last = text.partition("..")
    span = Span(iso_date(first), iso_date(last or first))
    if span.end < span.start:
        raise CommandError(f"{text} ends before it starts.", returncode=2)
    return span


def mapping_in(path: Path) -> dict[str, str]:
    """Headers and what they hold, from a JSON object of texts."""
    try:
        found = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} cannot be read as JSON: {error}.", returncode=2) from error
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise CommandError(
            f"{path} must hold one JSON object of headers and keys, like"
            ' {"Spend": "cost_media", "Notes": ""}.',
            returncode=2,
        )
    return found


def as_printed(report: dict[str, Any], batch: Batch | None) -> dict[str, Any]:
    """The report in the command's shape; open questions are errors too, for who cannot answer."""
    period = report["period"]
    errors = [
        {key: one[key] for key in ("row", "column", "found", "expected")}
        for one in report["errors"]
    ]
    errors += [
        {
            "row": 0,
            "column": one["column"],
            "found": ", ".join(one["samples"]),
            "expected": one["message"],
        }
        for one in report["questions"]
    ]
    printed = {key: report[key] for key in PRINTED} | {
        "period": f"{period['start']}..{period['end']}" if period else None,
        "warnings": [one["message"] for one in report["warnings"]],
        "errors": errors,
    }
    return printed | {"import_id": batch.public_id if batch else None}


def first_problem(printed: dict[str, Any]) -> str:
    """The sentence of the first error."""
    errors = printed["errors"]
    return str(errors[0]["expected"]) if errors else "The file holds no values to import."


def summary(printed: dict[str, Any]) -> list[str]:
    """What was read and written, in lines for a terminal."""
    facts = printed["facts"]
    return [
        f"{printed['rows']} rows in the layout {printed['layout']}, feed {printed['feed']}.",
        f"Values: {facts['new']} new, {facts['changed']} changed, {facts['same']} the same.",
        *(f"{key}: {value}" for key, value in printed["metrics"].items()),
        *(f"Note: {one}" for one in printed["warnings"]),
    ]
