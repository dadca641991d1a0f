"""Files that look like packs to whoever sees their stamps, and are made to break whoever opens them."""

import zlib
from collections.abc import Callable, Mapping
from typing import Final

from verifier.pack.stamp import EMPTY, stamp

_CATALOG: Final = b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[%b]>>>>>>"
_PAGES: Final = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
_PAGE: Final = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"
_MARK: Final = EMPTY.encode()
_INFO: Final = b"<</Keywords(%b)/Subject(%b)>>" % (_MARK, _MARK)


def stream(content: bytes, extra: bytes = b"") -> bytes:
    """A stream object."""
    return b"<</Length %d%b>>stream\n%b\nendstream" % (len(content), extra, content)


def document(objects: Mapping[int, bytes], trailer: bytes = b"") -> bytes:
    """A PDF file of numbered objects, with a table of them."""
    out, places = b"%PDF-1.7\n", {}
    for number, content in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%d 1\n%010d 00000 n \n" % (number, place) for number, place in places.items())
    end = b"trailer<</Size %d/Root 1 0 R/Info 4 0 R%b>>\nstartxref\n%d\n%%%%EOF\n"
    return out + b"xref\n0 1\n0000000000 65535 f \n" + table + end % (max(places) + 1, trailer, len(out))


def attached(content: bytes, filters: bytes = b"", count: int = 1) -> dict[int, bytes]:
    """A page with one file attached, or with the same one many times."""
    names = b"".join(b"(pack.json)5 0 R" if count == 1 else b"(pack%06d.json)5 0 R" % n for n in range(count))
    return {
        1: _CATALOG % names,
        2: _PAGES,
        3: _PAGE,
        4: _INFO,
        5: b"<</Type/Filespec/F(pack.json)/UF(pack.json)/EF<</F 6 0 R>>>>",
        6: stream(content, b"/Type/EmbeddedFile" + filters),
    }


def zeros(gigabytes: int) -> bytes:
    """So many zeros, deflated; each block stands by itself, so that one is made and repeated."""
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(bytes(16 * 1024**2)) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x78\xda" + block * (64 * gigabytes) + b"\x03\x00" + b"\0\0\0\0"


def flate(times: int) -> bytes:
    """That many filters over each other."""
    return b"/Filter[" + b"/FlateDecode" * times + b"]"


def _chain() -> bytes:
    content = zeros(10)
    for _ in range(3):
        content = zlib.compress(content, 9)
    return document(attached(content, flate(4)))


def _object_stream() -> bytes:
    """The attached file's own dictionary lies in a stream of objects that unpacks to 10 GB."""
    objects = attached(b"{}")
    objects[7] = stream(zeros(10), b"/Type/ObjStm/N 1/First 4" + flate(1))
    return document(objects).replace(b"/EF<</F 6 0 R>>", b"/EF<</F 8 0 R>>")


def _encrypted() -> bytes:
    locked = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%b>/U<%b>>>/ID[<00><00>]" % (b"11" * 32, b"22" * 32)
    return document(attached(b"{}"), locked)


def _broken_table() -> bytes:
    whole = document(attached(b"not json"))
    return whole.replace(b"startxref\n", b"startxref\n9999999")


def _circle_of_tables() -> bytes:
    whole = document(attached(b"not json"))
    start = whole[whole.index(b"startxref\n") + 10 :].split()[0]
    return document(attached(b"not json"), b"/Prev " + start)


def _circle_of_pages() -> bytes:
    return document({**attached(b"not json"), 2: b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2000000000/Parent 2 0 R>>"})


def _circle_of_names() -> bytes:
    objects = attached(b"{}")
    objects[1] = b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles 9 0 R>>>>"
    objects[9] = b"<</Kids[9 0 R 9 0 R]>>"
    return document(objects)


_UNREADABLE: Final = r"damaged, or takes too much memory|over the limit of|more than any pack holds"
_NO_PDF: Final = r"no PDF file that can be read|PDF file cannot be read"
_ALTERED: Final = r"has not exactly one attachment"
_NOT_JSON: Final = r"not JSON as this format wants it"
# How each is made, and what is said of it.
BOMBS: Final[Mapping[str, tuple[Callable[[], bytes], str]]] = {
    "10 GB of zeros": (lambda: document(attached(zeros(10), flate(1))), _UNREADABLE),
    "10 GB of zeros, packed four times": (_chain, _UNREADABLE),
    "a run of 1 GB": (
        lambda: document(attached(zlib.compress(b"\x81\0" * 8_000_000), b"/Filter[/FlateDecode/RunLengthDecode]")),
        _UNREADABLE + "|" + _NOT_JSON,
    ),
    "5,000 attachments": (lambda: document(attached(zeros(1), flate(1), 5000)), _ALTERED),
    "an object stream of 10 GB": (_object_stream, _UNREADABLE + "|" + _NO_PDF),
    "locked": (_encrypted, r"locked by a password"),
    "a broken table": (_broken_table, _NOT_JSON),
    "a table before itself": (_circle_of_tables, _NOT_JSON + "|" + _NO_PDF),
    "pages within themselves": (_circle_of_pages, _NO_PDF),
    "names within themselves": (_circle_of_names, _ALTERED),
    "nothing but stamps": (lambda: b"%PDF-1.7\n" + _MARK + _MARK, _NO_PDF),
}


def bomb(name: str) -> bytes:
    """A stamped one."""
    return stamp(BOMBS[name][0]())


def slow_page() -> bytes:
    """A page that draws ten drawings, each of which draws ten, ten deep."""
    objects = attached(b"{}")
    objects[3] = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 20 0 R/Resources<</XObject<</X 21 0 R>>>>>>"
    objects[20] = stream(b"/X Do " * 10)
    for deep in range(10):
        inner = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>" % (22 + deep)
        objects[21 + deep] = stream(b"/X Do " * 10, inner)
    objects[31] = stream(b"0 0 5 5 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]")
    return document(objects)


def vast_page() -> bytes:
    """A page as large as a town."""
    return document({**attached(b"{}"), 3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9000000 9000000]>>"})
