import json
from io import BytesIO

import openpyxl
import pytest
from flask.testing import FlaskClient

from verifier.page.sheet import COLUMNS, MAX_CELL_CHARACTERS, MAX_ROWS, MEDIA_TYPE

ROW = dict.fromkeys(COLUMNS, "") | {"source": "elenco.csv", "page": None, "line": 2}


def post(client: FlaskClient, content: object, language: str = "en") -> tuple[int, bytes]:
    answer = client.post("/batch/xlsx", data=json.dumps(content), headers={"Accept-Language": language})
    return answer.status_code, answer.data


def cells(content: bytes) -> list[list[object]]:
    sheet = openpyxl.load_workbook(BytesIO(content)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_every_row_is_written_in_its_order_under_headings(client: FlaskClient) -> None:
    rows = [ROW | {"source": f"{place}.pdf", "line": place, "person": "Łukasz Żółć"} for place in range(3)]

    status, content = post(client, {"rows": rows})

    head, *written = cells(content)
    assert status == 200
    assert head[:4] == ["Handed in", "Page", "Line", "Bidder"]
    assert [(row[0], row[1], row[2], row[5]) for row in written] == [
        (f"{place}.pdf", None, place, "Łukasz Żółć") for place in range(3)
    ]


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("x")', "+1", "-1", "@a", "\t=1", "=cmd|' /C calc'!A0"])
def test_nothing_that_is_written_is_a_formula(client: FlaskClient, text: str) -> None:
    _, content = post(client, {"rows": [ROW | {"bidder": text}]})

    cell = openpyxl.load_workbook(BytesIO(content)).active["D2"]
    assert cell.data_type == "s"
    assert cell.value.strip() == text.strip()


@pytest.mark.parametrize(
    "content",
    [
        [],
        {},
        {"rows": {}},
        {"rows": [ROW], "more": 1},
        {"rows": [{"source": "a"}]},
        {"rows": [ROW | {"more": ""}]},
        {"rows": [ROW | {"line": 1.5}]},
        {"rows": [ROW | {"line": True}]},
        {"rows": [ROW | {"title": ["a"]}]},
        {"rows": [ROW | {"title": "a" * (MAX_CELL_CHARACTERS + 1)}]},
        {"rows": [ROW] * (MAX_ROWS + 1)},
    ],
)
def test_what_are_no_rows_is_refused(client: FlaskClient, content: object) -> None:
    status, told = post(client, content)

    assert status == 422
    assert json.loads(told)["status"] == 422


def test_a_letter_that_no_sheet_may_hold_is_left_out(client: FlaskClient) -> None:
    _, content = post(client, {"rows": [ROW | {"bidder": "a\x00\x07b"}]})

    assert cells(content)[1][3] == "ab"


def test_the_file_is_told_as_what_it_is(client: FlaskClient) -> None:
    answer = client.post("/batch/xlsx", data=json.dumps({"rows": [ROW]}))

    assert answer.content_type == MEDIA_TYPE
    assert answer.headers["Cache-Control"] == "no-store"
