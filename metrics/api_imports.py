"""The API of imports: a file is sent, looked at, undone."""

from typing import Any, cast

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import Right
from accounts.api import PROBLEMS, ChoiceField, Conflicting, PageQuery, WorkspaceApiView, list_of
from accounts.idempotency import KEY, idempotent
from accounts.models import ApiToken
from metrics.facts import NotUndoable
from metrics.imports.guessing import MAPPING
from metrics.imports.importing import ImportRefused, dry_run, import_file, undo_import
from metrics.imports.layouts import LAYOUTS
from metrics.imports.limits import MEGABYTE
from metrics.imports.parsed import EACH, ONCE, ImportOptions, Span, answers_of
from metrics.models import Batch
from metrics.serializers import DayField

SHOWN = (Batch.Kind.FILE, Batch.Kind.API, Batch.Kind.DEMO)
TOLD = (
    "encoding", "delimiter", "date_order", "number_format", "period", "currency", "rows",
    "totals_skipped", "metrics",
)  # fmt: skip


class ImportSerializer(serializers.Serializer[Any]):
    """An import: where it came from, what it wrote, how it was read."""

    id = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField([*Batch.State.values, "dry_run"])
    kind = serializers.ChoiceField(Batch.Kind.values)
    feed = serializers.CharField(allow_null=True)
    file_name = serializers.CharField()
    from_folder = serializers.BooleanField()
    layout = serializers.CharField()
    facts = inline_serializer(
        "ImportedCounts",
        {name: serializers.IntegerField() for name in ("new", "changed", "same")},
    )
    warnings = serializers.ListField(child=serializers.CharField())
    refusal = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField(allow_null=True)
    committed_at = serializers.DateTimeField(allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)
    encoding = serializers.CharField(allow_null=True)
    delimiter = serializers.CharField(allow_null=True)
    date_order = serializers.CharField(allow_null=True)
    number_format = serializers.CharField(allow_null=True)
    period = serializers.DictField(child=serializers.DateField(), allow_null=True)
    currency = serializers.CharField(allow_null=True)
    rows = serializers.IntegerField(allow_null=True)
    totals_skipped = serializers.IntegerField(allow_null=True)
    metrics = serializers.DictField(child=serializers.CharField(), allow_null=True)


