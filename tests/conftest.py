import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from case_store import SERVER, WANTED, a_database
from hypothesis import settings

import policyengine as pe
from policyengine.cases.storage import open_store

if TYPE_CHECKING:
    from policyengine.cases.storage.store import Store

# The same examples on every run: a failure seen once is seen again.
settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("repeatable")

# Commands read the policies themselves, and nothing is written to the folders of whoever runs the tests.
os.environ["POLICYENGINE_CACHE"] = "off"

POLICIES = Path(__file__).parent.parent / "policies"


@pytest.fixture(scope="session")
def lenders() -> pe.PolicySet:
    """The policies of the five lenders."""
    return pe.load(POLICIES)


@pytest.fixture(
    params=[
        "sqlite",
        *([pytest.param("postgresql", marks=pytest.mark.postgresql)] if WANTED else []),
    ]
)
def store_at(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The path or the URL of a store of cases that is not there yet."""
    if request.param == "sqlite":
        yield str(tmp_path / "cases.db")
    else:
        yield from a_database()


@pytest.fixture
def store(store_at: str) -> Iterator["Store"]:
    """A store of cases without any."""
    with open_store(store_at) as opened:
        yield opened


@pytest.fixture
def database() -> Iterator[str]:
    """The URL of an empty database of PostgreSQL."""
    if not WANTED:
        pytest.skip(f"{SERVER} names no server")
    yield from a_database()
