"""Forms of the numbers: a file to import, the answers that a file asks for."""

from dataclasses import replace
from itertools import islice
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from metrics.imports.limits import MEGABYTE, page_limits
from metrics.imports.parsed import ImportOptions, Repair


class TableForm(forms.Form):
    """A file, or cells pasted from a spreadsheet."""

    file = forms.FileField(
        label=lazy("File"),
        required=False,
        widget=forms.ClearableFileInput(
            attrs={"accept": ".csv,.tsv,.txt,.xlsx,.ods,.xls,.zip,text/csv"}
        ),
    )
    pasted = forms.CharField(
        label=lazy("Or paste cells"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=lazy("Copied from a spreadsheet, with the line of headers."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Says how large a file may be here."""
        super().__init__(*args, **kwargs)
        told = _(
            "A CSV, TSV, XLSX or ODS file as your tool exports it, or the ZIP archive that it "
            "comes in, up to %(limit)s MB."
        )
        limit = page_limits().size // MEGABYTE
        self.fields["file"].help_text = told % {"limit": limit}

    def clean(self) -> dict[str, Any]:
        """One of file and pasted cells, and no more than can be read at once."""
        cleaned: dict[str, Any] = super().clean() or {}
        upload, pasted = cleaned.get("file"), cleaned.get("pasted", "")
        if not upload and not pasted.strip():
            raise ValidationError(_("Choose a file, or paste cells from a spreadsheet."))
        limit = page_limits().size
        if upload and upload.size > limit:
            raise ValidationError(
                {
                    "file": _(
                        "The file has %(size)s MB; up to %(limit)s MB can be imported here. "
                        "Split it, or use the import_facts command."
                    )
                    % {"size": -(-upload.size // MEGABYTE), "limit": limit // MEGABYTE}
                }
            )
        return cleaned

    @property
    def content(self) -> tuple[str, bytes]:
        """The file's name and bytes."""
        upload = self.cleaned_data.get("file")
        if upload:
            return upload.name, upload.read()
        return _("Pasted cells"), self.cleaned_data["pasted"].encode()


class UploadForm(TableForm):
    """A file of figures, and the name of the feed that it is of."""

    feed = forms.CharField(
        label=lazy("Name of the feed"),
        required=False,
        max_length=80,
        help_text=lazy("Where these figures come from. Left empty, the name of the tool is used."),
    )


class RepairsForm(forms.Form):
    """Cells that were corrected on the page: what each said, and what it should say."""

    MOST = 1_000

    def __init__(self, data: QueryDict) -> None:
        """Takes the four lists that the page sends, one item a cell."""
        super().__init__(data)
        columns = (data.getlist(name) for name in ("row", "column", "found", "text"))
        self.sent = list(islice(zip(*columns, strict=False), self.MOST))

    def clean(self) -> dict[str, Any]:
        """Only what differs; a cell is one line of at most 200 characters."""
        given = [
            Repair(int(row), column, found, " ".join(text.split())[:200])
            for row, column, found, text in self.sent
            if row.isdecimal() and len(row) < 10 and text.strip() != found.strip()
        ]
        return {"repairs": tuple(given)}

    def applied_to(self, options: ImportOptions) -> ImportOptions:
        """The options with these repairs after those made before."""
        return replace(options, repairs=options.repairs + self.cleaned_data["repairs"])
