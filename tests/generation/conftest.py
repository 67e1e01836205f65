"""A person who talks with a deployment at the scripted upstream."""

import pytest

from tests.talk import Talk


@pytest.fixture
def talk(person, signed_in, deployment):
    return Talk(person, signed_in)
