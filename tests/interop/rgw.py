"""Ceph RADOS Gateway: the S3, STS and IAM that nobody here wrote. Started by start_rgw.sh, lives as long as this process."""

import atexit
import json
import os
import random
import select
import socket
import subprocess
import urllib.parse
from dataclasses import dataclass
from pathlib import Path

import boto3
from botocore.config import Config

REGION = "us-east-1"


def free_port():
    """A free port on loopback, outside the range from which the system picks ports for outgoing connections: between the
    question and its use nobody else gets it by chance."""
    while True:
        port = random.randrange(20_000, 30_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


@dataclass(frozen=True)
class User:
    """A user of the gateway. Its tenant takes the place of an AWS account in ARNs."""

    arn: str
    access_key_id: str
    secret_access_key: str


class Gateway:
    def __init__(self, directory: Path):
        self.directory = directory
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        # Buckets are names below this one: rgw_dns_name in start_rgw.sh.
        self.virtual_url = f"http://s3.localhost:{self.port}"
        self._script = None

    def start(self):
        script = Path(__file__).with_name("start_rgw.sh")
        self._script = subprocess.Popen(
            [script, self.directory, str(self.port), str(free_port())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        atexit.register(self.stop)
        readable, _, _ = select.select([self._script.stdout], [], [], 120)
        if not readable or self._script.stdout.readline() != "ready\n":
            self.stop()
            raise RuntimeError(f"the gateway did not start: {self._script.stderr.read()}")

    def stop(self):
        """Closing its standard input ends the script, and the script takes its daemons along."""
        self._script.stdin.close()
        try:
            self._script.wait(10)
        except subprocess.TimeoutExpired:
            self._script.kill()
            self._script.wait()

    def make_user(self, name, tenant="", caps=""):
        arguments = ["user", "create", "--uid", name, "--display-name", name]
        if tenant:
            arguments += ["--tenant", tenant]
        if caps:
            arguments += ["--caps", caps]
        keys = self._admin(*arguments)["keys"][0]
        return User(f"arn:aws:iam::{tenant}:user/{name}", keys["access_key"], keys["secret_key"])

    def _admin(self, *arguments):
        answer = subprocess.run(
            ["radosgw-admin", "-n", "client.rgw", *arguments],
            env={**os.environ, "CEPH_CONF": str(self.directory / "ceph.conf")},
            capture_output=True,
            text=True,
            timeout=60,
        )
        if answer.returncode != 0:
            raise RuntimeError(f"radosgw-admin {' '.join(arguments)}: {answer.stderr}")
        return json.loads(answer.stdout)

    def client(self, service, user, endpoint=None, session_token=None):
        """A boto3 client of `s3`, `iam` or `sts` that speaks so that RGW 16.2 understands it."""
        client = boto3.client(
            service,
            endpoint_url=endpoint or self.url,
            region_name=REGION,
            aws_access_key_id=user.access_key_id,
            aws_secret_access_key=user.secret_access_key,
            aws_session_token=session_token,
            config=Config(
                signature_version="s3v4" if service == "s3" else "v4",
                s3={"addressing_style": "path"},
                # Newer botocore adds checksum trailers, which this gateway answers with 400.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                retries={"total_max_attempts": 1},
            ),
        )
        client.meta.events.register("before-call.iam", _encode_form)
        client.meta.events.register("before-call.sts", _encode_form)
        return client


def _encode_form(params, **_):
    """botocore writes a space in a form as `+`; RGW 16.2 takes that for a plus sign, which breaks policies."""
    params["body"] = urllib.parse.urlencode(params["body"], quote_via=urllib.parse.quote)
