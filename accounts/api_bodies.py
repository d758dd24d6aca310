"""What callers of the API send: JSON without surprises, no field that is quietly passed over."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request

MOST_DRAINED = 64 * 1024 * 1024
A_CHUNK = 64 * 1024


class JsonBody(JSONParser):
    """JSON, of which a body of brackets in brackets is a mistake like any other."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """The body. Raises ParseError."""
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError(_("The JSON is nested too deeply to be read.")) from error


class TooLarge(APIException):
    """The body of the call is larger than is read."""

    status_code = 413


def refuse_above(request: Request, megabytes: int) -> None:
    """Raises TooLarge for a body of more than so many megabytes, without keeping any of it.

    The rest is taken off the line first: most clients read no answer before they have sent all.
    """
    size = int(request.headers.get("content-length") or 0)
    if size <= megabytes * 1024 * 1024:
        return
    left = min(size, MOST_DRAINED)
    while left > 0 and (chunk := request._request.read(min(A_CHUNK, left))):
        left -= len(chunk)
    raise TooLarge(
        _("The call is larger than %(limit)s MB. Send it in parts.") % {"limit": megabytes}
    )


class Strict(serializers.Serializer[Any]):
    """A body whose unknown fields are refused: a slip of the pen must not change what is meant.

    What the API adds to a row when it shows one may be sent back with it.
    """

    passed_over: ClassVar[frozenset[str]] = frozenset({"id", "version"})

    def to_internal_value(self, data: Any) -> Any:
        """Looks at the names before it looks at the values."""
        if isinstance(data, Mapping):
            unknown = sorted({str(name)[:60] for name in data} - {*self.fields, *self.passed_over})
            if unknown:
                known = ", ".join(self.fields)
                message = _("This field is not known. Use one of: %(names)s.") % {"names": known}
                raise ValidationError({name: [message] for name in unknown})
        return super().to_internal_value(data)


class PlainNumber(serializers.DecimalField):
    """A number as programs write it."""

    default_error_messages = {
        "invalid": gettext_lazy(
            "Send a number like 1234.5: a decimal point, no thousands separator."
        ),
    }

    def to_internal_value(self, data: Any) -> Any:
        """The number; an underscore is Python's own thousands separator."""
        if "_" in str(data):
            self.fail("invalid")
        return super().to_internal_value(data)
