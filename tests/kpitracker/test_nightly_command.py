"""The ``nightly`` command: one workspace after another, and none stops the others."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Workspace
from accounts.scope import system_scope
from tests.cast import Cast


def test_an_unknown_time_zone_stops_no_other_workspace(cast: Cast) -> None:
    with system_scope():
        Workspace.objects.filter(pk=cast.acme.pk).update(time_zone="Mars/Base")
    printed = StringIO()
    with pytest.raises(CommandError, match="1 night"):
        call_command("nightly", as_json=True, stdout=printed, stderr=StringIO())
    result = json.loads(printed.getvalue())
    assert [night["workspace"] for night in result["nights"]] == ["northwind"]
    assert [one["workspace"] for one in result["failed"]] == ["acme"]


def test_a_day_in_the_future_is_refused(cast: Cast) -> None:
    with pytest.raises(CommandError, match="in the future"):
        call_command("nightly", workspace="northwind", day="2099-01-01", stderr=StringIO())
