"""What a file says, once it is read: the shapes that pass from the parser to the writer.

Nothing here knows the database. A `ParsedFile` holds facts under catalogue keys, the problems
of single rows, the questions that only a person can answer, and what the file covers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from metrics.imports.fact_columns import FactColumns

NAME = "name:"
"""A question's option for one word of a table: this, what it should name, a colon, the word."""
NOT_SET = "not_set"
"""The key of a dimension that the source breaks down by, on a row that it could not assign."""


class Span(NamedTuple):
    """A run of days, both ends included; one day where they are equal."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class ParsedFact:
    """One value of one metric for a day (start == end) or a span, as the file states it.

    A dimension is None where the file does not break down by it, and `NOT_SET` where it does
    and the row is unassigned. Money is in the file's currency, rates are fractions, durations
    are in the metric's own unit. Sums of a span are the whole span's: the writer spreads them.
    `row` is the line of the file (the first one, where several lines were added up).
    """

    row: int
    metric: str
    start: date
    end: date
    value: Decimal
    channel: str | None = None
    campaign: str | None = None
    device: str | None = None
    asset: str | None = None
    audience: str | None = None


class Sighting(NamedTuple):
    """One person, deal or answer, counted for one metric: who, when, where, and how much.

    `who` is a keyed hash, never a name, and "" where the file does not tell. `value` is 1 for
    what is counted, an amount or a number of days for what is not.
    """

    metric: str
    who: str
    day: date
    value: Decimal
    channel: str | None
    campaign: str | None
    row: int


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One cell or row that cannot be taken as it is.

    `expected` is a whole sentence that says how to repair it. `row` is the line of the file,
    0 where the problem is the file itself; `column` its header, "" where there is none.
    `kind` groups problems that are repaired alike: number, date, metric, channel, device,
    currency, duplicate, columns, period, layout, file, empty.
    """

    row: int
    column: str
    found: str
    expected: str
    kind: str


@dataclass(frozen=True, slots=True)
class Warning:
    """Something worth knowing that stops nothing. `code` is stable, `message` a sentence."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question: `value` goes into the option, `label` is shown.

    Choices of one `group` stand together under its name.
    """

    value: str
    label: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What the file leaves open and only a person knows.

    `option` names the field of `ImportOptions` that answers it. `default` is the answer that the
    facts of this reading already use (None where there is none, as for a period most times; two
    days joined by a slash where it has one). While a question is open the file is not to be
    written. What was settled without asking is kept as a question too, so that it can be changed.
    """

    code: str
    message: str
    option: str
    choices: tuple[Choice, ...] = ()
    default: str | None = None
    column: str = ""
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """How one column of a table kept by hand was read.

    `target` is a metric's key or a role, "" where the column is left out; `confidence` is 0 to
    100, `samples` are its first three different cells.
    """

    header: str
    target: str
    confidence: int
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The days that the file speaks for, for one metric.

    `zero_filled`: the source exports every row that it has, so a day inside without a row is
    zero for a summed metric.
    """

    metric: str
    start: date
    end: date
    zero_filled: bool


@dataclass(frozen=True, slots=True)
class Repair:
    """What a cell should say instead: in one row, or with `row` 0 wherever its column says so."""

    row: int
    column: str
    found: str
    text: str


ONCE, EACH = "once", "each"
"""Whether rows that say the very same count."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the person said about the file (the command's flags, the page's answers).

    `period` dates a file that has no dates; `covers` is the span in which a missing day is zero;
    `date_order` is "dmy", "mdy" or "ymd"; `number_format` is "1,234.5" or "1 234,5" (any text
    whose last separator is the decimal mark); `sheet` is the name of a workbook's sheet, "*" for
    all of them below each other; `mapping` turns headers into metric keys or roles
    (date, metric, value, channel, campaign, device, asset, audience, currency), "" for "leave out";
    `repeats` is "once" or "each": whether rows of a table kept by hand that say the very same
    count once or each of them;
    `names` says what words in cells stand for ("metric:new visits" → a metric's key, "channel:…" →
    a channel's key or "+" for a channel of that name), "" for "leave these rows out";
    `repairs` are cells that were corrected on the page, in the order in which they were.
    """

    layout: str | None = None
    period: Span | None = None
    currency: str | None = None
    date_order: str | None = None
    number_format: str | None = None
    covers: Span | None = None
    partial: bool = False
    sheet: str | None = None
    repeats: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    repairs: tuple[Repair, ...] = ()


def answers_of(given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What columns and names stand for, from one mapping: names have their option as key."""
    mapping = {key: target for key, target in given.items() if not key.startswith(NAME)}
    names = {
        key.removeprefix(NAME): target for key, target in given.items() if key.startswith(NAME)
    }
    return mapping, names


@dataclass(frozen=True, slots=True)
class CustomMetric:
    """A metric of the workspace's own, as the parser needs it: names in any language."""

    key: str
    names: tuple[str, ...]
    unit: str = "count"
    rollup: str = "sum"
    weight: str | None = None
    derived: bool = False


@dataclass(frozen=True, slots=True)
class WorkspaceHints:
    """What the parser may know of the workspace: nothing here decides against the file.

    `channels` maps each channel's key to the names it is known under, the workspace's own
    channels included; the shipped ones need not be repeated. `today` is the workspace's day.
    """

    today: date
    currency: str = "EUR"
    language: str = "en"
    metrics: tuple[CustomMetric, ...] = ()
    channels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    people_key: bytes = b""
    fiscal_year_start: int = 1
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may hold: the page's limits. The command may raise them."""

    size: int = 10 * 1024 * 1024
    rows: int = 50_000
    columns: int = 500


@dataclass(slots=True)
class ParsedFile:
    """One file, read. `ready` says whether it may be written as it is.

    `rows` counts the data rows read, totals rows excluded; `totals` holds the file's own totals
    by metric, to compare with; `sums` the same quantities added up from `facts` (sum, last value,
    weighted mean; a unique only where the file gives it for the whole). `part_only`: the rows are
    known to be a part (a list cut at 1,000 rows), so they must never stand for a total.
    `campaigns` maps the campaigns named to their channel, None where the file does not say.
    `columns` says how the columns of a table kept by hand were read, `shape` is the same for files
    with the same columns. `settled` are questions that were answered without asking anybody: by a
    name that is almost known, by the file's own name.
    `sightings` are the people or deals behind `facts`; `seen` holds those of whom the file states
    everything that it counts, so that what it no longer says is undone.
    """

    layout: str = ""
    feed: str = ""
    feed_kind: str = ""
    encoding: str = ""
    delimiter: str = ""
    date_order: str = ""
    number_format: str = ""
    period: Span | None = None
    currency: str | None = None
    rows: int = 0
    totals_skipped: int = 0
    part_only: bool = False
    facts: list[ParsedFact] | FactColumns = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)
    totals: dict[str, Decimal] = field(default_factory=dict)
    sums: dict[str, Decimal] = field(default_factory=dict)
    warnings: list[Warning] = field(default_factory=list)
    errors: list[RowProblem] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    settled: list[Question] = field(default_factory=list)
    campaigns: dict[str, str | None] = field(default_factory=dict)
    columns: list[ColumnGuess] = field(default_factory=list)
    shape: str = ""
    sightings: list[Sighting] = field(default_factory=list)
    seen: frozenset[str] = frozenset()

    @property
    def ready(self) -> bool:
        """Whether the file holds facts, leaves no question open and has no row to repair."""
        return bool(self.facts) and not self.errors and not self.questions
