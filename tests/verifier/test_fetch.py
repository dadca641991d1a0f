from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

import verifier.fetch
from tests.served import saying, served
from tests.verifier.public_files import RECORD, Files, published
from tests.verifier.story import (
    BODY,
    CERTIFICATION,
    NUMBER,
    Story,
    begin,
    grant,
    told,
)
from verifier.errors import AttestoError, FormatError, NotFoundError, UnavailableError
from verifier.fetch import (
    FolderSource,
    HttpSource,
    Sitting,
    body_path,
    edition_path,
    fetch_bundle,
    format_editions,
    format_latest,
    open_source,
    parse_editions,
    parse_latest,
    record_path,
    status_list_path,
)
from verifier.report import Verdict


def test_what_is_fetched_is_the_bundle_of_what_was_published() -> None:
    story = told()

    assert fetch_bundle(Files(published(story)), NUMBER) == story.bundle()


def test_the_number_may_be_typed_as_it_is_printed() -> None:
    story = told()

    assert fetch_bundle(Files(published(story)), "oooo-0000 ooooo") == story.bundle()


def test_what_is_read_first_is_covered_by_what_is_read_last() -> None:
    source = Files(published(told()))

    fetch_bundle(source, NUMBER)

    # docs/formats/snapshot.md, must 5
    places = [source.reads.index(path) for path in ("snapshot", RECORD, f"body/{BODY}", "checkpoint")]
    assert places == sorted(places)
    assert places[0] == 0


def test_files_lie_where_the_documents_say() -> None:
    assert record_path(NUMBER) == RECORD
    assert (body_path("odc-uno"), edition_path("demo-2026")) == ("body/odc-uno", "edition/demo-2026")
    assert status_list_path(bytes(31) + b"\xab") == "status/list/" + "00" * 31 + "ab"


def test_the_list_of_editions_keeps_their_order() -> None:
    assert parse_editions(b'{"editions":["pdr150-2024","demo-2026"]}') == ("pdr150-2024", "demo-2026")
    assert format_editions(["pdr150-2024", "demo-2026"]) == b'{"editions":["pdr150-2024","demo-2026"]}'


@pytest.mark.parametrize(
    "content",
    [
        b'["demo-2026"]',
        b"{}",
        b'{"editions":"demo-2026"}',
        b'{"editions":[1]}',
        b'{"editions":["demo-2026","demo-2026"]}',
        b'{"editions":[],"more":1}',
        b"not JSON",
    ],
)
def test_what_is_no_list_of_editions_is_refused(content: bytes) -> None:
    with pytest.raises(FormatError):
        parse_editions(content)


def test_no_record_under_a_number_is_an_answer_of_its_own() -> None:
    files = published(told())
    del files[RECORD]

    with pytest.raises(NotFoundError):
        fetch_bundle(Files(files), NUMBER)


def kind(path: str) -> str:
    """A path without what a run of its own draws: every worker must find the same tests."""
    return "/".join(path.split("/")[:2])


@pytest.mark.parametrize("path", sorted(published(told()).keys() - {RECORD}), ids=kind)
def test_a_file_withheld_beside_a_record_is_not_taken_for_no_record(path: str) -> None:
    files = published(told())
    del files[path]

    with pytest.raises(UnavailableError) as refused:
        fetch_bundle(Files(files), NUMBER)

    if path != "snapshot":
        assert type(refused.value) is UnavailableError
        assert f"withholds {path}" in str(refused.value)


def test_a_registry_that_publishes_nothing_is_not_taken_for_one_without_the_number() -> None:
    with pytest.raises(UnavailableError) as refused:
        fetch_bundle(Files({}), NUMBER)

    assert not isinstance(refused.value, NotFoundError)


@pytest.mark.parametrize("path", sorted(published(told())), ids=kind)
def test_silence_is_not_taken_for_absence(path: str) -> None:
    with pytest.raises(UnavailableError) as refused:
        fetch_bundle(Files(published(told()), silent=path), NUMBER)

    assert type(refused.value) is UnavailableError


@pytest.mark.parametrize("path", sorted(published(told())), ids=kind)
def test_garbage_in_the_place_of_a_file_is_refused(path: str) -> None:
    files = published(told())
    files[path] = b"garbage"

    with pytest.raises(AttestoError):
        fetch_bundle(Files(files), NUMBER)


