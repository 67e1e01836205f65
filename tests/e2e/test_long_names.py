"""Long names move nothing sideways: on a phone and a tablet no page is wider than its window."""

import subprocess
import sys

import pytest

from tests.e2e.conftest import sign_in
from tests.e2e.server import ROOT

WORD = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft"
MADE = f"""
from django.contrib.auth.models import Group
from conversations.models import *
word, person = "{WORD}", User.objects.get(username="admin")
company = Company.current()
company.name = word[:60]
company.save()
Group.objects.create(name=word)
deployment = Deployment.objects.create(name=word[:60], label=word, kind="offline", position=900)
collection = Collection.objects.create(name=word, description=word, language="en")
collection.owners.add(person)
source = DataSource(name=word[:80], description=word)
source.configure("local", {{"collections": [word]}})
source.save()
source.owners.add(person)
GoldenQuestion.objects.create(source=source, question=word)
assistant = Assistant(name=word, description=word, deployment=deployment)
assistant.write(word)
assistant.owners.add(person)
prompt = Prompt.objects.create(name=word[:80], owner=person)
prompt.write(word)
ApiKey(owner=person, name=word[:80]).issue()
print(collection.pk, source.pk, assistant.pk, prompt.pk, deployment.pk, Group.objects.get(name=word).pk)
"""


@pytest.fixture(scope="module")
def addresses(own_server):
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", MADE]
    made = subprocess.run(command, cwd=ROOT, env=own_server.environment, check=True, capture_output=True, text=True)
    collection, source, assistant, prompt, deployment, group = made.stdout.split()
    chat = ["", "account/", "account/keys/", "assistants/", "prompts/", "sources/", "documents/", "archived/"]
    chat += [f"assistants/{assistant}/", f"prompts/{prompt}/", f"sources/{source}/", f"documents/{collection}/"]
    desk = [
        "",
        "conversations/deployment/",
        "conversations/datasource/",
        "conversations/datasource/map/",
        "auth/group/",
    ]
    desk += [f"conversations/deployment/{deployment}/change/", f"conversations/deployment/{deployment}/delete/"]
    desk += [f"conversations/datasource/{source}/change/", f"auth/group/{group}/change/"]
    return [*chat, *(f"admin/{each}" for each in desk)]


@pytest.mark.parametrize("width", [390, 768])
def test_no_page_is_wider_than_its_window(own_server, addresses, context, width):
    page = context(viewport={"width": width, "height": 800}).new_page()
    sign_in(page, own_server, "administrator")
    wide = []
    for address in addresses:
        assert page.goto(f"{own_server.address}/{address}").status == 200
        if page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
            wide.append(address)
    assert not wide


def test_the_choices_behind_the_chip_stay_in_their_box(own_server, addresses, context):
    page = context(viewport={"width": 390, "height": 800}).new_page()
    sign_in(page, own_server, "administrator")
    page.locator(".chip").click()
    box = page.locator(".answers-with")
    box.locator(".check", has_text=WORD[:60]).wait_for()
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
