"""Addresses of the metrics app below a workspace."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
