"""Who may do what with a bucket: its policy, its access control lists, and what keeps everybody out."""

import json

import pytest

from s3_help import EVERYBODY, client, keys, owner_id, refused
from sandbox import new_name, policy


@pytest.fixture(scope="module")
def s3(sandbox):
    return sandbox.customer.s3


@pytest.fixture(scope="module")
def stranger(sandbox):
    """Another account."""
    return sandbox.platform.s3


@pytest.fixture(scope="module")
def nobody(sandbox):
    return client(sandbox)


@pytest.fixture
def bucket(sandbox):
    return sandbox.customer.make_bucket("k")


def allow(actions, bucket, what="/*", principal=None, effect="Allow", **condition):
    statement = {
        "Effect": effect,
        "Principal": principal or EVERYBODY,
        "Action": actions,
        "Resource": f"arn:aws:s3:::{bucket}{what}",
    }
    return statement | ({"Condition": condition} if condition else {})


def set_policy(s3, bucket, *statements):
    document = {"Version": "2012-10-17", "Statement": statements}
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(document))


def is_refused(call, **arguments):
    with refused("AccessDenied", 403):
        call(**arguments)


# Policies


def test_a_policy_opens_what_it_names_and_nothing_else(s3, stranger, nobody, bucket):
    set_policy(s3, bucket, allow("s3:GetObject", bucket))
    for reader in (stranger, nobody):
        assert reader.get_object(Bucket=bucket, Key="k")["Body"].read() == b"k"
        is_refused(reader.list_objects_v2, Bucket=bucket)
        is_refused(reader.put_object, Bucket=bucket, Key="k")
        # Who may not list does not learn what is there.
        is_refused(reader.get_object, Bucket=bucket, Key="none")
    set_policy(s3, bucket, allow("s3:GetObject", bucket), allow("s3:ListBucket", bucket, ""))
    with refused("NoSuchKey", 404):
        nobody.get_object(Bucket=bucket, Key="none")
    assert keys(nobody.list_objects_v2(Bucket=bucket)) == ["k"]
    s3.delete_bucket_policy(Bucket=bucket)
    is_refused(nobody.get_object, Bucket=bucket, Key="k")


def test_a_denial_holds_against_the_owner_and_against_lists(s3, nobody):
    bucket = new_name("denied")
    s3.create_bucket(Bucket=bucket, ACL="public-read")
    nobody.list_objects_v2(Bucket=bucket)
    set_policy(s3, bucket, allow("s3:ListBucket", bucket, "", effect="Deny"))
    for reader in (s3, nobody):
        is_refused(reader.list_objects_v2, Bucket=bucket)


def test_the_policy_comes_back_as_it_was(s3, bucket):
    with refused("NoSuchBucketPolicy", 404):
        s3.get_bucket_policy(Bucket=bucket)
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"] is False
    document = policy("s3:GetObject", f"arn:aws:s3:::{bucket}/*", Principal="*")
    s3.put_bucket_policy(Bucket=bucket, Policy=document)
    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"]) == json.loads(document)
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"] is True


@pytest.mark.parametrize(
    "change, says",
    [
        ({"Resource": "arn:aws:s3:::another-bucket/*"}, "invalid resource"),
        ({"Resource": "arn:aws:s3:::{bucket}x/*"}, "invalid resource"),
        ({"Action": "ec2:RunInstances"}, "invalid action"),
        ({"Action": "s3:ListBucket"}, "does not apply to any resource"),
        ({"Resource": "arn:aws:s3:::{bucket}"}, "does not apply to any resource"),
        ({"Principal": {"AWS": "arn:aws:iam::999999999999:root"}}, "Invalid principal"),
        ({"Principal": None}, ""),
        ({"Effect": "allow"}, ""),
        ({"Condition": {"StringIs": {"a": "b"}}}, ""),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(s3, bucket, change, says):
    statement = allow("s3:GetObject", bucket) | change
    statement = {name: value for name, value in statement.items() if value is not None}
    with refused("MalformedPolicy", 400, says):
        s3.put_bucket_policy(
            Bucket=bucket,
            Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}).replace("{bucket}", bucket),
        )


@pytest.mark.parametrize("resource", ["arn:aws:s3:::*", "arn:aws:s3:::{bucket}*", "*"])
def test_a_policy_may_name_more_than_its_bucket(s3, nobody, bucket, resource):
    text = policy(["s3:ListBucket", "s3:GetObject"], resource.replace("{bucket}", bucket), Principal="*")
    s3.put_bucket_policy(Bucket=bucket, Policy=text)
    assert keys(nobody.list_objects_v2(Bucket=bucket)) == ["k"]
    nobody.get_object(Bucket=bucket, Key="k")


