"""The errors of the keys.

AttestoError                   what every caller may catch
└── KeysError                  a key cannot do what was asked of it
    ├── KeyMissingError        there is no such key
    ├── HolderErasedError      the holder's data key was destroyed, and with it what it sealed
    ├── SealError              what was sealed is not what this key sealed, or not for this place
    ├── SealingError           a document cannot be sealed as it is configured
    ├── TokenError             the PKCS#11 module, token or key on it cannot be used
    └── KeyFileError           a file with a secret key is broken, open to others, or in the way
        └── PassphraseError    the passphrase does not open the file
"""

from verifier.errors import AttestoError


class KeysError(AttestoError):
    """A key cannot do what was asked of it."""


class KeyMissingError(KeysError):
    """There is no such key."""


class HolderErasedError(KeysError):
    """The holder's data key was destroyed, and with it what it sealed."""


class SealError(KeysError):
    """What was sealed is not what this key sealed, or not for this place."""


class SealingError(KeysError):
    """A document cannot be sealed as it is configured."""


class TokenError(KeysError):
    """The PKCS#11 module, token or key on it cannot be used."""


class KeyFileError(KeysError):
    """A file with a secret key is broken, open to others, or in the way."""


class PassphraseError(KeyFileError):
    """The passphrase does not open the file."""
