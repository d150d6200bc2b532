"""Logging in and out over HTTP, and what a browser that is logged in may do."""

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from attrs import frozen
from dependency_injector import providers

from adapters.github.app import GitHubApp
from domain import representations
from domain.github_faults import GitHubFails
from domain.logins import csrf_token_of
from domain.policy import Policy
from domain.ports.identities import Identified, Identity, Unknown, Unwelcome
from domain.ports.repositories import RateLimited, Silent
from domain.site_settings import SiteSettings
from entrypoints.http.app import application
from entrypoints.http.asgi import ASGIApp
from entrypoints.http.asking import Asking
from entrypoints.http.login import Way, way_of
from infrastructure.index import Index
from infrastructure.memory import Memory
from tests.entrypoints.asgi_client import Told, is_problem
from tests.entrypoints.browser import Browser
from tests.entrypoints.conftest import BOUNDS, functions_of
from tests.indexes import index_over
from tests.wheels import make_wheel

OCTOCAT = Identified(583231, "octocat")
HERE = "http://127.0.0.1:8000"


@frozen
class Place:
    """An index with its ways in."""

    ports: Memory
    index: Index
    app: ASGIApp
    base_url: str

    def browser(self) -> Browser:
        return Browser(self.app, self.base_url)

    def events(self, key: str) -> int:
        return len(self.ports.event_store().read(f"account/{key}"))

    def comes_back(self, browser: Browser, person: Identified = OCTOCAT, wanted: str = "/login") -> str:
        """Let somebody agree at GitHub; returns the address to which they are sent back."""
        started = browser.get(wanted)
        assert started.status == 303
        address = started.headers["location"]
        query = parse_qs(urlsplit(address).query)
        code = self.ports.identities().agree(address, person)
        return f"/login/callback?code={code}&state={query['state'][0]}"

    def logged_in(self, person: Identified = OCTOCAT) -> Browser:
        browser = self.browser()
        assert browser.get(self.comes_back(browser, person)).status == 303
        return browser


Make = Callable[..., Place]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    with ThreadPoolExecutor(2) as executor:

        def made(way: Way = Way.GITHUB, base_url: str = "https://index.test") -> Place:
            ports = Memory()
            index = index_over(ports, SiteSettings(base_url), Policy(bounds=BOUNDS))
            app = application(functions_of(index, tmp_path, way, base_url), executor, executor)
            return Place(ports, index, app, base_url)

        yield made


@pytest.fixture
def place(make: Make) -> Place:
    return make()


@pytest.fixture
def here(make: Make) -> Place:
    """An index on this machine, without GitHub."""
    return make(Way.LOCAL, HERE)


def is_page(told: Told, status: int) -> bool:
    """Whether it is a page of ours, which says what to do."""
    policy = dict(representations.PAGE_HEADERS)["Content-Security-Policy"]
    assert told.headers["content-type"] == "text/html; charset=utf-8"
    assert told.headers["content-security-policy"] == policy
    assert told.headers["x-content-type-options"] == "nosniff"
    assert told.headers["cache-control"] == "no-store"
    assert told.headers["referrer-policy"] == "no-referrer"
    assert b'href="/my/"' in told.body
    return told.status == status


class TestStart:
    def test_sends_the_browser_to_github_and_has_it_remember_that(self, place: Place) -> None:
        browser = place.browser()
        told = browser.get("/login")
        assert told.status == 303
        assert told.headers["cache-control"] == "no-store"
        query = parse_qs(urlsplit(told.headers["location"]).query)
        assert query["redirect_uri"] == ["https://index.test/login/callback"]
        (cookie,) = told.cookies
        assert re.fullmatch(
            r"__Host-sls_login=[A-Za-z0-9_-]{43}; Max-Age=600; Path=/; SameSite=Lax; HttpOnly; Secure", cookie
        )
        assert query["state"][0] not in cookie
        assert browser.jar["__Host-sls_login"] not in told.headers["location"]

    def test_where_there_is_no_tls_cookies_have_no_prefix(self, make: Make) -> None:
        (cookie,) = make(base_url=HERE).browser().get("/login").cookies
        assert re.fullmatch(r"sls_login=[A-Za-z0-9_-]{43}; Max-Age=600; Path=/; SameSite=Lax; HttpOnly", cookie)

    def test_each_is_another(self, place: Place) -> None:
        told = [place.browser().get("/login") for _ in range(2)]
        assert told[0].headers["location"] != told[1].headers["location"]
        assert told[0].cookies != told[1].cookies

    def test_where_it_is_not_set_up_a_page_says_how_to(self, make: Make) -> None:
        told = make(Way.NONE).browser().get("/login")
        assert is_page(told, 503)
        assert b"SLS_PYPI_GITHUB_CLIENT_ID" in told.body
        assert b"https://index.test/login/callback" in told.body
        assert told.cookies == ()