class ImportUpload(serializers.Serializer[Any]):
    """A file, and what is known of it; the questions of a file are answered by these fields."""

    file = serializers.FileField(
        error_messages={"required": gettext_lazy("Send the file as “file”.")}
    )
    feed = serializers.CharField(max_length=80, required=False, allow_blank=True)
    layout = ChoiceField(choices=sorted(LAYOUTS), required=False)
    period_from = DayField(required=False, help_text=gettext_lazy("Of a file without dates."))
    period_to = DayField(required=False)
    covers_from = DayField(
        required=False, help_text=gettext_lazy("Within these days, a day without a row is zero.")
    )
    covers_to = DayField(required=False)
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False)
    date_order = ChoiceField(choices=["dmy", "mdy", "ymd"], required=False)
    number_format = serializers.CharField(max_length=20, required=False)
    sheet = serializers.CharField(max_length=200, required=False)
    repeats = ChoiceField(
        choices=[ONCE, EACH],
        required=False,
        help_text=gettext_lazy(
            "Whether rows of a table kept by hand that say the very same count once or each."
        ),
    )
    mapping = serializers.JSONField(
        required=False,
        help_text=gettext_lazy(
            "What columns and words of a table kept by hand stand for, as an object: a header and"
            " a metric's key, “” to leave it out, or the field that a question names."
        ),
    )
    partial = serializers.BooleanField(  # type: ignore[assignment]
        default=False, help_text=gettext_lazy("Leave out the rows that cannot be read.")
    )
    dry_run = serializers.BooleanField(
        default=False, help_text=gettext_lazy("Say what would happen and keep nothing.")
    )

    def validate_mapping(self, given: Any) -> dict[str, str]:
        """An object of texts."""
        if not isinstance(given, dict) or not all(isinstance(one, str) for one in given.values()):
            raise ValidationError(_("Send an object whose values are texts."))
        return {key.removeprefix(MAPPING): target for key, target in given.items()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Spans have both ends, in order."""
        for name in ("period", "covers"):
            first, last = attrs.get(f"{name}_from"), attrs.get(f"{name}_to")
            if (first is None) != (last is None):
                raise ValidationError({f"{name}_to": [_("Give both days, or none.")]})
            if first and last and last < first:
                wrong = _("The last day must not be before the first day.")
                raise ValidationError({f"{name}_to": [wrong]})
        return attrs


class ImportsView(WorkspaceApiView):
    """``imports/``."""

    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="imports",
        summary=gettext_lazy("What came in as files or calls, the newest first."),
        tags=["imports"],
        parameters=[PageQuery],
        responses={200: list_of("Imports", ImportSerializer), **PROBLEMS},
    )
    def get(self, request: Request, slug: str) -> Response:
        """One page of them."""
        rows = Batch.objects.filter(workspace=self.workspace, kind__in=SHOWN)
        return self.pages(rows.defer("content").select_related("feed"), import_json)

    @extend_schema(
        operation_id="import_new",
        summary=gettext_lazy("Imports a file as the page does: all of it, or nothing."),
        tags=["imports"],
        parameters=[KEY],
        request={"multipart/form-data": ImportUpload},
        responses={200: ImportSerializer, 201: ImportSerializer, **PROBLEMS},
    )
    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """A refusal names each row and each open question, and nothing is written."""
        call = ImportUpload(data=request.data)
        call.is_valid(raise_exception=True)
        asked = call.validated_data
        if asked["file"].size > settings.IMPORT_MAX_MEGABYTES * MEGABYTE:
            limit = {"limit": settings.IMPORT_MAX_MEGABYTES}
            wrong = _("The file is larger than %(limit)s MB. Cut it into shorter periods.") % limit
            raise ValidationError({"file": [wrong]})
        given: dict[str, Any] = {
            "name": asked["file"].name,
            "data": asked["file"].read(),
            "options": _options(asked),
            "today": self.today,
            "feed": asked.get("feed", ""),
        }
        if asked["dry_run"]:
            return Response(self._tried(given, partial=asked["partial"]))
        try:
            user = cast(ApiToken, request.auth).user
            batch = import_file(self.workspace, user=user, now=timezone.now(), **given)
        except ImportRefused as refused:
            raise ValidationError(_problems(str(refused), refused.report)) from refused
        return Response(import_json(batch), status=201)

    def _tried(self, given: dict[str, Any], *, partial: bool) -> dict[str, Any]:
        """What importing the file would do."""
        report = dry_run(self.workspace, **given)
        if not report["may_be_written_in_part" if partial else "may_be_written"]:
            reason = _("The file holds no values that can be imported.")
            raise ValidationError(_problems(reason, report))
        facts = report["facts"]
        batch = Batch(
            workspace=self.workspace,
            kind=Batch.Kind.FILE,
            file_name=given["name"],
            layout=report["layout"],
            report=report,
            created=facts["new"],
            changed=facts["changed"],
            same=facts["same"],
        )
        return import_json(batch) | {"id": None, "state": "dry_run", "feed": report["feed"]}


class OneImportView(WorkspaceApiView):
    """A view of one import."""

    def batch(self, public_id: str) -> Batch:
        """The workspace's import with this id. Raises NotFound."""
        rows = Batch.objects.filter(workspace=self.workspace, kind__in=SHOWN, public_id=public_id)
        batch = rows.defer("content").select_related("feed").first()
        if batch is None:
            raise NotFound(_("The workspace has no import “%(id)s”.") % {"id": public_id})
        return batch


class ImportView(OneImportView):
    """``imports/<id>/``."""

    @extend_schema(
        operation_id="import",
        summary=gettext_lazy("One import: its state and what it wrote."),
        tags=["imports"],
        responses={200: ImportSerializer, **PROBLEMS},
    )
    def get(self, request: Request, slug: str, public_id: str) -> Response:
        """The import."""
        return Response(import_json(self.batch(public_id)))


class ImportUndoView(OneImportView):
    """``imports/<id>/undo/``."""

    write_right = Right.WRITE

    @extend_schema(
        operation_id="import_undo",
        summary=gettext_lazy("Puts back exactly what was there before an import."),
        tags=["imports"],
        request=None,
        responses={200: ImportSerializer, **PROBLEMS},
    )
    def post(self, request: Request, slug: str, public_id: str) -> Response:
        """Possible for 30 days; a second time it is undone already, and nothing happens."""
        batch = self.batch(public_id)
        if batch.state != Batch.State.UNDONE:
            user = cast(ApiToken, request.auth).user
            try:
                undo_import(batch, user=user, now=timezone.now())
            except NotUndoable as refused:
                raise Conflicting(str(refused)) from refused
            batch = self.batch(public_id)
        return Response(import_json(batch))


def import_json(batch: Batch) -> dict[str, Any]:
    """An import as the API shows it: plain JSON."""
    report = batch.report
    times = {name: getattr(batch, name) for name in ("created_at", "committed_at", "undone_at")}
    return {
        "id": batch.public_id,
        "state": batch.state,
        "kind": batch.kind,
        "feed": batch.feed.name if batch.feed else None,
        "file_name": batch.file_name,
        "from_folder": batch.is_from_folder,
        "layout": batch.layout,
        "facts": {"new": batch.created, "changed": batch.changed, "same": batch.same},
        "warnings": [one["message"] for one in report.get("warnings", [])],
        "refusal": report.get("refusal"),
        **{name: at.isoformat() if at else None for name, at in times.items()},
        **{name: report.get(name) for name in TOLD},
    }


def _options(asked: dict[str, Any]) -> ImportOptions:
    mapping, names = answers_of(asked.get("mapping", {}))
    return ImportOptions(
        layout=asked.get("layout"),
        period=_span(asked, "period"),
        covers=_span(asked, "covers"),
        currency=asked.get("currency"),
        date_order=asked.get("date_order"),
        number_format=asked.get("number_format"),
        sheet=asked.get("sheet"),
        repeats=asked.get("repeats"),
        mapping=mapping,
        names=names,
        partial=asked["partial"],
    )


def _span(asked: dict[str, Any], name: str) -> Span | None:
    first, last = asked.get(f"{name}_from"), asked.get(f"{name}_to")
    return Span(first, last) if first and last else None


def _problems(reason: str, report: dict[str, Any]) -> dict[str, list[str]]:
    """Each row that cannot be read and each question that is open, under a field of its own."""
    found: dict[str, list[str]] = {}
    for one in report["questions"]:
        found.setdefault(one["option"] or "file", []).append(one["message"])
    for one in report["errors"]:
        row = f"file.{one['row']}" if one["row"] else "file"
        field = f"{row}.{one['column']}" if one["row"] and one["column"] else row
        found.setdefault(field, []).append(one["expected"])
    return found or {"file": [reason]}
