"""STS, IAM and KMS of the sandbox. boto3 and the AWS CLI judge its protocol; its decisions are held to AWS's documentation."""

import json
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from unittest import mock

import botocore.auth
import pytest
from botocore.exceptions import ClientError

from sandbox import Credentials, Sandbox, external_id, new_name, policy, trust

RIGHT = "1b671a64-40d5-491e-99b0-da01ff1f3341"
MAY_ASSUME = policy("sts:*")
READ_ONLY = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"


@contextmanager
def refused(code, status=None, says=""):
    with pytest.raises(ClientError) as caught:
        yield
    error = caught.value.response
    assert error["Error"]["Code"] == code, error
    assert says in error["Error"]["Message"], error
    assert status in (None, error["ResponseMetadata"]["HTTPStatusCode"]), error


@contextmanager
def denied(action=""):
    with refused("AccessDenied", 403, says=action):
        yield


@pytest.fixture(scope="module")
def customer(sandbox):
    return sandbox.customer


@pytest.fixture(scope="module")
def platform(sandbox):
    return sandbox.platform


@pytest.fixture(scope="module")
def caller(platform):
    """Somebody of the platform who may assume any role that lets them in."""
    return platform.make_user(MAY_ASSUME)


# Who is who


def test_everybody_learns_who_they_are_even_when_that_is_denied(platform):
    user = platform.make_user(policy("*", effect="Deny"))
    answer = user.client("sts").get_caller_identity()
    assert (answer["Arn"], answer["Account"]) == (user.arn, platform.id)
    assert answer["UserId"].startswith("AIDA")


def test_credentials_that_are_not_ours_are_refused(sandbox, platform):
    user = platform.make_user()
    wrong = Credentials(user.credentials.access_key_id, "x" * 40)
    with refused("SignatureDoesNotMatch", 403):
        sandbox.client("sts", wrong).get_caller_identity()
    unknown = Credentials("AKIAIOSFODNN7EXAMPLE", "x" * 40)
    with refused("InvalidClientTokenId", 403):
        sandbox.client("iam", unknown).get_user()


def test_an_operation_that_does_not_exist_is_said_to_be_invalid(caller):
    with refused("InvalidAction", 400, says="Could not find operation GetSessionToken for version 2011-06-15"):
        caller.client("sts").get_session_token()
    with refused("InvalidAction", 400, says="for version 2010-05-08"):
        caller.client("iam").list_saml_providers()


def test_an_access_key_tells_its_account(platform, customer):
    key = customer.credentials.access_key_id
    assert platform.sts.get_access_key_info(AccessKeyId=key)["Account"] == customer.id


# Users and their keys


def test_a_user_lives_and_dies(platform):
    name = new_name("user")
    made = platform.iam.create_user(UserName=name, Path="/team/", Tags=[{"Key": "team", "Value": "blue + red"}])["User"]
    assert made["Arn"] == f"arn:aws:iam::{platform.id}:user/team/{name}"
    assert abs(made["CreateDate"] - datetime.now(timezone.utc)) < timedelta(minutes=1)
    got = platform.iam.get_user(UserName=name)["User"]
    assert got == made
    assert got["Tags"] == [{"Key": "team", "Value": "blue + red"}]
    with refused("EntityAlreadyExists", 409, says=f"User with name {name} already exists."):
        platform.iam.create_user(UserName=name)
    tags = [{"Key": "Team", "Value": "red"}, {"Key": "more", "Value": ""}]
    platform.iam.tag_user(UserName=name, Tags=tags)
    assert platform.iam.list_user_tags(UserName=name)["Tags"] == tags
    platform.iam.untag_user(UserName=name, TagKeys=["team"])
    assert platform.iam.list_user_tags(UserName=name)["Tags"] == [{"Key": "more", "Value": ""}]
    platform.iam.update_user(UserName=name, NewUserName=name + "-2", NewPath="/")
    assert platform.iam.get_user(UserName=name + "-2")["User"]["UserId"] == made["UserId"]
    assert platform.iam.list_groups_for_user(UserName=name + "-2")["Groups"] == []
    platform.iam.delete_user(UserName=name + "-2")
    with refused("NoSuchEntity", 404, says=f"The user with name {name} cannot be found."):
        platform.iam.get_user(UserName=name)


def test_without_a_name_it_is_about_the_caller(platform):
    user = platform.make_user(policy("iam:*", "arn:aws:iam::*:user/${aws:username}"))
    iam = user.client("iam")
    assert iam.get_user()["User"]["Arn"] == user.arn
    (key,) = iam.list_access_keys()["AccessKeyMetadata"]
    assert (key["AccessKeyId"], key["Status"]) == (user.credentials.access_key_id, "Active")
    with denied("iam:GetUser"):
        iam.get_user(UserName="admin")
    role = platform.make_role(trust(platform.id), policy("iam:*"))
    session = platform.make_user(MAY_ASSUME).assume(role["Arn"])
    with refused("ValidationError", 400, says="Must specify userName when calling with non-User credentials"):
        session.client("iam").get_user()