def test_lists_are_limited_by_prefix_and_size(s3, stranger, bucket):
    set_policy(
        s3,
        bucket,
        allow("s3:ListBucket", bucket, "", StringLike={"s3:prefix": "home/*"}),
        allow("s3:ListBucket", bucket, "", NumericLessThanEquals={"s3:max-keys": "5"}),
    )
    stranger.list_objects_v2(Bucket=bucket, Prefix="home/a")
    stranger.list_objects(Bucket=bucket, MaxKeys=5)
    for options in [{}, {"Prefix": "other"}, {"MaxKeys": 6}]:
        is_refused(stranger.list_objects_v2, Bucket=bucket, **options)


@pytest.mark.parametrize(
    "action, call",
    [
        ("s3:GetObject", lambda s3, **of: s3.get_object(**of)),
        ("s3:GetObjectTagging", lambda s3, **of: s3.get_object_tagging(**of)),
        ("s3:GetObjectAcl", lambda s3, **of: s3.get_object_acl(**of)),
        (
            "s3:PutObjectTagging",
            lambda s3, **of: s3.put_object_tagging(Tagging={"TagSet": [{"Key": "a", "Value": "b"}]}, **of),
        ),
        ("s3:DeleteObject", lambda s3, **of: s3.delete_object(**of)),
    ],
)
def test_tags_of_an_object_decide(s3, stranger, bucket, action, call):
    for key, value in [("public", "public"), ("private", "private")]:
        s3.put_object(Bucket=bucket, Key=key, Tagging=f"security={value}")
    set_policy(s3, bucket, allow(action, bucket, StringEquals={"s3:ExistingObjectTag/security": "public"}))
    for key in ("private", "k"):
        with refused("AccessDenied", 403):
            call(stranger, Bucket=bucket, Key=key)
    call(stranger, Bucket=bucket, Key="public")


def test_what_an_upload_says_of_itself_decides(s3, stranger, bucket):
    puts = ["s3:PutObject", "s3:PutObjectTagging"]
    for condition, right, wrong in [
        ({"StringEquals": {"s3:RequestObjectTag/a": "b"}}, {"Tagging": "a=b"}, {"Tagging": "a=c"}),
        ({"StringEquals": {"s3:x-amz-server-side-encryption": "AES256"}}, {"ServerSideEncryption": "AES256"}, {}),
        ({"StringEquals": {"s3:x-amz-storage-class": "STANDARD_IA"}}, {"StorageClass": "STANDARD_IA"}, {}),
        ({"Null": {"s3:if-none-match": "false"}}, {"IfNoneMatch": "*", "Key": "fresh"}, {}),
    ]:
        set_policy(s3, bucket, allow(puts, bucket, **condition))
        stranger.put_object(**{"Bucket": bucket, "Key": "k", **right})
        is_refused(stranger.put_object, **{"Bucket": bucket, "Key": "k", **wrong})
    set_policy(
        s3,
        bucket,
        allow("s3:*", bucket),
        allow("s3:PutObject", bucket, effect="Deny", StringLike={"s3:x-amz-acl": "public*"}),
    )
    stranger.put_object(Bucket=bucket, Key="k")
    is_refused(stranger.put_object, Bucket=bucket, Key="k", ACL="public-read")


def test_the_source_of_a_copy_decides(sandbox, s3, stranger, bucket):
    source = sandbox.customer.make_bucket("public/a", "private/a")
    set_policy(s3, source, allow("s3:GetObject", source))
    condition = {"StringLike": {"s3:x-amz-copy-source": f"{source}/public/*"}}
    set_policy(s3, bucket, allow("s3:PutObject", bucket, **condition))
    stranger.copy_object(Bucket=bucket, Key="k", CopySource={"Bucket": source, "Key": "public/a"})
    is_refused(stranger.copy_object, Bucket=bucket, Key="k", CopySource={"Bucket": source, "Key": "private/a"})
    is_refused(stranger.put_object, Bucket=bucket, Key="k")
    set_policy(s3, bucket, allow("s3:PutObject", bucket, StringEquals={"s3:x-amz-metadata-directive": "COPY"}))
    copy = {"Bucket": bucket, "Key": "k", "CopySource": {"Bucket": source, "Key": "public/a"}}
    stranger.copy_object(**copy, MetadataDirective="COPY")
    is_refused(stranger.copy_object, **copy)


