"""`python -m conversations.demo.build`: the handbook's PDF, Word and Excel files from their Markdown sources.

Run it after a change of a source and commit both. It needs what development needs, Chromium for the PDF files.
"""

import shutil
from pathlib import Path

import comrak
import docx
import xlsxwriter
from playwright.sync_api import sync_playwright

from conversations.demo import FILES, HANDBOOK

STYLE = """
@page { size: A5; margin: 18mm 16mm; }
body { font: 11pt/1.55 "DejaVu Serif", serif; } h1, h2 { font-family: "DejaVu Sans", sans-serif; }
h1 { font-size: 22pt; } h2 { font-size: 14pt; break-before: page; } h1 + h2 { break-before: auto; }
"""


def main() -> None:
    for name in FILES:
        stem, _, kind = name.rpartition(".")
        source = (HANDBOOK / "sources" / f"{stem.lower().replace(' ', '-')}.md").read_text()
        {"pdf": pdf, "docx": word, "xlsx": sheet, "md": markdown}[kind](source, HANDBOOK / name)


def pdf(source: str, target: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.set_content(f"<style>{STYLE}</style><title>{target.stem}</title>{comrak.render_markdown(source)}")
        page.pdf(path=target, prefer_css_page_size=True, outline=True, tagged=True)
        browser.close()


def word(source: str, target: Path) -> None:
    document = docx.Document()
    for part in source.strip().split("\n"):
        hashes = len(part) - len(part.lstrip("#"))
        if hashes:
            document.add_heading(part.lstrip("# "), hashes)
        elif part:
            document.add_paragraph(part.replace("*", ""))
    document.save(str(target))


def sheet(source: str, target: Path) -> None:
    lines = [line for line in source.strip().split("\n") if "---" not in line]
    with xlsxwriter.Workbook(target) as book:
        made = book.add_worksheet(target.stem)
        for at, line in enumerate(lines):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            made.write_row(at, 0, [int(cell) if cell.isdigit() else cell for cell in cells])
        made.set_column(0, 4, 22)


def markdown(source: str, target: Path) -> None:
    target.write_text(source)


if __name__ == "__main__":
    main()
