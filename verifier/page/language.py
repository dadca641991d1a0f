"""The language of an answer: asked for in the URL, else the browser's, else Italian."""

from collections.abc import Mapping
from typing import Final

from flask import Flask, request, url_for
from flask_babel import Babel, get_locale
from markupsafe import Markup, escape

LANGUAGES: Final[Mapping[str, str]] = {
    "it": "Italiano",
    "en": "English",
    "fr": "Français",
    "de": "Deutsch",
    "es": "Español",
}
_DEFAULT: Final = "it"
# The English of the texts is Britain's, and so are its days.
_LOCALES: Final[Mapping[str, str]] = {**{code: code for code in LANGUAGES}, "en": "en_GB"}
# What is longer than a number or a day, or than a few words to look for, may be a certificate's code: not repeated.
_MAX_REPEATED: Final = {
    "pages": 20, "timelines": 20, "bodies": 32, "catalogue": 64, "scan": 8, "offline": 8, "uploads": 20, "batches": 20,
    "packs": 8,
}  # fmt: skip


def speak(app: Flask) -> None:
    """Let ``app`` answer in the languages it has, and keep the one asked for in every link."""
    app.config.update(BABEL_DEFAULT_LOCALE=_DEFAULT, BABEL_DEFAULT_TIMEZONE="Europe/Rome")
    Babel(app, locale_selector=lambda: _LOCALES[choose_language()])

    @app.url_defaults
    def keep_language(endpoint: str, values: dict[str, object]) -> None:
        if asked_language() is not None and endpoint.partition(".")[0] in _MAX_REPEATED:
            values.setdefault("lang", asked_language())

    app.jinja_env.globals.update(language=language, LANGUAGES=LANGUAGES, same_page=same_page, colon=colon)
    app.jinja_env.globals.update(told=told, in_nearest_language=in_nearest_language)


def asked_language() -> str | None:
    """The language that the URL asks for, if it is one of ours."""
    asked = request.args.get("lang")
    return asked if asked in LANGUAGES else None


def choose_language() -> str:
    """The language of this answer."""
    return asked_language() or _preferred_language() or _DEFAULT


def _preferred_language() -> str | None:
    """What the browser likes best of ours; whoever reads Swiss German reads German."""
    codes = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    return next((code for code in codes if code in LANGUAGES), None)


def language() -> str:
    """The language of this answer, as templates ask for it."""
    return str(get_locale().language)


def colon() -> str:
    """A colon as the language of this answer sets it."""
    return "\u00a0:" if language() == "fr" else ":"


def told(texts: Mapping[str, str], otherwise: str = "") -> Markup:
    """A text of others in the language of this answer; else another one, marked with its language; else a name."""
    text, code = in_nearest_language(texts, otherwise)
    return Markup('<span lang="{}">{}</span>').format(code, text) if code else escape(text)


def in_nearest_language(texts: Mapping[str, str], otherwise: str = "") -> tuple[str, str]:
    """A text of others as above, and the code of its language where that is another one; empty where it is not."""
    code = next((code for code in (language(), "en", *texts) if texts.get(code)), None)
    if code is None:
        return otherwise, ""
    return texts[code], "" if code == language() else code


def same_page(code: str) -> str:
    """This page in another language."""
    given = {**request.args.to_dict(), **(request.view_args or {})}
    longest = _MAX_REPEATED.get(request.blueprint or "", 0)
    repeatable = all(len(str(part)) <= longest for pair in given.items() for part in pair)
    if request.endpoint is None or not longest or not repeatable:
        return url_for("pages.home", lang=code)
    return url_for(request.endpoint, **{**given, "lang": code})
