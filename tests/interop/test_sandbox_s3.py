"""S3 of the sandbox: objects, lists, versions, conditions, copies, checksums, tags and configurations of buckets. boto3 judges its
protocol; its answers are held to AWS's documentation."""

import base64
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest
from botocore.exceptions import ClientError

from s3_help import client, keys, prefixes, refused, send, with_headers
from sandbox import new_name


@pytest.fixture(scope="module")
def s3(sandbox):
    return sandbox.customer.s3


@pytest.fixture
def bucket(sandbox):
    return sandbox.customer.make_bucket()


def fill(s3, bucket, names):
    for name in names:
        s3.put_object(Bucket=bucket, Key=name, Body=name.encode())


def versioned(s3, bucket, status="Enabled"):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


# Buckets


@pytest.mark.parametrize(
    "name",
    ["ab", "a" * 64, "Upper", "under_score", "dash-", "-dash", "two..dots", "dot.-dash", "dash-.dot", "192.168.5.4"],
)
def test_names_that_cannot_be_a_host_are_no_buckets(s3, name):
    with refused("InvalidBucketName", 400):
        s3.create_bucket(Bucket=name)


@pytest.mark.parametrize("name", ["a" * 63, "with.dots.0", "0-digits-first"])
def test_names_that_can_be_a_host_are_buckets(s3, name):
    s3.create_bucket(Bucket=name)
    assert s3.head_bucket(Bucket=name)["ResponseMetadata"]["HTTPStatusCode"] == 200
    s3.delete_bucket(Bucket=name)
    with refused("404"):
        s3.head_bucket(Bucket=name)


def test_a_name_belongs_to_one_account_of_the_world(sandbox, s3, bucket):
    s3.create_bucket(Bucket=bucket)
    with refused("BucketAlreadyExists", 409):
        sandbox.platform.s3.create_bucket(Bucket=bucket)


def test_a_bucket_is_deleted_only_when_nothing_is_in_it(s3, bucket):
    fill(s3, bucket, ["a"])
    with refused("BucketNotEmpty", 409):
        s3.delete_bucket(Bucket=bucket)
    s3.delete_object(Bucket=bucket, Key="a")
    s3.delete_bucket(Bucket=bucket)
    for call in (s3.delete_bucket, s3.list_objects_v2):
        with refused("NoSuchBucket", 404):
            call(Bucket=bucket)


def test_buckets_are_served_by_their_own_region(sandbox, s3):
    name = new_name("far")
    far = sandbox.customer.client("s3", "eu-central-1")
    with refused("IllegalLocationConstraintException"):
        far.create_bucket(Bucket=name)
    far.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    with refused("BucketAlreadyOwnedByYou", 409):
        far.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] == "eu-central-1"
    # The SDK is told where to go, and goes there.
    assert s3.list_objects_v2(Bucket=name)["KeyCount"] == 0
    near = client(sandbox, sandbox.customer.credentials, signature_version="s3v4")
    url = near.generate_presigned_url("get_object", Params={"Bucket": name, "Key": "k"})
    answer = send(sandbox, url.removeprefix(sandbox.url))
    assert (answer.status, answer.headers["x-amz-bucket-region"]) == (301, "eu-central-1")


def test_a_list_of_buckets_comes_in_pages(s3):
    made = {new_name("page") for _ in range(5)}
    for name in made:
        s3.create_bucket(Bucket=name)
    pages = s3.get_paginator("list_buckets").paginate(Prefix="page-", PaginationConfig={"PageSize": 2})
    sizes, names = zip(*((len(page["Buckets"]), {bucket["Name"] for bucket in page["Buckets"]}) for page in pages))
    assert max(sizes) == 2
    assert made <= set().union(*names)


# Objects


def test_an_object_comes_back_with_everything_that_was_said_about_it(s3, bucket):
    said = {
        "CacheControl": "public, max-age=14400",
        "ContentDisposition": 'attachment; filename="a b.txt"',
        "ContentEncoding": "gzip",
        "ContentLanguage": "de",
        "ContentType": "text/plain; charset=utf-8",
        "Metadata": {"one": "1", "empty": ""},
        "WebsiteRedirectLocation": "/there",
    }
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"bar", Expires=datetime(2031, 1, 1), **said)["ETag"]
    assert etag == f'"{hashlib.md5(b"bar").hexdigest()}"'
    answer = s3.get_object(Bucket=bucket, Key="k")
    assert answer["Body"].read() == b"bar"
    assert {name: answer[name] for name in said} == said
    assert answer["Expires"] == datetime(2031, 1, 1, tzinfo=timezone.utc)
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    answer = s3.head_object(Bucket=bucket, Key="k")
    assert (answer["Metadata"], answer["ContentLength"], answer["ContentType"]) == ({}, 0, "binary/octet-stream")


