"""A page as a list of blocks, written as Markdown and as HTML that needs no other file."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from mixreal.reporting.page import STYLE


@dataclass(frozen=True)
class Heading:
    """A section's."""

    text: str


@dataclass(frozen=True)
class Text:
    """A paragraph: plain, "strong", a "warning", or a "stamp" under a table."""

    text: str
    kind: str = ""


@dataclass(frozen=True)
class Table:
    """Heads and rows of text."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Picture:
    """A PNG: inside the HTML, beside the Markdown."""

    png: bytes
    alt: str
    file: str


Block = Heading | Text | Table | Picture


def markdown(title: str, blocks: Sequence[Block]) -> str:
    """The whole page."""
    parts = [f"# {title}"]
    for block in blocks:
        if isinstance(block, Heading):
            parts.append(f"## {block.text}")
        elif isinstance(block, Text):
            parts.append({"strong": "**{}**", "warning": "> **{}**", "stamp": "<sub>{}</sub>"}.get(
                block.kind, "{}").format(block.text))
        elif isinstance(block, Table):
            lines = [block.heads, ("---",) * len(block.heads), *block.rows]
            parts.append("\n".join(f"| {' | '.join(_cell(word) for word in line)} |" for line in lines))
        else:
            parts.append(f"![{block.alt}]({block.file})")
    return "\n\n".join(parts) + "\n"


def html(title: str, blocks: Sequence[Block]) -> str:
    """The whole page."""
    sections: list[list[str]] = [[]]
    for block in blocks:
        if isinstance(block, Heading):
            sections.append([])
        sections[-1].append(_html(block))
    body = "\n".join(f"<section>{''.join(section)}</section>" for section in sections if section)
    return (f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(title)}</title>\n<style>{STYLE}</style></head>\n"
            f"<body><main>\n<h1>{escape(title)}</h1>\n{body}\n</main></body></html>\n")


def _html(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h2>{escape(block.text)}</h2>"
    if isinstance(block, Text):
        style = {"strong": "headline", "warning": "banner", "stamp": "soft small"}.get(block.kind, "")
        return f'<p class="{style}">{escape(block.text)}</p>'
    if isinstance(block, Table):
        heads = "".join(f"<th>{escape(word)}</th>" for word in block.heads)
        rows = "".join("<tr>" + "".join(f"<td>{escape(word)}</td>" for word in row) + "</tr>" for row in block.rows)
        return f'<div class="wide"><table><tr>{heads}</tr>{rows}</table></div>'
    return (f'<figure><img alt="{escape(block.alt, quote=True)}" '
            f'src="data:image/png;base64,{base64.b64encode(block.png).decode()}"></figure>')


def _cell(word: str) -> str:
    return word.replace("|", "\\|").replace("\n", " ")
