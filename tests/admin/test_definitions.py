"""What counts as a metric, stated in the administration, goes through the one writer."""

from accounts.models import AuditEvent
from accounts.scope import system_scope
from metrics.models import DefinitionVersion, Metric
from tests.admin.conftest import Enters, metric_id, sentences
from tests.cast import Cast


def test_a_rule_is_dated_and_a_change_needs_its_reason(cast: Cast, enters: Enters) -> None:
    client = enters(cast.erin)
    address = f"/admin/metrics/metric/{metric_id('mqls')}/change/"
    assert client.post(address, {"rule_text": "Score of 50."}).status_code == 302
    refused = client.post(address, {"rule_text": "Score of 60."})
    assert "Write why the rule changes" in sentences(refused)
    client.post(address, {"rule_text": "Score of 60.", "reason": "Sales asked"})
    with system_scope():
        versions = DefinitionVersion.objects.filter(metric=metric_id("mqls")).order_by("number")
        found = [(one.rule_text_before, one.rule_text, one.reason, one.user) for one in versions]
        assert Metric.objects.get(pk=metric_id("mqls")).rule_text == "Score of 60."
        assert AuditEvent.objects.filter(action="metric.rule_changed").count() == 2
    assert found == [
        ("", "Score of 50.", "", cast.erin),
        ("Score of 50.", "Score of 60.", "Sales asked", cast.erin),
    ]
