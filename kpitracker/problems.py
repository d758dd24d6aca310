"""API errors as RFC 9457 problem documents, one entry per field."""

from http import HTTPStatus
from typing import Any

from django.http import JsonResponse
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from kpitracker.middleware import request_id

CONTENT_TYPE = "application/problem+json"


def _entries(detail: Any, field: str = "") -> list[dict[str, str]]:
    if isinstance(detail, dict):
        return [
            entry
            for key, value in detail.items()
            for entry in _entries(value, f"{field}.{key}" if field else str(key))
        ]
    if isinstance(detail, list):
        return [
            entry
            for place, value in enumerate(detail)
            for entry in _entries(value, f"{field}.{place}" if isinstance(value, dict) else field)
        ]
    return [{"field": field, "detail": str(detail)}]


def _problem(status: int) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "instance": f"urn:request:{request_id.get()}",
    }


def server_problem() -> JsonResponse:
    """500, when what went wrong was not foreseen: the request's id finds it in the log."""
    return JsonResponse(_problem(500), status=500, content_type=CONTENT_TYPE)


def problem_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's answer turned into ``application/problem+json``; None for unforeseen errors."""
    response = exception_handler(exc, context)
    if response is None:
        return None
    problem = _problem(response.status_code)
    if isinstance(exc, ValidationError):
        problem["errors"] = _entries(exc.detail)
    elif isinstance(response.data, dict) and "detail" in response.data:
        problem["detail"] = str(response.data["detail"])
    response.data = problem
    response.content_type = CONTENT_TYPE
    return response