def test_keys_are_made_switched_off_and_removed(platform):
    user = platform.make_user()
    second = platform.iam.create_access_key(UserName=user.name)["AccessKey"]
    with refused("LimitExceeded", 409, says="Cannot exceed quota for AccessKeysPerUser: 2"):
        platform.iam.create_access_key(UserName=user.name)
    last = platform.iam.get_access_key_last_used(AccessKeyId=second["AccessKeyId"])
    assert (last["UserName"], last["AccessKeyLastUsed"]["ServiceName"]) == (user.name, "N/A")
    key = {"UserName": user.name, "AccessKeyId": user.credentials.access_key_id}
    platform.iam.update_access_key(**key, Status="Inactive")
    with refused("InvalidClientTokenId", 403):
        user.client("sts").get_caller_identity()
    platform.iam.update_access_key(**key, Status="Active")
    user.client("sts").get_caller_identity()
    with refused("DeleteConflict", 409, says="must delete access keys first"):
        platform.iam.delete_user(UserName=user.name)
    for key in platform.iam.list_access_keys(UserName=user.name)["AccessKeyMetadata"]:
        platform.iam.delete_access_key(UserName=user.name, AccessKeyId=key["AccessKeyId"])
    with refused("InvalidClientTokenId", 403):
        user.client("sts").get_caller_identity()
    platform.iam.delete_user(UserName=user.name)


@pytest.mark.parametrize("name", ["a b", "a/b", "ä", "x" * 65])
def test_names_that_aws_refuses_are_refused(platform, name):
    with refused("ValidationError", 400, says="userName"):
        platform.iam.create_user(UserName=name)


# Roles


def test_a_role_lives_and_dies(platform, customer):
    name = new_name("role")
    document = trust(platform.admin, external_id(RIGHT))
    made = customer.make_role(document, RoleName=name, Path="/byob/", Description="a <b>", MaxSessionDuration=7200)
    assert made["Arn"] == f"arn:aws:iam::{customer.id}:role/byob/{name}"
    assert made["RoleId"].startswith("AROA")
    got = customer.iam.get_role(RoleName=name)["Role"]
    # boto3 decodes the document.
    assert got["AssumeRolePolicyDocument"] == json.loads(document)
    assert (got["Description"], got["MaxSessionDuration"]) == ("a <b>", 7200)
    customer.iam.update_role(RoleName=name, Description="better")
    got = customer.iam.get_role(RoleName=name)["Role"]
    assert (got["Description"], got["MaxSessionDuration"]) == ("better", 3600)
    customer.iam.update_assume_role_policy(RoleName=name, PolicyDocument=trust(platform.root))
    got = customer.iam.get_role(RoleName=name)["Role"]
    assert got["AssumeRolePolicyDocument"] == json.loads(trust(platform.root))
    customer.iam.tag_role(RoleName=name, Tags=[{"Key": "k", "Value": "v"}])
    assert customer.iam.get_role(RoleName=name)["Role"]["Tags"] == [{"Key": "k", "Value": "v"}]
    assert "Tags" not in next(r for r in customer.iam.list_roles(PathPrefix="/byob/")["Roles"] if r["RoleName"] == name)
    assert customer.iam.list_instance_profiles_for_role(RoleName=name)["InstanceProfiles"] == []
    with refused("EntityAlreadyExists", 409, says=f"Role with name {name} already exists."):
        customer.make_role(document, RoleName=name)
    customer.iam.delete_role(RoleName=name)
    with refused("NoSuchEntity", 404, says=f"The role with name {name} cannot be found."):
        customer.iam.get_role(RoleName=name)


def test_policies_of_a_role_come_back_as_they_were_written(customer):
    role = customer.make_role(trust(customer.root))["RoleName"]
    condition = {"StringLike": {"s3:prefix": ["a b/%", "ü"]}}
    document = policy("s3:GetObject", "arn:aws:s3:::b/*", Sid="Umlaut", Condition=condition)
    customer.iam.put_role_policy(RoleName=role, PolicyName="inline", PolicyDocument=document)
    got = customer.iam.get_role_policy(RoleName=role, PolicyName="inline")
    assert got["PolicyDocument"] == json.loads(document)
    assert customer.iam.list_role_policies(RoleName=role)["PolicyNames"] == ["inline"]
    with refused("DeleteConflict", 409, says="Cannot delete entity, must delete policies first."):
        customer.iam.delete_role(RoleName=role)
    customer.iam.delete_role_policy(RoleName=role, PolicyName="inline")
    with refused("NoSuchEntity", 404, says="The role policy with name inline cannot be found."):
        customer.iam.get_role_policy(RoleName=role, PolicyName="inline")
    customer.iam.attach_role_policy(RoleName=role, PolicyArn=READ_ONLY)
    attached = customer.iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    assert attached == [{"PolicyName": "AmazonS3ReadOnlyAccess", "PolicyArn": READ_ONLY}]
    with refused("DeleteConflict", 409, says="Cannot delete entity, must detach all policies first."):
        customer.iam.delete_role(RoleName=role)
    customer.iam.detach_role_policy(RoleName=role, PolicyArn=READ_ONLY)
    customer.iam.delete_role(RoleName=role)


