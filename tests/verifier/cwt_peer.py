"""Run with the ``cwt`` library, in an environment of its own: opens a token of ours and makes one of its own.

Standard input and output are JSON; bytes are hexadecimal.
"""

import json
import sys

import cbor2
from cwt import COSE, COSEKey
from cwt.utils import jwk_to_cose_key_params

ALGORITHMS = {"Ed25519": -19, "ES256": -7}
KID, D = 2, -4  # labels of a COSE_Key (RFC 9052, section 7.1; RFC 9053, section 7.1)

asked = json.load(sys.stdin)
jwk = asked["jwk"]
token, claims, short_id = (bytes.fromhex(asked[name]) for name in ("token", "claims", "short_id"))
parameters = jwk_to_cose_key_params(jwk) | {KID: short_id}
public = COSEKey.new({name: value for name, value in parameters.items() if name != D})
protected, unprotected, payload = COSE.new().decode_with_headers(token, public)
made = COSE.new().encode(claims, COSEKey.new(parameters), protected={1: ALGORITHMS[jwk["alg"]], 4: short_id})
answer = {
    "protected": [[label, value.hex() if isinstance(value, bytes) else value] for label, value in protected.items()],
    "unprotected": len(unprotected),
    "payload": payload.hex(),
    "claims": sorted(cbor2.loads(payload)),
    "made": made.hex(),
}
json.dump(answer, sys.stdout)
