"""The cast: one gateway, one STS front, one server of the product for the whole run; a fresh organization for every test."""

import itertools
import os
import subprocess

import pytest

import byob
import rgw
from customer import Customer
from sandbox import Sandbox
from sts_front import StsFront

# boto3 must not heed what the developer has set up for the real AWS, nor a proxy.
for name in list(os.environ):
    if name.startswith("AWS_") or name.lower().endswith("_proxy"):
        del os.environ[name]
os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def gateway(tmp_path_factory):
    gateway = rgw.Gateway(tmp_path_factory.mktemp("gateway") / "rgw")
    gateway.start()
    yield gateway
    gateway.stop()


@pytest.fixture(scope="session")
def sandbox():
    """The product's own small AWS. Whoever breaks it on purpose mends it again."""
    sandbox = Sandbox()
    yield sandbox
    sandbox.stop()


@pytest.fixture(scope="session")
def sts(gateway):
    front = StsFront(gateway)
    yield front
    front.stop()


@pytest.fixture(scope="session")
def platform(gateway):
    """The user that the product acts as. Its tenant looks like an AWS account, so that its ARN looks like AWS's."""
    return gateway.make_user("byob", tenant="111122223333")


@pytest.fixture(scope="session")
def stranger(gateway):
    """A user of a third account."""
    return gateway.make_user("stranger", tenant="444455556666")


@pytest.fixture(scope="session")
def customer(gateway):
    return Customer(gateway)


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def database(request):
    """Which kind of database the product runs on: everything is proven on both."""
    return request.param


def new_database(kind, directory):
    if kind == "sqlite":
        return f"sqlite:{directory / 'byob.db'}"
    server = os.environ.get("BYOB_TEST_POSTGRES_URL")
    assert server, "BYOB_TEST_POSTGRES_URL names no PostgreSQL to make databases on; `cargo xtask test` starts one"
    name = f"interop_{os.getpid()}_{next(_numbers)}"
    subprocess.run(["psql", "--quiet", server, "--command", f"CREATE DATABASE {name}"], check=True, timeout=30)
    return server.rpartition("/")[0] + "/" + name


@pytest.fixture(scope="session")
def start_server(tmp_path_factory, gateway, sts, platform, database):
    """Starts a server of the product with a database of its own."""
    servers = []

    def start():
        directory = tmp_path_factory.mktemp("byob")
        reachable = [sts.address, f"127.0.0.1:{gateway.port}", f"s3.localhost:{gateway.port}"]
        servers.append(byob.Server(directory, new_database(database, directory), platform, sts, reachable))
        servers[-1].start()
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def server(start_server):
    return start_server()


@pytest.fixture
def organization(server):
    return server.create_organization(f"organization-{next(_numbers)}")