def test_an_answer_says_what_the_signed_reader_asks_it_to_say(sandbox, s3, bucket):
    fill(s3, bucket, ["k"])
    answer = s3.get_object(
        Bucket=bucket,
        Key="k",
        ResponseContentType="a/b",
        ResponseCacheControl="no-cache",
        ResponseContentLanguage="eo",
        ResponseContentDisposition="inline",
        ResponseContentEncoding="x",
    )
    told = ["ContentType", "CacheControl", "ContentLanguage", "ContentDisposition", "ContentEncoding"]
    assert [answer[name] for name in told] == ["a/b", "no-cache", "eo", "inline", "x"]
    public = new_name("public")
    s3.create_bucket(Bucket=public, ACL="public-read")
    s3.put_object(Bucket=public, Key="k", ACL="public-read")
    with refused("InvalidRequest", 400):
        client(sandbox).get_object(Bucket=public, Key="k", ResponseContentType="a/b")


@pytest.mark.parametrize(
    "encoding, kept", [("aws-chunked", None), ("gzip, aws-chunked", "gzip"), ("aws-chunked,gzip", "gzip")]
)
def test_the_framing_of_an_upload_is_no_encoding_of_the_object(s3, bucket, encoding, kept):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", ContentEncoding=encoding)
    assert s3.head_object(Bucket=bucket, Key="k").get("ContentEncoding") == kept


@pytest.mark.parametrize(
    "key", [" ", '"', "$", "%", "&", "'", "<", ">", "_ _", "a//b/", "/", "ä€😀", "a+b c", "?versionId=x", "#", ".."]
)
def test_keys_are_any_text(s3, bucket, key):
    s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    assert keys(s3.list_objects_v2(Bucket=bucket)) == keys(s3.list_objects(Bucket=bucket)) == [key]
    s3.copy_object(Bucket=bucket, Key=f"copy of {key}", CopySource={"Bucket": bucket, "Key": key})
    assert s3.get_object(Bucket=bucket, Key=f"copy of {key}")["Body"].read() == key.encode()
    assert s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key}]})["Deleted"][0]["Key"] == key
    with refused("NoSuchKey", 404):
        s3.get_object(Bucket=bucket, Key=key)


@pytest.mark.parametrize(
    "wanted, content, range_",
    [
        ("bytes=4-7", b"cont", "4-7"),
        ("bytes=4-", b"content", "4-10"),
        ("bytes=-7", b"content", "4-10"),
        ("bytes=0-99", b"testcontent", "0-10"),
        ("bytes=-99", b"testcontent", "0-10"),
    ],
)
def test_one_range_of_bytes_is_given(s3, bucket, wanted, content, range_):
    s3.put_object(Bucket=bucket, Key="k", Body=b"testcontent")
    answer = s3.get_object(Bucket=bucket, Key="k", Range=wanted)
    assert (answer["Body"].read(), answer["ContentRange"]) == (content, f"bytes {range_}/11")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 206