def grown() -> tuple[Story, dict[str, bytes], Story, dict[str, bytes]]:
    before = told()
    after = told()
    after.add(CERTIFICATION, "certification.maintenance_confirmed")
    after.later(minutes=1)
    after.snapshot()
    return before, published(before), after, published(after)


def test_a_registry_that_publishes_while_it_is_read_is_read_again() -> None:
    _, old, after, new = grown()
    source = Files({"checkpoint": old["checkpoint"], **{path: new[path] for path in new if path != "checkpoint"}})
    tries: list[str] = []

    def publish(path: str) -> None:
        tries.append(path)
        if tries.count("snapshot") == 2:
            source.files = new

    source.before = publish

    assert fetch_bundle(source, NUMBER) == after.bundle()
    assert tries.count("snapshot") == 2


def test_a_registry_whose_files_never_fit_together_could_not_be_checked() -> None:
    _, old, _, new = grown()
    source = Files(new | {"checkpoint": old["checkpoint"]})

    with pytest.raises(UnavailableError, match="do not fit together: the checkpoint is older than the records"):
        fetch_bundle(source, NUMBER)
    assert source.reads.count("snapshot") == 3


def test_a_record_that_the_newest_snapshot_does_not_reach_yet_could_not_be_checked() -> None:
    story = begin()
    story.snapshot()
    grant(story)
    story.later(minutes=1)

    with pytest.raises(UnavailableError, match="the newest snapshot is older than the record"):
        fetch_bundle(Files(published(story)), NUMBER)


def test_a_record_without_its_last_event_is_fetched_and_then_refused() -> None:
    before, old, after, new = grown()
    bundle = fetch_bundle(Files(new | {RECORD: old[RECORD]}), NUMBER)

    report = after.verify(bundle)

    assert report.verdict is Verdict.FORGED
    assert "an event is left out" in report.check("complete").reason
    assert before.verify(before.bundle()).verdict is Verdict.IN_FORCE


def test_the_file_of_the_newest_snapshot_is_read_as_it_was_written() -> None:
    assert parse_latest(format_latest(8, b"a.b.c")) == (8, b"a.b.c")


@pytest.mark.parametrize(
    "data",
    [b"{}", b'{"index":8}', b'{"entry":"a","index":"8"}', b'{"entry":1,"index":8}', b'{"entry":"a","index":8,"v":1}',
     b'{"entry":"a","index":true}', b'{"entry":"a","index":-1}', '{"entry":"é","index":8}'.encode(), b"garbage"],
)  # fmt: skip
def test_another_file_for_the_newest_snapshot_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError):
        parse_latest(data)


def test_a_folder_hands_out_its_files(tmp_path: Path) -> None:
    for path, content in published(told()).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)

    assert fetch_bundle(open_source(str(tmp_path)), NUMBER) == told().bundle()


OUTSIDE = ["../secret", "body/../../secret", "/etc/hostname", "", ".", "body\\..\\secret", "a\0b", "body/.."]


@pytest.mark.parametrize("path", OUTSIDE)
def test_nothing_outside_a_folder_is_read(tmp_path: Path, path: str) -> None:
    (tmp_path / "public" / "body").mkdir(parents=True)
    (tmp_path / "secret").write_bytes(b"secret")

    with pytest.raises(NotFoundError):
        FolderSource(tmp_path / "public").read(path)


def test_a_folder_tells_what_is_missing_from_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "body").mkdir()
    (tmp_path / "file").write_bytes(b"")
    source = FolderSource(tmp_path)

    for path in ("missing", "body", "file/below"):
        with pytest.raises(NotFoundError, match=f"there is no file {path} in the folder"):
            source.read(path)
    with pytest.raises(UnavailableError, match="cannot be read") as refused:
        source.read("a" * 5000)
    assert not isinstance(refused.value, NotFoundError)


def test_a_file_over_the_limit_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier.fetch, "MAX_FILE_BYTES", 5)
    (tmp_path / "five").write_bytes(b"12345")
    (tmp_path / "six").write_bytes(b"123456")

    assert FolderSource(tmp_path).read("five") == b"12345"
    with pytest.raises(UnavailableError, match="file six is over the limit of 5 bytes"):
        FolderSource(tmp_path).read("six")