def test_inline_policies_of_a_role_have_a_size_all_together(customer):
    role = customer.make_role(trust(customer.root))["RoleName"]
    large = policy("s3:*", [f"arn:aws:s3:::{'b' * 50}-{n:02}" for n in range(75)])
    customer.iam.put_role_policy(RoleName=role, PolicyName="one", PolicyDocument=large)
    with refused("LimitExceeded", 409, says=f"Maximum policy size of 10240 bytes exceeded for role {role}"):
        customer.iam.put_role_policy(RoleName=role, PolicyName="two", PolicyDocument=large)
    customer.iam.put_role_policy(RoleName=role, PolicyName="one", PolicyDocument=large + " " * 9_000)


# Managed policies


def test_a_managed_policy_lives_and_dies(customer):
    arn = customer.make_policy(policy("s3:GetObject"), Path="/byob/", Description="reads")
    assert arn.startswith(f"arn:aws:iam::{customer.id}:policy/byob/")
    iam = customer.iam
    for n in range(2, 6):
        version = iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(f"s3:Get{n}"), SetAsDefault=n == 3)
        assert (version["PolicyVersion"]["VersionId"], version["PolicyVersion"]["IsDefaultVersion"]) == (f"v{n}", n == 3)
    with refused("LimitExceeded", 409, says="A managed policy can have up to 5 versions."):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy("s3:*"))
    got = iam.get_policy_version(PolicyArn=arn, VersionId="v3")["PolicyVersion"]
    assert (got["Document"], got["IsDefaultVersion"]) == (json.loads(policy("s3:Get3")), True)
    versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    assert [version["VersionId"] for version in versions] == ["v5", "v4", "v3", "v2", "v1"]
    with refused("DeleteConflict", 409, says="Cannot delete the default version of a policy."):
        iam.delete_policy_version(PolicyArn=arn, VersionId="v3")
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v5")
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v5"
    role = customer.make_role(trust(customer.root))
    iam.attach_role_policy(RoleName=role["RoleName"], PolicyArn=arn)
    entities = iam.list_entities_for_policy(PolicyArn=arn)
    assert [entity["RoleName"] for entity in entities["PolicyRoles"]] == [role["RoleName"]]
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 1
    with refused("DeleteConflict", 409, says="Cannot delete a policy attached to entities."):
        iam.delete_policy(PolicyArn=arn)
    iam.detach_role_policy(RoleName=role["RoleName"], PolicyArn=arn)
    with refused("DeleteConflict", 409, says="This policy has more than one version."):
        iam.delete_policy(PolicyArn=arn)
    for n in range(1, 5):
        iam.delete_policy_version(PolicyArn=arn, VersionId=f"v{n}")
    iam.delete_policy(PolicyArn=arn)
    with refused("NoSuchEntity", 404, says=f"Policy {arn} was not found."):
        iam.get_policy(PolicyArn=arn)
    with refused("NoSuchEntity", 404, says=f"Policy {arn} does not exist or is not attachable."):
        iam.attach_role_policy(RoleName=role["RoleName"], PolicyArn=arn)


def test_policies_of_aws_can_be_read(customer):
    got = customer.iam.get_policy(PolicyArn=READ_ONLY)["Policy"]
    document = customer.iam.get_policy_version(PolicyArn=READ_ONLY, VersionId=got["DefaultVersionId"])
    assert document["PolicyVersion"]["Document"]["Statement"][0]["Effect"] == "Allow"
    listed = customer.iam.list_policies(Scope="AWS")["Policies"]
    assert READ_ONLY in [policy["Arn"] for policy in listed]
    assert READ_ONLY not in [policy["Arn"] for policy in customer.iam.list_policies(Scope="Local")["Policies"]]


def test_policies_of_another_account_are_out_of_reach(platform, customer):
    arn = customer.make_policy(policy("s3:*"))
    with denied("iam:GetPolicy"):
        platform.iam.get_policy(PolicyArn=arn)
    user = platform.make_user()
    with refused("NoSuchEntity", 404):
        platform.iam.attach_user_policy(UserName=user.name, PolicyArn=arn)


