"""The errors of the write side, beside the domain's rules.

AttestoError
├── SettingError               a setting or a file that the operator gave is wrong
├── RequestError               a command cannot be carried out as asked
│   ├── UnknownError           no such body, edition or certification here
│   ├── ErasedError            the certification was erased, with its holder's data
│   ├── ForeignError           the certification is another body's
│   ├── IdempotencyError       the idempotency key was used for another content
│   ├── ChangedExamError       an exam session is recorded under that reference with another content
│   ├── KeysElsewhereError     a body that has to sign keeps its keys elsewhere
│   ├── StaleError             what was prepared fits no more; prepare it again
│   └── CsvError               a file of people has rows that cannot be taken
└── StoreError                 the store cannot do what was asked
    ├── ConflictError          somebody else wrote to the stream first
    ├── TamperedError          a stored row is not what was signed
    ├── StoreUnavailableError  the database does not answer
    ├── CommitUnknownError     the connection broke while committing
    └── HeadError              the log's head and its guard do not agree: nothing is signed
        ├── RestoredError      the database is older than what was signed
        ├── ForkError          the database holds another log than was signed
        └── GuardMissingError  the guard knows no head, but the log is not empty
"""

from verifier.errors import AttestoError


class SettingError(AttestoError):
    """A setting or a file that the operator gave is wrong."""


class RequestError(AttestoError):
    """A command cannot be carried out as asked."""


class UnknownError(RequestError):
    """No such body, edition or certification here."""


class ErasedError(RequestError):
    """The certification was erased, with its holder's data."""


class ForeignError(RequestError):
    """The certification is another body's."""


class IdempotencyError(RequestError):
    """The idempotency key was used for another content."""


class ChangedExamError(RequestError):
    """An exam session is recorded under that reference with another content."""


class KeysElsewhereError(RequestError):
    """A body that has to sign keeps its keys elsewhere."""


class StaleError(RequestError):
    """What was prepared fits no more; prepare it again."""


class CsvError(RequestError):
    """A file of people has rows that cannot be taken."""


class StoreError(AttestoError):
    """The store cannot do what was asked."""


class ConflictError(StoreError):
    """Somebody else wrote to the stream first."""


class TamperedError(StoreError):
    """A stored row is not what was signed."""


class StoreUnavailableError(StoreError):
    """The database does not answer."""


class CommitUnknownError(StoreError):
    """The connection broke while committing; whether it was recorded is not known."""


class HeadError(StoreError):
    """The log's head and its guard do not agree: nothing is signed."""


class RestoredError(HeadError):
    """The database is older than what was signed."""


class ForkError(HeadError):
    """The database holds another log than was signed."""


class GuardMissingError(HeadError):
    """The guard knows no head, but the log is not empty."""
