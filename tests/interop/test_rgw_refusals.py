"""What must not load does not: the gateway refuses changed and expired URLs, the product refuses the rest in place."""

import datetime
import re
import time

import pytest

import byob
import rgw
from raw_http import load


@pytest.fixture
def url(organization, customer):
    """A presigned URL of `team/in.txt` in a bucket that holds `team/out.txt` too."""
    bucket = customer.make_bucket(["team/in.txt", "team/out.txt"])
    customer.connect(organization, bucket)
    url = organization.url(f"s3://{bucket}/team/in.txt", content_type="text/plain")
    assert load(url).body == b"team/in.txt"
    return url


def without(parameter, url):
    """The URL without one query parameter, wherever it stands."""
    address, query = url.split("?")
    return address + "?" + "&".join(pair for pair in query.split("&") if not pair.startswith(parameter + "="))


def later(match):
    return match[1] + str(int(match[2]) + 1).zfill(len(match[2]))


def other_digit(match):
    return match[1] + ("0" if match[2] != "0" else "1")


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        ("in.txt", "out.txt"),
        ("(X-Amz-Signature=)(.)", other_digit),
        ("(X-Amz-Expires=)([0-9]+)", later),
        ("(X-Amz-Date=[0-9]+T)([0-9]+)", later),
        ("text%2Fplain", "text%2Fhtml"),
        ("$", "&versionId=null"),
    ],
    ids=["key", "signature", "expiry", "date", "content-type", "version"],
)
def test_a_changed_url_does_not_load(url, pattern, replacement):
    changed = re.sub(pattern, replacement, url, count=1)
    assert changed != url
    assert load(changed).status == 403


def test_a_url_without_its_session_token_does_not_load(url):
    assert "X-Amz-Security-Token=" in url
    assert load(without("X-Amz-Security-Token", url)).status == 403


def test_a_url_for_reading_does_not_write_or_delete(url):
    for method in ("PUT", "DELETE", "HEAD"):
        assert load(url, method, body=b"x" if method == "PUT" else None).status == 403
    assert load(url).body == b"team/in.txt"


def test_a_url_lives_until_its_expires_at_and_no_longer(organization, customer):
    bucket = customer.make_bucket(["k"])
    customer.connect(organization, bucket, stable_urls=False)
    (result,) = organization.resolve(f"s3://{bucket}/k", expires_in=2)
    expires_at = datetime.datetime.fromisoformat(result["expires_at"]).timestamp()
    assert expires_at <= time.time() + 2
    assert load(result["url"]).body == b"k"
    while (answer := load(result["url"])).status == 200:
        # The gateway counts whole seconds, so it may be a second late.
        assert time.time() < expires_at + 2, "the URL outlives its expires_at"
        time.sleep(0.1)
    assert answer.status == 403
    assert time.time() >= expires_at, "the URL died before its expires_at"


def test_a_key_outside_the_scope_is_refused_although_the_role_may_read_it(organization, customer):
    bucket = customer.make_bucket(["team/in.txt", "team2/out.txt"])
    customer.connect(organization, bucket, prefix="team", access_policy=broad_access(bucket))
    assert load(organization.url(f"s3://{bucket}/team/in.txt")).status == 200
    for key in ("team2/out.txt", "team", "Team/in.txt", "/team/in.txt", "x/../team/in.txt"):
        organization.error(f"s3://{bucket}/{key}")


def test_the_session_behind_a_url_is_narrower_than_the_role(organization, customer, gateway, sts):
    """The front saw the session credentials that the product signs with: tried by hand, they open no more than was declared."""
    bucket = customer.make_bucket(["team/in.txt", "out.txt"])
    connection = customer.connect(organization, bucket, prefix="team", access=["read"], access_policy=broad_access(bucket))
    organization.url(f"s3://{bucket}/team/in.txt")
    call = sts.calls(connection.role_arn)[-1]
    session = gateway.client("s3", call.session, session_token=call.session_token)
    assert status(session.get_object, Bucket=bucket, Key="team/in.txt") == 200
    assert status(session.get_object, Bucket=bucket, Key="out.txt") == 403
    assert status(session.put_object, Bucket=bucket, Key="team/new.txt") == 403
    assert status(session.list_objects_v2, Bucket=bucket) == 403


def test_the_generated_access_policy_opens_its_prefix_and_nothing_else(organization, customer, gateway, sts, platform):
    """The role alone, assumed by hand without a session policy: what holds here is the access policy's own doing."""
    bucket = customer.make_bucket(["team/in.txt", "team2/out.txt"])
    connection = customer.connect(organization, bucket, prefix="team", access=["list", "read", "write"])
    answer = gateway.client("sts", platform, sts.url).assume_role(
        RoleArn=connection.role_arn, RoleSessionName="by-hand", ExternalId=connection.external_id
    )["Credentials"]
    user = rgw.User(connection.role_arn, answer["AccessKeyId"], answer["SecretAccessKey"])
    role = gateway.client("s3", user, session_token=answer["SessionToken"])
    for operation, outside, parameters in (
        (role.get_bucket_location, 200, {}),
        (role.list_objects_v2, 403, {"Prefix": "team2/"}),
        (role.list_objects_v2, 403, {}),
        (role.get_object, 403, {"Key": "team2/out.txt"}),
        (role.put_object, 403, {"Key": "team2/new.txt"}),
        (role.delete_object, 403, {"Key": "team/in.txt"}),
        (role.list_objects_v2, 200, {"Prefix": "team/"}),
        (role.get_object, 200, {"Key": "team/in.txt"}),
        (role.put_object, 200, {"Key": "team/new.txt"}),
    ):
        assert status(operation, Bucket=bucket, **parameters) == outside, (operation.__name__, parameters)