class TestCallback:
    def test_logs_the_browser_in(self, place: Place) -> None:
        browser = place.browser()
        told = browser.get(place.comes_back(browser))
        assert (told.status, told.headers["location"], told.body) == (303, "/my/", b"")
        assert told.headers["cache-control"] == "no-store"
        session, csrf, started = told.cookies
        assert re.fullmatch(
            r"__Host-sls_session=[A-Za-z0-9_-]{43}; Max-Age=28800; Path=/; SameSite=Lax; HttpOnly; Secure", session
        )
        assert re.fullmatch(r"csrf_token=[0-9a-f]{64}; Max-Age=28800; Path=/; SameSite=Lax; Secure", csrf)
        assert started.startswith("__Host-sls_login=; Max-Age=0;")
        assert set(browser.jar) == {"__Host-sls_session", "csrf_token"}
        assert place.events("583231") == 1

    @pytest.mark.parametrize(
        ("asked", "led"),
        [
            ("/login?next=/project/frob/", "/project/frob/"),
            ("/login?next=%2Fsearch%2F%3Fq%3Dx%2By", "/search/?q=x+y"),
            ("/login?next=//elsewhere.test/", "/my/"),
            ("/login?next=https://elsewhere.test/", "/my/"),
            ("/login?next=/%5Celsewhere.test", "/my/"),
            ("/login?next=/a%0D%0AX-Injected:+1", "/my/"),
            ("/login?next=", "/my/"),
            ("/login?next=/a&next=//elsewhere.test", "/my/"),
        ],
    )
    def test_leads_to_a_path_on_this_origin(self, place: Place, asked: str, led: str) -> None:
        browser = place.browser()
        told = browser.get(place.comes_back(browser, wanted=asked))
        assert (told.status, told.headers["location"]) == (303, led)
        assert "x-injected" not in told.headers

    def test_a_second_time_is_refused(self, place: Place) -> None:
        browser = place.browser()
        address, jar = place.comes_back(browser), dict(browser.jar)
        browser.get(address)
        again = Browser(place.app, jar=jar)
        told = again.get(address)
        assert is_page(told, 400)
        assert not any("session" in cookie for cookie in told.cookies)

    def test_a_page_that_refuses_tells_nobody_that_they_are_logged_out(self, place: Place) -> None:
        browser = place.browser()
        back = place.comes_back(browser)
        assert browser.get(back).status == 303
        told = browser.get(back)
        assert told.status == 400
        assert browser.get("/api/session").status == 200
        assert "not logged in" not in told.body.decode()
        assert 'you still are: see <a href="/my/">your packages</a>' in told.body.decode()

    def test_in_another_browser_it_is_refused_and_in_the_right_one_it_goes_on(self, place: Place) -> None:
        browser, other = place.browser(), place.browser()
        address = place.comes_back(browser)
        assert is_page(other.get(address), 400)
        other.get("/login")
        assert is_page(other.get(address), 400)
        assert set(other.jar) == {"__Host-sls_login"}
        assert browser.get(address).status == 303

    @pytest.mark.parametrize(
        "query",
        [
            "",
            "code=x",
            "state=x",
            "code=x&state=x",
            "code=x&state=",
            "error=access_denied",
            "error=access_denied&state=x",
            f"code=x&state={'s' * 43}",
            f"code=x&state={'s' * 5000}",
            "code=%00&state=%F0%9F%90%8D",
            "code=%ff&state=%ff",
        ],
    )
    def test_what_was_not_started_makes_no_session(self, place: Place, query: str) -> None:
        browser = place.browser()
        browser.get("/login")
        told = browser.get(f"/login/callback?{query}")
        assert is_page(told, 400)
        assert told.cookies == ()
        assert b'href="/login?next=/my/"' in told.body

    def test_after_ten_minutes_it_is_too_late(self, place: Place) -> None:
        clock = place.ports.clock()
        browser = place.browser()
        address = place.comes_back(browser)
        later = clock.now() + timedelta(minutes=10)
        with place.ports.clock.override(providers.Object(At(later))):
            fresh = index_over(place.ports, SiteSettings(place.base_url))
            with ThreadPoolExecutor(1) as executor:
                app = application(functions_of(fresh, Path()), executor, executor)
                assert is_page(Browser(app, jar=browser.jar).get(address), 400)

    def test_who_does_not_agree_is_told_so_and_may_try_again(self, place: Place) -> None:
        browser = place.browser()
        address = place.comes_back(browser, wanted="/login?next=/project/frob/")
        state = parse_qs(urlsplit(address).query)["state"][0]
        hostile = "error_description=%3Cscript%3Ealert(1)%3C/script%3E"
        told = browser.get(f"/login/callback?error=access_denied&{hostile}&state={state}")
        assert is_page(told, 403)
        assert b'href="/login?next=/project/frob/"' in told.body
        assert b"alert(1)" not in told.body
        assert browser.jar == {}

    @pytest.mark.parametrize(
        ("answer", "status"),
        [
            (Unknown(), 400),
            (Unwelcome("incorrect_client_credentials"), 502),
            (Silent("takes too long"), 502),
            (lambda now: RateLimited(now + timedelta(minutes=2)), 503),
        ],
    )
    def test_when_github_does_not_say_who_it_is_nobody_is_logged_in(
        self, place: Place, answer: Identity | Callable[..., Identity], status: int
    ) -> None:
        browser = place.browser()
        address = place.comes_back(browser)
        place.ports.identities().fail(answer if callable(answer) else lambda _: answer)
        told = browser.get(address)
        assert is_page(told, status)
        assert b"Log in again" in told.body
        assert browser.jar == {}
        assert place.events("583231") == 0
        assert told.headers.get("retry-after") == ("120" if status == 503 else None)

    def test_when_too_many_wait_for_github_it_is_said(self, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        async def crowded(*_: object) -> None:
            raise GitHubFails("Too many wait.")

        browser = place.browser()
        address = place.comes_back(browser)
        monkeypatch.setattr(Asking, "run", crowded)
        told = browser.get(address)
        assert is_page(told, 502)
        assert b"Too many wait." in told.body
        assert browser.jar == {}

    def test_a_browser_that_was_logged_in_already_has_one_session(self, place: Place) -> None:
        browser = place.logged_in()
        before = Browser(place.app, jar=dict(browser.jar))
        browser.get(place.comes_back(browser, Identified(1, "hubot")))
        assert is_problem(before.get("/api/packages"), 401)
        assert browser.get("/api/packages").status == 200

    def test_nobody_comes_back_where_nobody_is_sent(self, here: Place) -> None:
        browser = here.browser()
        state = re.search(rb'name="state" value="([^"]+)"', browser.get("/login").body)
        assert state
        assert is_page(browser.get(f"/login/callback?code=x&state={state[1].decode()}"), 400)


class At:
    """A clock that stands."""

    def __init__(self, at: object) -> None:
        self._at = at

    def now(self) -> object:
        return self._at


class TestSession:
    def test_is_as_good_as_a_token_for_reading(self, place: Place) -> None:
        told = place.logged_in().get("/api/packages")
        assert (told.status, json.loads(told.body)) == (200, {"submitted": [], "submissions": [], "eligible": []})

    def test_is_as_good_as_a_token_for_writing_where_a_page_of_ours_asks(self, place: Place) -> None:
        browser = place.logged_in()
        body = b'{"name": "laptop"}'
        told = browser.send("POST", "/api/tokens", body, x_csrf_token=browser.jar["csrf_token"])
        assert told.status == 201
        made = json.loads(told.body)
        assert place.index.tokens().authenticate(made["token"]).account == "583231"
        assert json.loads(browser.get("/api/tokens").body) == [{k: v for k, v in made.items() if k != "token"}]
        gone = browser.send("DELETE", f"/api/tokens/{made['id']}", x_csrf_token=browser.jar["csrf_token"])
        assert gone.status == 204

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "/api/tokens"),
            ("DELETE", "/api/tokens/x"),
            ("DELETE", "/api/packages/frob"),
            ("PATCH", "/api/packages/frob/files/frob-1.0-py3-none-any.whl"),
            ("DELETE", "/api/packages/frob/files/frob-1.0-py3-none-any.whl"),
            ("POST", "/api/uploads"),
            ("POST", "/api/uploads/x/file"),
            ("POST", "/api/uploads/x/complete"),
            ("POST", "/logout"),
        ],
    )
    @pytest.mark.parametrize("told", [None, "", "wrong", csrf_token_of("x" * 43)])
    def test_nothing_is_done_that_another_site_may_have_asked_for(
        self, place: Place, method: str, path: str, told: str | None
    ) -> None:
        browser = place.logged_in()
        headers = {} if told is None else {"x_csrf_token": told}
        before = dict(browser.jar)
        assert is_problem(browser.send(method, path, b'{"name": "laptop"}', **headers), 403)
        assert browser.jar == before
        assert json.loads(browser.get("/api/tokens").body) == []

    def test_the_csrf_token_of_another_session_is_of_no_use(self, place: Place) -> None:
        browser, other = place.logged_in(), place.logged_in(Identified(1, "hubot"))
        browser.jar["csrf_token"] = other.jar["csrf_token"]
        told = browser.send("POST", "/api/tokens", b'{"name": "x"}', x_csrf_token=browser.jar["csrf_token"])
        assert is_problem(told, 403)

    def test_a_bearer_needs_no_csrf_token_whatever_the_cookies(self, place: Place) -> None:
        browser = place.logged_in()
        token = place.index.tokens().create_local("alice")
        told = browser.send("POST", "/api/tokens", b'{"name": "x"}', authorization=f"Bearer {token}")
        assert told.status == 201
        assert len(json.loads(browser.get("/api/tokens", authorization=f"Bearer {token}").body)) == 2
        assert json.loads(browser.get("/api/tokens").body) == []

    @pytest.mark.parametrize("header", ["Bearer wrong", "Bearer", "Digest x", "Basic ###", ""])
    def test_who_says_who_they_are_and_is_not_is_nobody(self, place: Place, header: str) -> None:
        assert is_problem(place.logged_in().get("/api/packages", authorization=header), 401)

    def test_nobody_is_nobody(self, place: Place) -> None:
        assert is_problem(place.browser().get("/api/packages"), 401)
        assert is_problem(place.browser().send("POST", "/api/tokens", b'{"name": "x"}'), 401)

    @pytest.mark.parametrize("value", ["", "x", "x" * 43, "x" * 5000, '"', "a=b"])
    def test_a_made_up_session_is_nobodys(self, place: Place, value: str) -> None:
        browser = place.browser()
        browser.jar["__Host-sls_session"] = value
        assert is_problem(browser.get("/api/packages"), 401)

    def test_without_the_prefix_a_cookie_counts_for_nothing(self, place: Place) -> None:
        browser = place.browser()
        browser.jar["sls_session"] = place.logged_in().session
        assert is_problem(browser.get("/api/packages"), 401)

    def test_uploads_take_tokens_only(self, place: Place) -> None:
        browser = place.logged_in()
        filename, content = make_wheel("frob", "1.0")
        assert filename
        told = browser.send("POST", "/legacy/", content, x_csrf_token=browser.jar["csrf_token"])
        assert told.status == 403

    def test_somebody_elses_package_stays_theirs(self, place: Place) -> None:
        browser = place.logged_in()
        told = browser.send("DELETE", "/api/packages/frob", x_csrf_token=browser.jar["csrf_token"])
        assert is_problem(told, 404)


