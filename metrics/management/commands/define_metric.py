"""``define_metric``: a derived metric of the workspace's own."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from accounts.audit import record
from accounts.command import ProductCommand
from accounts.forms import NameField
from accounts.models import Workspace
from accounts.scope import workspace_scope
from metrics.catalogue.definition import Direction
from metrics.definition_checks import OwnDefinition, definition_of
from metrics.definitions import change_definition, define
from metrics.models import DefinitionVersion, Metric
from metrics.presentation import metric_json
from metrics.units import Unit

LONGEST_NAME = 120
REASON = "Changed by define_metric."


class Command(ProductCommand):
    """Defines a metric; run again with another formula or unit, it makes a dated version."""

    help = "Define a metric of the workspace's own as a formula over others, or change it."

    def add_arguments(self, parser: CommandParser) -> None:
        """The metric and its words; what is left out stays as it is on a change."""
        super().add_arguments(parser)
        add = parser.add_argument
        add("key", metavar="KEY", help="Small letters, digits and underscores.")
        add("--workspace", required=True, metavar="SLUG")
        add("--formula", required=True, metavar="TEXT", help='Like "cost_media / leads".')
        add("--unit", choices=[str(unit) for unit in Unit], help="What its values are counted in.")
        add("--direction", choices=[str(one) for one in Direction], help="Where better is.")
        add("--name", metavar="TEXT", help="In English; the key in words where there is none.")
        add("--name-fr", metavar="TEXT", help="In French.")
        add("--definition", metavar="TEXT", help="What it measures, one sentence.")
        add("--reason", default="", metavar="TEXT", help="Why it changes.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Defines or changes it, or refuses with a sentence for each thing that is wrong."""
        workspace = self.workspace(options["workspace"])
        with workspace_scope(workspace.pk):
            metric = Metric.objects.filter(workspace=workspace, key=options["key"]).first()
            try:
                if metric is None:
                    metric, version = self._define(workspace, options)
                    verb = "defined"
                else:
                    version = self._change(metric, options)
                    verb = "changed" if version else "unchanged"
            except ValidationError as error:
                self.refuse(" ".join(error.messages))
            metric.refresh_from_db()
            shown = self._json(metric, version, verb)
        self.done(shown, *self._lines(workspace, metric, verb))

    def _define(
        self, workspace: Workspace, options: dict[str, Any]
    ) -> tuple[Metric, DefinitionVersion | None]:
        for name in ("unit", "direction"):
            if not options[name]:
                raise CommandError(f"A new metric needs --{name}.", returncode=2)
        key, name_fr = options["key"], _name(options["name_fr"])
        wanted = OwnDefinition(
            formula=options["formula"],
            unit=options["unit"],
            direction=options["direction"],
            name_en=_name(options["name"]) or ("" if name_fr else _spoken(key)),
            name_fr=name_fr,
            definition=options["definition"] or "",
        )
        metric = define(
            workspace,
            key=key,
            wanted=wanted,
            user=None,
            now=timezone.now(),
            reason=options["reason"],
        )
        record(None, "metric.defined", workspace=workspace, obj=metric, after=wanted.columns)
        return metric, metric.definition_versions.get()

    def _change(self, metric: Metric, options: dict[str, Any]) -> DefinitionVersion | None:
        before = definition_of(metric)
        given = {"name_en": _name(options["name"]), "name_fr": _name(options["name_fr"])}
        given |= {name: options[name] for name in ("unit", "direction", "definition")}
        kept = {name: text or getattr(before, name) for name, text in given.items()}
        wanted = OwnDefinition(formula=options["formula"], **kept)
        version = change_definition(
            metric,
            wanted=wanted,
            user=None,
            now=timezone.now(),
            reason=options["reason"] or REASON,
        )
        if wanted != before:
            record(
                None,
                "metric.definition_changed",
                workspace=metric.workspace,
                obj=metric,
                before=before.columns,
                after=wanted.columns,
            )
        return version

    @staticmethod
    def _json(metric: Metric, version: DefinitionVersion | None, verb: str) -> dict[str, Any]:
        last = version or metric.definition_versions.order_by("number").last()
        assert last is not None  # an own metric has a version from its beginning
        return {
            **metric_json(metric.definition),
            "definition": metric.own_definition,
            "result": verb,
            "version": last.number,
            "valid_from": last.valid_from.isoformat(),
        }

    @staticmethod
    def _lines(workspace: Workspace, metric: Metric, verb: str) -> list[str]:
        if verb == "unchanged":
            return [f"{metric.key} is {metric.own_formula}, as it was."]
        return [
            f"{metric.key} {verb}: {metric.own_formula}",
            "Its values are computed within a minute where the product runs, else by "
            f"recompute --workspace {workspace.slug}.",
        ]


def _name(text: str | None) -> str:
    """A name on one line, without control characters."""
    return str(NameField(required=False, max_length=LONGEST_NAME).clean(text or ""))


def _spoken(key: str) -> str:
    return key.replace("_", " ").capitalize()
