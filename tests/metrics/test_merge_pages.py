"""The pages that merge two campaigns and take a merge back."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Workspace
from accounts.scope import workspace_scope
from metrics.campaign_saving import save_campaign
from metrics.imports.importing import import_file
from metrics.imports.parsed import ImportOptions
from metrics.merging import merge_campaigns
from metrics.models import Campaign, CampaignMerge
from metrics.periods import local_today
from tests.cast import Cast


def text_of(response: object) -> str:
    content = response.content.decode()  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", content)


def bring(workspace: Workspace, rows: str) -> None:
    import_file(
        workspace, user=None, name="facts.csv", data=f"date;metric;value;campaign\n{rows}".encode(),
        options=ImportOptions(), today=local_today(timezone.now(), "Europe/Paris"),
        now=timezone.now(),
    )  # fmt: skip


@pytest.fixture
def two(inside: Workspace) -> Workspace:
    """Two spellings of one campaign."""
    save_campaign(inside, user=None, name="Spring")
    save_campaign(inside, user=None, name="Sprnig")
    bring(inside, "2026-03-01;leads;3;Spring\n2026-03-01;leads;4;Sprnig\n")
    return inside


@pytest.fixture
def editor(two: Workspace, cast: Cast, client: Client) -> Client:
    client.force_login(cast.erin)
    return client


def merged(workspace: Workspace) -> CampaignMerge:
    return merge_campaigns(
        Campaign.objects.get(name="Sprnig"),
        target=Campaign.objects.get(name="Spring"),
        user=None,
        now=timezone.now(),
    )


def undo_address(merge: CampaignMerge) -> str:
    return reverse("campaign_merge_undo", args=[merge.workspace.slug, merge.public_id])


def test_right_after_a_merge_its_undo_is_offered(two: Workspace, editor: Client) -> None:
    source, target = (Campaign.objects.get(name=name) for name in ("Sprnig", "Spring"))
    address = reverse("campaign_merge", args=[two.slug, source.public_id])
    assert "can be undone for 30 days" in text_of(editor.get(address, {"into": target.public_id}))
    answer = editor.post(address, {"into": target.public_id}, follow=True)
    assert "“Sprnig” is “Spring” now" in text_of(answer)
    assert undo_address(CampaignMerge.objects.get()) in text_of(answer)


def test_the_campaigns_page_offers_it_for_thirty_days(two: Workspace, editor: Client) -> None:
    merge = merged(two)
    page = reverse("campaign", args=[two.slug, Campaign.objects.get(name="Spring").public_id])
    assert undo_address(merge) in text_of(editor.get(page))
    CampaignMerge.objects.update(created_at=merge.created_at - timedelta(days=31))
    assert undo_address(merge) not in text_of(editor.get(page))


def test_the_undo_says_before_what_goes_back_and_what_stays(two: Workspace, editor: Client) -> None:
    merge = merged(two)
    bring(two, "2026-03-05;leads;9;Sprnig\n")
    page = text_of(editor.get(undo_address(merge)))
    assert "1 value of “Spring” came since the merge and stays there" in page
    assert Campaign.objects.count() == 1
    answer = editor.post(undo_address(merge), follow=True)
    back = Campaign.objects.get(name="Sprnig")
    assert answer.redirect_chain[-1][0] == reverse("campaign", args=[two.slug, back.public_id])
    assert "“Sprnig” has again what it had" in text_of(answer)


def test_a_second_click_or_tab_changes_nothing(two: Workspace, editor: Client) -> None:
    merge = merged(two)
    editor.post(undo_address(merge))
    for again in (editor.post, editor.get):
        answer = again(undo_address(merge), follow=True)
        assert answer.status_code == 200
        assert "undone already" in text_of(answer)
    assert Campaign.objects.count() == 2


def test_what_cannot_be_undone_is_said(two: Workspace, editor: Client) -> None:
    merge = merged(two)
    spring = Campaign.objects.get(name="Spring")
    save_campaign(two, user=None, campaign=spring, name="Sprnig")
    answer = editor.post(undo_address(merge))
    assert answer.status_code == 422
    assert "Change that first, then undo the merge" in text_of(answer)
    other = save_campaign(two, user=None, name="Autumn")
    merge_campaigns(spring, target=other, user=None, now=timezone.now())
    assert "part of another one since" in text_of(editor.get(undo_address(merge)))


def test_who_may_not_write_may_not_undo(two: Workspace, cast: Cast, client: Client) -> None:
    merge = merged(two)
    client.force_login(cast.vera)
    page = reverse("campaign", args=[two.slug, Campaign.objects.get(name="Spring").public_id])
    assert "Merged into this campaign" in text_of(client.get(page))
    assert undo_address(merge) not in text_of(client.get(page))
    assert client.post(undo_address(merge)).status_code == 403
    assert Campaign.objects.count() == 1


def test_another_workspaces_merge_is_not_found(two: Workspace, cast: Cast, client: Client) -> None:
    merge = merged(two)
    client.force_login(cast.bob)
    with workspace_scope(cast.acme.pk):
        address = reverse("campaign_merge_undo", args=[cast.acme.slug, merge.public_id])
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
