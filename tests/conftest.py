"""What every test may ask for."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile(
    "ci", max_examples=500, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The folder of answers computed by others; named by ATTESTO_VECTORS, else beside the checkout."""
    folder = Path(os.environ.get("ATTESTO_VECTORS", Path(__file__).parents[2] / "shared" / "vectors"))
    if not folder.is_dir():
        pytest.skip(f"NO VECTORS at {folder}: formats are not checked against answers computed by others")
    return folder
