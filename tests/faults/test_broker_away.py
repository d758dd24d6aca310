"""Redis is away: pages answer, saves succeed, /readyz says so; once it is back, work goes on."""

import json
import re
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings

from accounts.models import Invitation
from accounts.scope import system_scope
from kpitracker.up import answers
from tests.cast import Cast, client_of
from tests.faults.conftest import Site, eventually
from tests.faults.town import nights, owe_night, settle, today

pytestmark = pytest.mark.slow

PAGES = ("", "objectives/", "metrics/", "data/", "alerts/", "settings/calculations/")
UNSENT = "select state from accounts_outgoingmail where kind = 'invitation'"


class Visitor:
    """Alice with her session, at a web server of its own."""

    def __init__(self, address: str, cast: Cast) -> None:
        self.host = urlsplit(address).netloc
        self.cookies = {settings.SESSION_COOKIE_NAME: client_of(cast.alice).session.session_key}

    def ask(self, path: str, **posted: str) -> tuple[int, str]:
        """Status and text of an answer, as it is: nothing is followed."""
        connection = HTTPConnection(self.host, timeout=60)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        method = "POST" if posted else "GET"
        connection.request(method, path, urlencode(posted) if posted else None, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        for name, value in re.findall(r"(\w+)=([^;]+)", answer.headers.get("Set-Cookie", ""))[:1]:
            self.cookies[name] = value
        connection.close()
        return answer.status, text

    def token(self, path: str) -> str:
        """What a form of a page sends along."""
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.ask(path)[1])
        assert found
        return found[1]

    def redis(self) -> bool:
        """What /readyz says of Redis; the answer's status agrees."""
        status, text = self.ask("/readyz")
        well = bool(json.loads(text)["checks"]["redis"]["ok"])
        assert well or status == 503
        return well


def test_work_goes_on_without_redis_and_after_it(site: Site, cast: Cast) -> None:
    northwind = settle(cast)
    address = site.web()
    eventually(lambda: answers(int(address.rpartition(":")[2])))
    site.worker()
    eventually(lambda: "ready." in site.said("worker"))
    alice = Visitor(address, cast)
    token = alice.token("/w/northwind/settings/members/")
    assert alice.redis()

    site.lose_broker()
    assert not alice.redis()
    assert {page: alice.ask(f"/w/northwind/{page}")[0] for page in PAGES} == dict.fromkeys(
        PAGES, 200
    )
    invitation = {
        "emails": "new@example.com",
        "role": "viewer",
        "language": "en",
        "csrfmiddlewaretoken": token,
    }
    status, text = alice.ask("/w/northwind/settings/invitations/", **invitation)
    assert status == 302, text
    with system_scope():
        assert Invitation.objects.filter(email="new@example.com").exists()
    assert site.ask(UNSENT) == [("queued",)]

    site.find_broker()
    owe_night(northwind, today())
    site.tick()
    eventually(lambda: nights(northwind)[0].state == "done", 120)
    eventually(lambda: site.ask(UNSENT) == [("sent",)])
    assert alice.redis()
    assert nights(northwind)[0].attempts == 1
