"""What is wrong with what was typed in place of a number, in a sentence that helps to find the slip."""

from flask_babel import gettext

from verifier.certificate import parse_link
from verifier.errors import FormatError
from verifier.number import NUMBER_SYMBOLS, CheckCharacterError, ForeignSymbolError, LengthError
from verifier.page.words import HEADLINES


def number_fault(typed: str) -> str:
    """Why that is no number, for the person who typed it."""
    try:
        parse_link(typed)
    except ForeignSymbolError as error:
        if error.symbol in "Uu":
            return str(gettext("No number has the letter U: perhaps it is a V. Look at the certificate again."))
        symbol = error.symbol if error.symbol.isprintable() else "?"
        return str(gettext("A number has only letters and digits: “%(symbol)s” does not belong to it.", symbol=symbol))
    except LengthError as error:
        if error.count < NUMBER_SYMBOLS:
            return str(
                gettext("A number has 13 letters and digits, this one has %(count)s: too few.", count=error.count)
            )
        return str(gettext("A number has 13 letters and digits, this one has %(count)s: too many.", count=error.count))
    except CheckCharacterError:
        return str(
            gettext(
                "It has 13 letters and digits, but one of them is wrong, or two are swapped. Compare it with the"
                " certificate, group by group."
            )
        )
    except FormatError:
        pass
    return str(HEADLINES["bad_number"].text)
