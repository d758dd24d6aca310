"""Addresses of the objectives app below a workspace."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
