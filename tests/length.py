"""How long the long tests run: shortened, or at full length (`make test-full`)."""

import os

FULL = os.environ.get("INTERCITY_TEST_FULL", "") not in {"", "0"}
"""Whether they run at full length."""
