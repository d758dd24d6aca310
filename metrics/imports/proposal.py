"""What importing a file would do, before anything is written: the page's preview, a dry run.

Reading, comparing and judging happen here once, for pages and commands alike; the importer
writes a proposal's facts and nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from hashlib import sha256
from itertools import chain

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import fmt_dates
from accounts.models import Workspace
from metrics.comparing import Comparison, compare_staged
from metrics.counted import Recount, hashing_key, recount
from metrics.dimensions import Directory, add_unknown, load_directory
from metrics.feeds import KEPT_BY_HAND, find_feed
from metrics.imports import judging
from metrics.imports.fact_columns import FactColumns
from metrics.imports.instructions import Instructions
from metrics.imports.layouts import ad_table
from metrics.imports.parsed import (
    CustomMetric,
    ImportOptions,
    ParsedFile,
    RowProblem,
    Warning,
    WorkspaceHints,
)
from metrics.imports.parsing import parse_file
from metrics.imports.spreading import (
    MONEY_UNITS,
    MetricRow,
    Spread,
    TooManyFacts,
    quantum,
    spread_facts,
)
from metrics.models import Batch, Dimension, DimensionValue, Feed, Metric
from metrics.overlaps import overlaps
from metrics.setup import install_catalogue
from metrics.staging import Staging, staging

NO_FEED = -1
"""Stands for a feed that the import would make."""
ROW_KINDS = frozenset({"number", "date", "metric", "channel", "device", "duplicate"})
"""Problems of single rows: an import may leave those rows out."""


@dataclass(slots=True)
class Proposal:
    """One file, read for one workspace. Built with `propose`."""

    workspace: Workspace
    instructions: Instructions
    digest: str
    parsed: ParsedFile
    facts: FactColumns
    feed_name: str
    feed: Feed | None
    metrics: dict[str, MetricRow]
    directory: Directory
    recounted: Recount
    new_campaigns: tuple[str, ...] = ()
    comparison: Comparison = field(default_factory=Comparison)
    errors: list[RowProblem] = field(default_factory=list)
    warnings: list[Warning] = field(default_factory=list)

    @property
    def blocking(self) -> list[RowProblem]:
        """The problems of the file as a whole, which no row can be left out for."""
        return [one for one in self.errors if one.row == 0 or one.kind not in ROW_KINDS]

    def may_be_written(self, *, partial: bool) -> bool:
        """Whether all of it, or with `partial` its good rows, can be imported."""
        if not self.facts or self.parsed.questions:
            return False
        return not (self.blocking if partial else self.errors)

    def spread(self, feed_id: int) -> Spread:
        """The facts that it makes, under the ids that the directory knows now."""
        return spread_facts(
            self.facts,
            metrics=self.metrics,
            feed_id=feed_id,
            place_of=self.directory.place_of,
        )

    def name_unknown(self) -> list[int]:
        """Makes what the workspace lacks; returns the campaigns that have a channel now."""
        return add_unknown(self.directory, self.parsed.campaigns)


def propose(workspace: Workspace, *, data: bytes, instructions: Instructions) -> Proposal:
    """Reads a file and says what importing it would do. Writes no fact and no name."""
    proposal = read(workspace, data=data, instructions=instructions)
    feed_id = proposal.feed.pk if proposal.feed else NO_FEED
    if proposal.facts:
        with staging() as staged:
            compare(proposal, staged, feed_id)
    return proposal


def read(workspace: Workspace, *, data: bytes, instructions: Instructions) -> Proposal:
    """Reads a file and notes what stands against importing it, apart from what is stored."""
    parsed, instructions = _parsed(workspace, data, instructions)
    feed_name = (instructions.feed or parsed.feed or _("Imported files")).strip()[:80]
    feed = find_feed(workspace, feed_name)
    recounted = recount(workspace, feed=feed, parsed=parsed)
    facts = FactColumns.of(recounted.facts)
    directory = load_directory(workspace, facts.places_told, parsed.campaigns)
    proposal = Proposal(
        workspace=workspace,
        instructions=instructions,
        digest=sha256(data).hexdigest(),
        parsed=parsed,
        facts=facts,
        feed_name=feed_name,
        feed=feed,
        metrics=_metrics(workspace, set(facts.keys_told)),
        directory=directory,
        recounted=recounted,
        new_campaigns=tuple(directory.unknown_campaigns),
    )
    proposal.errors = [*parsed.errors, *_own_errors(proposal)]
    proposal.warnings = [
        *(one for one in parsed.warnings if one.code != "currency_differs"),
        *_imported_before(proposal),
        *judging.counted_before(recounted.known, recounted.elsewhere),
        *judging.suspicions(facts, parsed.sums),
    ]
    return proposal


def _parsed(
    workspace: Workspace, data: bytes, instructions: Instructions
) -> tuple[ParsedFile, Instructions]:
    """The file as it says, its columns as they were mapped in the last file of the same shape."""
    hints = _hints(workspace, instructions)
    options = instructions.options

    def parse(options: ImportOptions) -> ParsedFile:
        return parse_file(
            instructions.name, data, options=options, workspace=hints, limits=instructions.limits
        )

    parsed = parse(options)
    if options.mapping or options.names:
        return parsed, instructions
    mapping, names = _said_before(workspace, parsed.shape)
    if not mapping and not names:
        return parsed, instructions
    options = replace(options, mapping=mapping, names=names)
    parsed = parse(options)
    message = _("Columns and names are read as in the last file with the same columns.")
    parsed.warnings.append(Warning("mapping_remembered", message))
    return parsed, replace(instructions, options=options)


FILES_RECALLED = 20
"""A name that was not in the last file of a shape may have been in one before it."""


def _said_before(workspace: Workspace, shape: str) -> tuple[dict[str, str], dict[str, str]]:
    """What someone said of the columns of imported files of this shape, and of their names."""
    if not shape:
        return {}, {}
    earlier = (
        Batch.objects.filter(workspace=workspace, state=Batch.State.COMMITTED, report__shape=shape)
        .exclude(options__mapping={}, options__names={})
        .order_by("-committed_at")
        .values_list("options", flat=True)[:FILES_RECALLED]
    )
    mapping: dict[str, str] = {}
    names: dict[str, str] = {}
    for options in earlier:
        mapping = mapping or dict(options["mapping"])
        names = {**options.get("names", {}), **names}
    return mapping, names


def _hints(workspace: Workspace, instructions: Instructions) -> WorkspaceHints:
    own = [metric for metric in Metric.objects.filter(workspace=workspace) if metric.is_own]
    channels = DimensionValue.objects.filter(workspace=workspace, dimension=Dimension.CHANNEL)
    return WorkspaceHints(
        today=instructions.today,
        currency=workspace.currency,
        language=workspace.language,
        metrics=tuple(_custom(metric) for metric in own),
        channels={one.key: (one.label,) for one in channels if one.label},
        people_key=hashing_key(workspace),
        fiscal_year_start=workspace.fiscal_year_start,
        zone=workspace.time_zone,
    )


def _custom(metric: Metric) -> CustomMetric:
    names = tuple(name for name in (metric.own_name_en, metric.own_name_fr) if name)
    return CustomMetric(metric.key, names, unit=metric.own_unit or "count", derived=True)


def _metrics(workspace: Workspace, keys: set[str]) -> dict[str, MetricRow]:
    """The workspace's rows of these metrics; what an upgrade brought is added on the way."""
    stored = Metric.objects.filter(workspace=workspace, key__in=keys)
    if stored.count() < len(keys):
        install_catalogue(workspace)
    return {one.key: metric_row(one) for one in stored.all()}


