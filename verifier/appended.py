"""What was appended to a sealed PDF document: whether every reader finds the same document in it.

A reader that cannot follow a file's tables of objects looks for the objects itself, and takes the last that it finds of
each number, whether or not a table lists it. So one file may be two documents: as it was sealed for whoever checks the
seal, and another for whoever looks at it. What is appended in good faith holds what its tables list and no more, and
its tables have their exact form (ISO 32000-2, 7.5.4).
"""

import re
from collections.abc import Sequence
from operator import itemgetter
from typing import Final, TypeAlias

from pyhanko.pdf_utils.generic import DictionaryObject, Reference
from pyhanko.pdf_utils.reader import PdfFileReader

_OBJECT: Final = re.compile(rb"[\0\t\n\f\r ]obj")
_HEAD: Final = re.compile(rb"(\d{1,10}) (\d{1,5}) obj")
_TABLE: Final = re.compile(rb"(?<!start)xref")
# A line of a table takes 20 octets; a reader counts them, or looks for the line's end.
_INEXACT: Final = re.compile(rb"(?<!\d)\d{10} \d{5} [fn](?! \r| \n|\r\n)")
# What a reader that looks for objects may take for the document's beginning, or find further objects in.
_STRUCTURE: Final = frozenset({"/Catalog", "/Pages", "/Page", "/ObjStm", "/XRef"})
_NOWHERE: Final = -1
_Places: TypeAlias = Sequence[tuple[Reference, int]]


def reads_alike(reader: PdfFileReader, revision: int, end: int) -> bool:
    """Whether every reader finds the same in what follows a revision of a document, which ends at ``end``."""
    pdf, xrefs = _octets(reader), reader.xrefs
    later = range(revision + 1, xrefs.total_revisions)
    places = [(ref, _place(reader, ref, number)) for number in later for ref in _refs(reader, number)]
    newest = {ref: xrefs[ref] for ref, _ in places}
    tables = {xrefs.get_startxref_for_revision(number) for number in later}
    found = {match.start() for match in _TABLE.finditer(pdf, end)}
    return (
        _are_all_objects(pdf, end, places)
        and newest == dict(sorted(places, key=itemgetter(1)))
        and found <= tables
        and pdf.count(b"trailer", end) == len(found)
        and not _INEXACT.search(pdf, end)
        and not any(
            _is_structure(ref)
            for ref, place in places
            if place not in tables and xrefs.get_historical_ref(ref, revision) is None
        )
    )


def _are_all_objects(pdf: bytes, end: int, places: _Places) -> bool:
    """Whether these are the places of all the objects from ``end`` on, each of its own number."""
    heads = set()
    for ref, place in places:
        head = _HEAD.match(pdf, place) if place >= end else None
        if head is None or (int(head[1]), int(head[2])) != (ref.idnum, ref.generation):
            return False
        heads.add(head.end())
    return heads == {match.end() for match in _OBJECT.finditer(pdf, end)}


def _octets(reader: PdfFileReader) -> bytes:
    reader.stream.seek(0)
    octets: bytes = reader.stream.read()
    return octets


def _refs(reader: PdfFileReader, revision: int) -> set[Reference]:
    refs: set[Reference] = reader.xrefs.explicit_refs_in_revision(revision)
    return refs


def _place(reader: PdfFileReader, ref: Reference, revision: int) -> int:
    """Where an object of a revision stands; one in another object stands nowhere by itself."""
    place = reader.xrefs.get_historical_ref(ref, revision)
    return place if isinstance(place, int) else _NOWHERE


def _is_structure(ref: Reference) -> bool:
    value = ref.get_object()
    return isinstance(value, DictionaryObject) and value.get("/Type") in _STRUCTURE
