"""Takes the pictures of docs/first-hour.md: a company's own server, from its first page to an employee's first answer.

The demo's server stands in for the company's model, and a provider of our own for its identity provider.
"""

import os
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page

from conversations.demo import FILES, HANDBOOK
from tests.e2e.picturing import STILL, WIDE, picture
from tests.e2e.server import PASSWORD, ROOT, Server
from tests.oidc.provider import CLIENT, SECRET, Identity

QUESTION = "How many days of parental leave do I get, and who approves it?"
ANN = {
    "sub": "a-1",
    "preferred_username": "ann",
    "name": "Ann Lee",
    "email": "ann@example.com",
    "groups": ["staff-7f2c"],
}


def first_hour(browser: Browser, model: Server, data: Path) -> None:
    with Identity() as identity:
        identity.people["ann"] = ANN
        server = Server(data)
        manage(server, "migrate", "-v0")
        manage(server, "createsuperuser", "--noinput", "--username", "ada", "--email", "ada@example.com")
        try:
            page = administrator(browser, server.start())
            deployment(page, server, manage(model, "createapikey", "admin").split()[-1], f"{model.address}/v1")
            company(page, server)
            group(page, server)
            documents(page, server)
            source(page, server)
            server.stop()
            provider = {"OIDC_ISSUER": identity.issuer, "OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": SECRET}
            server.environment |= {**provider, "OIDC_NAME": "Contoso", "OIDC_GROUPS_CLAIM": "groups"}
            employee(browser, server.start())
            page.goto(f"{server.address}/admin/")
            picture(page, "hour-overview")
        finally:
            server.stop()


def manage(server: Server, *command: str) -> str:
    environment = {**os.environ, **server.environment, "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    line = [sys.executable, "manage.py", *command]
    return subprocess.run(line, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def administrator(browser: Browser, server: Server) -> Page:
    page = browser.new_context(viewport=WIDE, **STILL).new_page()
    page.goto(server.address)
    picture(page, "hour-sign-in")
    page.get_by_label("User name or e-mail").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")
    page.get_by_role("textbox", name="Message").wait_for()
    picture(page, "hour-empty")
    return page


def deployment(page: Page, server: Server, key: str, endpoint: str) -> None:
    page.get_by_role("link", name="Add one").click()
    for label, value in {
        "Name:": "gpt-5-mini",
        "Label:": "GPT-5 mini",
        "Endpoint:": endpoint,
        "Key:": key,
        "Model:": "offline",
    }.items():
        page.get_by_label(label, exact=True).fill(value)
    press(page, "Save and continue editing")
    press(page, "Test")
    page.get_by_text("The test passed.").wait_for()
    picture(page, "hour-deployment")


def company(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/admin/conversations/company/add/")
    page.get_by_label("Name:").fill("Contoso")
    press(page, "Save")


def group(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/admin/auth/group/add/")
    page.get_by_label("Name:").fill("Staff")
    page.get_by_role("textbox", name="External id:").fill("staff-7f2c")
    page.get_by_role("textbox", name="External id:").evaluate("box => box.scrollIntoView({block: 'center'})")
    picture(page, "hour-group")
    press(page, "Save")


def documents(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/documents/")
    page.get_by_label("Name").fill("Employee handbook")
    press(page, "Make it")
    page.set_input_files("#files", [HANDBOOK / name for name in FILES])
    page.locator("tr[data-state=ready]").nth(len(FILES) - 1).wait_for(timeout=60_000)
    picture(page, "hour-documents")
    page.get_by_role("link", name="Readers and owners").click()
    readers = page.locator("#id_groups")
    readers.get_by_label("Nobody").uncheck()
    readers.get_by_label("Staff").check()
    picture(page, "hour-readers")
    press(page, "Save")


def source(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/admin/conversations/datasource/add/")
    page.get_by_label("Name:", exact=True).fill("Employee handbook")
    page.get_by_label("Type:", exact=True).select_option(label="Documents kept here")
    page.get_by_role("checkbox", name="Employee handbook").check()
    page.locator("#id_groups").get_by_label("Staff").check()
    page.get_by_label("On by default").check()
    press(page, "Save and continue editing")
    press(page, "Test")
    page.get_by_text("The test passed.").wait_for()
    picture(page, "hour-source")


def employee(browser: Browser, server: Server) -> None:
    page = browser.new_context(viewport=WIDE, **STILL).new_page()
    page.goto(server.address)
    picture(page, "hour-provider")
    press(page, "Continue with Contoso")
    page.get_by_label("Name").fill("ann")
    press(page, "Go")
    page.get_by_role("textbox", name="Message").fill(QUESTION)
    press(page, "Send")
    page.locator(".answer[data-state=complete]").wait_for(timeout=30_000)
    page.locator(".prose .cite a").first.click()
    page.locator("#evidence mark").first.wait_for()
    picture(page, "hour-employee")