def test_reading_a_version_is_another_permission(s3, stranger, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket=bucket, Key="k", Body=b"new")["VersionId"]
    set_policy(s3, bucket, allow("s3:GetObject", bucket))
    stranger.get_object(Bucket=bucket, Key="k")
    is_refused(stranger.get_object, Bucket=bucket, Key="k", VersionId=version)
    set_policy(s3, bucket, allow("s3:GetObjectVersion", bucket, StringEquals={"s3:VersionId": version}))
    stranger.get_object(Bucket=bucket, Key="k", VersionId=version)
    is_refused(stranger.get_object, Bucket=bucket, Key="k", VersionId="null")


def test_each_of_many_deletions_is_decided_for_itself(s3, stranger, bucket):
    s3.put_object(Bucket=bucket, Key="mine/a")
    set_policy(s3, bucket, allow("s3:DeleteObject", bucket, "/mine/*"))
    answer = stranger.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "mine/a"}, {"Key": "k"}]})
    assert [deleted["Key"] for deleted in answer["Deleted"]] == ["mine/a"]
    assert [(error["Key"], error["Code"]) for error in answer["Errors"]] == [("k", "AccessDenied")]


# Access control lists


def test_new_buckets_have_no_lists(s3, bucket):
    for call, options in [(s3.put_bucket_acl, {}), (s3.put_object_acl, {"Key": "k"}), (s3.put_object, {"Key": "k"})]:
        with refused("AccessControlListNotSupported", 400):
            call(Bucket=bucket, ACL="public-read", **options)
    s3.put_object(Bucket=bucket, Key="k", ACL="bucket-owner-full-control")
    assert [grant["Permission"] for grant in s3.get_object_acl(Bucket=bucket, Key="k")["Grants"]] == ["FULL_CONTROL"]


@pytest.mark.parametrize(
    "acl, group, permissions",
    [
        ("private", None, []),
        ("public-read", "AllUsers", ["READ"]),
        ("public-read-write", "AllUsers", ["READ", "WRITE"]),
        ("authenticated-read", "AuthenticatedUsers", ["READ"]),
    ],
)
def test_lists_by_name_stand_for_grants(s3, acl, group, permissions):
    bucket = new_name("lists")
    s3.create_bucket(Bucket=bucket, ACL=acl)
    s3.put_object(Bucket=bucket, Key="k", ACL=acl)
    for answer in (s3.get_bucket_acl(Bucket=bucket), s3.get_object_acl(Bucket=bucket, Key="k")):
        grants = {
            (grant["Grantee"].get("URI", grant["Grantee"].get("ID")).rpartition("/")[2], grant["Permission"])
            for grant in answer["Grants"]
        }
        assert grants == {(group, each) for each in permissions} | {(answer["Owner"]["ID"], "FULL_CONTROL")}
    s3.put_bucket_acl(Bucket=bucket, ACL="private")
    assert len(s3.get_bucket_acl(Bucket=bucket)["Grants"]) == 1


def test_lists_open_a_bucket_and_each_object_for_itself(s3, stranger, nobody):
    bucket = new_name("lists")
    s3.create_bucket(Bucket=bucket, ACL="public-read")
    s3.put_object(Bucket=bucket, Key="open", ACL="public-read")
    s3.put_object(Bucket=bucket, Key="shut")
    for reader in (nobody, stranger):
        assert keys(reader.list_objects_v2(Bucket=bucket)) == ["open", "shut"]
        reader.get_object(Bucket=bucket, Key="open")
        is_refused(reader.get_object, Bucket=bucket, Key="shut")
        is_refused(reader.put_object, Bucket=bucket, Key="open")
        with refused("NoSuchKey", 404):
            reader.get_object(Bucket=bucket, Key="none")
    s3.put_object_acl(Bucket=bucket, Key="shut", ACL="authenticated-read")
    stranger.get_object(Bucket=bucket, Key="shut")
    is_refused(nobody.get_object, Bucket=bucket, Key="shut")