def test_lists_come_in_pages(customer):
    names = {customer.make_role(trust(customer.root), Path="/paged/")["RoleName"] for _ in range(25)}
    pages = customer.iam.get_paginator("list_roles").paginate(PathPrefix="/paged/", PaginationConfig={"PageSize": 7})
    pages = [[role["RoleName"] for role in page["Roles"]] for page in pages]
    assert [len(page) for page in pages] == [7, 7, 7, 4]
    assert sorted(sum(pages, [])) == sorted(names)
    with refused("ValidationError", 400):
        customer.iam.list_roles(Marker="!")


# Documents that are refused


@pytest.mark.parametrize(
    "document, says",
    [
        ('{"Version": "2012-10-17", "Statement": [],}', "comma"),
        ('{"Version": "2012-10-17"}', "Statement"),
        (trust("*"), "Principal"),
        (policy("GetObject"), "GetObject"),
        (policy("s3:GetObject", "my-bucket"), "my-bucket"),
        (policy("s3:GetObject", effect="allow"), "Effect"),
        (policy("s3:GetObject", Condition={"StringEqual": {"a": "b"}}), "StringEqual"),
    ],
)
def test_a_malformed_policy_is_refused_with_what_is_wrong_and_where(customer, document, says):
    for expected in [says, "line 1, column"]:
        with refused("MalformedPolicyDocument", 400, says=expected):
            customer.iam.create_policy(PolicyName=new_name("policy"), PolicyDocument=document)


def test_a_trust_policy_names_only_who_exists(platform, customer):
    gone = f"arn:aws:iam::{platform.id}:role/gone"
    for principal in [gone, "999999999999", "arn:aws:iam::999999999999:root"]:
        with refused("MalformedPolicyDocument", 400, says=f'Invalid principal in policy: "AWS":"{principal}"'):
            customer.make_role(trust(principal))
    for document in [policy("s3:*"), '{"Version": "2012-10-17", "Statement": []}', "nonsense"]:
        with refused("MalformedPolicyDocument", 400):
            customer.make_role(document)


def test_a_trust_policy_has_a_size(customer):
    long = {"StringEquals": {"sts:ExternalId": ["x" * 100 + str(n) for n in range(20)]}}
    with refused("LimitExceeded", 409, says="Cannot exceed quota for ACLSizePerRole: 2048"):
        customer.make_role(trust(customer.root, long))


# Assuming roles


def test_a_session_is_who_the_role_says(sandbox, caller, customer):
    role = customer.make_role(trust(caller.arn), Path="/byob/")
    answer = caller.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="ana@example.com")
    assert answer["AssumedRoleUser"] == {
        "AssumedRoleId": f"{role['RoleId']}:ana@example.com",
        "Arn": f"arn:aws:sts::{customer.id}:assumed-role/{role['RoleName']}/ana@example.com",
    }
    assert abs(answer["Credentials"]["Expiration"] - datetime.now(timezone.utc) - timedelta(hours=1)) < timedelta(minutes=1)
    assert "PackedPolicySize" not in answer
    session = caller.assume(role["Arn"], RoleSessionName="ana@example.com")
    identity = session.client("sts").get_caller_identity()
    assert (identity["Arn"], identity["UserId"]) == (session.arn, f"{role['RoleId']}:ana@example.com")
    without_token = Credentials(session.credentials.access_key_id, session.credentials.secret_access_key)
    with refused("InvalidClientTokenId", 403):
        sandbox.client("sts", without_token).get_caller_identity()


def test_the_external_id_is_demanded_exactly(caller, customer):
    role = customer.make_role(trust(caller.arn, external_id(RIGHT)))["Arn"]
    message = f"User: {caller.arn} is not authorized to perform: sts:AssumeRole on resource: {role}"
    for wrong in [{}, {"ExternalId": RIGHT.upper()}, {"ExternalId": RIGHT[:-1]}, {"ExternalId": RIGHT + "0"}]:
        with pytest.raises(ClientError) as caught:
            caller.assume(role, **wrong)
        assert caught.value.response["Error"] == {"Type": "Sender", "Code": "AccessDenied", "Message": message}
    with refused("ValidationError", 400, says="at 'externalId' failed to satisfy constraint"):
        caller.assume(role, ExternalId=RIGHT + "*")
    caller.assume(role, ExternalId=RIGHT)


def test_where_no_external_id_is_demanded_any_or_none_will_do(caller, customer):
    role = customer.make_role(trust(caller.arn))["Arn"]
    for given in [{}, {"ExternalId": RIGHT}, {"ExternalId": "xy"}]:
        caller.assume(role, **given)


def test_a_role_that_is_not_there_is_refused_like_one_that_does_not_trust(caller, customer):
    role = f"arn:aws:iam::{customer.id}:role/nowhere"
    with denied(f"User: {caller.arn} is not authorized to perform: sts:AssumeRole on resource: {role}"):
        caller.assume(role)


