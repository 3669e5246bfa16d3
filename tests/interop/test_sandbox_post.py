"""Uploads by HTML forms: what their policy allows, and what it does not."""

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import pytest

from s3_help import client, code_of, refused, send
from sandbox import new_name

TAGS = "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"


@pytest.fixture(scope="module")
def s3(sandbox):
    return sandbox.customer.s3


@pytest.fixture
def bucket(sandbox):
    return sandbox.customer.make_bucket()


@pytest.fixture
def open_bucket(s3):
    name = new_name("open")
    s3.create_bucket(Bucket=name, ACL="public-read-write")
    return name


def submit(sandbox, bucket, fields, file=b"bar", file_name="picture.png"):
    """Sends a form as a browser does; the file is its last field."""
    boundary, lines = "7d6f4a1b", b""
    for name, value in fields.items():
        lines += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    if file is not None:
        disposition = f'Content-Disposition: form-data; name="file"; filename="{file_name}"'
        lines += f"--{boundary}\r\n{disposition}\r\n\r\n".encode() + file + b"\r\n"
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    return send(sandbox, f"/{bucket}", "POST", headers, lines + f"--{boundary}--\r\n".encode())


def policy_of(conditions, lifetime=600, /, **members):
    ends = datetime.now(timezone.utc) + timedelta(seconds=lifetime)
    document = {"expiration": ends.strftime("%Y-%m-%dT%H:%M:%SZ"), "conditions": conditions, **members}
    return base64.b64encode(
        json.dumps({key: value for key, value in document.items() if value is not None}).encode()
    ).decode()


def old_form(sandbox, policy, /, **fields):
    """Signed with Version 2."""
    credentials = sandbox.customer.credentials
    signature = hmac.new(credentials.secret_access_key.encode(), policy.encode(), hashlib.sha1).digest()
    signed = {
        "AWSAccessKeyId": credentials.access_key_id,
        "policy": policy,
        "signature": base64.b64encode(signature).decode(),
    }
    return {"key": "up/k", "Content-Type": "text/plain", **signed, **fields}


def usual(bucket, *more):
    return [
        {"bucket": bucket},
        ["starts-with", "$key", "up/"],
        ["starts-with", "$Content-Type", "text/"],
        ["content-length-range", 1, 100],
        *more,
    ]


def presigned(sandbox, bucket, key="up/${filename}", fields=None, conditions=()):
    """Signed with Version 4, by boto3."""
    signer = client(sandbox, sandbox.customer.credentials, signature_version="s3v4")
    fields = fields or {}
    every = [{name: value} for name, value in fields.items()] + list(conditions)
    return signer.generate_presigned_post(bucket, key, Fields=dict(fields), Conditions=every)["fields"]


def test_a_signed_form_uploads_a_file_under_its_name(sandbox, s3, bucket):
    answer = submit(sandbox, bucket, presigned(sandbox, bucket), file_name="C:\\pictures\\ä b.png")
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["Location"].endswith(f"/{bucket}/up/%C3%A4%20b.png")
    assert answer.headers["ETag"] == f'"{hashlib.md5(b"bar").hexdigest()}"'
    assert s3.get_object(Bucket=bucket, Key="up/ä b.png")["Body"].read() == b"bar"