def test_a_file_that_grows_while_it_is_read_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "endless").symlink_to("/dev/zero")

    with pytest.raises(UnavailableError, match="file endless grew while it was read"):
        FolderSource(tmp_path).read("endless")


@pytest.mark.parametrize("address", ["ftp://registry.example", "file:///etc", "https://", "registry.example://x"])
def test_an_address_that_is_no_web_address_is_refused(address: str) -> None:
    with pytest.raises(FormatError, match="begins with https:// or http://"):
        open_source(address)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="there is no folder"):
        open_source(str(tmp_path / "missing"))


@pytest.mark.enable_socket
def test_the_public_files_are_read_over_http() -> None:
    files, asked = published(told()), []

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.append((request.path, request.headers["Cache-Control"]))
        saying(200, files[request.path.removeprefix("/files/")])(request)

    with served(answer) as address:
        assert fetch_bundle(open_source(f"{address}/files/"), NUMBER) == told().bundle()

    # A record that a cache kept would look like one with an event left out.
    assert {header for _, header in asked} == {"no-cache"}


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("status", "error", "reason"),
    [
        (404, NotFoundError, "the registry has no file body/x"),
        (410, NotFoundError, "the registry has no file body/x"),
        (403, UnavailableError, "the registry answers 403 for body/x"),
        (429, UnavailableError, "the registry answers 429"),
        (500, UnavailableError, "the registry answers 500"),
        (503, UnavailableError, "the registry answers 503"),
    ],
)
def test_only_what_is_not_there_is_absent(status: int, error: type[AttestoError], reason: str) -> None:
    with served(saying(status)) as address, pytest.raises(error, match=reason) as refused:
        HttpSource(address).read("body/x")

    assert type(refused.value) is error


def hang_up(request: BaseHTTPRequestHandler) -> None:
    request.close_connection = True


def talk_nonsense(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"nonsense\r\n\r\n")


@pytest.mark.enable_socket
@pytest.mark.parametrize("answer", [hang_up, talk_nonsense, saying(200, b"half", length=8), saying(301)])
def test_an_answer_that_breaks_off_is_not_taken_for_the_file(
    answer: Callable[[BaseHTTPRequestHandler], None],
) -> None:
    with served(answer) as address, pytest.raises(UnavailableError):
        HttpSource(address).read("body/x")


@pytest.mark.enable_socket
def test_a_server_that_is_not_there_does_not_answer() -> None:
    with served(saying(200)) as address:
        pass

    with pytest.raises(UnavailableError, match="the registry does not answer"):
        HttpSource(address).read("body/x")


@pytest.mark.enable_socket
def test_an_answer_over_the_limit_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier.fetch, "MAX_FILE_BYTES", 5)

    with served(saying(200, b"12345")) as address:
        assert HttpSource(address).read("x") == b"12345"
    with served(saying(200, b"123456")) as address, pytest.raises(UnavailableError, match="over the limit of 5"):
        HttpSource(address).read("x")


@pytest.mark.parametrize("path", OUTSIDE)
def test_nothing_outside_an_address_is_asked_for(path: str) -> None:
    # No socket may be opened here: a request would fail otherwise.
    with pytest.raises(NotFoundError):
        HttpSource("http://127.0.0.1:9").read(path)


def test_what_certifications_share_is_read_once_at_one_sitting_and_their_records_each_time() -> None:
    source = Files(published(told()))
    sitting = Sitting(source)

    first, second = fetch_bundle(sitting, NUMBER), fetch_bundle(sitting, NUMBER)

    assert first == second == told().bundle()
    assert source.reads.count(RECORD) == 2
    shared = [path for path in source.reads if path != RECORD]
    assert len(shared) == len(set(shared))


def test_a_sitting_begins_anew_where_a_record_is_younger_than_its_head() -> None:
    story = told()
    files = published(story)
    sitting = Sitting(Files(files))
    fetch_bundle(sitting, NUMBER)

    story.add(CERTIFICATION, "certification.suspended", deadline="2027-03-01")
    files |= published(story)

    assert fetch_bundle(sitting, NUMBER) == story.bundle()
