"""A browser on the real server; console errors, refused content and foreign requests fail the test."""

import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.e2e.server import Server, prepared

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
QUIET += ["--disable-sync", "--no-first-run"]

# A browser reports refusals that the page handles, and a server that is away, as errors of its own;
# htmx does so of a search that newer words replaced while it ran.
EXPECTED = re.compile(
    r"(status of|Error Code) (401|403|404|409|413|422|429|503)|WebSocket connection|ERR_CONNECTION_REFUSED"
    r"|htmx:sendAbort|htmx:afterRequest"
)


def pytest_collection_modifyitems(items):
    for item in items:
        if "/e2e/" in str(item.path):
            item.add_marker(pytest.mark.e2e)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="needs Chromium"))


@pytest.fixture
def nothing_left_behind():
    """The asynchronous one of the other tests has nothing to look after here, and Playwright runs a loop itself."""


@pytest.fixture(scope="session")
def fresh(tmp_path_factory):
    """Makes data folders as the first start leaves them; what that takes is spent once, whoever runs beside."""
    made = prepared(tmp_path_factory.getbasetemp())

    def make(name):
        return Path(shutil.copytree(made, tmp_path_factory.mktemp(name), dirs_exist_ok=True))

    return make


@pytest.fixture(scope="session")
def server(fresh):
    server = Server(fresh("data")).start().without_handbook()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def own_server(fresh):
    """For a module whose deployments and prompts would be everybody's: it calls this its `server`."""
    server = Server(fresh("own")).start().without_handbook()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def handbook_server(fresh):
    """As the demo is: every new chat is answered from the employee handbook."""
    server = Server(fresh("handbook")).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def chromium():
    """Not for the session: while Playwright runs, no other loop can in this thread."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium):
    """Make contexts with options; what went wrong in any of their pages fails the test."""
    faults, made = [], []

    def make(**options):
        context = chromium.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        context.on("request", lambda request: _foreign(request, faults))
        context.on("weberror", lambda error: faults.append(f"page error: {error.error}"))
        context.on("console", lambda message: _console(message, faults))
        context.set_default_timeout(15_000)
        made.append(context)
        return context

    make.faults = faults
    yield make
    for each in made:
        each.close()
    assert not faults


def _foreign(request, faults):
    if urlsplit(request.url).hostname not in {"127.0.0.1", "localhost", None, ""}:
        faults.append(f"foreign request: {request.url}")


def _console(message, faults):
    if message.type in {"error", "warning"} and not EXPECTED.search(message.text):
        faults.append(f"console: {message.text}")


@pytest.fixture
def page(server, context):
    """The page of a new chat, signed in as employee."""
    page = context().new_page()
    sign_in(page, server)
    return page


def sign_in(page, server, name="employee"):
    page.goto(f"{server.address}/accounts/login/")
    page.get_by_role("button", name=f"Sign in as {name}").click()
    page.get_by_role("textbox", name="Message").wait_for()
    page.wait_for_load_state("load")  # by then the modules have run
