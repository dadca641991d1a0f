"""Granting over HTTP: `attesto serve` as it is deployed, asked by one client and by several at once."""

import json
import secrets
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from registry.api.tokens import TOKEN_BYTES, Client, TokenFile, make_token
from registry.bootstrap import Attesto, now
from registry.commands.decisions import GrantCertification
from tests.benchmarks.figure import Figure, Kind, step
from tests.benchmarks.serving import ask, constant, load_once, server
from tests.benchmarks.worlds import BODY, database_url, durability, folder, people, registry
from verifier.encoding import format_day

_PATH: Final = "/api/v1/certifications"
_LIMIT: Final = "granian reading the same requests and answering with a receipt's bytes from a constant application"
_CLIENTS: Final = {"grant-over-http-alone": 1, "grant-over-http": 16}
_WARM_UP: Final = 10
_THREADS: Final = 5
_ATTESTO: Final = Path(sys.executable).with_name("attesto")


def kinds(database: str) -> tuple[Kind, ...]:
    """The figures of one database."""
    return tuple(Kind(name, "grants/s", _LIMIT, database=database) for name in _CLIENTS)


def measure(database: str, rounds: int, grants: int) -> Iterator[Figure]:
    """Post grants, each of another person, over connections that are kept; every answer holds its receipt."""
    with folder() as place, database_url(database, place) as url:
        home = place / "registry"
        with registry(home, url) as attesto:
            token = _token(attesto)
            grants_to_come = people(attesto, _WARM_UP + grants * rounds * len(_CLIENTS))
            waiting = iter([_post(token, grant) for grant in grants_to_come])
        with server(lambda port: [str(_ATTESTO), "serve", str(home), "--port", str(port)]) as served:
            first, *others = islice(waiting, _WARM_UP)
            headers, body = ask(served, first)
            load_once(served, others, 1)
            with constant(headers, body, _THREADS) as limit:
                for kind, clients in zip(kinds(database), _CLIENTS.values(), strict=True):
                    with step(f"{database}: over HTTP, {clients} at once"):
                        pairs = []
                        for _ in range(rounds):
                            batch = list(islice(waiting, grants))
                            pairs.append((load_once(served, batch, clients), load_once(limit, batch, clients)))
                    detail = {"connections": clients, "bytes": len(body), **(durability(url) if url else {})}
                    yield Figure(kind, pairs, detail=detail)


def _token(attesto: Attesto) -> str:
    token = make_token(secrets.token_bytes(TOKEN_BYTES))
    TokenFile(attesto.settings.path(attesto.settings.api_tokens_file)).add(token, Client(BODY, "bench", now()))
    return token


def _post(token: str, grant: GrantCertification) -> str:
    person, case = grant.person, grant.case
    content = {
        "edition": grant.edition,
        "profile": grant.profile,
        "person": {
            "name": person.name,
            "reference": person.reference,
            "birth_date": None if person.birth_date is None else format_day(person.birth_date),
            "birth_place": person.birth_place,
        },
        "case": {"decider": case.decider, "examiners": case.examiners, "trainers": case.trainers},
        "exam": grant.exam,
        "received": grant.received,
        "decision": grant.basis.decision,
    }
    body = json.dumps(content)
    return (
        f"POST {_PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Idempotency-Key: {secrets.token_hex(8)}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )
