"""What administrators do is written down with what changed, and read by whoever may."""

import csv
import io
import json

import pytest
from allauth.mfa.models import Authenticator
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group, Permission
from django.db.models import signals

from conversations.auditing import state
from conversations.models import AuditEntry, Collection, Company, DataSource, Deployment, Prompt
from conversations.models.audit import walk
from tests import factories
from tests.admin.forms import ADD, CANARY, address, deployment_form

LIST = "/admin/conversations/auditentry/"
NO_DAYS = {"retention-TOTAL_FORMS": "0", "retention-INITIAL_FORMS": "0"}


def last():
    return AuditEntry.objects.first()


def acts():
    return list(AuditEntry.objects.exclude(verb="sign-in").order_by("number").values_list("verb", flat=True))


def test_a_deployment_added_changed_and_deleted(admin, administrator):
    admin.post(ADD, deployment_form())
    deployment = Deployment.objects.get()
    entry = last()
    assert (entry.verb, entry.type, entry.object_id, entry.title) == (
        "deployment.add",
        "deployment",
        str(deployment.pk),
        "gpt",
    )
    assert (entry.person_id, entry.person_name, entry.address) == (administrator.pk, "root", "127.0.0.1")
    assert entry.changes["endpoint"] == [None, "http://vllm:8000/v1"]
    assert entry.changes["secrets"] == "changed"
    admin.post(address(deployment), deployment_form(key="sk-another", position="3", store_untested="on"))
    assert last().changes == {"position": [1, 3], "secrets": "changed"}
    admin.post(address(deployment), deployment_form(key="", position="3"))
    assert last().verb == "deployment.change"
    assert AuditEntry.objects.filter(verb="deployment.change").count() == 1  # saved as it was: nothing to say
    admin.post(address(deployment, "delete"), {"post": "yes"})
    assert (last().verb, last().changes["endpoint"]) == ("deployment.delete", ["http://vllm:8000/v1", None])
    text = json.dumps(list(AuditEntry.objects.values_list("changes", "note")))
    assert CANARY not in text
    assert "sk-another" not in text
    assert walk().broken is None


def test_lines_of_the_price_list_are_part_of_it(admin):
    deployment = factories.make_deployment("gpt")
    line = {"since": "2026-01-01", "prompt": "2.5", "cached": "", "completion": "10"}
    lines = {f"prices-0-{name}": value for name, value in line.items()}
    form = deployment_form(key="", endpoint=deployment.endpoint, position="10", **{"prices-TOTAL_FORMS": "1"}, **lines)
    admin.post(address(deployment), form)
    price = deployment.prices.get()
    assert last().changes[f"price #{price.pk} prompt"] == [None, "2.5"]


def test_grants_are_named(admin):
    group = Group.objects.create(name="Sales")
    collection = Collection.objects.create(name="Offers")
    admin.post(f"/admin/conversations/collection/{collection.pk}/change/", {"name": "Offers", "groups": [group.pk]})
    assert last().changes == {"groups": [[], [f"Sales (#{group.pk})"]]}
    right = Permission.objects.get(codename="view_usage")
    admin.post(f"/admin/auth/group/{group.pk}/change/", {"name": "Sales", "permissions": [right.pk], **EXTERNAL})
    assert last().verb == "group.change"
    assert "Can view usage" in last().changes["permissions"][1][0]


EXTERNAL = {"external-TOTAL_FORMS": "0", "external-INITIAL_FORMS": "0", **NO_DAYS}


def test_an_external_id_is_a_line_of_its_group(admin):
    group = Group.objects.create(name="Sales")
    form = {"name": "Sales", "external-TOTAL_FORMS": "1", "external-INITIAL_FORMS": "0", **NO_DAYS}
    admin.post(f"/admin/auth/group/{group.pk}/change/", {**form, "external-0-external_id": "00-11"})
    assert ["00-11" in str(each) for each in last().changes.values()] == [True]