def test_grants_name_accounts(sandbox, s3, stranger):
    bucket, other = new_name("grants"), owner_id(sandbox.platform)
    s3.create_bucket(Bucket=bucket, GrantWrite=f"id={other}", GrantReadACP=f'id="{other}"')
    assert [
        (grant["Grantee"]["ID"], grant["Permission"]) for grant in stranger.get_bucket_acl(Bucket=bucket)["Grants"]
    ] == [
        (other, "WRITE"),
        (other, "READ_ACP"),
    ]
    stranger.put_object(Bucket=bucket, Key="k", Body=b"x")
    is_refused(stranger.list_objects_v2, Bucket=bucket)
    is_refused(stranger.put_bucket_acl, Bucket=bucket, ACL="public-read")
    for wrong in ["id=nobody", "uri=http://example.com/everybody", "nonsense"]:
        with refused("InvalidArgument", 400):
            s3.put_bucket_acl(Bucket=bucket, GrantRead=wrong)
    with refused("InvalidRequest", 400):
        s3.put_bucket_acl(Bucket=bucket, ACL="private", GrantRead=f"id={other}")


def test_where_lists_are_on_an_object_belongs_to_its_writer(sandbox, s3, stranger):
    bucket, mine, other = new_name("writer"), owner_id(sandbox.customer), owner_id(sandbox.platform)
    s3.create_bucket(Bucket=bucket, ACL="public-read-write")
    stranger.put_object(Bucket=bucket, Key="k", Body=b"x")
    assert stranger.get_object_acl(Bucket=bucket, Key="k")["Owner"]["ID"] == other
    is_refused(s3.get_object, Bucket=bucket, Key="k")
    set_policy(s3, bucket, allow("s3:GetObject", bucket))
    is_refused(s3.get_object, Bucket=bucket, Key="k")
    stranger.put_object_acl(Bucket=bucket, Key="k", ACL="bucket-owner-read")
    is_refused(s3.get_object, Bucket=bucket, Key="k")
    stranger.put_object(Bucket=bucket, Key="k", Body=b"x", ACL="bucket-owner-read")
    grants = {
        (grant["Grantee"]["ID"], grant["Permission"])
        for grant in stranger.get_object_acl(Bucket=bucket, Key="k")["Grants"]
    }
    assert grants == {(other, "FULL_CONTROL"), (mine, "READ")}
    s3.get_object(Bucket=bucket, Key="k")
    s3.delete_object(Bucket=bucket, Key="k")


def test_ownership_can_be_handed_over_or_lists_turned_off(sandbox, s3, stranger):
    bucket, other = new_name("owner"), owner_id(sandbox.platform)
    s3.create_bucket(Bucket=bucket, ObjectOwnership="BucketOwnerPreferred", GrantWrite=f"id={other}")
    stranger.put_object(Bucket=bucket, Key="k", ACL="bucket-owner-full-control")
    s3.get_object(Bucket=bucket, Key="k")
    enforced = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    with refused("InvalidBucketAclWithObjectOwnership", 400):
        s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=enforced)
    s3.put_bucket_acl(Bucket=bucket, ACL="private")
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=enforced)
    with refused("AccessControlListNotSupported", 400):
        s3.put_bucket_acl(Bucket=bucket, ACL="public-read")
    s3.delete_bucket_ownership_controls(Bucket=bucket)
    with refused("OwnershipControlsNotFoundError", 404):
        s3.get_bucket_ownership_controls(Bucket=bucket)


# Block Public Access


def test_what_would_be_public_can_be_blocked(s3, stranger, nobody):
    bucket = new_name("blocked")
    s3.create_bucket(Bucket=bucket, ACL="public-read")
    s3.put_object(Bucket=bucket, Key="k", ACL="public-read")
    with refused("NoSuchPublicAccessBlockConfiguration", 404):
        s3.get_public_access_block(Bucket=bucket)
    none = dict.fromkeys(["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"], False)
    block = lambda **some: s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=none | some)  # noqa: E731
    block(BlockPublicAcls=True)
    for acl in ["public-read", "public-read-write", "authenticated-read"]:
        is_refused(s3.put_bucket_acl, Bucket=bucket, ACL=acl)
        is_refused(s3.put_object, Bucket=bucket, Key="l", ACL=acl)
    nobody.get_object(Bucket=bucket, Key="k")
    block(IgnorePublicAcls=True)
    is_refused(nobody.get_object, Bucket=bucket, Key="k")
    block(BlockPublicPolicy=True)
    with refused("AccessDenied", 403):
        set_policy(s3, bucket, allow("s3:GetObject", bucket))
    s3.put_bucket_acl(Bucket=bucket, ACL="private")
    s3.put_object_acl(Bucket=bucket, Key="k", ACL="private")
    block()
    set_policy(s3, bucket, allow("s3:GetObject", bucket))
    stranger.get_object(Bucket=bucket, Key="k")
    block(RestrictPublicBuckets=True)
    is_refused(stranger.get_object, Bucket=bucket, Key="k")
    s3.get_object(Bucket=bucket, Key="k")
