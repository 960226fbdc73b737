"""A drawing as a piece of a page: its svg without what a page has already, its words and its numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from sim.figures.drawing import Drawing
from sim.figures.export import export

# Lengths are points on a page 16 cm wide; two decimals are far below a printer's dot.
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_GEOMETRY = ("d", "points", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "width", "height")
_HREF = "{http://www.w3.org/1999/xlink}href"
_TEXT = ("text", "tspan", "title", "desc")


@dataclass(frozen=True, slots=True)
class Picture:
    """What a page needs of a drawing; unlike a drawing it can be sent between processes.

    ``svg`` is a whole document as exported, ``csv`` the numbers behind it.
    """

    name: str
    title: str
    sentence: str
    alt: str
    svg: str
    csv: str


def picture_of(name: str, drawing: Drawing) -> Picture:
    """The picture of ``drawing``, called ``name``.

    Raises:
        FaultError: there is no room for a temporary file.
    """
    with TemporaryDirectory() as folder:
        written = export(drawing, folder, "figure", ("svg",))
        svg = Path(written[0]).read_text(encoding="utf-8")
    return Picture(name, drawing.title, drawing.sentence, drawing.alt, svg, drawing.table.csv())


def inline(picture: Picture, prefix: str) -> str:
    """The svg element to put into a page: named for screen readers, its ids beginning with ``prefix``.

    Metadata, comments and the XML head are left out, and coordinates are cut to two decimals.
    """
    root = ElementTree.fromstring(picture.svg)
    _drop(root, "metadata")
    for element in root.iter():
        element.tag = _bare(element.tag)
        element.attrib = {_attribute(key): _value(key, value, prefix) for key, value in element.attrib.items()}
        if element.tag not in _TEXT:
            element.text = (element.text or "").strip()
        element.tail = (element.tail or "").strip() if element.tag != "tspan" else element.tail
    _name(root, picture, prefix)
    return ElementTree.tostring(root, encoding="unicode")


def _name(root: ElementTree.Element, picture: Picture, prefix: str) -> None:
    """Put the title and the text alternative first, each with an id of its own."""
    for tag in ("title", "desc"):
        for element in root.findall(tag):
            root.remove(element)
    for place, (tag, text) in enumerate((("title", picture.title), ("desc", picture.alt))):
        element = ElementTree.Element(tag, {"id": f"{prefix}{tag}"})
        element.text = text
        root.insert(place, element)
    root.attrib |= {
        "role": "img",
        "aria-labelledby": f"{prefix}title",
        "aria-describedby": f"{prefix}desc",
        "focusable": "false",
    }


def _drop(root: ElementTree.Element, tag: str) -> None:
    for parent in root.iter():
        for child in [one for one in parent if _bare(one.tag) == tag]:
            parent.remove(child)


def _bare(tag: str) -> str:
    return tag.rpartition("}")[2]


def _attribute(key: str) -> str:
    return "href" if key == _HREF else _bare(key)


def _value(key: str, value: str, prefix: str) -> str:
    if key == "id":
        return prefix + value
    if _attribute(key) == "href" and value.startswith("#"):
        return f"#{prefix}{value[1:]}"
    if key in _GEOMETRY:
        return _LONG_NUMBER.sub(_short, value)
    return value.replace("url(#", f"url(#{prefix}")


def _short(found: re.Match[str]) -> str:
    text = f"{float(found[0]):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
