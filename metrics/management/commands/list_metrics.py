"""``list_metrics``: the catalogue, or a workspace's metrics."""

from typing import Any

from django.core.management.base import CommandParser

from accounts.command import ProductCommand
from accounts.scope import workspace_scope
from metrics.catalogue import CATALOGUE
from metrics.catalogue.definition import MetricDefinition
from metrics.models import Metric
from metrics.presentation import metric_json


class Command(ProductCommand):
    """Prints every metric with what it is counted in and how it adds up."""

    help = "List the metrics of the catalogue, or of a workspace with its own ones."

    def add_arguments(self, parser: CommandParser) -> None:
        """The workspace, if any."""
        super().add_arguments(parser)
        parser.add_argument("--workspace", metavar="SLUG", help="With the workspace's own metrics.")

    def handle(self, **options: Any) -> None:
        """One object or one line for each metric."""
        definitions = self._definitions(options["workspace"])
        self.done([metric_json(one) for one in definitions], *(line_of(one) for one in definitions))

    def _definitions(self, slug: str | None) -> list[MetricDefinition]:
        if not slug:
            return list(CATALOGUE.values())
        workspace = self.workspace(slug)
        with workspace_scope(workspace.pk):
            metrics = Metric.objects.filter(workspace=workspace).order_by("key")
            return [metric.definition for metric in metrics]


def line_of(one: MetricDefinition) -> str:
    """A metric in one line for a terminal."""
    worked_out = f" = {one.formula}" if one.formula else ""
    return f"{one.key}: {one.name_en} · {one.name_fr} ({one.unit}, {one.rollup}){worked_out}"