def test_ranges_that_cannot_be_given_are_refused_or_ignored(s3, bucket):
    fill(s3, bucket, ["k"])
    s3.put_object(Bucket=bucket, Key="empty")
    for key, wanted in [("k", "bytes=40-50"), ("k", "bytes=-0"), ("empty", "bytes=0-1")]:
        with refused("InvalidRange", 416):
            s3.get_object(Bucket=bucket, Key=key, Range=wanted)
    for wanted in ["bytes=0-0,0-0", "bytes=1-0", "lines=1-2"]:
        assert s3.get_object(Bucket=bucket, Key="k", Range=wanted)["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_a_thousand_objects_are_deleted_at_once_and_no_more(s3, bucket):
    fill(s3, bucket, ["a", "b", "c"])
    many = [{"Key": name} for name in ["a", "b", "gone"]]
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": many})
    assert len(answer["Deleted"]) == 3 and "Errors" not in answer
    assert "Deleted" not in s3.delete_objects(Bucket=bucket, Delete={"Objects": many, "Quiet": True})
    assert keys(s3.list_objects_v2(Bucket=bucket)) == ["c"]
    with refused("MalformedXML", 400):
        s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": str(number)} for number in range(1_001)]})


def test_archived_objects_cannot_be_read(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", StorageClass="GLACIER")
    assert s3.head_object(Bucket=bucket, Key="k")["StorageClass"] == "GLACIER"
    with refused("InvalidObjectState", 403):
        s3.get_object(Bucket=bucket, Key="k")
    with refused("InvalidObjectState", 403):
        s3.copy_object(Bucket=bucket, Key="l", CopySource={"Bucket": bucket, "Key": "k"})
    with refused("InvalidStorageClass", 400):
        s3.put_object(Bucket=bucket, Key="k", StorageClass="FLOPPY")


def test_an_object_appears_all_at_once(s3, bucket):
    contents = [bytes([number]) * 300_000 for number in range(8)]
    with ThreadPoolExecutor(8) as threads:
        puts = [threads.submit(s3.put_object, Bucket=bucket, Key="k", Body=content) for content in contents]
        reads = [threads.submit(s3.get_object, Bucket=bucket, Key="k") for _ in range(8)]
        for put in puts:
            put.result()
        for read in reads:
            try:
                assert read.result()["Body"].read() in contents
            except ClientError as error:
                assert error.response["Error"]["Code"] == "NoSuchKey"
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() in contents


# Lists


@pytest.mark.parametrize("list_", ["list_objects", "list_objects_v2"])
@pytest.mark.parametrize(
    "options, found, rolled",
    [
        ({}, ["a", "foo+1/b", "foo/b/c", "foo/bar", "q ab/t"], []),
        ({"Delimiter": "/"}, ["a"], ["foo+1/", "foo/", "q ab/"]),
        ({"Delimiter": "/", "Prefix": "foo/"}, ["foo/bar"], ["foo/b/"]),
        ({"Delimiter": "a", "Prefix": "foo/b"}, ["foo/b/c"], ["foo/ba"]),
        ({"Delimiter": "o+1"}, ["a", "foo/b/c", "foo/bar", "q ab/t"], ["foo+1"]),
        ({"Delimiter": "z", "Prefix": "f"}, ["foo+1/b", "foo/b/c", "foo/bar"], []),
        ({"Delimiter": "\n"}, ["a", "foo+1/b", "foo/b/c", "foo/bar", "q ab/t"], []),
        ({"Delimiter": ""}, ["a", "foo+1/b", "foo/b/c", "foo/bar", "q ab/t"], []),
        ({"Prefix": "foo/b"}, ["foo/b/c", "foo/bar"], []),
        ({"Prefix": "\n"}, [], []),
        ({"Prefix": "nothing", "Delimiter": "/"}, [], []),
        ({"MaxKeys": 0}, [], []),
    ],
)
def test_lists_hold_what_prefix_and_delimiter_leave(s3, bucket, list_, options, found, rolled):
    fill(s3, bucket, ["a", "foo+1/b", "foo/b/c", "foo/bar", "q ab/t"])
    answer = getattr(s3, list_)(Bucket=bucket, **options)
    assert (keys(answer), prefixes(answer)) == (found, rolled)
    assert answer["IsTruncated"] is False
    assert answer["Prefix"] == options.get("Prefix", "")
    assert answer.get("Delimiter", "") == options.get("Delimiter", "")


@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize("delimiter", ["", "/"])
def test_pages_together_are_the_whole_list(s3, bucket, size, delimiter):
    fill(s3, bucket, ["asdf", "boo/bar", "boo/baz/x", "cquux/thud", "cquux/bla", "d", "ä", "😀/1"])
    for list_ in ("list_objects", "list_objects_v2"):
        options = {"Bucket": bucket, **({"Delimiter": delimiter} if delimiter else {})}
        whole = getattr(s3, list_)(**options)
        pages = list(s3.get_paginator(list_).paginate(**options, PaginationConfig={"PageSize": size}))
        assert [key for page in pages for key in keys(page)] == keys(whole)
        assert [prefix for page in pages for prefix in prefixes(page)] == prefixes(whole)
        assert all(len(keys(page)) + len(prefixes(page)) == size for page in pages[:-1])
        assert [page["IsTruncated"] for page in pages] == [True] * (len(pages) - 1) + [False]


def test_a_list_goes_on_after_a_marker_whether_it_exists_or_not(s3, bucket):
    fill(s3, bucket, ["bar", "baz", "foo", "quxx"])
    for marker, found in [
        ("baz", ["foo", "quxx"]),
        ("blah", ["foo", "quxx"]),
        ("zzz", []),
        ("\n", ["bar", "baz", "foo", "quxx"]),
        ("", ["bar", "baz", "foo", "quxx"]),
    ]:
        first, second = (
            s3.list_objects(Bucket=bucket, Marker=marker),
            s3.list_objects_v2(Bucket=bucket, StartAfter=marker),
        )
        assert keys(first) == keys(second) == found
        assert (first["Marker"], second.get("StartAfter", "")) == (marker, marker)


def test_only_the_first_list_names_the_next_marker_and_only_with_a_delimiter(s3, bucket):
    fill(s3, bucket, ["a", "b/1", "c"])
    assert "NextMarker" not in s3.list_objects(Bucket=bucket, MaxKeys=1)
    assert s3.list_objects(Bucket=bucket, MaxKeys=2, Delimiter="/")["NextMarker"] == "b/"
    answer = s3.list_objects_v2(Bucket=bucket, MaxKeys=1, FetchOwner=True)
    assert answer["Contents"][0]["Owner"]["ID"] and answer["NextContinuationToken"]
    assert "Owner" not in s3.list_objects_v2(Bucket=bucket)["Contents"][0]


def test_keys_that_xml_cannot_hold_come_encoded(s3, bucket):
    fill(s3, bucket, ["a+b c/d", "a\x01"])
    answer = s3.list_objects_v2(Bucket=bucket, EncodingType="url", Delimiter="/")
    assert (keys(answer), prefixes(answer), answer["EncodingType"]) == (["a%01"], ["a%2Bb%20c/"], "url")


@pytest.mark.parametrize(
    "query",
    [
        "max-keys=blah",
        "max-keys=-1",
        "encoding-type=base64",
        "list-type=2&continuation-token=",
        "list-type=2&continuation-token=%21",
    ],
)
def test_lists_refuse_arguments_that_mean_nothing(sandbox, s3, query):
    public = new_name("public")
    s3.create_bucket(Bucket=public, ACL="public-read")
    answer = send(sandbox, f"/{public}?{query}")
    assert answer.status == 400 and b"<Code>InvalidArgument</Code>" in answer.body


# Versions


def test_every_change_of_a_versioned_bucket_makes_a_version(s3, bucket):
    assert "Status" not in s3.get_bucket_versioning(Bucket=bucket)
    fill(s3, bucket, ["k"])
    versioned(s3, bucket)
    ids = [s3.put_object(Bucket=bucket, Key="k", Body=str(number))["VersionId"] for number in range(3)]
    marker = s3.delete_object(Bucket=bucket, Key="k")
    assert marker["DeleteMarker"] is True
    with refused("NoSuchKey", 404) as caught:
        s3.get_object(Bucket=bucket, Key="k")
    assert caught.value.response["ResponseMetadata"]["HTTPHeaders"]["x-amz-delete-marker"] == "true"
    with refused("MethodNotAllowed", 405):
        s3.get_object(Bucket=bucket, Key="k", VersionId=marker["VersionId"])
    with refused("NoSuchVersion", 404):
        s3.get_object(Bucket=bucket, Key="k", VersionId="x" * 32)
    listed = s3.list_object_versions(Bucket=bucket)
    assert [version["VersionId"] for version in listed["Versions"]] == [*reversed(ids), "null"]
    assert [(each["VersionId"], each["IsLatest"]) for each in listed["DeleteMarkers"]] == [(marker["VersionId"], True)]
    assert s3.get_object(Bucket=bucket, Key="k", VersionId="null")["Body"].read() == b"k"
    removed = s3.delete_object(Bucket=bucket, Key="k", VersionId=marker["VersionId"])
    assert (removed["DeleteMarker"], removed["VersionId"]) == (True, marker["VersionId"])
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"2"


def test_a_suspended_bucket_replaces_only_the_null_version(s3, bucket):
    versioned(s3, bucket)
    old = s3.put_object(Bucket=bucket, Key="k", Body="old")["VersionId"]
    versioned(s3, bucket, "Suspended")
    assert "VersionId" not in s3.put_object(Bucket=bucket, Key="k", Body="one")
    s3.put_object(Bucket=bucket, Key="k", Body="two")
    listed = s3.list_object_versions(Bucket=bucket)["Versions"]
    assert [version["VersionId"] for version in listed] == ["null", old]
    assert s3.delete_object(Bucket=bucket, Key="k")["VersionId"] == "null"
    listed = s3.list_object_versions(Bucket=bucket)
    assert [version["VersionId"] for version in listed["Versions"]] == [old]
    assert listed["DeleteMarkers"][0]["VersionId"] == "null"


def test_a_list_of_versions_comes_in_pages(s3, bucket):
    versioned(s3, bucket)
    for number in range(3):
        fill(s3, bucket, ["a", "b/1", "b/2"])
    s3.delete_object(Bucket=bucket, Key="a")
    paginator = s3.get_paginator("list_object_versions")
    pages = list(paginator.paginate(Bucket=bucket, PaginationConfig={"PageSize": 2}))
    found = [
        (each["Key"], each["VersionId"])
        for page in pages
        for each in page.get("DeleteMarkers", []) + page.get("Versions", [])
    ]
    assert len(found) == len(set(found)) == 10
    rolled = s3.list_object_versions(Bucket=bucket, Delimiter="/")
    assert (len(rolled["Versions"]), prefixes(rolled)) == (3, ["b/"])
    for key, version in found:
        s3.delete_object(Bucket=bucket, Key=key, VersionId=version)
    s3.delete_bucket(Bucket=bucket)


# Conditions


def test_reads_depend_on_what_the_reader_has(s3, bucket):
    fill(s3, bucket, ["k"])
    head = s3.head_object(Bucket=bucket, Key="k")
    now, ago = head["LastModified"] + timedelta(seconds=1), head["LastModified"] - timedelta(days=1)
    read = lambda **conditions: s3.get_object(Bucket=bucket, Key="k", **conditions)["Body"].read()  # noqa: E731
    assert (
        read(IfMatch=head["ETag"])
        == read(IfNoneMatch='"other"')
        == read(IfModifiedSince=ago)
        == read(IfUnmodifiedSince=now)
        == b"k"
    )
    # A tag that fits counts more than a time that does not.
    assert read(IfMatch=head["ETag"], IfUnmodifiedSince=ago) == b"k"
    for conditions in [{"IfMatch": '"other"'}, {"IfUnmodifiedSince": ago}]:
        with refused("PreconditionFailed", 412):
            read(**conditions)
    for conditions in [
        {"IfNoneMatch": head["ETag"]},
        {"IfModifiedSince": now},
        {"IfNoneMatch": head["ETag"], "IfModifiedSince": ago},
    ]:
        with refused("304"):
            read(**conditions)


def test_writes_depend_on_what_is_there(s3, bucket):
    put = lambda **conditions: s3.put_object(Bucket=bucket, Key="k", Body=b"x", **conditions)  # noqa: E731
    with refused("NoSuchKey", 404):
        put(IfMatch='"other"')
    etag = put(IfNoneMatch="*")["ETag"]
    for conditions in [{"IfNoneMatch": "*"}, {"IfMatch": '"other"'}]:
        with refused("PreconditionFailed", 412):
            put(**conditions)
    put(IfMatch=etag)
    with refused("NotImplemented", 501):
        put(IfNoneMatch=etag)


def test_only_one_of_many_writers_creates_an_object(s3, bucket):
    def create(number):
        try:
            s3.put_object(Bucket=bucket, Key="k", Body=str(number), IfNoneMatch="*")
        except ClientError as error:
            return error.response["Error"]["Code"]

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(create, range(16)))
    assert sorted(answers, key=str) == [None] + ["PreconditionFailed"] * 15


def test_deletions_depend_on_what_is_there(s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"x")["ETag"]
    with refused("PreconditionFailed", 412):
        s3.delete_object(Bucket=bucket, Key="k", IfMatch='"other"')
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "k", "ETag": '"other"'}]})
    assert answer["Errors"][0]["Code"] == "PreconditionFailed"
    s3.delete_object(Bucket=bucket, Key="k", IfMatch=etag)
    s3.delete_object(Bucket=bucket, Key="k", IfMatch=etag)


