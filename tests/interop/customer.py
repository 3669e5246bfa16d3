"""The customer: owns buckets and roles at the gateway, and connects them as the guide says, with boto3 for a console."""

import itertools
import json
from dataclasses import dataclass

import rgw

# Names of buckets and roles, which no two tests share.
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Connection:
    """One connected bucket."""

    integration_id: str
    external_id: str
    role_name: str
    role_arn: str


class Customer:
    def __init__(self, gateway):
        self._gateway = gateway
        # The empty tenant: RGW 16.2 looks for a session's buckets there, whatever the role's tenant is.
        self.user = gateway.make_user("customer", caps="roles=*;user-policy=*")
        self.s3 = gateway.client("s3", self.user)
        self._iam = gateway.client("iam", self.user)

    def make_bucket(self, objects=None, **options):
        """A new bucket; an object's content is its key, unless told otherwise."""
        bucket = f"bucket-{next(_numbers)}"
        self.s3.create_bucket(Bucket=bucket, **options)
        for key in objects or ():
            self.put(bucket, key)
        return bucket

    def put(self, bucket, key, content=None, **options):
        """Writes an object and gives back its version ID, if it has one."""
        content = key.encode() if content is None else content
        return self.s3.put_object(Bucket=bucket, Key=key, Body=content, **options).get("VersionId")

    def make_role(self, trust_policy, access_policy):
        """A role as the documents say, and its name and ARN."""
        name = f"role-{next(_numbers)}"
        role = self._iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust_policy))["Role"]
        self.set_access(name, access_policy)
        return name, role["Arn"]

    def set_trust(self, role_name, trust_policy):
        self._iam.update_assume_role_policy(RoleName=role_name, PolicyDocument=json.dumps(trust_policy))

    def set_access(self, role_name, access_policy):
        self._iam.put_role_policy(RoleName=role_name, PolicyName="access", PolicyDocument=json.dumps(access_policy))

    def withdraw_access(self, role_name):
        self._iam.delete_role_policy(RoleName=role_name, PolicyName="access")

    def connect(self, organization, bucket, *, prefix=None, change_trust=None, access_policy=None, **fields):
        """Documents first: draft, role made from its documents, role ARN, save. `change_trust` spoils the trust policy,
        `access_policy` takes the place of the generated one."""
        draft = organization.post("/drafts", self.draft(bucket, prefix, **fields))
        documents = organization.get(f"/drafts/{draft['id']}/documents")
        trust_policy = ask_for_referer(documents["trust_policy"])
        if change_trust:
            trust_policy = change_trust(trust_policy)
        role_name, role_arn = self.make_role(trust_policy, access_policy or documents["access_policy"])
        organization.patch(f"/drafts/{draft['id']}", {"authentication": {"type": "role", "role_arn": role_arn}})
        integration = organization.post("/integrations", {"draft_id": draft["id"]})
        return Connection(integration["id"], draft["external_id"], role_name, role_arn)

    def draft(self, bucket, prefix=None, **fields):
        scope = {"type": "bucket", "bucket": bucket}
        if prefix is not None:
            scope["prefix"] = prefix
        return {
            "name": f"Images of {bucket}/{prefix or ''}",
            "authentication": {"type": "role"},
            "principal": "shared",
            "scope": scope,
            "region": rgw.REGION,
            "endpoint_url": self._gateway.url,
            "force_path_style": True,
            "access": ["list", "read", "read_versions"],
            "longest_url_lifetime": 3600,
            "session_duration": 3600,
            "stable_urls": True,
            **fields,
        }


def ask_for_referer(trust_policy):
    """The one thing that RGW needs changed in a generated trust policy; sts_front.py tells why."""
    text = json.dumps(trust_policy)
    assert text.count('"sts:ExternalId"') == 1, text
    return json.loads(text.replace('"sts:ExternalId"', '"aws:Referer"'))
