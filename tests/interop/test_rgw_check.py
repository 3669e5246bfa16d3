"""The connection check on Ceph RGW, which enforces roles, policies, session policies and CORS by code that is not ours.

RGW says less than AWS: no reasons for a denial, no `GetCallerIdentity`, no region. What cannot be told apart there is told as that.
"""

import copy
import json

import pytest

from customer import ask_for_referer

EVERYTHING = ["list", "read", "read_versions", "write", "delete"]


class Connection:
    """A draft with a bucket and CORS as its documents say; the role is made by `check`, spoiled or not."""

    def __init__(self, organization, customer, access=EVERYTHING, prefix=None, **fields):
        self._organization, self._customer = organization, customer
        self.bucket = customer.make_bucket(["team/cat.png", "team/dog.png", "other/secret.png"])
        draft = organization.post("/drafts", customer.draft(self.bucket, prefix, access=list(access), **fields))
        self.id, self.external_id = draft["id"], draft["external_id"]
        documents = organization.get(f"/drafts/{self.id}/documents")
        self.trust = ask_for_referer(documents["trust_policy"])
        self.access, self.cors = documents["access_policy"], documents["cors"]
        self.set_cors()

    def set_cors(self, **changes):
        rule = {**self.cors["CORSRules"][0], **changes}
        self._customer.s3.put_bucket_cors(Bucket=self.bucket, CORSConfiguration={"CORSRules": [rule]})

    def delete_cors(self):
        self._customer.s3.delete_bucket_cors(Bucket=self.bucket)

    def take(self, action):
        for statement in self.access["Statement"]:
            statement["Action"] = [one for one in statement["Action"] if one != action]
        self.access["Statement"] = [statement for statement in self.access["Statement"] if statement["Action"]]

    def replace(self, document, before, after):
        text = json.dumps(getattr(self, document))
        assert before in text
        setattr(self, document, json.loads(text.replace(before, after)))

    def deny(self, action):
        resources = [f"arn:aws:s3:::{self.bucket}", f"arn:aws:s3:::{self.bucket}/*"]
        statement = {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": resources}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self._customer.s3.put_bucket_policy(Bucket=self.bucket, Policy=policy)

    def make_role(self):
        _, arn = self._customer.make_role(self.trust, self.access)
        self._organization.patch(f"/drafts/{self.id}", {"authentication": {"type": "role", "role_arn": arn}})

    def check(self, **options):
        self.make_role()
        return self._organization.post(f"/drafts/{self.id}/check", options, 200)

    def keys(self):
        return [entry["Key"] for entry in self._customer.s3.list_objects_v2(Bucket=self.bucket)["Contents"]]


def step(report, name):
    (found,) = [step for step in report["steps"] if step["name"] == name]
    return found


@pytest.mark.parametrize("prefix", [None, "team"])
def test_what_is_connected_as_the_documents_say_passes(organization, customer, prefix):
    connection = Connection(organization, customer, prefix=prefix)
    before = connection.keys()

    report = connection.check()

    others = [(step["name"], step["detail"]) for step in report["steps"] if step["outcome"] not in ("passed", "skipped")]
    assert not others
    assert (report["external_id"], report["health"]) == ("proven", "healthy")
    assert step(report, "scope-enforced")["proof"] == "proven"
    assert report["requests"] < 25
    assert connection.keys() == before, "the canary is gone"


def test_a_role_that_demands_no_external_id_is_neither_passed_nor_saved(organization, customer):
    connection = Connection(organization, customer)
    del connection.trust["Statement"][0]["Condition"]

    report = connection.check()
    refused = organization.post("/integrations", {"draft_id": connection.id}, 422)

    assert (report["external_id"], report["health"]) == ("not_proven", "unsafe")
    assert step(report, "external-id-required")["finding"]["cause"] == "external_id_not_required"
    assert step(report, "bucket-reachable")["outcome"] == "skipped"
    assert refused["code"] == "role_unsafe" and refused["report"]["health"] == "unsafe"


MISTAKES = {
    "an old external ID": (lambda c: c.replace("trust", c.external_id, "old"), "role-assumable", "role_refuses_platform"),
    "another principal": (
        lambda c: c.replace("trust", "111122223333", "444455556666"),
        "role-assumable",
        "role_refuses_platform",
    ),
    "another bucket": (lambda c: c.replace("access", c.bucket, "nobodys"), "bucket-reachable", "bucket_not_permitted"),
    "no GetBucketLocation": (lambda c: c.take("s3:GetBucketLocation"), "bucket-reachable", "location_not_permitted"),
    "no ListBucket": (lambda c: c.take("s3:ListBucket"), "prefix-listable", "access_denied"),
    "no GetObject": (lambda c: c.take("s3:GetObject"), "object-readable", "access_denied"),
    "no GetObjectVersion": (lambda c: c.take("s3:GetObjectVersion"), "version-readable", "version_not_permitted"),
    "no ListBucketVersions": (lambda c: c.take("s3:ListBucketVersions"), "version-readable", "version_not_permitted"),
    "no PutObject": (lambda c: c.take("s3:PutObject"), "object-writable", "access_denied"),
    "no DeleteObject": (lambda c: c.take("s3:DeleteObject"), "object-deletable", "access_denied"),
    "reading denied by the bucket": (lambda c: c.deny("s3:GetObject"), "object-readable", "access_denied"),
    "listing denied by the bucket": (lambda c: c.deny("s3:ListBucket"), "prefix-listable", "access_denied"),
    "writing denied by the bucket": (lambda c: c.deny("s3:PutObject"), "object-writable", "access_denied"),
    "deleting denied by the bucket": (lambda c: c.deny("s3:DeleteObject"), "object-deletable", "access_denied"),
    "no CORS": (lambda c: c.delete_cors(), "browser-cors-allowed", "cors_origin_not_allowed"),
    "CORS for another page": (
        lambda c: c.set_cors(AllowedOrigins=["https://elsewhere.example"]),
        "browser-cors-allowed",
        "cors_origin_not_allowed",
    ),
    "CORS for HEAD": (lambda c: c.set_cors(AllowedMethods=["HEAD"]), "browser-cors-allowed", "cors_method_not_allowed"),
    "CORS without uploads": (
        lambda c: c.set_cors(AllowedMethods=["GET", "HEAD"]),
        "browser-cors-allowed",
        "cors_method_not_allowed",
    ),
    "CORS without headers": (lambda c: c.set_cors(AllowedHeaders=[]), "browser-cors-allowed", "cors_headers_not_allowed"),
    "CORS exposes nothing": (lambda c: c.set_cors(ExposeHeaders=[]), "browser-cors-allowed", "cors_headers_not_exposed"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told(organization, customer, mistake):
    connection = Connection(organization, customer)
    spoil, name, cause = MISTAKES[mistake]
    spoil(connection)

    report = connection.check()

    names = [step["name"] for step in report["steps"]]
    assert len(names) == len(set(names)) == 18
    found = step(report, name)
    assert found["outcome"] in ("failed", "warned"), found
    assert found["finding"]["cause"] == cause, found
    assert found["finding"]["detail"] and found["finding"]["fix"]


def test_another_folder_denies_listing_and_the_rest_is_not_guessed(organization, customer):
    connection = Connection(organization, customer, access=["list", "read"], prefix="team")
    connection.replace("access", "team", "teams")

    report = connection.check()

    # Ceph does not say what it denies, so that reading a name that does not exist tells nothing.
    finding = step(report, "prefix-listable")["finding"]
    assert finding["cause"] == "access_denied" and "`s3:ListBucket`" in finding["detail"]
    assert '+        "s3:ListBucket"' in finding["document"]["diff"]
    assert step(report, "object-readable")["outcome"] == "skipped"
    named = connection.check(locator=f"s3://{connection.bucket}/team/there.txt")
    assert step(named, "object-readable")["finding"]["cause"] == "access_denied"


def test_a_bucket_that_is_not_there_is_told(organization, customer):
    scope = {"type": "bucket", "bucket": "nobodys-bucket"}

    report = Connection(organization, customer, scope=scope).check()

    assert step(report, "bucket-reachable")["finding"]["cause"] == "no_such_bucket"


def test_the_document_of_a_finding_mends_it(organization, customer):
    connection = Connection(organization, customer, access=["list", "read"])
    good = copy.deepcopy(connection.access)
    connection.take("s3:GetObject")
    document = step(connection.check(), "object-readable")["finding"]["document"]

    assert document["kind"] == "access_policy" and document["document"] == good
    assert '+        "s3:GetObject"' in document["diff"]
    connection.access = document["document"]
    assert connection.check()["health"] == "healthy"