# Copies


def test_a_copy_keeps_or_replaces_what_is_known(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", ContentType="a/b", Metadata={"one": "1"}, Tagging="t=1")
    source = {"Bucket": bucket, "Key": "k"}
    s3.copy_object(Bucket=bucket, Key="kept", CopySource=source)
    kept = s3.head_object(Bucket=bucket, Key="kept")
    assert (kept["ContentType"], kept["Metadata"], kept["TagCount"]) == ("a/b", {"one": "1"}, 1)
    new = {"ContentType": "c/d", "Metadata": {"two": "2"}}
    s3.copy_object(
        Bucket=bucket, Key="new", CopySource=source, MetadataDirective="REPLACE", TaggingDirective="REPLACE", **new
    )
    head = s3.head_object(Bucket=bucket, Key="new")
    assert ({name: head[name] for name in new}, "TagCount" in head) == (new, False)


def test_a_copy_onto_itself_has_to_change_something(s3, bucket):
    fill(s3, bucket, ["k"])
    source = {"Bucket": bucket, "Key": "k"}
    with refused("InvalidRequest", 400):
        s3.copy_object(Bucket=bucket, Key="k", CopySource=source)
    s3.copy_object(Bucket=bucket, Key="k", CopySource=source, MetadataDirective="REPLACE", Metadata={"a": "b"})
    assert s3.head_object(Bucket=bucket, Key="k")["Metadata"] == {"a": "b"}


def test_any_version_can_be_copied(s3, bucket):
    versioned(s3, bucket)
    ids = [s3.put_object(Bucket=bucket, Key="k?versionId=x&y", Body=str(number))["VersionId"] for number in range(2)]
    for number, version in enumerate(ids):
        source = {"Bucket": bucket, "Key": "k?versionId=x&y", "VersionId": version}
        answer = s3.copy_object(Bucket=bucket, Key=f"copy-{number}", CopySource=source)
        assert answer["CopySourceVersionId"] == version
        assert s3.get_object(Bucket=bucket, Key=f"copy-{number}")["Body"].read() == str(number).encode()


def test_a_copy_depends_on_its_source(sandbox, s3, bucket):
    fill(s3, bucket, ["k"])
    source, etag = {"Bucket": bucket, "Key": "k"}, s3.head_object(Bucket=bucket, Key="k")["ETag"]
    s3.copy_object(Bucket=bucket, Key="l", CopySource=source, CopySourceIfMatch=etag)
    for conditions in [{"CopySourceIfMatch": '"other"'}, {"CopySourceIfNoneMatch": etag}]:
        with refused("PreconditionFailed", 412):
            s3.copy_object(Bucket=bucket, Key="m", CopySource=source, **conditions)
    with refused("NoSuchKey", 404):
        s3.copy_object(Bucket=bucket, Key="m", CopySource={"Bucket": bucket, "Key": "none"})
    with refused("NoSuchBucket", 404):
        s3.copy_object(Bucket=bucket, Key="m", CopySource={"Bucket": new_name("none"), "Key": "k"})
    mine = sandbox.platform.make_bucket()
    with refused("AccessDenied", 403):
        sandbox.platform.s3.copy_object(Bucket=mine, Key="m", CopySource=source)


# Checksums


@pytest.mark.parametrize("algorithm, length", [("CRC32", 4), ("SHA1", 20), ("SHA256", 32)])
def test_checksums_are_verified_and_kept(s3, bucket, algorithm, length):
    name = f"Checksum{algorithm}"
    sum_ = s3.put_object(Bucket=bucket, Key="k", Body=b"x", ChecksumAlgorithm=algorithm)[name]
    head = s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert (head[name], head["ChecksumType"]) == (sum_, "FULL_OBJECT")
    assert name not in s3.head_object(Bucket=bucket, Key="k")
    attributes = s3.get_object_attributes(
        Bucket=bucket, Key="k", ObjectAttributes=["Checksum", "ObjectSize", "ETag", "StorageClass", "ObjectParts"]
    )
    assert (attributes["Checksum"], attributes["ObjectSize"]) == ({name: sum_, "ChecksumType": "FULL_OBJECT"}, 1)
    assert "ObjectParts" not in attributes
    with refused("BadDigest", 400):
        s3.put_object(Bucket=bucket, Key="k", Body=b"y", **{name: sum_})
    with refused("InvalidRequest", 400):
        s3.put_object(Bucket=bucket, Key="k", Body=b"y", **{name: "no checksum"})


def test_who_sends_no_checksum_gets_one(sandbox, bucket):
    silent = client(sandbox, sandbox.customer.credentials, request_checksum_calculation="when_required")
    silent.put_object(Bucket=bucket, Key="k", Body=b"123456789")
    head = silent.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    # The check value of CRC-64/NVME.
    assert head["ChecksumCRC64NVME"] == base64.b64encode(bytes.fromhex("ae8b14860a799888")).decode()


@pytest.mark.parametrize(
    "digest, code",
    [("YWJyYWNhZGFicmE=", "InvalidDigest"), ("", "InvalidDigest"), ("rL0Y20xC+Fzt72VPzMSk2A==", "BadDigest")],
)
def test_a_digest_has_to_be_that_of_the_content(sandbox, bucket, digest, code):
    s3 = with_headers(client(sandbox, sandbox.customer.credentials), "PutObject", {"Content-MD5": digest})
    with refused(code, 400):
        s3.put_object(Bucket=bucket, Key="k", Body=b"bar")


# Encryption

KEY = hashlib.sha256(b"a customer's key").digest()
OTHER_KEY = hashlib.sha256(b"another key").digest()


def test_who_encrypts_with_a_key_of_their_own_brings_it_every_time(s3, bucket):
    mine = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": KEY}
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", **mine)
    answer = s3.get_object(Bucket=bucket, Key="k", **mine)
    assert (answer["Body"].read(), answer["SSECustomerAlgorithm"]) == (b"x", "AES256")
    with refused("InvalidRequest", 400):
        s3.get_object(Bucket=bucket, Key="k")
    with refused("AccessDenied", 403):
        s3.get_object(Bucket=bucket, Key="k", SSECustomerAlgorithm="AES256", SSECustomerKey=OTHER_KEY)
    with refused("InvalidArgument", 400):
        s3.put_object(Bucket=bucket, Key="k", ServerSideEncryption="AES256", **mine)


@pytest.mark.parametrize("missing", ["algorithm", "key", "key-MD5"])
def test_a_key_comes_with_its_algorithm_and_its_digest(sandbox, bucket, missing):
    name = "x-amz-server-side-encryption-customer-"
    headers = {
        f"{name}algorithm": "AES256",
        f"{name}key": base64.b64encode(KEY).decode(),
        f"{name}key-MD5": base64.b64encode(hashlib.md5(KEY).digest()).decode(),
    }
    del headers[name + missing]
    s3 = with_headers(client(sandbox, sandbox.customer.credentials), "PutObject", headers)
    with refused("InvalidArgument", 400):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x")


def test_objects_are_encrypted_with_a_kms_key_where_one_is_named(sandbox, s3, bucket):
    key = sandbox.customer.client("kms").create_key()["KeyMetadata"]["Arn"]
    answer = s3.put_object(Bucket=bucket, Key="k", Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
    assert (answer["ServerSideEncryption"], answer["SSEKMSKeyId"]) == ("aws:kms", key)
    assert s3.get_object(Bucket=bucket, Key="k")["SSEKMSKeyId"] == key
    with refused("InvalidArgument", 400):
        with_headers(
            client(sandbox, sandbox.customer.credentials),
            "PutObject",
            {"x-amz-server-side-encryption-aws-kms-key-id": key},
        ).put_object(Bucket=bucket, Key="k")
    with refused("InvalidArgument", 400):
        with_headers(
            client(sandbox, sandbox.customer.credentials), "GetObject", {"x-amz-server-side-encryption": "aws:kms"}
        ).get_object(Bucket=bucket, Key="k")
    default = {
        "Rules": [
            {
                "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key},
                "BucketKeyEnabled": True,
            }
        ]
    }
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=default)
    answer = s3.put_object(Bucket=bucket, Key="l", Body=b"x")
    assert (answer["SSEKMSKeyId"], answer["BucketKeyEnabled"]) == (key, True)


# Tags


def tag_set(**tags):
    return {"TagSet": [{"Key": key, "Value": value} for key, value in sorted(tags.items())]}


def test_tags_are_set_read_and_removed(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Tagging="foo=bar&empty&a%20b=c%2Bd")
    assert (
        s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"]
        == tag_set(foo="bar", empty="", **{"a b": "c+d"})["TagSet"]
    )
    ten = tag_set(**{str(number): "v" * 256 for number in range(10)})
    s3.put_object_tagging(Bucket=bucket, Key="k", Tagging=ten)
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == ten["TagSet"]
    assert s3.head_object(Bucket=bucket, Key="k")["TagCount"] == 10
    s3.delete_object_tagging(Bucket=bucket, Key="k")
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == []


@pytest.mark.parametrize(
    "tags", [{str(number): "" for number in range(11)}, {"k" * 129: ""}, {"k": "v" * 257}, {"aws:k": ""}]
)
def test_tags_beyond_the_limits_are_refused(s3, bucket, tags):
    fill(s3, bucket, ["k"])
    with refused("InvalidTag", 400):
        s3.put_object_tagging(Bucket=bucket, Key="k", Tagging=tag_set(**tags))
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == []


def test_buckets_have_tags_too(s3, bucket):
    with refused("NoSuchTagSet", 404):
        s3.get_bucket_tagging(Bucket=bucket)
    s3.put_bucket_tagging(Bucket=bucket, Tagging=tag_set(a="b"))
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == tag_set(a="b")["TagSet"]
    s3.delete_bucket_tagging(Bucket=bucket)
    with refused("NoSuchTagSet", 404):
        s3.get_bucket_tagging(Bucket=bucket)


# Configurations

RULE = {"ID": "rule", "Status": "Enabled", "Filter": {"Prefix": "a/"}, "Expiration": {"Days": 31}}


def test_lifecycle_rules_come_back_as_they_were_and_with_a_name(s3, bucket):
    with refused("NoSuchLifecycleConfiguration", 404):
        s3.get_bucket_lifecycle_configuration(Bucket=bucket)
    rules = [
        RULE,
        {"ID": "old", "Status": "Disabled", "Prefix": "b/", "Expiration": {"ExpiredObjectDeleteMarker": True}},
        {
            "ID": "uploads",
            "Status": "Enabled",
            "Filter": {},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 2},
        },
        {
            "ID": "tags",
            "Status": "Enabled",
            "Filter": {"And": {"Prefix": "c", "Tags": [{"Key": "k", "Value": "v"}]}},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 2},
        },
    ]
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"] == rules
    unnamed = [{key: value for key, value in rule.items() if key != "ID"} for rule in rules]
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": unnamed})
    named = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert len({rule.pop("ID") for rule in named}) == 4
    assert named == unnamed