def metric_row(metric: Metric) -> MetricRow:
    """What spreading needs of a metric."""
    definition = metric.definition
    return MetricRow(metric.pk, str(definition.unit), str(definition.rollup), definition.weight)


def _own_errors(proposal: Proposal) -> Iterator[RowProblem]:
    """What stands against importing the file here, though it can be read."""
    currency, workspace = proposal.parsed.currency, proposal.workspace
    has_money = any(metric.unit in MONEY_UNITS for metric in proposal.metrics.values())
    if has_money and currency and currency != workspace.currency:
        yield RowProblem(0, "", currency, _(
            "The amounts are in %(found)s and the workspace counts in %(currency)s. Export the"
            " report in %(currency)s, or leave its amounts out."
        ) % {"found": currency, "currency": workspace.currency}, "currency")  # fmt: skip
    if proposal.feed and proposal.feed.kind in KEPT_BY_HAND:
        yield RowProblem(0, "", proposal.feed_name, _(
            "“%(feed)s” is kept for what is typed here. Choose another name for the feed."
        ) % {"feed": proposal.feed.name}, "file")  # fmt: skip


def _imported_before(proposal: Proposal) -> Iterator[Warning]:
    earlier = (
        Batch.objects.filter(
            workspace=proposal.workspace,
            file_sha256=proposal.digest,
            state=Batch.State.COMMITTED,
            committed_at__isnull=False,
        )
        .order_by("-committed_at")
        .first()
    )
    if earlier and earlier.committed_at:
        day = earlier.committed_at.astimezone(proposal.workspace.zone).date()
        message = _("This file was imported already, on %(day)s.")
        shown = fmt_dates.date_long(day, get_language() or "en")
        yield Warning("imported_before", message % {"day": shown})


def compare(proposal: Proposal, staged: Staging, feed_id: int) -> None:
    """Stages the facts, sets them beside the stored ones, and notes what looks wrong there."""
    try:
        spread = proposal.spread(feed_id)
    except TooManyFacts as problem:
        proposal.errors.append(RowProblem(0, "", "", str(problem), "file"))
        return
    staged.take_text(spread.lines())
    keys = {metric.pk: key for key, metric in proposal.metrics.items()}
    proposal.comparison = compare_staged(
        staged, proposal.workspace, feed_id=feed_id, summed=_summed(proposal)
    )
    if proposal.parsed.part_only and proposal.comparison.has_lone_days:
        stands = judging.stands_for_totals(proposal.facts)
        proposal.warnings.append(judging.lone_part(stands=stands))
    if proposal.comparison.changed and _platform_unknown(proposal):
        changed = proposal.comparison.changed
        proposal.warnings.append(judging.platform_unknown(changed, proposal.feed_name))
    proposal.warnings += chain(
        judging.findings(proposal.comparison, keys),
        judging.shared(overlaps(staged, proposal.workspace, feed_id=feed_id, keys=keys), keys),
        judging.unweighted(spread.unweighted),
        judging.clashing(spread.clashing),
    )


def _platform_unknown(proposal: Proposal) -> bool:
    """Whether the file is a table of advertising in the feed for what names no one platform."""
    parsed = proposal.parsed
    is_shared = parsed.layout == ad_table.LAYOUT.key and parsed.feed == ad_table.LAYOUT.feed
    return is_shared and not proposal.instructions.feed


def _summed(proposal: Proposal) -> dict[int, Decimal]:
    """The summed metrics, with what rounding may move of one fact; days as stated are exact."""
    stated_by_day = all(span.start == span.end for span in proposal.facts.spans_told)
    return {
        metric.pk: Decimal(0) if stated_by_day else quantum(metric.unit)
        for metric in proposal.metrics.values()
        if metric.rollup == "sum"
    }