def test_withdrawing_the_access_policy_stops_urls_already_out(organization, customer):
    bucket = customer.make_bucket(["k"])
    connection = customer.connect(organization, bucket)
    url = organization.url(f"s3://{bucket}/k")
    assert load(url).status == 200
    customer.withdraw_access(connection.role_name)
    assert load(url).status == 403


def another_external_id(trust_policy, _):
    trust_policy["Statement"][0]["Condition"] = {"StringEquals": {"aws:Referer": "00000000-0000-4000-8000-000000000000"}}
    return trust_policy


def another_principal(trust_policy, stranger):
    trust_policy["Statement"][0]["Principal"] = {"AWS": stranger.arn}
    return trust_policy


@pytest.mark.parametrize("mistake", [another_external_id, another_principal])
def test_a_role_that_does_not_trust_us_fails_in_place_and_alone(organization, customer, stranger, mistake):
    healthy, broken = customer.make_bucket(["k"]), customer.make_bucket(["k"])
    customer.connect(organization, healthy)
    customer.connect(organization, broken, change_trust=lambda policy: mistake(policy, stranger))
    first, middle, last = organization.resolve(f"s3://{healthy}/k", f"s3://{broken}/k", f"s3://{healthy}/other")
    assert load(first["url"]).body == b"k" and "url" in last
    assert "url" not in middle
    assert middle["error"]["code"] == "role_not_assumable"
    assert middle["error"]["detail"] and middle["error"]["hint"]


def test_a_role_that_does_not_exist_fails_in_place(organization, customer):
    bucket = customer.make_bucket(["k"])
    authentication = {"type": "role", "role_arn": "arn:aws:iam:::role/no-such-role"}
    draft = organization.post("/drafts", customer.draft(bucket))
    organization.patch(f"/drafts/{draft['id']}", {"authentication": authentication})
    organization.post("/integrations", {"draft_id": draft["id"]})
    organization.error(f"s3://{bucket}/k")


def test_an_integration_turned_off_serves_nothing_until_it_is_turned_on(organization, customer):
    bucket = customer.make_bucket(["k"])
    connection = customer.connect(organization, bucket)
    organization.patch(f"/integrations/{connection.integration_id}", {"enabled": False})
    organization.error(f"s3://{bucket}/k")
    organization.patch(f"/integrations/{connection.integration_id}", {"enabled": True})
    assert load(organization.url(f"s3://{bucket}/k")).body == b"k"


def test_a_deleted_integration_is_gone(organization, customer):
    bucket = customer.make_bucket(["k"])
    connection = customer.connect(organization, bucket)
    organization.delete(f"/integrations/{connection.integration_id}")
    organization.error(f"s3://{bucket}/k")
    assert organization.call("GET", f"/integrations/{connection.integration_id}").status == 404


def test_another_organization_can_neither_use_nor_see_an_integration(organization, server, customer):
    bucket = customer.make_bucket(["k"])
    connection = customer.connect(organization, bucket)
    others = server.create_organization("neighbour")
    others.error(f"s3://{bucket}/k")
    for method, body in (("GET", None), ("PATCH", {"enabled": False}), ("DELETE", None)):
        assert others.call(method, f"/integrations/{connection.integration_id}", body).status == 404
    assert load(organization.url(f"s3://{bucket}/k")).status == 200


def test_two_integrations_that_would_tie_are_refused(organization, customer):
    bucket = customer.make_bucket()
    connection = customer.connect(organization, bucket)
    draft = organization.post("/drafts", customer.draft(bucket))
    authentication = {"type": "role", "role_arn": connection.role_arn}
    organization.patch(f"/drafts/{draft['id']}", {"authentication": authentication})
    answer = organization.call("POST", "/integrations", {"draft_id": draft["id"]})
    assert answer.status == 409
    problem = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert problem["code"] and connection.integration_id in answer.body.decode()


def test_without_a_token_nothing_is_answered(server):
    nobody = byob.Organization(server.url, "byob_not_a_token")
    answer = nobody.call("POST", "/resolve", {"locators": ["s3://bucket/k"]})
    assert answer.status == 401
    assert answer.headers["Content-Type"] == "application/problem+json"


def broad_access(bucket):
    """A customer who grants more than was asked for."""
    everything = {"Effect": "Allow", "Action": "s3:*", "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]}
    return {"Version": "2012-10-17", "Statement": [everything]}


def status(operation, **parameters):
    """What S3 answers to a boto3 call, in a number."""
    client = operation.__self__
    try:
        return operation(**parameters)["ResponseMetadata"]["HTTPStatusCode"]
    except client.exceptions.ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"]
