"""Addresses of a workspace's settings."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
