"""An administrator's browser."""

import pytest

from tests import factories


@pytest.fixture
def admin(administrator):
    return factories.browser_of(administrator)