@pytest.mark.parametrize(
    "rules, code",
    [
        ([RULE | {"ID": "x" * 256}], "InvalidArgument"),
        ([RULE, RULE], "InvalidArgument"),
        ([RULE | {"Status": "enabled"}], "MalformedXML"),
        ([RULE | {"Expiration": {"Days": 0}}], "InvalidArgument"),
        ([RULE | {"Expiration": {"Date": datetime(2031, 1, 1, 12)}}], "InvalidArgument"),
        ([{key: value for key, value in RULE.items() if key != "Expiration"}], "InvalidRequest"),
        ([], "MalformedXML"),
    ],
)
def test_lifecycle_rules_that_mean_nothing_are_refused(s3, bucket, rules, code):
    with refused(code, 400):
        s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})


def test_an_object_says_when_its_rule_ends_it(s3, bucket):
    tagged = {"And": {"Prefix": "a/", "Tags": [{"Key": "k", "Value": "v"}]}}
    rules = [RULE, RULE | {"ID": "tagged", "Filter": tagged, "Expiration": {"Days": 1}}]
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})
    for key, tagging, rule in [("a/b", "", "rule"), ("a/b", "k=v", "tagged"), ("b", "", None)]:
        put = s3.put_object(Bucket=bucket, Key=key, Tagging=tagging)
        for answer in (put, s3.head_object(Bucket=bucket, Key=key)):
            assert (rule is None) == ("Expiration" not in answer)
            assert rule is None or f'00:00:00 GMT", rule-id="{rule}"' in answer["Expiration"]


