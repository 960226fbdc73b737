"""Codes of countries (ISO 3166-1 alpha-3), of the EU and of groups of donors, and the other names people give them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from sim.text import listed, meant, nearest, tame

# alpha-3, English name, alpha-2, then what else is in use: IOC and older codes, short and long names,
# and the name in the country itself
_COUNTRIES = """
ALB|Albania|AL|Shqipëria
AUS|Australia|AU
AUT|Austria|AT|Österreich
BEL|Belgium|BE|België|Belgique
BGR|Bulgaria|BG|BUL|България
CAN|Canada|CA
CHE|Switzerland|CH|SUI|SWI|Schweiz|Suisse
CHN|China
CYP|Cyprus|CY
CZE|Czechia|CZ|Czech Republic|Česko
DEU|Germany|DE|GER|GMY|Deutschland|Allemagne
DNK|Denmark|DK|DEN|Danmark
EUI|EU institutions|EU|European Union|European Commission
ESP|Spain|ES|SPA|España
EST|Estonia|EE|Eesti
FIN|Finland|FI|Suomi
FRA|France|FR
GBR|United Kingdom|GB|UK|Great Britain|Britain|England|UKG
GRC|Greece|GR|EL|GRE|Ελλάδα|Hellas
HRV|Croatia|HR|CRO|Hrvatska
HUN|Hungary|HU|Magyarország
IND|India
IRL|Ireland|IE
ISL|Iceland|IS|ICE|Ísland
ITA|Italy|IT|Italia
JPN|Japan|JP
KOR|South Korea|KR|Korea|Republic of Korea
LTU|Lithuania|LT|LIT|Lietuva
LUX|Luxembourg|LU
LVA|Latvia|LV|LAT|Latvija
MKD|North Macedonia|MK|Macedonia|Северна Македонија
MLT|Malta|MT
MNE|Montenegro|ME|MNT|Crna Gora
NLD|Netherlands|NL|NED|NTH|The Netherlands|Holland|Nederland
NOR|Norway|NO|NW|Norge
NZL|New Zealand|NZ
POL|Poland|PL|Polska
PRT|Portugal|PT|POR
ROU|Romania|RO|ROM|RUM|România
RUS|Russia|RU|Russian Federation|Россия
SVK|Slovakia|SK|SLO|Slovak Republic|Slovensko
SVN|Slovenia|SI|SLV|Slovenija
SWE|Sweden|SE|Sverige
TUR|Türkiye|TR|Turkey|Turkiye
TWN|Taiwan|TW
UKR|Ukraine|UA|Україна
USA|United States|US|U.S.|America|United States of America
"""
_GROUP_ROWS = """
EUR|Europe|European donors
OTHER|other donors|others
ALL|all donors|everyone|total
"""
_ROWS = [line.split("|") for line in _COUNTRIES.strip().splitlines()]
NAMES: dict[str, str] = {row[0]: row[1] for row in _ROWS}
ALIASES: dict[str, str] = {alias.casefold(): row[0] for row in _ROWS for alias in row}
_GROUPS = [line.split("|") for line in _GROUP_ROWS.strip().splitlines()]
GROUP_NAMES: dict[str, str] = {row[0]: row[1] for row in _GROUPS}
_GROUP_ALIASES = {alias.casefold(): row[0] for row in _GROUPS for alias in row}


MEMBER_GROUPS = {
    "EU_states": "EU members",
    "euro_area": "euro area",
    "nordics": "Nordic countries",
    "baltics": "Baltic states",
    "eastern_flank": "eastern flank",
    "europe": "Europe",
    "european_allies": "European allies",
    "below_guideline": "members below 2% at the start",
}
"""What people call the groups of members that this program names."""


def is_country(word: str) -> bool:
    """Whether ``word`` is a code or a name of a country, or of the EU."""
    return _folded(word) in ALIASES


def _folded(word: str) -> str:
    return unicodedata.normalize("NFC", word).strip().casefold().replace("_", " ")


def entity_noun(codes: Sequence[str]) -> str:
    """What to call the entities of a group: years, codes, or else names."""
    if all(code.isdigit() for code in codes):
        return "year"
    return "code" if all(code.isupper() for code in codes) else "name"


def entity_name(code: str) -> str:
    """What people call a member or donor: ``Germany`` for ``DEU``, ``Europe`` for ``EUR``; other words as they are."""
    return NAMES.get(code) or GROUP_NAMES.get(code) or MEMBER_GROUPS.get(code, code)


def entity_code(word: str, codes: Sequence[str]) -> str | None:
    """The code among ``codes`` that ``word`` stands for by alias, name or case; None if none is certain.

    >>> entity_code("Germany", ("DEU", "GBR")), entity_code("uk", ("DEU", "GBR")), entity_code("EL", ("DEU", "GBR"))
    ('DEU', 'GBR', None)
    """
    folded = _folded(word)
    by_case = next((code for code in codes if code.casefold() == folded), None)
    code = by_case or ALIASES.get(folded) or _GROUP_ALIASES.get(folded)
    return code if code in codes else None


def wrong_code(word: str, codes: Sequence[str]) -> str:
    """What to say about a word that is none of ``codes``."""
    code = entity_code(word, codes)
    known = ALIASES.get(_folded(word))
    states = "; its member states are EU_states" if known == "EUI" else ""
    if code:
        name = f" ({NAMES[code]})" if code in NAMES else ""
        return f"{tame(word)} is not a {entity_noun(codes)}; write {code}{name}{states}"
    if known:
        return f"{NAMES[known]} is not among the codes here: {listed(codes)}{states}"
    noun = entity_noun(codes)
    if noun == "year":
        return f"{tame(word)} is not among the years here: {listed(codes)}"
    by_name = {NAMES[code].casefold(): code for code in codes if code in NAMES}
    near = [by_name[name] for name in nearest(word, by_name, most=1, cutoff=0.75)] or nearest(word, codes)
    hints = [f"{code} ({NAMES[code]})" if code in NAMES else code for code in near]
    return f"{tame(word)} is not among the {noun}s here" + (meant(hints) or f": {listed(codes)}")
