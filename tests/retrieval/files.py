"""Small files of every kind, made in the test that reads them."""

import io
import zipfile

import docx
import pptx
import xlsxwriter


def pdf(*pages, encrypted=False):
    """A PDF with these texts as pages, line by line, written by hand: nothing else is needed to write one."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    kids = []
    for text in pages:
        lines = "".join(f"({line}) Tj T*\n" for line in text.splitlines())
        stream = f"BT /F1 11 Tf 14 TL 50 780 Td\n{lines}ET".encode("latin-1")
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
        page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>"
        objects.append(page % len(objects))
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(kids), len(kids))
    out, offsets = io.BytesIO(b"%PDF-1.4\n"), []
    out.seek(0, io.SEEK_END)
    for number, body in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    key = b"00" * 32
    lock = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>/ID[<00><00>]" % (key, key) if encrypted else b""
    out.write(b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, lock, start))
    return out.getvalue()


def word(*parts):
    """(style, text) becomes a paragraph, a list of rows a table."""
    document = docx.Document()
    for part in parts:
        if isinstance(part, list):
            made = document.add_table(len(part), len(part[0]))
            for at, row in enumerate(part):
                for column, text in enumerate(row):
                    made.cell(at, column).text = text
        else:
            document.add_paragraph(part[1], style=part[0])
    return saved(document)


def slides(*each):
    """(title, text, notes) a slide."""
    presentation = pptx.Presentation()
    for title, text, notes in each:
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = text
        slide.notes_slide.notes_text_frame.text = notes
    return saved(presentation)


def sheets(**rows):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        for name, table in rows.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(table):
                sheet.write_row(at, 0, row)
    return out.getvalue()


def bomb(megabytes=300):
    """A Word document that is small and unpacks to very much."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * megabytes * 1_000_000)
    return out.getvalue()


def saved(document):
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
