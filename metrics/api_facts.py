"""The API that takes facts."""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from django.core.exceptions import ValidationError as Refused
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import Right
from accounts.api import PROBLEMS, WorkspaceApiView
from accounts.api_bodies import PlainNumber, Strict, refuse_above
from accounts.idempotency import KEY, idempotent
from accounts.models import ApiToken
from metrics.imports.parsed import Span
from metrics.models.fact import VALUE_DIGITS
from metrics.sending import FIELDS, MOST_ROWS, RowsRefused, Sent, SentFact, send_facts
from metrics.serializers import DayField

MOST_MEGABYTES = 8


class WithFrom(Strict):
    """Days from … to …; Python keeps the first name for itself."""

    from_required = False

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Adds ``from``."""
        text = gettext_lazy("The first of several days.")
        return {
            **super().get_fields(),
            "from": DayField(required=self.from_required, help_text=text),
        }


class FactSerializer(WithFrom):
    """One value, of a day (``date``) or of several (``from``, ``to``)."""

    metric = serializers.CharField(max_length=60)
    date = DayField(required=False, help_text=gettext_lazy("The day, where it is only one."))
    to = DayField(required=False, help_text=gettext_lazy("The last of several days."))
    value = PlainNumber(**VALUE_DIGITS)
    channel = serializers.CharField(max_length=300, required=False, allow_null=True)
    campaign = serializers.CharField(max_length=300, required=False, allow_null=True)
    device = serializers.CharField(max_length=300, required=False, allow_null=True)
    asset = serializers.CharField(max_length=300, required=False, allow_null=True)
    segment = serializers.CharField(max_length=300, required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Either one day or a first and a last one."""
        alone = "date" in attrs and "from" not in attrs and "to" not in attrs
        pair = "date" not in attrs and "from" in attrs and "to" in attrs
        if not alone and not pair:
            raise ValidationError(
                {"date": [_("Give a date, or from and to for a value of several days.")]}
            )
        return attrs


class CoversSerializer(WithFrom):
    """The days of which the call has every row there is."""

    from_required = True
    to = DayField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The last day is not before the first."""
        if attrs["to"] < attrs["from"]:
            raise ValidationError({"to": [_("The last day must not be before the first day.")]})
        return attrs


class FactsCall(Strict):
    """What is sent."""

    feed = serializers.CharField(max_length=80, help_text=gettext_lazy("Made where it is new."))
    covers = CoversSerializer(
        required=False,
        help_text=gettext_lazy("Within these days, a day without a row is zero."),
    )
    facts = FactSerializer(many=True)

    def to_internal_value(self, data: Any) -> Any:
        """Counts before it looks into the rows."""
        rows = data.get("facts") if isinstance(data, Mapping) else None
        if isinstance(rows, list) and not rows:
            raise ValidationError({"facts": [_("Send at least one fact.")]})
        if isinstance(rows, list) and len(rows) > MOST_ROWS:
            message = _("Send at most %(limit)s facts a call.") % {"limit": MOST_ROWS}
            raise ValidationError({"facts": [message]})
        return super().to_internal_value(data)


SENT = inline_serializer(
    "FactsSent",
    {
        "import_id": serializers.CharField(),
        "feed": serializers.CharField(),
        "facts": inline_serializer(
            "FactCounts",
            {name: serializers.IntegerField() for name in ("new", "changed", "same")},
        ),
        "rows": serializers.ListField(
            child=serializers.ChoiceField(choices=["new", "changed", "same"])
        ),
    },
)


class FactsView(WorkspaceApiView):
    """``facts/``."""

    write_right = Right.WRITE

    @extend_schema(
        operation_id="facts",
        summary=gettext_lazy("Sends facts: all of them are written, or none."),
        tags=["facts"],
        parameters=[KEY],
        request=FactsCall,
        responses={200: SENT, **PROBLEMS},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Adds new facts and replaces those that the feed gave before."""
        refuse_above(request, MOST_MEGABYTES)
        return self._send(request)

    @idempotent
    def _send(self, request: Request) -> Response:
        call = FactsCall(data=request.data)
        call.is_valid(raise_exception=True)
        asked = call.validated_data
        covers = asked.get("covers")
        try:
            sent = send_facts(
                self.workspace,
                user=cast(ApiToken, request.auth).user,
                feed_name=asked["feed"].strip(),
                rows=[_sent_fact(one) for one in asked["facts"]],
                today=self.today,
                now=timezone.now(),
                covers=Span(covers["from"], covers["to"]) if covers else None,
            )
        except RowsRefused as refused:
            raise ValidationError(_by_row(refused)) from refused
        except Refused as refused:
            raise ValidationError(refused.message_dict) from refused
        return Response(_as_json(sent))


def _sent_fact(row: Mapping[str, Any]) -> SentFact:
    start: date = row["date"] if "date" in row else row["from"]
    names = {field: row.get(field) or None for field in FIELDS}
    return SentFact(row["metric"], start, row.get("to", start), row["value"], **names)


def _by_row(refused: RowsRefused) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for error in refused.errors:
        place = f"facts.{error.place}"
        found.setdefault(f"{place}.{error.field}" if error.field else place, []).append(
            error.message
        )
    return found


def _as_json(sent: Sent) -> dict[str, Any]:
    return {
        "import_id": sent.batch.public_id,
        "feed": sent.feed.public_id,
        "facts": {"new": sent.created, "changed": sent.changed, "same": sent.same},
        "rows": sent.rows,
    }
