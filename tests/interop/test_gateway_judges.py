"""The gateway refuses what it should: without the product, with roles and policies written by hand and boto3 as the caller.
The journey's negative tests mean something only as long as these pass."""

import json
from contextlib import contextmanager

import pytest
from botocore.exceptions import ClientError

import rgw
from customer import ask_for_referer
from raw_http import load

EXTERNAL_ID = "1b671a64-40d5-491e-99b0-da01ff1f3341"


def statement(actions, resources, **more):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": resources, **more}]}


def trust(user, external_id=EXTERNAL_ID):
    (trusted,) = statement("sts:AssumeRole", None, Principal={"AWS": user.arn})["Statement"]
    del trusted["Resource"]
    trusted["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    return ask_for_referer({"Version": "2012-10-17", "Statement": [trusted]})


@pytest.fixture(scope="module")
def bucket(customer):
    return customer.make_bucket(["team/in.txt", "out.txt"])


@pytest.fixture(scope="module")
def role_arn(customer, platform, bucket):
    _, arn = customer.make_role(trust(platform), statement("s3:GetObject", f"arn:aws:s3:::{bucket}/*"))
    return arn


@pytest.fixture
def assume(gateway, sts):
    """Calls AssumeRole through the front, and gives an S3 client with the session credentials."""

    def assume(user, role_arn, session_policy=None, **parameters):
        if session_policy:
            parameters["Policy"] = json.dumps(session_policy)
        client = gateway.client("sts", user, sts.url)
        answer = client.assume_role(RoleArn=role_arn, RoleSessionName="by-hand", **parameters)["Credentials"]
        session = rgw.User(role_arn, answer["AccessKeyId"], answer["SecretAccessKey"])
        return gateway.client("s3", session, session_token=answer["SessionToken"])

    return assume


@contextmanager
def denied():
    with pytest.raises(ClientError) as refused:
        yield
    response = refused.value.response
    # RGW's STS leaves out the element around the error, so that botocore finds the code one level higher.
    assert response.get("Error", response)["Code"] == "AccessDenied"


def presigned(s3, bucket, key, **parameters):
    return s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key, **parameters})


def test_the_trusted_user_with_the_right_external_id_gets_a_session_that_signs_urls(assume, platform, role_arn, bucket):
    session = assume(platform, role_arn, ExternalId=EXTERNAL_ID)
    assert load(presigned(session, bucket, "out.txt")).body == b"out.txt"


@pytest.mark.parametrize("parameters", [{}, {"ExternalId": "00000000-40d5-491e-99b0-da01ff1f3341"}])
def test_a_missing_or_wrong_external_id_is_refused(assume, platform, role_arn, parameters):
    with denied():
        assume(platform, role_arn, **parameters)


def test_a_stranger_with_the_right_external_id_is_refused(assume, stranger, role_arn):
    with denied():
        assume(stranger, role_arn, ExternalId=EXTERNAL_ID)


def test_a_session_policy_narrows_the_role(assume, platform, role_arn, bucket):
    narrow = statement("s3:GetObject", f"arn:aws:s3:::{bucket}/team/*")
    session = assume(platform, role_arn, narrow, ExternalId=EXTERNAL_ID)
    assert load(presigned(session, bucket, "team/in.txt")).status == 200
    assert load(presigned(session, bucket, "out.txt")).status == 403


def test_a_session_policy_does_not_widen_the_role(assume, customer, platform, bucket):
    _, narrow = customer.make_role(trust(platform), statement("s3:GetObject", f"arn:aws:s3:::{bucket}/team/*"))
    session = assume(platform, narrow, statement("s3:*", "*"), ExternalId=EXTERNAL_ID)
    assert load(presigned(session, bucket, "team/in.txt")).status == 200
    assert load(presigned(session, bucket, "out.txt")).status == 403


def test_listing_is_held_to_the_prefix_condition(assume, customer, platform, bucket):
    condition = {"StringLike": {"s3:prefix": ["team", "team/", "team/*"]}}
    access = statement("s3:ListBucket", f"arn:aws:s3:::{bucket}", Condition=condition)
    _, role_arn = customer.make_role(trust(platform), access)
    session = assume(platform, role_arn, ExternalId=EXTERNAL_ID)
    assert session.list_objects_v2(Bucket=bucket, Prefix="team/")["KeyCount"] == 1
    with denied():
        session.list_objects_v2(Bucket=bucket)


def test_an_old_version_needs_its_own_action(assume, customer, platform):
    bucket = customer.make_bucket()
    customer.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    old = customer.put(bucket, "k", b"old")
    customer.put(bucket, "k", b"new")
    for actions, status in ((["s3:GetObject"], 403), (["s3:GetObject", "s3:GetObjectVersion"], 200)):
        _, role_arn = customer.make_role(trust(platform), statement(actions, f"arn:aws:s3:::{bucket}/*"))
        session = assume(platform, role_arn, ExternalId=EXTERNAL_ID)
        assert load(presigned(session, bucket, "k")).body == b"new"
        assert load(presigned(session, bucket, "k", VersionId=old)).status == status
