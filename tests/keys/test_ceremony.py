import json

import pytest
from joserfc import jws
from joserfc.jwk import OKPKey

from keys.ceremony import authorise, possession
from keys.signer import Purpose, SoftwareSigner, generate
from verifier.enrolment import check_authorisation, check_possession

LOG, BODY = "log.example.org/registry", "odc-uno"
OLD, NEW, RECOVERY = generate(), generate("ES256"), generate()


def test_the_new_key_proves_its_possession_to_the_verifier() -> None:
    statement = possession(NEW, LOG, BODY, Purpose.EVENT)

    check_possession(statement, NEW.public_key, LOG, BODY, "event")


@pytest.mark.parametrize("signer", [OLD, RECOVERY])
@pytest.mark.parametrize(("action", "from_index"), [("enrol", None), ("retire", None), ("compromise", 0)])
def test_a_trusted_key_authorises_to_the_verifier(signer: SoftwareSigner, action: str, from_index: int | None) -> None:
    key_id = NEW.public_key.key_id
    authorising = [OLD.public_key, RECOVERY.public_key]

    statement = authorise(signer, LOG, BODY, action, Purpose.TOKEN, key_id, from_index)

    check_authorisation(statement, authorising, LOG, BODY, action, "token", key_id, from_index)


def test_a_statement_says_what_the_format_says() -> None:
    statement = authorise(OLD, LOG, BODY, "compromise", Purpose.EVENT, NEW.public_key.key_id, 12)

    opened = jws.deserialize_compact(statement, OKPKey.import_key(OLD.public_key.jwk()), algorithms=["Ed25519"])
    assert opened.headers()["typ"] == "vnd.attesto.enrolment.v1+jwt"
    assert json.loads(opened.payload) == {
        "v": 1,
        "type": "authorisation",
        "action": "compromise",
        "log": LOG,
        "body": BODY,
        "purpose": "event",
        "key_id": NEW.public_key.key_id,
        "from_index": 12,
    }


@pytest.mark.parametrize(("action", "from_index"), [("adopt", None), ("enrol", 1), ("retire", 0), ("compromise", None)])
def test_what_the_format_does_not_know_is_not_signed(action: str, from_index: int | None) -> None:
    with pytest.raises(ValueError, match=f"cannot authorise to {action} a key"):
        authorise(OLD, LOG, BODY, action, Purpose.EVENT, NEW.public_key.key_id, from_index)