def test_what_the_sandbox_does_not_have_it_does_not_pretend_to_have(s3, bucket):
    fill(s3, bucket, ["k"])
    with refused("ObjectLockConfigurationNotFoundError", 404):
        s3.get_object_lock_configuration(Bucket=bucket)
    with refused("InvalidRequest", 400, "Object Lock"):
        s3.get_object_retention(Bucket=bucket, Key="k")
    with refused("InvalidRequest", 400, "Object Lock"):
        s3.put_object(Bucket=bucket, Key="k", ObjectLockLegalHoldStatus="ON")
    with refused("NotImplemented", 501):
        s3.create_bucket(Bucket=new_name("lock"), ObjectLockEnabledForBucket=True)
    for call in [
        s3.list_bucket_inventory_configurations,
        s3.list_bucket_analytics_configurations,
        s3.list_bucket_metrics_configurations,
    ]:
        with refused("NotImplemented", 501):
            call(Bucket=bucket)


def test_a_requester_who_pays_says_so(sandbox, s3):
    bucket = sandbox.customer.make_bucket("k")
    open_ = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
        ],
    }
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(open_))
    s3.put_bucket_request_payment(Bucket=bucket, RequestPaymentConfiguration={"Payer": "Requester"})
    other = sandbox.platform.s3
    assert other.get_object(Bucket=bucket, Key="k", RequestPayer="requester")["RequestCharged"] == "requester"
    for reader in (other, client(sandbox)):
        with refused("AccessDenied", 403):
            reader.get_object(Bucket=bucket, Key="k")
    assert "RequestCharged" not in s3.get_object(Bucket=bucket, Key="k")


def test_who_fears_to_have_the_wrong_bucket_says_whose_it_should_be(sandbox, s3, bucket):
    s3.list_objects_v2(Bucket=bucket, ExpectedBucketOwner=sandbox.customer.id)
    with refused("AccessDenied", 403):
        s3.list_objects_v2(Bucket=bucket, ExpectedBucketOwner=sandbox.platform.id)
