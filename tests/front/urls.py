"""The gallery, a page that swaps, and the names that the shell leads to: nothing else."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from kpitracker.gallery import gallery

BELOW_WORKSPACE = ("progress", "objectives", "metrics", "campaigns", "alerts", "data", "settings")
ELSEWHERE = ("home", "me", "set_language", "account_logout")

SWAPS = """{% extends "narrow.html" %}{% block title %}Swaps{% endblock %}{% block content %}
<button id="get" type="button" hx-get="/answer/200/" hx-target="#spot">Get</button>
<button id="wrong" type="button" hx-get="/answer/422/" hx-target="#spot">Wrong</button>
<button id="late" type="button" hx-get="/answer/409/" hx-target="#spot">Late</button>
<button id="broken" type="button" hx-get="/answer/500/" hx-target="#spot">Broken</button>
<button id="asked" type="button" hx-get="/answer/200/" hx-target="#spot"
 hx-confirm="Really?">Ask</button>
<form method="post" action="/sent/" data-confirm="Undo it?" data-confirm-action="Undo">
{% csrf_token %}<button id="undo" type="submit">Undo</button></form>
<div id="spot"></div>{% endblock %}"""
FRAGMENT = """<p data-announce="Swapped in.">Swapped in.</p>
<script>window.ran = true</script><img src="/none.png" onerror="window.ran = true" alt="">
<button hx-on:click="window.ran = true">Eval</button>"""


def elsewhere(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Any other page."""
    return HttpResponse("<!doctype html><title>Elsewhere</title>")


def swaps(request: HttpRequest) -> HttpResponse:
    """A page with parts that htmx swaps."""
    return HttpResponse(engines["django"].from_string(SWAPS).render({}, request))


def answer(request: HttpRequest, status: int) -> HttpResponse:
    """A fragment that tries to run something."""
    return HttpResponse(FRAGMENT, status=status)


urlpatterns = [
    path("look/", gallery),
    path("swaps/", swaps),
    path("answer/<int:status>/", answer),
    path("sent/", elsewhere),
    path("none.png", elsewhere),
    *(path(f"w/<slug:slug>/{name}/", elsewhere, name=name) for name in BELOW_WORKSPACE),
    *(path(f"{name}/", elsewhere, name=name) for name in ELSEWHERE),
]
