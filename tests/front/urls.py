"""The gallery, and the names of pages that the shell leads to: nothing else of the product."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from kpitracker.gallery import gallery

BELOW_WORKSPACE = ("progress", "objectives", "metrics", "alerts", "data", "settings")
ELSEWHERE = ("home", "me", "set_language", "account_logout")


def elsewhere(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Any other page."""
    return HttpResponse("<!doctype html><title>Elsewhere</title>")


urlpatterns = [
    path("look/", gallery),
    *(path(f"w/<slug:slug>/{name}/", elsewhere, name=name) for name in BELOW_WORKSPACE),
    *(path(f"{name}/", elsewhere, name=name) for name in ELSEWHERE),
]
