"""`byob sandbox`: the small AWS that enforces, and whoever lives in it."""

import atexit
import itertools
import json
import os
import select
import subprocess
from dataclasses import dataclass

import boto3
from botocore.config import Config

import raw_http
from byob import binary

# Names of users, roles, policies and buckets, which no two tests share.
_numbers = itertools.count(1)


def new_name(kind):
    return f"{kind}-{next(_numbers)}"


def policy(actions, resources="*", effect="Allow", **more):
    """An access policy, session policy or boundary of one statement."""
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": actions, "Resource": resources, **more}]}
    )


def trust(principal, condition=None, actions="sts:AssumeRole"):
    """A trust policy of one statement."""
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": actions}
    if condition:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def external_id(value):
    return {"StringEquals": {"sts:ExternalId": value}}


@dataclass(frozen=True)
class Credentials:
    access_key_id: str
    secret_access_key: str
    session_token: str | None = None

    @staticmethod
    def of(answer):
        """Those in an answer of AssumeRole."""
        return Credentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])


class Sandbox:
    """A running one. Everything that is made in it is gone with it."""

    def __init__(self, *arguments):
        # It ends with this process, even one that was killed.
        command = ["setpriv", "--pdeathsig", "KILL", binary(), "sandbox", "--port", "0", "--json", *arguments]
        environment = {"PATH": os.environ["PATH"]}
        self._process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        atexit.register(self.stop)
        readable, _, _ = select.select([self._process.stdout], [], [], 30)
        line = self._process.stdout.readline() if readable else ""
        if not line:
            self.stop()
            raise RuntimeError("byob sandbox did not say where it listens")
        started = json.loads(line)
        self.url = started["endpoint_url"]
        self.region = started["region"]
        self.accounts = [Account(self, account) for account in started["accounts"]]
        self.platform, self.customer = self.accounts[:2]

    def stop(self):
        """Stops it as an operator would, and gives back its exit status."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process.stdout.close()
        return self._process.returncode

    def client(self, service, credentials, region=None):
        """A boto3 client that tries everything once."""
        config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=region or self.region,
            aws_access_key_id=credentials.access_key_id,
            aws_secret_access_key=credentials.secret_access_key,
            aws_session_token=credentials.session_token,
            config=config,
        )

    def control(self, what, **value):
        """Breaks things (`faults`) or moves the clock (`clock`), and gives back how it is now."""
        body = json.dumps(value).encode()
        answer = raw_http.load(f"{self.url}/_sandbox/{what}", "PUT", {"Content-Type": "application/json"}, body)
        assert answer.status == 200, answer.body
        return answer.json()

    def aws(self, credentials, *arguments):
        """Runs the AWS CLI, and gives back the finished process."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.devnull,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_PAGER": "",
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": credentials.access_key_id,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        }
        if credentials.session_token:
            environment["AWS_SESSION_TOKEN"] = credentials.session_token
        command = [os.environ.get("BYOB_AWS_CLI", "aws"), "--endpoint-url", self.url, "--output", "json", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


class Account:
    """An AWS account, seen by its administrator."""

    def __init__(self, sandbox, started):
        self._sandbox = sandbox
        self.id = started["id"]
        self.root = f"arn:aws:iam::{self.id}:root"
        self.admin = f"arn:aws:iam::{self.id}:user/admin"
        self.credentials = Credentials(started["access_key_id"], started["secret_access_key"])
        self.iam = self.client("iam")
        self.sts = self.client("sts")
        self.s3 = self.client("s3")

    def client(self, service, region=None):
        return self._sandbox.client(service, self.credentials, region)

    def make_user(self, access=None, **options):
        """A user with an access key, and what its access policy says."""
        made = self.iam.create_user(UserName=new_name("user"), **options)["User"]
        if access:
            self.iam.put_user_policy(UserName=made["UserName"], PolicyName="access", PolicyDocument=access)
        key = self.iam.create_access_key(UserName=made["UserName"])["AccessKey"]
        credentials = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
        return Identity(self._sandbox, made["UserName"], made["Arn"], credentials)

    def make_role(self, trust_policy, access=None, **options):
        """A role, and what its access policy says."""
        options.setdefault("RoleName", new_name("role"))
        made = self.iam.create_role(AssumeRolePolicyDocument=trust_policy, **options)["Role"]
        if access:
            self.iam.put_role_policy(RoleName=made["RoleName"], PolicyName="access", PolicyDocument=access)
        return made

    def make_policy(self, text, **options):
        """A managed policy's ARN."""
        return self.iam.create_policy(PolicyName=new_name("policy"), PolicyDocument=text, **options)["Policy"]["Arn"]

    def make_bucket(self, *keys):
        """A bucket whose objects hold their own keys."""
        bucket = new_name("bucket")
        self.s3.create_bucket(Bucket=bucket)
        for key in keys:
            self.s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
        return bucket


class Identity:
    """Somebody with credentials: a user, or a session of a role."""

    def __init__(self, sandbox, name, arn, credentials):
        self._sandbox = sandbox
        self.name = name
        self.arn = arn
        self.credentials = credentials

    def client(self, service, region=None):
        return self._sandbox.client(service, self.credentials, region)

    def assume(self, role_arn, **options):
        """A session of a role."""
        options.setdefault("RoleSessionName", "session")
        answer = self.client("sts").assume_role(RoleArn=role_arn, **options)
        arn = answer["AssumedRoleUser"]["Arn"]
        return Identity(self._sandbox, options["RoleSessionName"], arn, Credentials.of(answer["Credentials"]))