def test_the_old_signature_is_taken_in_the_oldest_region_only(sandbox, s3, bucket):
    assert submit(sandbox, bucket, old_form(sandbox, policy_of(usual(bucket)))).status == 204
    assert s3.get_object(Bucket=bucket, Key="up/k")["ContentType"] == "text/plain"
    far, client_ = new_name("far"), sandbox.customer.client("s3", "eu-west-1")
    client_.create_bucket(Bucket=far, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert code_of(submit(sandbox, far, old_form(sandbox, policy_of(usual(far))))) == (400, "InvalidRequest")


def test_everything_that_a_put_can_say_a_form_can_say(sandbox, s3, bucket):
    fields = {
        "acl": "private",
        "Content-Type": "a/b",
        "Cache-Control": "no-cache",
        "x-amz-meta-one": "1",
        "x-amz-storage-class": "STANDARD_IA",
        "tagging": TAGS,
    }
    assert submit(sandbox, bucket, presigned(sandbox, bucket, "k", fields)).status == 204
    head = s3.head_object(Bucket=bucket, Key="k")
    told = [head[name] for name in ("ContentType", "CacheControl", "Metadata", "StorageClass", "TagCount")]
    assert told == ["a/b", "no-cache", {"one": "1"}, "STANDARD_IA", 1]


def test_a_form_can_bring_a_key_to_encrypt_with(sandbox, s3, bucket):
    key = hashlib.sha256(b"a customer's key").digest()
    name = "x-amz-server-side-encryption-customer-"
    fields = {
        f"{name}algorithm": "AES256",
        f"{name}key": base64.b64encode(key).decode(),
        f"{name}key-MD5": base64.b64encode(hashlib.md5(key).digest()).decode(),
    }
    assert submit(sandbox, bucket, presigned(sandbox, bucket, "k", fields)).status == 204
    with refused("InvalidRequest", 400):
        s3.get_object(Bucket=bucket, Key="k")
    answer = s3.get_object(Bucket=bucket, Key="k", SSECustomerAlgorithm="AES256", SSECustomerKey=key)
    assert answer["Body"].read() == b"bar"


def test_the_answer_is_what_the_form_asks_for(sandbox, bucket):
    for asked, status in [("200", 200), ("201", 201), ("204", 204), ("404", 204)]:
        answer = submit(sandbox, bucket, presigned(sandbox, bucket, "k", {"success_action_status": asked}))
        assert answer.status == status
        assert (b"<Key>k</Key>" in answer.body) == (status == 201)
    url = "https://there.example/done?a=b"
    answer = submit(sandbox, bucket, presigned(sandbox, bucket, "k", {"success_action_redirect": url}))
    where = urlsplit(answer.headers["Location"])
    assert (answer.status, where.netloc, where.path) == (303, "there.example", "/done")
    etag = f'"{hashlib.md5(b"bar").hexdigest()}"'
    assert parse_qs(where.query) == {"a": ["b"], "bucket": [bucket], "key": ["k"], "etag": [etag]}


def test_a_bucket_that_is_open_takes_forms_of_nobody(sandbox, s3, bucket, open_bucket):
    fields = {"key": "k", "acl": "public-read", "Content-Type": "text/plain", "tagging": TAGS}
    assert submit(sandbox, open_bucket, fields).status == 204
    assert s3.get_object(Bucket=open_bucket, Key="k")["Body"].read() == b"bar"
    assert code_of(submit(sandbox, bucket, {"key": "k"})) == (403, "AccessDenied")


def test_names_of_fields_and_operators_know_no_case(sandbox, bucket):
    conditions = [{"bUcKeT": bucket}, ["StArTs-WiTh", "$KeY", "up/"], ["EQ", "$CoNtEnT-TyPe", "text/plain"]]
    form = old_form(sandbox, policy_of(conditions))
    assert submit(sandbox, bucket, {name.swapcase(): value for name, value in form.items()}).status == 204


def test_fields_beyond_the_policy_are_refused_unless_they_are_to_be_ignored(sandbox, bucket):
    policy = policy_of(usual(bucket))
    assert submit(sandbox, bucket, old_form(sandbox, policy, **{"x-ignore-me": "1"})).status == 204
    answer = submit(sandbox, bucket, old_form(sandbox, policy, acl="private"))
    assert code_of(answer) == (403, "AccessDenied")
    assert b"Extra input fields: acl" in answer.body


@pytest.mark.parametrize(
    "more, fields",
    [
        ([], {"key": "down/k"}),
        ([], {"Content-Type": "image/png"}),
        ([["starts-with", "$x-amz-meta-one", "1"]], {}),
        ([["eq", "$x-amz-meta-one", ""]], {"x-amz-meta-one": "1"}),
        ([{"acl": "private"}], {"acl": "public-read"}),
    ],
)
def test_a_form_that_is_not_what_its_policy_says_is_refused(sandbox, bucket, more, fields):
    form = old_form(sandbox, policy_of(usual(bucket, *more)), **fields)
    assert code_of(submit(sandbox, bucket, form)) == (403, "AccessDenied")


def test_a_policy_is_good_for_the_buckets_that_it_names(sandbox, bucket, open_bucket):
    form = old_form(sandbox, policy_of(usual(open_bucket)))
    assert code_of(submit(sandbox, bucket, form)) == (403, "AccessDenied")
    anywhere = old_form(sandbox, policy_of(usual(bucket)[1:]))
    answer = submit(sandbox, bucket, anywhere)
    assert code_of(answer) == (403, "AccessDenied")
    assert b"Extra input fields: bucket" in answer.body


def test_a_file_is_as_long_as_the_policy_allows(sandbox, bucket):
    form = old_form(sandbox, policy_of(usual(bucket)))
    assert code_of(submit(sandbox, bucket, form, b"x" * 101)) == (400, "EntityTooLarge")
    assert code_of(submit(sandbox, bucket, form, b"")) == (400, "EntityTooSmall")
    assert submit(sandbox, bucket, form, b"x" * 100).status == 204


def test_a_policy_ends(sandbox, bucket):
    answer = submit(sandbox, bucket, old_form(sandbox, policy_of(usual(bucket), -1)))
    assert code_of(answer) == (403, "AccessDenied")
    assert b"Policy expired" in answer.body


@pytest.mark.parametrize(
    "members",
    [
        {"expiration": None},
        {"expiration": None, "EXPIRATION": "2099-01-01T00:00:00Z"},
        {"expiration": "2099-01-01 00:00:00+00:00"},
        {"expiration": 4070908800},
        {"conditions": None},
        {"conditions": None, "CONDITIONS": []},
        {"conditions": {}},
        {"conditions": [{}]},
        {"conditions": [{"a": "b", "c": "d"}]},
        {"conditions": [["content-length-range", 0]]},
        {"conditions": [["content-length-range", -1, 0]]},
        {"conditions": [["ends-with", "$key", "k"]]},
        {"conditions": [["eq", "key", "k"]]},
    ],
)
def test_a_policy_that_cannot_be_read_is_refused(sandbox, bucket, members):
    # The bucket's own conditions stay, so that it is the odd one that is refused.
    conditions = usual(bucket)
    if isinstance(members.get("conditions"), list):
        members = members | {"conditions": conditions + members["conditions"]}
    form = old_form(sandbox, policy_of(conditions, **members))
    assert code_of(submit(sandbox, bucket, form)) == (400, "InvalidPolicyDocument")


def test_a_form_is_signed_by_somebody_who_exists(sandbox, bucket):
    policy = policy_of(usual(bucket))
    for fields, expected in [
        ({"signature": "AAAA"}, (403, "SignatureDoesNotMatch")),
        ({"AWSAccessKeyId": "AKIAEXAMPLE"}, (403, "InvalidAccessKeyId")),
        ({"policy": policy_of([{"bucket": bucket}])}, (403, "SignatureDoesNotMatch")),
    ]:
        assert code_of(submit(sandbox, bucket, old_form(sandbox, policy, **fields))) == expected
    form = presigned(sandbox, bucket)
    assert code_of(submit(sandbox, bucket, form | {"x-amz-signature": "0" * 64})) == (403, "SignatureDoesNotMatch")
    assert code_of(submit(sandbox, bucket, form | {"x-amz-date": "today"})) == (
        400,
        "AuthorizationQueryParametersError",
    )


@pytest.mark.parametrize("missing", ["signature", "AWSAccessKeyId", "policy", "key"])
def test_a_form_lacks_nothing(sandbox, bucket, missing):
    form = old_form(sandbox, policy_of(usual(bucket)))
    del form[missing]
    assert code_of(submit(sandbox, bucket, form)) == (400, "InvalidArgument")


def test_a_form_brings_one_file_and_little_else(sandbox, bucket):
    form = old_form(sandbox, policy_of(usual(bucket)))
    assert code_of(submit(sandbox, bucket, form, file=None)) == (400, "InvalidArgument")
    large = form | {"x-ignore-me": "x" * 20_480}
    assert code_of(submit(sandbox, bucket, large)) == (400, "MaxPostPreDataLengthExceeded")
    assert code_of(submit(sandbox, new_name("none"), form)) == (404, "NoSuchBucket")
    for kind in ["multipart/form-data", "multipart/form-data; boundary=x"]:
        answer = send(sandbox, f"/{bucket}", "POST", {"Content-Type": kind}, b"no form")
        assert code_of(answer) == (400, "MalformedPOSTRequest")


def test_a_form_may_sum_its_file(sandbox, bucket):
    form = old_form(sandbox, policy_of(usual(bucket)))
    right = base64.b64encode(hashlib.sha256(b"bar").digest()).decode()
    assert submit(sandbox, bucket, form | {"x-amz-checksum-sha256": right}).status == 204
    wrong = base64.b64encode(hashlib.sha256(b"foo").digest()).decode()
    assert code_of(submit(sandbox, bucket, form | {"x-amz-checksum-sha256": wrong})) == (400, "BadDigest")
