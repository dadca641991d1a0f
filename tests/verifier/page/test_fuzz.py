"""Whatever an address asks for is answered, or refused with a reason, in every language."""

import re
from typing import Final
from urllib.parse import quote, urlencode

from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.verifier.page.world import World

# What may be right, by the name of the parameter or of the part of the address.
KNOWN: Final = {
    "on": ("2029-01-31", "2028-02-29", "2029-02-29", "9999-12-31", "0001-01-01", "2028-10-29", ""),
    "from": ("2028-10-01", "2029-03-01", "demo-2026", "addetto"),
    "to": ("2029-01-31", "2030-01-01", "demo-2026", "coordinatore"),
    "at": ("12:00", "24:00", "02:30", "25:00"),
    "kind": ("participation", "scoring", "execution", "day", "profile", "task", "knowledge", "skill", "scale"),
    "lang": ("it", "en", "de", "fr", "es", "ar", "xx"),
    "slug": ("odc-uno", "demo-2026", "pdr150-2024"),
    "code": ("addetto", "coordinatore", "accogliere"),
    "since": ("0", "7", "-1"),
    "q": ("cliente", "a b c"),
    "profile": ("addetto",),
    "digital": ("1",),
    "filename": ("page.css", "js/check.js", "../page.css"),
    "path": ("checkpoint", "trust.json", "tile/0/000", "record", ".."),
}
ODD: Final = ("", "\x00", "🦄", "%", "%ff", "..", "/", "\u202e", "' OR 1=1", "<b>", "x" * 3000, "-1", "1e9")
LANGUAGES: Final = ("it", "en", "de", "fr", "es", "xx", "*", "é;q=x")


def some(name: str, numbers: list[str]) -> st.SearchStrategy[str]:
    """A value for that name, right or not."""
    known = numbers if name == "number" else KNOWN.get(name, ODD)
    return st.sampled_from(known) | st.sampled_from(ODD) | st.text(st.characters(exclude_categories=["Cs"]), max_size=9)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_is_asked_for_is_answered_or_refused_with_a_reason(
    world: World, client: FlaskClient, data: st.DataObject
) -> None:
    numbers = [sample.number for sample in world.samples.values()]
    rules = [rule.rule for rule in client.application.url_map.iter_rules() if "GET" in (rule.methods or ())]
    rule = data.draw(st.sampled_from(sorted(rules)), "address")
    # A part of a rule is <name> or <converter:name>.
    path = re.sub(r"<(?:.*?:)?(\w+)>", lambda part: quote(data.draw(some(part[1], numbers), part[1])), rule)
    names = st.sampled_from(["number", "nonsense", *sorted(KNOWN)])
    asked = [(name, data.draw(some(name, numbers), name)) for name in data.draw(st.lists(names, max_size=5), "names")]
    language = data.draw(st.sampled_from(LANGUAGES), "language")

    answer = client.get(f"{path}?{urlencode(asked)}", headers={"Accept": "text/html", "Accept-Language": language})

    assert answer.status_code < 500
    if answer.mimetype == "text/html":
        assert answer.status_code in {301, 302, 303, 307, 308} or "<h1" in answer.text
        assert "Traceback" not in answer.text
