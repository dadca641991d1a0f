"""The scope of a certification: the tasks of its profile that it covers, all of them unless it was reduced."""

from registry.domain.edition import Edition
from registry.domain.errors import ScopeError

Scope = tuple[str, ...]


def extended(edition: Edition, profile: str, held: Scope | None, wanted: Scope) -> Scope:
    """The scope after an extension from ``held`` (None: the whole profile) to ``wanted``, sorted.

    Raises:
        ScopeError: there is nothing to add, it takes something away, or a task is not the profile's.
    """
    scope = _tasks(edition, profile, wanted)
    if held is None:
        raise ScopeError(f"the certification covers the whole profile {profile} already")
    if missing := sorted(set(held) - set(scope)):
        raise ScopeError(f"an extension takes nothing away, and {', '.join(missing)} would go")
    if set(scope) == set(held):
        raise ScopeError("an extension adds a task, and this one adds none")
    return scope


def reduced(edition: Edition, profile: str, held: Scope | None, wanted: Scope) -> Scope:
    """The scope after a reduction from ``held`` (None: the whole profile) to ``wanted``, sorted.

    Where the profile's tasks are not public, nobody can check a first reduction.

    Raises:
        ScopeError: nothing goes, nothing stays, something is added, or a task is not the profile's.
    """
    scope = _tasks(edition, profile, wanted)
    before = edition.tasks.get(profile) if held is None else held
    if before is None:
        return scope
    if added := sorted(set(scope) - set(before)):
        raise ScopeError(f"a reduction adds nothing, and {', '.join(added)} would come")
    if set(scope) == set(before):
        raise ScopeError("a reduction takes a task away, and this one takes none")
    return scope


def _tasks(edition: Edition, profile: str, wanted: Scope) -> Scope:
    if not wanted:
        raise ScopeError("no task is named: a certification without any is withdrawn, not reduced")
    known = edition.tasks.get(profile)
    if known is not None and (odd := sorted(set(wanted) - set(known))):
        raise ScopeError(f"profile {profile} has no task {', '.join(odd)[:64]}")
    return tuple(sorted(set(wanted)))
