"""Addresses of the metrics app below a workspace."""

from django.urls import path

from metrics.views import (
    cohorts,
    costs,
    definitions,
    entries,
    entry_grid,
    feeds,
    funnel,
    imports,
    metrics,
)

urlpatterns = [
    path("metrics/", metrics.metric_list, name="metrics"),
    path("metrics/funnel/", funnel.funnel_page, name="funnel"),
    path("metrics/cohorts/", cohorts.cohort_page, name="cohorts"),
    path("metrics/new/", definitions.definition_new, name="definition_new"),
    path("metrics/<slug:key>/", metrics.metric_detail, name="metric"),
    path("metrics/<slug:key>/export/", metrics.metric_csv, name="metric_csv"),
    path("metrics/<slug:key>/definition/", definitions.definition_edit, name="definition_edit"),
    path("metrics/<slug:key>/state/", definitions.definition_state, name="definition_state"),
    path("metrics/<slug:key>/rule/", definitions.rule_edit, name="rule_edit"),
    path("metrics/<slug:key>/default/", definitions.variant_default, name="variant_default"),
    path("metrics/<slug:key>/reported/", definitions.metric_reported, name="metric_reported"),
    path("data/", entry_grid.data, name="data"),
    path("data/values/", entries.entry_list, name="entries"),
    path("data/values/new/", entries.entry_new, name="entry_new"),
    path("data/values/<str:public_id>/", entries.entry_edit, name="entry_edit"),
    path("data/values/<str:public_id>/delete/", entries.entry_delete, name="entry_delete"),
    path("data/costs/", costs.cost_list, name="costs"),
    path("data/costs/new/", costs.cost_new, name="cost_new"),
    path("data/costs/<str:public_id>/", costs.cost_edit, name="cost_edit"),
    path("data/costs/<str:public_id>/delete/", costs.cost_delete, name="cost_delete"),
    path("data/feeds/", feeds.feed_list, name="feeds"),
    path("data/feeds/<str:public_id>/", feeds.feed_edit, name="feed_edit"),
    path("imports/", imports.import_list, name="imports"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/template/<slug:layout>/", imports.import_template, name="import_template"),
    path("imports/<str:public_id>/", imports.import_detail, name="import_detail"),
    path("imports/<str:public_id>/answer/", imports.import_answer, name="import_answer"),
    path("imports/<str:public_id>/commit/", imports.import_commit, name="import_commit"),
    path("imports/<str:public_id>/undo/", imports.import_undo, name="import_undo"),
    path("imports/<str:public_id>/cancel/", imports.import_cancel, name="import_cancel"),
]
