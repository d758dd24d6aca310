"""Importing in the browser: choose, answer, check, import, undo; twice, back, in two tabs."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User, Workspace
from metrics.engine.row_reading import said_of
from metrics.imports.importing import commit
from metrics.models import Batch, Dimension, DimensionValue, Fact, Snapshot
from metrics.models.snapshot import SnapshotGrain
from metrics.periods import Grain
from tests.cast import Cast, client_of

LONG = "date,metric,value\n2024-03-01,leads,4\n2024-03-02,leads,5\n"
BROKEN = "date,metric,value\n2024-03-01,leads,4\n2024-02-31,leads,5\n"
UNCLEAR = "date,metric,value\n03/04/2024,leads,4\n05/06/2024,leads,5\n"
Upload = Callable[..., Batch]


@pytest.fixture
def client(cast: Cast) -> Client:
    """The browser of an editor."""
    return client_of(cast.erin)


@pytest.fixture
def upload(inside: Workspace, client: Client) -> Upload:
    """Sends a file, and returns what waits to be imported."""

    def send(text: str, *, name: str = "leads.csv") -> Batch:
        file = SimpleUploadedFile(name, text.encode(), content_type="text/csv")
        response = client.post(url("import_new"), {"file": file})
        batch = Batch.objects.order_by("-pk")[0]
        assert response.headers["Location"] == url("import_detail", batch)
        return batch

    return send


def url(name: str, batch: Batch | None = None, slug: str = "northwind") -> str:
    return reverse(name, args=[slug, batch.public_id] if batch else [slug])


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_a_file_is_shown_before_anything_is_written(client: Client, upload: Upload) -> None:
    text = page(client, url("import_detail", upload(LONG)))
    assert "Import 2 values" in text
    assert not Fact.objects.exists()


def test_an_imported_file_shows_at_once_and_is_undone(client: Client, upload: Upload) -> None:
    batch = upload(LONG)
    response: Any = client.post(url("import_commit", batch), follow=True)
    assert "2 values imported." in response.content.decode()
    month = Snapshot.objects.get(grain=SnapshotGrain[Grain.MONTH.name], dimension=0)
    assert said_of(bytes(month.cells)).values["leads"] == 9
    response = client.post(url("import_undo", batch), follow=True)
    assert "2 values removed" in response.content.decode()
    assert not Fact.objects.exists()


def test_a_second_click_on_import_changes_nothing(client: Client, upload: Upload) -> None:
    batch = upload(LONG)
    client.post(url("import_commit", batch))
    response: Any = client.post(url("import_commit", batch), follow=True)
    assert response.status_code == 200
    assert "is not waiting" not in response.content.decode()
    assert Fact.objects.count() == 2


def test_the_same_file_in_two_tabs_is_written_once(client: Client, upload: Upload) -> None:
    first, second = upload(LONG), upload(LONG)
    client.post(url("import_commit", first))
    response: Any = client.post(url("import_commit", second), follow=True)
    assert "Nothing was new" in response.content.decode()
    assert Fact.objects.count() == 2


def test_a_second_undo_changes_nothing(client: Client, upload: Upload) -> None:
    batch = upload(LONG)
    client.post(url("import_commit", batch))
    client.post(url("import_undo", batch))
    response: Any = client.post(url("import_undo", batch), follow=True)
    assert response.status_code == 200
    assert not Fact.objects.exists()


def test_a_cancelled_file_is_gone_an_imported_one_stays(client: Client, upload: Upload) -> None:
    cancelled, imported = upload(LONG), upload(LONG)
    client.post(url("import_cancel", cancelled))
    client.post(url("import_commit", imported))
    client.post(url("import_cancel", imported))
    assert [batch.pk for batch in Batch.objects.all()] == [imported.pk]
    assert client.post(url("import_commit", cancelled)).status_code == 404


def test_a_question_is_answered_in_place(client: Client, upload: Upload) -> None:
    batch = upload(UNCLEAR)
    (question,) = batch.report["questions"]
    assert question["message"] in page(client, url("import_detail", batch))
    answer = {question["option"]: question["choices"][0]["value"]}
    for _click in range(2):
        response = client.post(url("import_answer", batch), answer)
        assert response.headers["Location"] == url("import_detail", batch)
    batch.refresh_from_db()
    assert batch.report["questions"] == []
    assert Batch.objects.count() == 1
    client.post(url("import_commit", batch))
    assert Fact.objects.count() == 2


def test_a_question_without_an_answer_is_asked_again(client: Client, upload: Upload) -> None:
    batch = upload(UNCLEAR)
    response = client.post(url("import_answer", batch), {})
    assert response.status_code == 422
    assert "One thing only you know" in response.content.decode()


@pytest.mark.parametrize(("answer", "value"), [("once", 3), ("each", 6)])
def test_rows_that_say_the_very_same_count_as_was_answered(
    client: Client, upload: Upload, answer: str, value: int
) -> None:
    batch = upload("date,metric,value\n2024-02-01,leads,3\n2024-02-01,leads,3\n")
    assert "Row 3 says the very same as row 2." in page(client, url("import_detail", batch))
    client.post(url("import_answer", batch), {"repeats": answer})
    client.post(url("import_commit", batch))
    assert Fact.objects.get().value == value


def test_an_answer_after_the_import_changes_nothing(
    client: Client, upload: Upload, erin: User
) -> None:
    batch = upload(LONG)
    client.post(url("import_commit", batch))
    client.post(url("import_answer", batch), {"date_order": "dmy"})
    batch.refresh_from_db()
    assert batch.state == Batch.State.COMMITTED


def test_errors_stand_by_their_repair_and_the_good_rows_can_be_imported(
    client: Client, upload: Upload
) -> None:
    batch = upload(BROKEN)
    text = page(client, url("import_detail", batch))
    assert "2024-02-31" in text
    assert "Import the good rows" in text
    client.post(url("import_commit", batch))
    assert not Fact.objects.exists()
    client.post(url("import_commit", batch), {"partial": "1"})
    assert Fact.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Choose a file, or paste cells from a spreadsheet."),
        ({"pasted": "  "}, "Choose a file, or paste cells from a spreadsheet."),
    ],
)
def test_nothing_sent_is_said(inside: Workspace, client: Client, data: Any, sentence: str) -> None:
    response = client.post(url("import_new"), data)
    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_what_changes_is_shown_before_it_is_written(client: Client, upload: Upload) -> None:
    client.post(url("import_commit", upload(LONG)))
    text = page(client, url("import_detail", upload(LONG.replace(",5", ",77"))))
    assert "Values that change" in text
    assert "2 March 2024" in text
    assert "77" in text
    assert "Table with one value a row" in text


def test_pasted_cells_are_a_file(inside: Workspace, client: Client) -> None:
    client.post(url("import_new"), {"pasted": LONG.replace(",", "\t"), "feed": "CRM"})
    batch = Batch.objects.get()
    client.post(url("import_commit", batch))
    batch.refresh_from_db()
    assert batch.feed is not None
    assert batch.feed.name == "CRM"


def test_the_list_and_an_import_read_in_french(client: Client, upload: Upload, erin: User) -> None:
    User.objects.filter(pk=erin.pk).update(language="fr")
    batch = upload(LONG)
    assert '<html lang="fr"' in page(client, url("imports"))
    assert "Import" in page(client, url("import_detail", batch))


def test_a_viewer_sees_imports_and_finds_nothing_to_press(
    cast: Cast, upload: Upload, inside: Workspace
) -> None:
    batch = upload(LONG)
    client = client_of(cast.vera)
    for address in (url("imports"), url("import_detail", batch)):
        text = page(client, address)
        assert url("import_new") not in text
        assert url("import_commit", batch) not in text


def test_what_was_typed_is_not_an_import(inside: Workspace, client: Client) -> None:
    client.post(
        reverse("entry_new", args=["northwind"]),
        {"metric": "leads", "value": "3", "start": "2024-03-04"},
    )
    batch = Batch.objects.get(kind=Batch.Kind.ENTRY)
    assert client.get(url("import_detail", batch)).status_code == 404


def test_another_workspaces_import_is_not_found(cast: Cast, upload: Upload) -> None:
    batch = upload(LONG)
    bob = client_of(cast.bob)
    assert bob.get(url("import_detail", batch, "acme")).status_code == 404
    assert bob.post(url("import_commit", batch, "acme")).status_code == 404
    assert bob.get(url("import_detail", batch)).status_code == 404


@pytest.mark.parametrize("layout", ["long", "wide"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_template_can_be_imported_as_it_is(
    client: Client, upload: Upload, erin: User, layout: str, language: str
) -> None:
    User.objects.filter(pk=erin.pk).update(language=language)
    response = client.get(reverse("import_template", args=["northwind", layout]))
    assert "attachment" in response.headers["Content-Disposition"]
    batch = upload(response.content.decode("utf-8-sig"))
    commit(batch, user=None, now=batch.created_at)
    assert Fact.objects.exists()


def test_an_unknown_template_is_not_found(inside: Workspace, client: Client) -> None:
    response = client.get(reverse("import_template", args=["northwind", "tall"]))
    assert response.status_code == 404


def test_unknown_columns_are_asked_on_the_page_and_then_shown(
    client: Client, upload: Upload
) -> None:
    batch = upload("Le;Nb de leads;Trucs\n13/09/2026;12;3\n14/09/2026;13;4\n")
    assert page(client, url("import_detail", batch)).count("<select") >= 3

    answers = {"mapping:Le": "date", "mapping:Nb de leads": "leads", "mapping:Trucs": "-"}
    client.post(url("import_answer", batch), answers)

    batch.refresh_from_db()
    assert (batch.report["questions"], batch.report["metrics"]) == ([], {"leads": "25"})
    text = page(client, url("import_detail", batch))
    assert "Nb de leads" in text
    assert "left out" in text


def repair(client: Client, batch: Batch, **cell: object) -> None:
    client.post(url("import_repair", batch), cell)
    batch.refresh_from_db()


def test_a_cell_is_repaired_on_the_page(client: Client, upload: Upload) -> None:
    batch = upload(BROKEN)
    assert 'value="2024-02-31" maxlength' in page(client, url("import_detail", batch))
    repair(client, batch, row=3, column="date", found="2024-02-31", text="2024-02-29")
    assert (batch.report["errors"], batch.created) == ([], 2)
    client.post(url("import_commit", batch))
    assert Fact.objects.filter(day="2024-02-29", value=5).exists()


def test_what_was_typed_stays_if_it_is_wrong_too(client: Client, upload: Upload) -> None:
    batch = upload(BROKEN)
    repair(client, batch, row=3, column="date", found="2024-02-31", text="2024-02-30")
    assert 'value="2024-02-30" maxlength' in page(client, url("import_detail", batch))
    repair(client, batch, row=3, column="date", found="2024-02-30", text="2024-02-29")
    assert batch.report["errors"] == []


STRANGE = "date,metric,value,channel\n2024-03-01,leads,4,Podcast\n2024-03-02,leeds,5,Podcast\n"
ANSWERS = {"name:metric:leeds": "leads", "name:channel:podcast": "+"}


def answer(client: Client, batch: Batch, **given: str) -> None:
    client.post(url("import_answer", batch), given)
    batch.refresh_from_db()


def test_unknown_names_are_asked_about_in_one_table(client: Client, upload: Upload) -> None:
    batch = upload(STRANGE)

    shown = page(client, url("import_detail", batch))

    assert (batch.report["errors"], batch.report["may_be_written"]) == ([], False)
    assert [one["option"] for one in batch.report["questions"]] == [*ANSWERS]
    assert all(f'name="{option}"' in shown for option in ANSWERS)


def test_names_are_answered_at_once_and_kept_for_the_next_file(
    client: Client, upload: Upload
) -> None:
    batch = upload(STRANGE)
    answer(client, batch, **ANSWERS)
    assert (batch.report["questions"], batch.created) == ([], 2)
    commit(batch, user=None, now=batch.created_at)

    again = upload(STRANGE.replace("2024-03", "2024-04"))

    assert (again.report["questions"], again.created) == ([], 2)
    assert "mapping_remembered" in [one["code"] for one in again.report["warnings"]]
    made = DimensionValue.objects.get(workspace=batch.workspace, key="podcast")
    assert (made.dimension, made.label) == (Dimension.CHANNEL, "Podcast")


def test_what_was_settled_can_be_changed(client: Client, upload: Upload) -> None:
    batch = upload("date,leads,Besuche bei uns\n2024-03-01,4,7\n2024-03-02,5,8\n")
    assert batch.report["metrics"] == {"leads": "9"}

    answer(client, batch, settled="1", **{
        "mapping:date": "date", "mapping:leads": "mqls", "mapping:Besuche bei uns": "sessions",
    })  # fmt: skip

    assert batch.report["metrics"] == {"mqls": "9", "sessions": "15"}
    assert batch.options["mapping"] == {"leads": "mqls", "Besuche bei uns": "sessions"}


def test_a_period_from_the_file_s_name_can_be_changed(client: Client, upload: Upload) -> None:
    batch = upload("channel,leads\nseo,4\n", name="leads 2024-03-01 2024-03-31.csv")
    shown = page(client, url("import_detail", batch))
    assert 'value="2024-03-31"' in shown

    answer(client, batch, settled="1", first_day="2024-02-01", last_day="2024-02-29")

    assert batch.report["period"] == {"start": "2024-02-01", "end": "2024-02-29"}
    assert 'value="2024-02-29"' in page(client, url("import_detail", batch))


def test_changes_are_paged_with_the_largest_first(client: Client, upload: Upload) -> None:
    days = [date(2024, 1, 1) + timedelta(days=number) for number in range(120)]
    head = "date,metric,value\n"
    before = upload(head + "".join(f"{day},leads,1000\n" for day in days))
    commit(before, user=None, now=before.created_at)
    batch = upload(head + "".join(f"{day},leads,{1001 + n}\n" for n, day in enumerate(days)))

    first = page(client, url("import_detail", batch))
    last = page(client, url("import_detail", batch) + "?page=3")

    assert (batch.changed, len(batch.report["differences"])) == (120, 120)
    assert ">1,120</td>" in first
    assert ">1,001</td>" not in first
    assert ">1,001</td>" in last
    assert ">1,120</td>" not in last
