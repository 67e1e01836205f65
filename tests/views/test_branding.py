"""A company's logo and colour: checked when they come in, served as what they are, shown on every page."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.test import Client
from PIL import Image

from conversations.models import Company
from tests import factories
from tests.pictures import picture

ADD = "/admin/conversations/company/add/"
CHANGE = "/admin/conversations/company/1/change/"
SECRET = Image.Exif()
SECRET[0x010F] = "Secret camera"


@pytest.fixture
def admin(administrator):
    return factories.browser_of(administrator)


@pytest.fixture
def company(transactional_db):
    return Company.objects.create(pk=1, name="Lamp & Co")


def upload(content, name="logo.png"):
    return {"name": "Lamp & Co", "picture": SimpleUploadedFile(name, content, content_type="image/svg+xml")}


def test_a_logo_is_shown_before_and_after_signing_in(admin, company, offline):
    assert admin.post(CHANGE, upload(picture("WEBP", (64, 64), exif=SECRET), "evil.svg")).status_code == 302
    address = f"/company/{Company.current().logo_name}"
    assert re.fullmatch(r"/company/[0-9a-f]{32}\.jpeg", address)
    for client, page in ((Client(), "/accounts/login/"), (admin, "/"), (admin, "/admin/")):
        assert f'src="{address}"' in client.get(page).content.decode()
    response = Client().get(address)
    assert Image.open(io.BytesIO(response.content)).size == (64, 64)
    assert b"camera" not in response.content
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in response["Cache-Control"]


def test_another_logo_has_another_name_and_the_old_one_is_gone(admin, company):
    admin.post(CHANGE, upload(picture(size=(8, 8))))
    old = Company.current().logo_name
    admin.post(CHANGE, upload(picture(size=(9, 9))))
    assert Company.current().logo_name != old
    assert Client().get(f"/company/{old}").status_code == 404
    admin.post(CHANGE, {"name": "Lamp & Co"})
    assert Company.current().logo_name
    admin.post(CHANGE, {"name": "Lamp & Co", "remove_picture": "on"})
    assert (Company.current().logo_name, Company.objects.get().logo) == ("", None)
    assert Client().get("/company/").status_code == 404


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no PNG, JPEG or WebP"),
        (b"<html>", "no PNG, JPEG or WebP"),
        (picture()[:60], "no PNG, JPEG or WebP"),
        (picture() + b"\0" * 256_000, "at most 256 kB"),
        (picture("PNG", (10_000, 6_000), "L"), "at most 2000"),
    ],
)
def test_a_file_that_is_no_fitting_picture_is_refused(admin, company, content, words):
    page = admin.post(CHANGE, upload(content, "logo.png"))
    assert words in page.content.decode()
    assert Company.current().logo_name == ""


def test_a_large_logo_becomes_small(admin, company):
    admin.post(CHANGE, upload(picture(size=(3000, 1500))))
    assert Image.open(io.BytesIO(Company.objects.get().logo)).size == (512, 256)


def test_a_logo_that_was_kept_as_it_came_is_still_served(company):
    Company.objects.update(logo=b"RIFF", logo_name=f"{'0' * 32}.webp")
    assert Client().get(f"/company/{'0' * 32}.webp")["Content-Type"] == "image/webp"


def test_an_accent_colours_every_page_by_a_style_sheet_of_its_own(admin, offline):
    admin.post(ADD, {"name": "Lamp & Co", "accent": "#B0281F"})
    company = Company.current()
    address = f"/company.css?v={company.style_mark}"
    for client, page in ((Client(), "/accounts/login/"), (admin, "/"), (admin, "/admin/")):
        assert f'href="{address}"' in client.get(page).content.decode()
    response = Client().get(address)
    assert response["Content-Type"] == "text/css"
    assert "--brand-5: light-dark(#b0281f, #" in response.content.decode()
    assert "immutable" in response["Cache-Control"]
    assert Client().get("/company.css?v=old")["Cache-Control"] == "no-cache"


def test_without_an_accent_nothing_is_loaded(browser, offline):
    assert "company.css" not in browser.get("/").content.decode()
    assert Client().get("/company.css").content == b""


@pytest.mark.parametrize(
    ("accent", "words"),
    [
        ("#ffee00", "and 4.5 is needed. Try #"),
        ("teal", "six digits"),
        ("#000}*{}", "at most 7"),
        ("#12}345", "six digits"),
    ],
)
def test_a_colour_that_cannot_be_read_is_refused_with_one_that_can(admin, transactional_db, accent, words):
    page = admin.post(ADD, {"name": "Lamp", "accent": accent}).content.decode()
    assert words in page
    assert not Company.objects.exists()
    for better in re.findall(r"Try (#[0-9a-f]{6})", page):
        assert admin.post(ADD, {"name": "Lamp", "accent": better}).status_code == 302


def test_a_damaged_colour_reaches_no_style_sheet(company):
    Company.objects.update(accent="red}*{}")
    assert Client().get("/company.css").content == b""


def test_pages_are_shown_while_the_company_cannot_be_read(monkeypatch, transactional_db):
    def away(cls):
        raise DatabaseError

    monkeypatch.setattr(Company, "current", classmethod(away))
    assert "chatapp" in Client().get("/nothing/").content.decode()
