"""A workshop in which the C programs are built once."""

import shutil

import pytest

from tertulia.bench.workshop import Workshop


@pytest.fixture(scope="session")
def workshop(tmp_path_factory):
    if shutil.which("cc") is None:
        pytest.skip("there is no C compiler")
    workshop = Workshop(tmp_path_factory.mktemp("bench"))
    workshop.build_generator()
    workshop.build_null_server()
    return workshop
