"""A drawing becomes files: svg, pdf, png and the CSV of its numbers, the same bytes each time."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Sequence
from html import escape, unescape
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.figures import style
from sim.figures.drawing import Drawing
from sim.files import readable, write_whole

FORMATS = ("svg", "png", "pdf")
# What is written unless the user asks for more: the one for screens and editors, the one for every other program.
USUAL_FORMATS = ("svg", "png")
_KEY = "alliance"


def export(drawing: Drawing, folder: Path | str, name: str, formats: Sequence[str] = USUAL_FORMATS) -> list[Path]:
    """Write ``drawing`` as ``folder/name.svg`` and so on, and ``name.csv``; returns the paths written.

    Each file is written under another name and then renamed, so a reader never sees half of one.

    Raises:
        InputError: an unknown format.
        FaultError: the folder or a file cannot be written.
    """
    check_formats(formats)
    paths = files(Path(folder), name, formats)
    for kind, path in zip(formats, paths, strict=False):
        write_whole(path, rendered(drawing, kind, name))
    write_whole(paths[-1], drawing.table.csv().encode("utf-8-sig"))
    return paths


def rendered(drawing: Drawing, kind: str, name: str = "figure") -> bytes:
    """``drawing`` as the bytes of an svg, png or pdf file; the ids of words in an svg begin with ``name``."""
    with style.applied():
        return _WRITERS[kind](drawing, name)


def files(folder: Path, name: str, formats: Sequence[str]) -> list[Path]:
    """The paths that ``export`` writes."""
    return [folder / f"{name}.{kind}" for kind in (*formats, "csv")]


def check_formats(formats: Sequence[str]) -> None:
    """Refuse an unknown format, or none.

    Raises:
        InputError: with what is allowed.
    """
    unknown = [kind for kind in formats if kind not in FORMATS]
    if unknown or not formats:
        named = ", ".join(repr(kind) for kind in unknown) or "none"
        raise InputError(f"unknown figure format: {named}; allowed: {', '.join(FORMATS)} (the CSV is always written)")


def provenance_of(path: Path | str) -> dict[str, Any]:
    """What made the svg, png or pdf at ``path``: scenarios with hashes, seed, runs, version, facts, command, CSV hash.

    Raises:
        InputError: the file cannot be read or was not written by this program.
    """
    with readable(Path(path)):
        content = Path(path).read_bytes()
    provenance = _find_provenance(content)
    if provenance is None:
        raise InputError(f"{path} is not a figure of this program, or its metadata were removed")
    return provenance


def load() -> None:
    """Import what writing all formats needs."""
    import matplotlib.backends.backend_agg
    import matplotlib.backends.backend_pdf
    import matplotlib.backends.backend_svg  # noqa: F401


def _svg(drawing: Drawing, name: str) -> bytes:
    buffer = io.BytesIO()
    about = {
        "Title": drawing.title,
        "Creator": _creator(drawing),
        "Description": drawing.provenance.to_json(drawing.table),
        "Date": None,
    }
    drawing.figure.savefig(buffer, format="svg", metadata=about)
    return _accessible(buffer.getvalue().decode(), drawing, name).encode()


def _accessible(text: str, drawing: Drawing, name: str) -> str:
    """Name and describe the picture for screen readers, and state the fonts to fall back to.

    Names that nothing refers to are dropped: they would clash where several pictures stand in one page.
    """
    text = re.sub(r"<title>.*?</title>\s*", "", text, count=1, flags=re.S)
    text = re.sub(r' id="(?:matplotlib\.)?[A-Za-z][A-Za-z0-9]*_\d+"', "", text)
    text = text.replace(", ".join([*(f"'{font}'" for font in style.FONT), "sans-serif"]), style.FONT_STACK)
    # A style sheet would govern the whole page the picture is put into; on the group it governs the picture only.
    rules = re.search(r'\s*<defs>\s*<style type="text/css">\*\{(.*?)\}</style>\s*</defs>', text)
    if rules:
        text = text.replace(rules[0], "", 1).replace("<g>", f'<g style="{rules[1]}">', 1)
    named = f'<title id="{name}-title">{escape(drawing.title)}</title>'
    words = f'{named}\n <desc id="{name}-desc">{escape(drawing.alt)}</desc>'
    labelled = f' role="img" aria-labelledby="{name}-title {name}-desc"'
    return re.sub(r"<svg\b([^>]*)>", lambda opening: f"<svg{opening[1]}{labelled}>\n {words}", text, count=1)


def _png(drawing: Drawing, _name: str) -> bytes:
    from sim.figures.raster import png

    about = {
        "Title": drawing.title,
        "Description": drawing.alt,
        "Software": _creator(drawing),
        _KEY: drawing.provenance.to_json(drawing.table),
    }
    return png(drawing.figure, style.PNG_DPI, about)


def _pdf(drawing: Drawing, _name: str) -> bytes:
    buffer = io.BytesIO()
    about = {
        "Title": drawing.title,
        "Subject": drawing.alt,
        "Keywords": drawing.provenance.to_json(drawing.table),
        "Creator": _creator(drawing),
        "Producer": "matplotlib",
        "CreationDate": None,
    }
    drawing.figure.savefig(buffer, format="pdf", metadata=about)
    return buffer.getvalue()


_WRITERS: dict[str, Callable[[Drawing, str], bytes]] = {"svg": _svg, "png": _png, "pdf": _pdf}


def _creator(drawing: Drawing) -> str:
    return f"alliance {drawing.provenance.version}"


def _find_provenance(content: bytes) -> dict[str, Any] | None:
    """The JSON line inside an svg, png or pdf, or None."""
    if content.startswith(b"\x89PNG"):
        text = _png_text(content)
    elif content.startswith(b"%PDF"):
        keywords = re.search(rb"/Keywords \(((?:[^()\\]|\\.)*)\)", content, flags=re.S)
        text = re.sub(rb"\\(.)", rb"\1", keywords[1]).decode("latin-1") if keywords else ""
    else:
        described = re.search(r"<dc:description>(.*?)</dc:description>", content.decode("utf-8", "replace"), flags=re.S)
        text = unescape(described[1]) if described else ""
    try:
        body = json.loads(text)
    except ValueError:
        return None
    return body if isinstance(body, dict) and "numbers_sha256" in body else None


def _png_text(content: bytes) -> str:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content)) as image:
            return str(image.info.get(_KEY, ""))
    except (OSError, SyntaxError, ValueError):
        return ""
