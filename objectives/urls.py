"""Addresses of the objectives app below a workspace."""

from django.urls import path

from objectives.views.alert_acts import alert_act, alerts_act
from objectives.views.alert_detail import alert_detail
from objectives.views.alerts import alerts
from objectives.views.calibration import chances
from objectives.views.chain import objective_chain
from objectives.views.companions import objective_companion
from objectives.views.detail import objective, objective_file
from objectives.views.editing import objective_edit, objective_one_page
from objectives.views.life import (
    objective_check_in,
    objective_comment,
    objective_duplicate,
    objective_review,
)
from objectives.views.listing import objectives
from objectives.views.packs import objective_pack_set_up, objective_packs
from objectives.views.periods import objective_periods
from objectives.views.proposals import objective_hint
from objectives.views.recommended import alert_rules_recommended
from objectives.views.rules import (
    alert_rule_act,
    alert_rule_edit,
    alert_rule_new,
    alert_rule_preview,
    alert_rules_page,
)
from objectives.views.state import objective_state
from objectives.views.steps import objective_new, objective_step
from objectives.views.trying import objective_trial

urlpatterns = [
    path("objectives/", objectives, name="objectives"),
    path("objectives/new/", objective_new, name="objective_new"),
    path("objectives/new/one-page/", objective_one_page, name="objective_one_page"),
    path("objectives/new/trial/", objective_trial, name="objective_new_trial"),
    path("objectives/new/hint/", objective_hint, name="objective_hint"),
    path("objectives/packs/", objective_packs, name="objective_packs"),
    path("objectives/packs/set-up/", objective_pack_set_up, name="objective_pack_set_up"),
    path("objectives/chain/", objective_chain, name="objective_chain"),
    path("objectives/chances/", chances, name="chances"),
    path("objectives/<str:public_id>/", objective, name="objective"),
    path("objectives/<str:public_id>/edit/", objective_edit, name="objective_edit"),
    path("objectives/<str:public_id>/steps/<str:step>/", objective_step, name="objective_step"),
    path("objectives/<str:public_id>/companion/", objective_companion, name="objective_companion"),
    path("objectives/<str:public_id>/periods/", objective_periods, name="objective_periods"),
    path("objectives/<str:public_id>/trial/", objective_trial, name="objective_trial"),
    path("objectives/<str:public_id>/state/", objective_state, name="objective_state"),
    path("objectives/<str:public_id>/check-in/", objective_check_in, name="objective_check_in"),
    path("objectives/<str:public_id>/comment/", objective_comment, name="objective_comment"),
    path("objectives/<str:public_id>/review/", objective_review, name="objective_review"),
    path("objectives/<str:public_id>/again/", objective_duplicate, name="objective_duplicate"),
    path("objectives/<str:public_id>/export/", objective_file, name="objective_export"),
    path("alerts/", alerts, name="alerts"),
    path("alerts/rules/", alert_rules_page, name="alert_rules"),
    path("alerts/rules/new/", alert_rule_new, name="alert_rule_new"),
    path("alerts/rules/preview/", alert_rule_preview, name="alert_rule_preview"),
    path("alerts/rules/recommended/", alert_rules_recommended, name="alert_rules_recommended"),
    path("alerts/rules/<str:public_id>/", alert_rule_edit, name="alert_rule_edit"),
    path("alerts/rules/<str:public_id>/act/", alert_rule_act, name="alert_rule_act"),
    path("alerts/act/", alerts_act, name="alerts_act"),
    path("alerts/<str:public_id>/act/", alert_act, name="alert_act"),
    path("alerts/<str:public_id>/", alert_detail, name="alert"),
]