class TestLogout:
    def test_ends_the_session_on_the_server(self, place: Place) -> None:
        browser = place.logged_in()
        kept, csrf = dict(browser.jar), browser.jar["csrf_token"]
        told = browser.send("POST", "/logout", x_csrf_token=csrf)
        assert (told.status, told.headers["location"]) == (303, "/")
        assert browser.jar == {}
        stolen = Browser(place.app, jar=kept)
        assert is_problem(stolen.get("/api/packages"), 401)
        assert is_problem(stolen.send("POST", "/api/tokens", b'{"name": "x"}', x_csrf_token=csrf), 401)

    def test_others_stay_logged_in(self, place: Place) -> None:
        one, other = place.logged_in(), place.logged_in()
        one.send("POST", "/logout", x_csrf_token=one.jar["csrf_token"])
        assert other.get("/api/packages").status == 200

    def test_who_is_not_logged_in_is_logged_out(self, place: Place) -> None:
        told = place.browser().send("POST", "/logout")
        assert (told.status, told.headers["location"]) == (303, "/")

    def test_a_link_does_not_log_anybody_out(self, place: Place) -> None:
        browser = place.logged_in()
        assert browser.get("/logout").status == 405
        assert browser.get("/api/packages").status == 200


class TestDevelopmentLogin:
    def form(self, browser: Browser, path: str = "/login") -> str:
        """The state of a form that was asked for."""
        told = browser.get(path)
        assert told.status == 200
        assert told.headers["content-type"] == "text/html; charset=utf-8"
        assert b"Development login" in told.body
        state = re.search(rb'name="state" value="([A-Za-z0-9_-]{43})"', told.body)
        assert state
        return state[1].decode()

    def test_makes_a_local_submitter(self, here: Place) -> None:
        browser = here.browser()
        told = browser.post_form("/login", state=self.form(browser, "/login?next=/project/frob/"), login=" alice ")
        assert (told.status, told.headers["location"]) == (303, "/project/frob/")
        assert set(browser.jar) == {"sls_session", "csrf_token"}
        assert here.index.login_sessions().caller(browser.session).account == "local:alice"
        assert browser.get("/api/packages").status == 200

    def test_is_the_submitter_of_token_create(self, here: Place) -> None:
        here.index.tokens().create_local("alice")
        browser = here.browser()
        browser.post_form("/login", state=self.form(browser), login="alice")
        assert len(json.loads(browser.get("/api/tokens").body)) == 1

    @pytest.mark.parametrize("login", ["", "a/b", "x" * 40, "<script>alert(1)</script>", "local:alice"])
    def test_takes_no_login_that_cannot_be(self, here: Place, login: str) -> None:
        browser = here.browser()
        told = browser.post_form("/login", state=self.form(browser), login=login)
        assert is_page(told, 400)
        assert b"alert(1)" not in told.body
        assert browser.jar == {}

    def test_takes_each_form_once_and_from_the_browser_that_asked_for_it(self, here: Place) -> None:
        browser, other = here.browser(), here.browser()
        state, jar = self.form(browser), dict(browser.jar)
        assert is_page(other.post_form("/login", state=state, login="alice"), 400)
        assert browser.post_form("/login", state=state, login="alice").status == 303
        again = Browser(here.app, HERE, jar)
        assert is_page(again.post_form("/login", state=state, login="alice"), 400)

    @pytest.mark.parametrize("body", [b"", b"\xff", b"x" * 10_000, b"a=b&" * 100, b"{}", b"login=alice"])
    def test_what_is_no_form_of_ours_is_refused(self, here: Place, body: bytes) -> None:
        browser = here.browser()
        self.form(browser)
        assert is_page(browser.send("POST", "/login", body), 400)

    @pytest.mark.parametrize(
        "headers",
        [
            {"host": "elsewhere.test"},
            {"host": "elsewhere.test:8000"},
            {"host": "10.0.0.1:8000"},
            {"host": "127.0.0.1.elsewhere.test"},
            {"host": "["},
            {"host": ""},
            {"x_forwarded_for": "192.0.2.1"},
            {"forwarded": "for=192.0.2.1"},
            {"via": "1.1 front"},
            {"x_forwarded_host": "elsewhere.test"},
        ],
    )
    def test_is_for_this_machine_only(self, here: Place, headers: dict[str, str]) -> None:
        assert is_page(here.browser().get("/login", **headers), 503)
        browser = here.browser()
        body = f"state={self.form(browser)}&login=alice".encode()
        assert is_page(browser.send("POST", "/login", body, **headers), 400)
        assert here.events("local:alice") == 0

    @pytest.mark.parametrize("host", ["localhost:8000", "[::1]:8000", "127.0.0.2"])
    def test_this_machine_has_several_names(self, here: Place, host: str) -> None:
        assert b"Development login" in here.browser().get("/login", host=host).body

    @pytest.mark.parametrize("way", [Way.GITHUB, Way.NONE])
    def test_is_not_there_where_it_must_not_be(self, make: Make, way: Way) -> None:
        place = make(way, HERE)
        browser = place.browser()
        assert b"Development" not in browser.get("/login").body
        assert browser.post_form("/login", state="x", login="alice").status == 405


@pytest.mark.parametrize(
    ("client_id", "secret", "base_url", "only_here", "way"),
    [
        ("id", "secret", "https://index.test", False, Way.GITHUB),
        ("id", "secret", HERE, True, Way.GITHUB),
        ("", "", HERE, True, Way.LOCAL),
        ("", "", "http://localhost:8000", True, Way.LOCAL),
        ("", "", "http://[::1]:8000", True, Way.LOCAL),
        ("", "", HERE, False, Way.NONE),
        ("", "", "https://index.test", True, Way.NONE),
        ("", "", "http://10.0.0.1:8000", True, Way.NONE),
        ("id", "", HERE, True, Way.NONE),
        ("", "secret", HERE, True, Way.LOCAL),
    ],
)
def test_how_people_log_in(client_id: str, secret: str, base_url: str, only_here: bool, way: Way) -> None:  # noqa: FBT001
    app = GitHubApp("https://github.com", "https://api.github.com", client_id, secret)
    assert way_of(app, base_url, only_here=only_here) is way
