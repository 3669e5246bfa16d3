"""What the tests of the sandbox's S3 share: how a refusal is expected, and requests that no SDK would send."""

import re
from contextlib import contextmanager

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

import raw_http

MEGABYTE = 1024 * 1024
EVERYBODY = {"AWS": "*"}


@contextmanager
def refused(code, status=None, says=""):
    """Expects S3 to refuse with a code, and perhaps a status and words."""
    with pytest.raises(ClientError) as caught:
        yield caught
    error = caught.value.response
    assert error["Error"]["Code"] == code, error
    assert says in error["Error"]["Message"], error
    assert status in (None, error["ResponseMetadata"]["HTTPStatusCode"]), error


def client(sandbox, credentials=None, **config):
    """A client with a signature or style of its own; without credentials a nobody."""
    config.setdefault("s3", {"addressing_style": "path"})
    if credentials is None:
        config["signature_version"] = UNSIGNED
    return boto3.client(
        "s3",
        endpoint_url=sandbox.url,
        region_name=sandbox.region,
        aws_access_key_id=credentials and credentials.access_key_id,
        aws_secret_access_key=credentials and credentials.secret_access_key,
        config=Config(retries={"total_max_attempts": 1}, **config),
    )


def with_headers(client, operation, headers):
    """The same client, whose requests of one kind carry further headers, which are signed."""
    client.meta.events.register(f"before-call.s3.{operation}", lambda params, **_: params["headers"].update(headers))
    return client


def code_of(answer):
    """The status of a raw answer, and the code in its document."""
    found = re.search(rb"<Code>(.*?)</Code>", answer.body)
    return answer.status, found and found[1].decode()


def send(sandbox, path, method="GET", headers=None, body=None):
    """A request as it stands."""
    return raw_http.load(sandbox.url + path, method, headers, body)


def keys(answer):
    return [entry["Key"] for entry in answer.get("Contents", [])]


def prefixes(answer):
    return [entry["Prefix"] for entry in answer.get("CommonPrefixes", [])]


def owner_id(account):
    """The name by which access control lists know an account."""
    return account.s3.list_buckets()["Owner"]["ID"]
