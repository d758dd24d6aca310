"""Rows as JSON, so that one that goes can come back exactly as it was."""

from collections.abc import Collection
from typing import Any, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


def kept_row(row: models.Model) -> dict[str, Any]:
    """Every column of a row, as text."""
    return {
        field.attname: None if field.value_from_object(row) is None else field.value_to_string(row)
        for field in row._meta.concrete_fields
    }


def row_of(model: type[M], kept: dict[str, Any], *, may_miss: Collection[str] = ()) -> M | None:
    """The row that was kept, not saved; None where what it belongs to is gone.

    `may_miss` are references that are left out where they lead nowhere any more.
    """
    row = model()
    for field in model._meta.concrete_fields:
        text = kept.get(field.attname)
        value = None if text is None else field.to_python(text)
        if value is not None and isinstance(field, models.ForeignKey):
            related: Any = field.remote_field.model
            if not related._default_manager.filter(pk=value).exists():
                if field.name not in may_miss:
                    return None
                value = None
        setattr(row, field.attname, value)
    return row
