"""API errors as RFC 9457 problem documents, one entry per field."""

from http import HTTPStatus
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from kpitracker.middleware import request_id


def _entries(detail: Any, field: str = "") -> list[dict[str, str]]:
    if isinstance(detail, dict):
        return [
            entry
            for key, value in detail.items()
            for entry in _entries(value, f"{field}.{key}" if field else str(key))
        ]
    if isinstance(detail, list):
        return [entry for value in detail for entry in _entries(value, field)]
    return [{"field": field, "detail": str(detail)}]


def problem_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's answer turned into ``application/problem+json``; None for unforeseen errors."""
    response = exception_handler(exc, context)
    if response is None:
        return None
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(response.status_code).phrase,
        "status": response.status_code,
        "instance": f"urn:request:{request_id.get()}",
    }
    if isinstance(exc, ValidationError):
        problem["errors"] = _entries(exc.detail)
    elif isinstance(response.data, dict) and "detail" in response.data:
        problem["detail"] = str(response.data["detail"])
    response.data = problem
    response.content_type = "application/problem+json"
    return response
