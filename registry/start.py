"""Where ``attesto`` begins: without the registry's packages it says what to install."""

import importlib
import sys

_OURS = frozenset({"registry", "keys", "verifier"})


def main() -> None:
    """Run the command line, which needs more packages than ``attesto-verify``."""
    try:
        # Imported here, since whoever installed the verifier alone has this script too.
        command_line = importlib.import_module("registry.cli")
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] in _OURS:
            raise
        sys.stderr.write(f"attesto: it needs {error.name}, which is not here: pip install 'attesto[registry]'\n")
        raise SystemExit(2) from error
    command_line.main()
