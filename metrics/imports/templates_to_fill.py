"""Files of our own two layouts to start from: headers and example lines, nothing to delete but
the examples."""

from dataclasses import dataclass

from django.http import Http404

EXAMPLES = {
    ("long", "en"): (
        "kpitracker-long.csv",
        "date,metric,value,channel,campaign\n"
        "2026-09-01,sessions,105,organic,\n"
        "2026-09-01,leads,4,organic,\n"
        "2026-09-01,cost_media,207.21,paid_search,Brand search\n",
    ),
    ("long", "fr"): (
        "kpitracker-long.csv",
        "date;indicateur;valeur;canal;campagne\n"
        "01/09/2026;sessions;105;organic;\n"
        "13/09/2026;leads;4;organic;\n"
        "13/09/2026;cost_media;207,21;paid_search;Marque\n",
    ),
    ("wide", "en"): (
        "kpitracker-wide.csv",
        "date,Leads,MQL,Media cost\n2026-09-01,12,5,207.21\n2026-09-02,9,3,180.00\n",
    ),
    ("wide", "fr"): (
        "kpitracker-large.csv",
        "Date;Leads;MQL;Coût média (€)\n13/09/2026;12;5;207,21\n14/09/2026;9;3;180,00\n",
    ),
}


@dataclass(frozen=True)
class Example:
    """A file to download."""

    name: str
    content: bytes


def example(layout: str, *, language: str) -> Example:
    """The example of a layout, ``long`` or ``wide``. Raises Http404 for any other."""
    found = EXAMPLES.get((layout, "fr" if language.startswith("fr") else "en"))
    if found is None:
        raise Http404
    name, text = found
    return Example(name, b"\xef\xbb\xbf" + text.encode())
