"""Slides: each is a page with its title as heading, then its texts, tables and notes."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pptx
from pptx.enum.shapes import MSO_SHAPE_TYPE

from conversations.retrieval.ingest.parsing.blocks import Block, Pages, table


def read(path: Path) -> Iterator[Block | Pages]:
    slides = list(pptx.Presentation(str(path)).slides)
    yield 0, len(slides)
    for number, slide in enumerate(slides, start=1):
        title = slide.shapes.title
        if title is not None and title.text_frame.text.strip():
            yield Block(" ".join(title.text_frame.text.split()), number, level=1)
        yield from _shapes((each for each in slide.shapes if each != title), number)
        if slide.has_notes_slide and (notes := slide.notes_slide.notes_text_frame):
            yield from _paragraphs(notes, number)


def _shapes(shapes: Iterable[Any], number: int) -> Iterator[Block]:
    for shape in shapes:
        if shape.shape_type == MSO_SHAPE_TYPE.GROUP:
            yield from _shapes(shape.shapes, number)
        elif shape.has_text_frame:
            yield from _paragraphs(shape.text_frame, number)
        elif getattr(shape, "has_table", False):
            rows = [[cell.text for cell in row.cells] for row in shape.table.rows]
            yield Block(table(rows), number, table=True)


def _paragraphs(frame: Any, number: int) -> Iterator[Block]:
    for paragraph in frame.paragraphs:
        if text := " ".join("".join(run.text for run in paragraph.runs).split()):
            yield Block(text, number)