def test_suspension_and_passwords_have_verbs_of_their_own(admin, person):
    form = {"username": "alice", "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00", "is_active": "on"}
    lines = ("socialaccount_set", "authenticator_set")
    form |= {f"{each}-{n}_FORMS": "0" for each in lines for n in ("TOTAL", "INITIAL")}
    page = f"/admin/conversations/user/{person.pk}/"
    admin.post(f"{page}change/", form)
    admin.post(f"{page}change/", {key: value for key, value in form.items() if key != "is_active"})
    assert (last().verb, last().changes) == ("user.suspend", {"is_active": [True, False]})
    assert last().concerns_id == person.pk
    admin.post(f"{page}change/", form)
    assert last().verb == "user.restore"
    new = "a long new password"
    admin.post(f"{page}password/", {"password1": new, "password2": new, "usable_password": "true"})
    person.refresh_from_db()
    assert person.check_password(new)
    assert (last().verb, last().changes) == ("password.set", {"password": "changed"})


def test_what_a_prompt_says_is_part_of_it(admin):
    admin.post("/admin/conversations/prompt/add/", {"name": "House style", "text": "Be brief."})
    prompt = Prompt.objects.get()
    admin.post(f"/admin/conversations/prompt/{prompt.pk}/change/", {"name": "House style", "text": "Plain words."})
    assert last().changes == {"text": ["Be brief.", "Plain words."]}


def test_an_assistant_with_its_instructions(admin):
    first, second = factories.make_deployment("gpt"), factories.make_deployment("other")
    assistant = factories.make_assistant(deployment=first, instructions="Be kind.")
    form = {"name": "Evil", "deployment": second.pk, "instructions": "Be rude.", "position": "10", "enabled": "on"}
    admin.post(f"/admin/conversations/assistant/{assistant.pk}/change/", form)
    assert (last().verb, last().changes["name"]) == ("assistant.change", ["Helper", "Evil"])
    assert last().changes["instructions"] == ["Be kind.", "Be rude."]
    assert last().changes["deployment"] == [f"gpt (#{first.pk})", f"other (#{second.pk})"]
    admin.post(f"/admin/conversations/assistant/{assistant.pk}/delete/", {"post": "yes"})
    assert (last().verb, last().object_id, last().title) == ("assistant.delete", str(assistant.pk), "Evil")


@pytest.mark.parametrize("way", ["one", "some"])
def test_while_rows_are_deleted_nobody_waits_to_write(admin, monkeypatch, way):
    prompt = Prompt.objects.create(name="House style")
    written, deleted = [], signals.post_delete

    def look(**_):
        written.append(AuditEntry.objects.filter(verb="prompt.delete").exists())

    deleted.connect(look, sender=Prompt, weak=False)
    try:
        if way == "one":
            admin.post(f"/admin/conversations/prompt/{prompt.pk}/delete/", {"post": "yes"})
        else:
            form = {"action": "delete_selected", "_selected_action": [prompt.pk], "post": "yes"}
            admin.post("/admin/conversations/prompt/", form)
    finally:
        deleted.disconnect(look, sender=Prompt)
    assert written == [False]
    assert (last().verb, last().object_id, last().title) == ("prompt.delete", str(prompt.pk), "House style")


def test_of_a_second_factor_no_secret_is_kept(admin, person):
    factor = Authenticator.objects.create(user=person, type="totp", data={"secret": "c1phertext", "seed": "s33d"})
    found = state.differences({}, state.of(factor))
    assert found["data"] == "changed"
    assert "c1phertext" not in str(found)
    assert "s33d" not in str(found)


def test_secrets_are_known_by_their_names_inside_json_too(db):
    source = factories.make_source()
    source.parameters |= {"nested": {"client_secret": "c1phertext", "token_limit": 5, "seed": "s33d"}}
    source.save()
    found = state.differences({}, state.of(source))
    assert found["parameters.nested.client_secret"] == found["parameters.nested.seed"] == "changed"
    assert found["parameters.nested.token_limit"] == [None, 5]