def test_between_accounts_both_sides_have_to_agree(platform, customer):
    user = platform.make_user()
    role = customer.make_role(trust(user.arn))["Arn"]
    with denied("sts:AssumeRole"):
        user.assume(role)
    platform.iam.put_user_policy(UserName=user.name, PolicyName="access", PolicyDocument=policy("sts:AssumeRole", role))
    user.assume(role)
    customer.iam.update_assume_role_policy(RoleName=role.rpartition("/")[2], PolicyDocument=trust(platform.admin))
    with denied("sts:AssumeRole"):
        user.assume(role)


def test_an_account_that_is_trusted_decides_itself_who_may(platform, customer):
    role = customer.make_role(trust(platform.root))["Arn"]
    platform.make_user(MAY_ASSUME).assume(role)
    with denied("sts:AssumeRole"):
        platform.make_user().assume(role)


def test_a_principal_that_was_made_again_is_not_trusted(platform, customer):
    principal = platform.make_role(trust(platform.root), MAY_ASSUME)
    role = customer.make_role(trust(principal["Arn"]))
    as_principal = platform.make_user(MAY_ASSUME).assume
    as_principal(principal["Arn"]).assume(role["Arn"])
    platform.iam.delete_role_policy(RoleName=principal["RoleName"], PolicyName="access")
    platform.iam.delete_role(RoleName=principal["RoleName"])
    again = platform.make_role(trust(platform.root), MAY_ASSUME, RoleName=principal["RoleName"])
    assert again["Arn"] == principal["Arn"] and again["RoleId"] != principal["RoleId"]
    with denied("sts:AssumeRole"):
        as_principal(again["Arn"]).assume(role["Arn"])
    shown = customer.iam.get_role(RoleName=role["RoleName"])["Role"]["AssumeRolePolicyDocument"]
    assert shown["Statement"][0]["Principal"] == {"AWS": principal["RoleId"]}
    # Saving the policy again, as the guide says, names the new one.
    customer.iam.update_assume_role_policy(RoleName=role["RoleName"], PolicyDocument=trust(again["Arn"]))
    as_principal(again["Arn"]).assume(role["Arn"])


def test_a_condition_on_the_principal_outlives_it(platform, customer):
    principal = platform.make_role(trust(platform.root), MAY_ASSUME)
    role = customer.make_role(trust(platform.root, {"ArnEquals": {"aws:PrincipalArn": principal["Arn"]}}))["Arn"]
    platform.iam.delete_role_policy(RoleName=principal["RoleName"], PolicyName="access")
    platform.iam.delete_role(RoleName=principal["RoleName"])
    platform.make_role(trust(platform.root), MAY_ASSUME, RoleName=principal["RoleName"])
    user = platform.make_user(MAY_ASSUME)
    user.assume(principal["Arn"]).assume(role)
    with denied("sts:AssumeRole"):
        user.assume(role)


def test_a_session_of_a_role_that_is_gone_may_nothing(caller, customer):
    bucket = customer.make_bucket("a")
    role = customer.make_role(trust(caller.arn), policy("s3:*"))
    session = caller.assume(role["Arn"])
    session.client("s3").get_object(Bucket=bucket, Key="a")
    customer.iam.delete_role_policy(RoleName=role["RoleName"], PolicyName="access")
    customer.iam.delete_role(RoleName=role["RoleName"])
    customer.make_role(trust(caller.arn), policy("s3:*"), RoleName=role["RoleName"])
    with denied():
        session.client("s3").get_object(Bucket=bucket, Key="a")


def test_durations_are_refused_in_aws_words(caller, customer):
    role = customer.make_role(trust(caller.arn), MaxSessionDuration=7200)["Arn"]
    caller.assume(role, DurationSeconds=7200)
    with refused("ValidationError", 400, "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."):
        caller.assume(role, DurationSeconds=7201)
    with refused("ValidationError", 400, "Value '43201' at 'durationSeconds' failed to satisfy constraint"):
        caller.assume(role, DurationSeconds=43201)


def test_a_chained_session_lasts_an_hour_at_most(platform, customer):
    first = platform.make_role(trust(platform.root), MAY_ASSUME, MaxSessionDuration=43200)["Arn"]
    second = customer.make_role(trust(first), MaxSessionDuration=43200)["Arn"]
    session = platform.make_user(MAY_ASSUME).assume(first, DurationSeconds=43200)
    session.assume(second, DurationSeconds=3600)
    says = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
    with refused("ValidationError", 400, says):
        session.assume(second, DurationSeconds=3601)


