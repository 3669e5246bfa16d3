"""Documents of drafts, and what a role that was made from them may really do."""

import itertools
import os
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

from botocore.exceptions import ClientError

import byob
from sandbox import policy

_names = itertools.count(1)

ACCESS = ["list", "read", "read_versions", "write", "delete", "acl"]

# What breaks out of quotes, here-documents, templates and patterns, where something is not escaped.
HOSTILE = [
    "it's '; exit 7; '",
    'a "quoted" word',
    "$HOME $(id) `id` \\",
    "${role} $${x} %{if true} %%{y}",
    "a*b?c",
    "emoji 🦀 日本",
    "JSON",
    "EOF",
]

# Nobody loads it.
TEMPLATE_URL = "https://templates.s3.us-east-1.amazonaws.com/byob.json"


class Service:
    """The product, with the sandbox for AWS."""

    def __init__(self, directory, sandbox):
        self._sandbox = sandbox
        self.platform = sandbox.platform.make_user(policy("sts:AssumeRole"))
        credentials = self.platform.credentials
        identity = SimpleNamespace(
            arn=self.platform.arn,
            access_key_id=credentials.access_key_id,
            secret_access_key=credentials.secret_access_key,
        )
        reachable = [sandbox.url.partition("://")[2]]
        hosted = {"BYOB_AWS__QUICK_CREATE_TEMPLATE_URL": TEMPLATE_URL}
        self._server = byob.Server(directory, f"sqlite:{directory / 'byob.db'}", identity, sandbox, reachable, **hosted)
        self._server.start()
        self.stop = self._server.stop
        self.organization = self._server.create_organization("documents")

    def draft(self, scope, access, **fields):
        return self.organization.post(
            "/drafts",
            {
                "name": f"Documents {next(_names)}",
                "authentication": {"type": "role"},
                "scope": scope,
                "region": self._sandbox.region,
                "endpoint_url": self._sandbox.url,
                "force_path_style": True,
                "access": access,
                **fields,
            },
        )

    def documents(self, scope, access, **fields):
        """A draft's documents, and its external ID."""
        draft = self.draft(scope, access, **fields)
        return self.organization.get(f"/drafts/{draft['id']}/documents"), draft["external_id"]


def bucket_scope(bucket, prefix=None):
    scope = {"type": "bucket", "bucket": bucket}
    return scope if prefix is None else {**scope, "prefix": prefix}


def all_permitted(*buckets):
    return {"type": "all_permitted", "buckets": list(buckets)}


def run(script, directory, sandbox, *options):
    """Runs a script as an administrator of the customer would, and gives back the finished process."""
    aws = os.environ.get("BYOB_AWS_CLI") or shutil.which("aws")
    assert aws, "the AWS CLI is not there: set BYOB_AWS_CLI, or install tests/interop/aws-cli.txt"
    credentials = sandbox.customer.credentials
    environment = {
        "PATH": f"{Path(aws).resolve().parent}:{os.environ['PATH']}",
        "HOME": str(directory),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_DEFAULT_REGION": sandbox.region,
        "AWS_ENDPOINT_URL": sandbox.url,
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
    }
    file = directory / "script.sh"
    file.write_text(script)
    command = ["sh", str(file), *options]
    return subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, timeout=180)


def is_allowed(call):
    """Whether AWS let it through; any failure but a refusal is one of the test."""
    try:
        call()
        return True
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied", error
        return False


def allowed(s3, bucket, folder, version_of):
    """The kinds of access that these credentials have to a folder (`a/`, or nothing for a whole bucket). `version_of` gives
    the version ID of the folder's object `k`, and of its object `spare`, which this may delete."""
    key, spare = folder + "k", folder + "spare"
    version = {"Bucket": bucket, "Key": key, "VersionId": version_of(key)}
    trials = {
        "list": [lambda: s3.list_objects_v2(Bucket=bucket, Prefix=folder)],
        "read": [lambda: s3.get_object(Bucket=bucket, Key=key)],
        "read_versions": [
            lambda: s3.get_object(**version),
            lambda: s3.list_object_versions(Bucket=bucket, Prefix=folder),
        ],
        "write": [
            lambda: s3.put_object(Bucket=bucket, Key=folder + "new", Body=b"new"),
            lambda: s3.abort_multipart_upload(
                Bucket=bucket,
                Key=key,
                UploadId=s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"],
            ),
        ],
        "delete": [lambda: s3.delete_object(Bucket=bucket, Key=spare)],
        "acl": [lambda: s3.get_object_acl(Bucket=bucket, Key=key)],
    }
    found = {}
    for access, calls in trials.items():
        outcomes = {is_allowed(call) for call in calls}
        assert len(outcomes) == 1, f"{access} is allowed by halves"
        found[access] = outcomes.pop()
    return [access for access in ACCESS if found[access]]