def test_the_company_is_one_more(admin):
    admin.post("/admin/conversations/company/add/", {"name": "Acme", "currency": "EUR"})
    admin.post(f"/admin/conversations/company/{Company.objects.get().pk}/change/", {"name": "Acme", "currency": "USD"})
    assert last().changes == {"currency": ["EUR", "USD"]}


def test_many_at_once_are_many_entries(admin):
    for name in ("One", "Two"):
        Prompt.objects.create(name=name).write("x")
    chosen = list(Prompt.objects.values_list("pk", flat=True))
    form = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    admin.post("/admin/conversations/prompt/", form)
    assert not Prompt.objects.exists()
    assert acts() == ["prompt.delete", "prompt.delete"]


def test_sources_imported_mapped_retired_and_purged(admin):
    wire = {"type": "elasticsearch", "parameters": {"endpoint": "https://e", "index_name": "i"}}
    wire["parameters"] |= {"authentication": {"type": "encoded_api_key", "encoded_api_key": CANARY}}
    wire["parameters"] |= {"embedding_dependency": {"type": "deployment_name", "deployment_name": "ada"}}
    wire["parameters"] |= {"query_type": "vector"}
    factories.make_deployment("ours")
    admin.post("/admin/conversations/datasource/import/", {"pasted": json.dumps(wire)})
    assert (last().verb, last().note) == ("datasource.add", "Imported.")
    assert CANARY not in json.dumps(last().changes)
    admin.post("/admin/conversations/datasource/map/", {"name0": "ours"})
    name = "parameters.embedding_dependency.deployment_name"
    assert (last().verb, last().changes[name]) == ("datasource.change", ["ada", "ours"])
    source = DataSource.objects.get()
    admin.post(f"/admin/conversations/datasource/{source.pk}/delete/", {"fate": "purge"})
    assert acts()[-2:] == ["datasource.delete", "datasource.purge"]


def test_an_act_that_is_refused_is_not_written_down(admin, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setattr("conversations.admin.deployments.DeploymentAdmin.log_addition", broken, raising=False)
    monkeypatch.setattr("django.contrib.admin.ModelAdmin.log_addition", broken)
    with pytest.raises(RuntimeError):
        admin.post(ADD, deployment_form())
    assert not Deployment.objects.exists()
    assert acts() == []


def test_every_page_of_the_administration_is_hooked():
    from django.contrib import admin

    from conversations.auditing.desk import Audited

    assert all(isinstance(each, Audited) for each in admin.site._registry.values())


def test_it_is_read_and_filtered_and_never_changed(admin, person):
    admin.post(ADD, deployment_form())
    AuditEntry.write("sign-in", person, person=person, note="<script>")
    page = admin.get(LIST).content.decode()
    assert "deployment.add" in page
    assert "<script>" not in page
    filtered = admin.get(f"{LIST}?verb=sign-in&person_name=alice").context["cl"].result_list
    assert [each.verb for each in filtered] == ["sign-in"]
    pk = last().pk
    assert admin.get(f"{LIST}{pk}/change/").status_code == 200
    assert admin.post(f"{LIST}{pk}/change/", {"note": "x"}).status_code == 403
    assert admin.post(f"{LIST}{pk}/delete/", {"post": "yes"}).status_code == 403
    assert admin.get(f"{LIST}add/").status_code == 403


async def test_it_is_taken_as_csv_with_its_filters(administrator, person):
    write = sync_to_async(AuditEntry.write)
    await write("deployment.change", person=person, note="=1+1")
    await write("user.change", person=person)
    client = await factories.aclient_of(administrator)
    response = await client.get(f"{LIST}audit.csv?verb=deployment.change")
    text = b"".join([each async for each in response.streaming_content]).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(each["verb"], each["note"]) for each in rows] == [("deployment.change", "'=1+1")]
    assert await AuditEntry.objects.filter(verb="audit.export").aexists()


def test_only_who_may_reads_it(transactional_db):
    stan = factories.make_person("stan", is_staff=True)
    client = factories.browser_of(stan)
    assert client.get(LIST).status_code == 403
    assert client.get(f"{LIST}audit.csv").status_code == 403