def test_sessions_end():
    sandbox = Sandbox()
    try:
        user = sandbox.platform.make_user(MAY_ASSUME)
        session = user.assume(sandbox.customer.make_role(trust(user.arn))["Arn"], DurationSeconds=900)
        sandbox.control("clock", ahead_seconds=930)
        # The caller's clock goes with it.
        later = datetime.now(timezone.utc) + timedelta(seconds=930)
        with mock.patch.object(botocore.auth, "get_current_datetime", lambda *_, **__: later.replace(tzinfo=None)):
            with refused("ExpiredToken", 403):
                session.client("sts").get_caller_identity()
            user.client("sts").get_caller_identity()
        # A clock that does not go with it is refused, however good its credentials are.
        with refused("SignatureDoesNotMatch", 403, says="Signature expired"):
            user.client("sts").get_caller_identity()
    finally:
        sandbox.stop()


# What narrows a session


def test_a_session_policy_narrows_and_never_widens(caller, customer):
    bucket = customer.make_bucket("in/a", "out/a")
    role = customer.make_role(trust(caller.arn), policy("s3:GetObject", f"arn:aws:s3:::{bucket}/*"))["Arn"]
    narrow = policy(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{bucket}/in/*")
    answer = caller.client("sts").assume_role(RoleArn=role, RoleSessionName="session", Policy=narrow)
    assert 0 < answer["PackedPolicySize"] <= 100
    s3 = caller.assume(role, Policy=narrow).client("s3")
    s3.get_object(Bucket=bucket, Key="in/a")
    with denied():
        s3.get_object(Bucket=bucket, Key="out/a")
    with denied():
        s3.put_object(Bucket=bucket, Key="in/b", Body=b"")
    caller.assume(role).client("s3").get_object(Bucket=bucket, Key="out/a")


def test_managed_session_policies_narrow_too(caller, customer):
    bucket = customer.make_bucket("a")
    role = customer.make_role(trust(caller.arn), policy("s3:*"))["Arn"]
    s3 = caller.assume(role, PolicyArns=[{"arn": READ_ONLY}]).client("s3")
    s3.get_object(Bucket=bucket, Key="a")
    with denied():
        s3.put_object(Bucket=bucket, Key="b", Body=b"")
    with refused("ValidationError", 400):
        caller.assume(role, PolicyArns=[{"arn": READ_ONLY}] * 11)


def test_session_policies_that_are_none_or_too_large_are_refused(caller, customer):
    role = customer.make_role(trust(caller.arn))["Arn"]
    with refused("MalformedPolicyDocument", 400):
        caller.assume(role, Policy='{"Version": "2012-10-17", "Statement": [],}')
    with refused("ValidationError", 400, says="Member must have length less than or equal to 2048"):
        caller.assume(role, Policy=policy("s3:*") + " " * 2_048)
    with refused("PackedPolicyTooLarge", 400, says="% of allotted space, please use smaller policy."):
        caller.assume(role, Policy=policy("s3:*", [f"arn:aws:s3:::{n:060}/*" for n in range(24)]))


def test_a_boundary_is_the_most_that_a_role_may(caller, customer):
    bucket = customer.make_bucket("a")
    boundary = customer.make_policy(policy(["s3:GetObject", "s3:ListBucket"]))
    role = customer.make_role(trust(caller.arn), policy("s3:*"), PermissionsBoundary=boundary)
    got = customer.iam.get_role(RoleName=role["RoleName"])["Role"]["PermissionsBoundary"]
    assert got["PermissionsBoundaryArn"] == boundary
    s3 = caller.assume(role["Arn"]).client("s3")
    s3.get_object(Bucket=bucket, Key="a")
    with denied():
        s3.put_object(Bucket=bucket, Key="b", Body=b"")
    customer.iam.delete_role_permissions_boundary(RoleName=role["RoleName"])
    s3.put_object(Bucket=bucket, Key="b", Body=b"")
    with refused("NoSuchEntity", 404, says="Scope ARN:"):
        customer.iam.put_role_permissions_boundary(RoleName=role["RoleName"], PermissionsBoundary=boundary + "-none")


def test_who_may_make_only_bounded_roles_makes_no_others(platform):
    boundary = platform.make_policy(policy("s3:*"))
    bounded = {"StringEquals": {"iam:PermissionsBoundary": boundary}}
    maker = platform.make_user(policy(["iam:CreateRole", "iam:PutRolePolicy"], Condition=bounded)).client("iam")
    document = trust(platform.root)
    with denied("iam:CreateRole"):
        maker.create_role(RoleName=new_name("role"), AssumeRolePolicyDocument=document)
    name = new_name("role")
    maker.create_role(RoleName=name, AssumeRolePolicyDocument=document, PermissionsBoundary=boundary)
    maker.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy("*"))
    free = platform.make_role(document)["RoleName"]
    with denied("iam:PutRolePolicy"):
        maker.put_role_policy(RoleName=free, PolicyName="p", PolicyDocument=policy("*"))


def test_tags_are_refused_unless_trusted(caller, customer):
    tags = {"Tags": [{"Key": "team", "Value": "blue"}]}
    role = customer.make_role(trust(caller.arn))
    with denied(f"User: {caller.arn} is not authorized to perform: sts:TagSession on resource: {role['Arn']}"):
        caller.assume(role["Arn"], **tags)
    with denied("sts:SetSourceIdentity"):
        caller.assume(role["Arn"], SourceIdentity="ana")
    bucket = customer.make_bucket("blue/a", "red/a")
    resource = f"arn:aws:s3:::{bucket}/${{aws:PrincipalTag/team}}/*"
    actions = ["sts:AssumeRole", "sts:TagSession"]
    role = customer.make_role(trust(caller.arn, actions=actions), policy("s3:GetObject", resource))["Arn"]
    s3 = caller.assume(role, **tags).client("s3")
    s3.get_object(Bucket=bucket, Key="blue/a")
    with denied():
        s3.get_object(Bucket=bucket, Key="red/a")
    with denied():
        caller.assume(role).client("s3").get_object(Bucket=bucket, Key="blue/a")


# Permissions within IAM


def test_nobody_may_anything_unless_told(platform):
    nobody = platform.make_user().client("iam")
    for ask in [
        lambda: nobody.list_roles(),
        lambda: nobody.create_user(UserName=new_name("user")),
        lambda: nobody.get_account_summary(),
        lambda: nobody.list_policies(),
    ]:
        with denied("because no identity-based policy allows the iam:"):
            ask()


def test_what_may_be_attached_can_be_limited(platform):
    condition = {"ArnEquals": {"iam:PolicyARN": READ_ONLY}}
    attacher = platform.make_user(policy("iam:AttachRolePolicy", Condition=condition)).client("iam")
    role = platform.make_role(trust(platform.root))["RoleName"]
    attacher.attach_role_policy(RoleName=role, PolicyArn=READ_ONLY)
    with denied("iam:AttachRolePolicy"):
        attacher.attach_role_policy(RoleName=role, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")


def test_making_something_with_tags_is_a_permission_of_its_own(platform):
    maker = platform.make_user(policy("iam:CreateUser")).client("iam")
    maker.create_user(UserName=new_name("user"))
    with denied("iam:TagUser"):
        maker.create_user(UserName=new_name("user"), Tags=[{"Key": "k", "Value": "v"}])


def test_policies_can_be_tried_out(customer):
    role = customer.make_role(trust(customer.root), policy("s3:Get*", "arn:aws:s3:::b/*"))
    asked = {"ActionNames": ["s3:GetObject", "s3:PutObject"], "ResourceArns": ["arn:aws:s3:::b/k", "arn:aws:s3:::other"]}
    answer = customer.iam.simulate_principal_policy(PolicySourceArn=role["Arn"], **asked)
    decisions = [result["EvalDecision"] for result in answer["EvaluationResults"]]
    assert decisions == ["allowed", "implicitDeny", "implicitDeny", "implicitDeny"]
    condition = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    document = policy("s3:*", Condition=condition)
    for address, expected in [("203.0.113.7", "allowed"), ("198.51.100.7", "implicitDeny")]:
        entry = {"ContextKeyName": "aws:SourceIp", "ContextKeyValues": [address], "ContextKeyType": "ip"}
        answer = customer.iam.simulate_custom_policy(
            PolicyInputList=[document, policy("s3:Delete*", effect="Deny")],
            ActionNames=["s3:GetObject", "s3:DeleteObject"],
            ContextEntries=[entry],
        )
        decisions = [result["EvalDecision"] for result in answer["EvaluationResults"]]
        assert decisions == [expected, "explicitDeny"]


def test_an_account_has_a_summary_and_no_aliases(customer):
    summary = customer.iam.get_account_summary()["SummaryMap"]
    assert summary["Users"] >= 1 and summary["AccessKeysPerUserQuota"] == 2
    assert customer.iam.list_account_aliases()["AccountAliases"] == []


def test_changes_take_their_time_when_told_to():
    sandbox = Sandbox()
    try:
        user = sandbox.platform.make_user(MAY_ASSUME)
        role = sandbox.customer.make_role(trust(sandbox.platform.admin))
        sandbox.control("faults", iam_delay_seconds=120)
        sandbox.customer.iam.update_assume_role_policy(RoleName=role["RoleName"], PolicyDocument=trust(user.arn))
        shown = sandbox.customer.iam.get_role(RoleName=role["RoleName"])["Role"]["AssumeRolePolicyDocument"]
        assert shown["Statement"][0]["Principal"] == {"AWS": user.arn}
        with denied("sts:AssumeRole"):
            user.assume(role["Arn"])
        sandbox.control("clock", ahead_seconds=121)
        user.assume(role["Arn"])
    finally:
        sandbox.stop()


# KMS


def test_a_key_lives_and_is_asked_for_permission(platform, customer):
    kms = customer.client("kms", "eu-central-1")
    made = kms.create_key(Description="objects")["KeyMetadata"]
    assert made["Arn"] == f"arn:aws:kms:eu-central-1:{customer.id}:key/{made['KeyId']}"
    got = kms.describe_key(KeyId=made["KeyId"])["KeyMetadata"]
    assert (got["KeyState"], got["Description"], got["CreationDate"].year >= 2024) == ("Enabled", "objects", True)
    assert made["KeyId"] in [key["KeyId"] for key in kms.list_keys()["Keys"]]
    assert kms.list_aliases()["Aliases"] == []
    default = json.loads(kms.get_key_policy(KeyId=made["KeyId"], PolicyName="default")["Policy"])
    assert default["Statement"][0]["Principal"] == {"AWS": customer.root}
    with refused("NotFoundException", 400):
        customer.client("kms", "us-east-1").describe_key(KeyId=made["KeyId"])
    with refused("AccessDeniedException", 400, says="kms:DescribeKey"):
        platform.client("kms", "eu-central-1").describe_key(KeyId=made["Arn"])
    shared = json.dumps(default | {"Statement": default["Statement"] + [
        {"Effect": "Allow", "Principal": {"AWS": platform.root}, "Action": "kms:DescribeKey", "Resource": "*"}
    ]})
    kms.put_key_policy(KeyId=made["KeyId"], PolicyName="default", Policy=shared)
    platform.client("kms", "eu-central-1").describe_key(KeyId=made["Arn"])
    kms.disable_key(KeyId=made["KeyId"])
    assert kms.describe_key(KeyId=made["KeyId"])["KeyMetadata"]["KeyState"] == "Disabled"
    kms.enable_key(KeyId=made["KeyId"])
    kms.schedule_key_deletion(KeyId=made["KeyId"], PendingWindowInDays=7)
    assert kms.describe_key(KeyId=made["KeyId"])["KeyMetadata"]["KeyState"] == "PendingDeletion"
    with refused("MalformedPolicyDocumentException", 400, says="will not allow you to update the key policy"):
        kms.create_key(Policy=policy("kms:*", Principal={"AWS": platform.root}))


def test_readers_of_encrypted_objects_need_the_key_too(sandbox, caller, customer):
    kms = customer.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    bucket = customer.make_bucket()
    encrypted = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}
    customer.s3.put_object(Bucket=bucket, Key="a", Body=b"a", **encrypted)
    role = customer.make_role(trust(caller.arn), policy("s3:*"))
    s3 = caller.assume(role["Arn"]).client("s3")
    with denied("kms:Decrypt"):
        s3.get_object(Bucket=bucket, Key="a")
    with denied("kms:GenerateDataKey"):
        s3.put_object(Bucket=bucket, Key="b", Body=b"b", **encrypted)
    bound = {
        "StringEquals": {
            "kms:ViaService": f"s3.{sandbox.region}.amazonaws.com",
            "kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{bucket}/a",
        }
    }
    access = policy(["kms:Decrypt", "kms:GenerateDataKey"], key, Condition=bound)
    customer.iam.put_role_policy(RoleName=role["RoleName"], PolicyName="kms", PolicyDocument=access)
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"a"
    with denied("kms:GenerateDataKey"):
        s3.put_object(Bucket=bucket, Key="b", Body=b"b", **encrypted)
    kms.disable_key(KeyId=key)
    with refused("KMS.DisabledException", 400):
        s3.get_object(Bucket=bucket, Key="a")


# The AWS CLI


def test_the_aws_cli_makes_a_role_and_assumes_it(sandbox, customer, caller, tmp_path):
    def aws(credentials, *arguments):
        done = sandbox.aws(credentials, *arguments)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    name = new_name("role")
    document = tmp_path / "trust.json"
    document.write_text(trust(caller.arn, external_id(RIGHT)))
    arguments = ["--role-name", name, "--assume-role-policy-document", f"file://{document}"]
    made = aws(customer.credentials, "iam", "create-role", *arguments)["Role"]
    arguments = ["--role-name", name, "--policy-name", "access", "--policy-document", policy("s3:ListAllMyBuckets")]
    aws(customer.credentials, "iam", "put-role-policy", *arguments)
    listed = aws(customer.credentials, "iam", "list-roles", "--query", "Roles[].RoleName")
    assert name in listed
    assume = ["sts", "assume-role", "--role-arn", made["Arn"], "--role-session-name", "cli"]
    refusal = sandbox.aws(caller.credentials, *assume)
    assert refusal.returncode != 0
    assert f"(AccessDenied) when calling the AssumeRole operation: User: {caller.arn} is not authorized" in refusal.stderr
    answer = aws(caller.credentials, *assume, "--external-id", RIGHT)
    session = Credentials.of(answer["Credentials"])
    assert aws(session, "sts", "get-caller-identity")["Arn"] == answer["AssumedRoleUser"]["Arn"]
    refusal = sandbox.aws(session, "iam", "list-users")
    assert "(AccessDenied)" in refusal.stderr
