"""The printed page of a certificate, read by its labels: which text stands in which place.

    L’organismo certifica che / The body certifies that        the label
    Giulia Rossi                                               its value, up to the next label

Labels are those of the template (registry/documents/certificate.typ); their lines, and those of values, may be broken
anywhere.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from unicodedata import normalize

MAX_CHARACTERS: Final = 20_000
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_APOSTROPHES: Final = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u2032\u00b4`", "'"))
_JOINTS: Final = re.compile(r"[\s\-\u2010-\u2015\u2212/]+")
_MONTHS: Final = (
    ("gennaio", "january"), ("febbraio", "february"), ("marzo", "march"), ("aprile", "april"), ("maggio", "may"),
    ("giugno", "june"), ("luglio", "july"), ("agosto", "august"), ("settembre", "september"), ("ottobre", "october"),
    ("novembre", "november"), ("dicembre", "december"),
)  # fmt: skip
_MONTH: Final = {name: place for place, names in enumerate(_MONTHS, start=1) for name in names}
_DAY: Final = re.compile(
    rf"(?P<day>\d{{1,2}})\s*(?P<month>{'|'.join(_MONTH)})\s*(?P<year>\d{{4}})(?!\d)"
    r"|(?P<d>\d{1,2})[/.](?P<m>\d{1,2})[/.](?P<y>\d{4})(?!\d)"
    r"|(?P<iso>\d{4}-\d{2}-\d{2})(?!\d)"
)
# A page with fewer of the template's labels is another kind of document, on which such a word may stand as well.
_LEAST_LABELS: Final = 3
# What comes after these is no value of the certificate.
_ADVICE: Final = frozenset({"key", "advice", "domain"})
_JOINED: Final = frozenset({"number", "revision", "name", "birth_year"})


def _beside(italian: str, english: str) -> str:
    """A label with the languages beside each other, wherever its line is broken."""
    return rf"^{_words(italian)}\s*/\s*{_words(english)}"


def _above(italian: str, english: str) -> str:
    """A label with one language above the other; each is a line of its own."""
    return rf"^{_words(italian)}(?:\s+{_words(english)})?[^\S\n]*$|^{_words(english)}[^\S\n]*$"


def _words(text: str) -> str:
    return r"\s+".join(map(re.escape, text.split()))


_LABELS: Final = {
    "number": _beside("certificato", "certificate"),
    "revision": _beside("revisione", "revision"),
    "name": _beside("l'organismo certifica che", "the body certifies that"),
    "birth_year": _beside("anno di nascita", "year of birth"),
    "birth_date": _beside("data e luogo di nascita", "date and place of birth"),
    "profile": _beside("è persona certificata per il profilo", "is a certified person for the profile"),
    "edition": _beside("secondo lo schema", "under the scheme"),
    "granted_on": _above("primo rilascio", "first grant"),
    "decided_on": _above("decisione", "decision"),
    "cycle_starts_on": _above("inizio del ciclo", "cycle start"),
    "valid_until": _above("ultimo giorno valido", "last valid day"),
    "key": _above("firmato per l'organismo con la chiave", "signed for the body with the key"),
    "accreditation": _above("accreditamento", "accreditation"),
    "advice": _above("vale solo se mantenuto: verificare lo stato", "valid only while maintained: check the status"),
    "domain": _beside("inquadrare il codice, o aprire", "scan the code, or open"),
    "typed_number": _beside("e digitare il numero", "and type the number"),
    "espd": _beside("per il dgue, da incollare", "for the espd, ready to paste"),
}
_LABEL: Final = re.compile(
    "|".join(f"(?P<{name}>{pattern})" for name, pattern in _LABELS.items()), re.IGNORECASE | re.MULTILINE
)
_ESPD: Final = re.compile(
    r"\s*url\s(?P<url>.{1,400}?)·\s?codice(?P<number>.{1,60}?)·\s?emittente\s(?P<body>.*)", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Printed:
    """What stands on a page: the values of each label's places, by the label's name.

    ``top`` are the lines above the first label, with the body's name and website; ``issuers`` are the lines from each
    issuer's name to the next label or the end.
    """

    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    top: tuple[str, ...] = field(default=(), repr=False)
    issuers: tuple[tuple[str, ...], ...] = field(default=(), repr=False)

    def values(self, *names: str) -> tuple[str, ...]:
        """What stands in every place of these labels."""
        return tuple(value for name in names for value in self.places.get(name, ()))


def is_certificate(lines: Sequence[str]) -> bool:
    """Whether the lines of a page are those of a certificate of this kind, whatever they say."""
    return bool(read_printed(lines).places)


def read_printed(lines: Sequence[str]) -> Printed:
    """Read the lines of a page; of a page that is no certificate of this kind, nothing."""
    text = "\n".join(" ".join(line.split()) for line in _clean("\n".join(lines)).splitlines())
    labels = list(_LABEL.finditer(text))
    names = [str(label.lastgroup) for label in labels]
    if len(set(names)) < _LEAST_LABELS:
        return Printed()
    ends = [label.start() for label in labels[1:]] + [len(text)]
    places: dict[str, tuple[str, ...]] = {}
    issuers = []
    for name, label, end in zip(names, labels, ends, strict=True):
        value = text[label.end() : end]
        espd = _ESPD.match(value) if name == "espd" else None
        if espd is None:
            places[name] = (*places.get(name, ()), _joined(name, value))
            continue
        numbers = espd["number"].strip(), espd["url"].strip().rpartition("/")[2]
        places["espd"] = (*places.get("espd", ()), *numbers)
        issuers.append(_lines(espd["body"]))
    return Printed(places, _lines(text[: labels[0].start()]), tuple(issuers))


def states(lines: Sequence[str], line: str) -> bool:
    """Whether a line of a page is one of its labels or a part of what they name; other words on it are neither."""
    if _LABEL.match(_clean(line).strip()):
        return True
    printed, wanted = read_printed(lines), key(line)
    values = [*printed.top, *(value for name, some in printed.places.items() if name not in _ADVICE for value in some)]
    return bool(wanted) and any(wanted in key(value) for value in values)


def key(text: str) -> str:
    """The text as it is compared: without case, spaces and hyphens, which a broken line adds or takes."""
    return _JOINTS.sub("", _clean(text)).casefold()


def split_off(lines: Sequence[str], text: str) -> tuple[str, ...] | None:
    """The lines that follow those which make up ``text``; None where they begin with another text."""
    wanted = key(text)
    for end in range(1, len(lines) + 1):
        begun = key("".join(lines[:end]))
        if begun == wanted:
            return tuple(lines[end:])
        if not wanted.startswith(begun):
            return None
    return None


def day_in(text: str) -> date | None:
    """The one day that a text states and nothing else, in Italian or English, once or in both."""
    # A value's lines were put together with a stroke, also where its one day was broken over two of them.
    text = _clean(text).casefold().replace(" / ", " ")
    found = {_day(match) for match in _DAY.finditer(text)}
    return found.pop() if len(found) == 1 and not key(_DAY.sub("", text)) else None


def _day(match: re.Match[str]) -> date | None:
    try:
        if match["iso"]:
            return date.fromisoformat(match["iso"])
        if match["month"]:
            return date(int(match["year"]), _MONTH[match["month"]], int(match["day"]))
        return date(int(match["y"]), int(match["m"]), int(match["d"]))
    except ValueError:
        return None


def _clean(text: str) -> str:
    """The text without ligatures, invisible letters and second spellings of an apostrophe."""
    return normalize("NFKC", _INVISIBLE.sub("", text[:MAX_CHARACTERS])).translate(_APOSTROPHES)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in map(str.strip, text.splitlines()) if line)


def _joined(name: str, text: str) -> str:
    """A place's lines as people read them: of one thing, or of Italian and English."""
    if name == "typed_number":
        # Whatever advice comes next is no value.
        return next(iter(_lines(text)), "")
    return (" " if name in _JOINED else " / ").join(_lines(text))
