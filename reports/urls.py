"""Addresses of the reports app below a workspace."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
