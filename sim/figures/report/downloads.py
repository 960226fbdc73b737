"""Tables to take away: links that hold the whole file, so that they work from disk and without scripts."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

# What an address may hold as it is; base64 would be a fifth longer and unreadable.
_PLAIN = "/:;,()=+-._~!*'$@?"


@dataclass(frozen=True, slots=True)
class Download:
    """A link to a CSV: the file name offered, the data: address that is the file, and its size in words."""

    name: str
    href: str
    size: str


def csv_download(name: str, text: str) -> Download:
    """A link to ``text`` as ``name``, in UTF-8 with the mark that tells Excel so."""
    content = text.encode("utf-8-sig")
    address = "data:text/csv;charset=utf-8," + quote(content, safe=_PLAIN)
    return Download(name, address, f"{max(1, round(len(content) / 1000)):,} kB")
