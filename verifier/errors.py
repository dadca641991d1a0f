"""The errors of the verifier.

AttestoError                what every caller may catch
├── FormatError             the bytes are no document of that format
├── SignatureError          a signature does not fit its bytes and key
├── ProofError              a Merkle proof does not lead to the root
├── ChainError              a stream's events do not follow each other
├── AlteredError            a document is not the one that was made
├── TrustError              nothing we trust vouches for this key, body or log
│   ├── UnknownBodyError    the body is not in the trust root
│   └── KeyNotInForceError  the key was not enrolled, was retired or is in doubt at that log index
└── UnavailableError        something could not be had; nothing is known from that
    └── NotFoundError       the place answers, and has no such file
"""


class AttestoError(Exception):
    """What every caller may catch: the message is one sentence for people, without secrets."""


class FormatError(AttestoError):
    """The bytes are no document of that format."""


class SignatureError(AttestoError):
    """A signature does not fit its bytes and key."""


class ProofError(AttestoError):
    """A Merkle proof does not lead to the root."""


class ChainError(AttestoError):
    """A stream's events do not follow each other."""


class AlteredError(AttestoError):
    """A document is not the one that was made."""


class TrustError(AttestoError):
    """Nothing we trust vouches for this key, body or log."""


class UnknownBodyError(TrustError):
    """The certification body is not in the trust root."""


class KeyNotInForceError(TrustError):
    """The key was not enrolled, was retired or is in doubt at that log index."""


class UnavailableError(AttestoError):
    """Something could not be had; nothing is known from that."""


class NotFoundError(UnavailableError):
    """The place answers, and has no such file."""
