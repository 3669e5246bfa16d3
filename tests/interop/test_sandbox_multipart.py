"""Uploads in parts, and the transfer manager that makes them."""

import hashlib
import io

import pytest
from boto3.s3.transfer import TransferConfig

from s3_help import MEGABYTE, refused

PART = 5 * MEGABYTE
ALL = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]
KEY = hashlib.sha256(b"a customer's key").digest()
OTHER_KEY = hashlib.sha256(b"another key").digest()


@pytest.fixture(scope="module")
def s3(sandbox):
    return sandbox.customer.s3


@pytest.fixture
def bucket(sandbox):
    return sandbox.customer.make_bucket()


def begin(s3, bucket, key="k", **options):
    return s3.create_multipart_upload(Bucket=bucket, Key=key, **options)["UploadId"]


def upload(s3, bucket, upload_id, contents, key="k", **options):
    """Uploads parts, and gives what completing wants to know of them."""
    parts = []
    for number, content in enumerate(contents, 1):
        answer = s3.upload_part(Bucket=bucket, Key=key, UploadId=upload_id, PartNumber=number, Body=content, **options)
        sums = {name: sum_ for name, sum_ in answer.items() if name.startswith("Checksum")}
        parts.append({"PartNumber": number, "ETag": answer["ETag"], **sums})
    return parts


def complete(s3, bucket, upload_id, parts, key="k", **options):
    return s3.complete_multipart_upload(
        Bucket=bucket, Key=key, UploadId=upload_id, MultipartUpload={"Parts": parts}, **options
    )


def etag_of(contents):
    digests = b"".join(hashlib.md5(content).digest() for content in contents)
    return f'"{hashlib.md5(digests).hexdigest()}-{len(contents)}"'


def test_parts_become_one_object_with_what_the_beginning_said(s3, bucket):
    contents = [b"a" * PART, b"b" * PART, b"c"]
    upload_id = begin(s3, bucket, ContentType="a/b", Metadata={"one": "1"}, Tagging="t=1", StorageClass="STANDARD_IA")
    parts = upload(s3, bucket, upload_id, contents)
    with refused("NoSuchKey", 404):
        s3.get_object(Bucket=bucket, Key="k")
    done = complete(s3, bucket, upload_id, parts)
    assert (done["ETag"], done["Bucket"], done["Key"]) == (etag_of(contents), bucket, "k")
    assert done["Location"].endswith(f"/{bucket}/k")
    answer = s3.get_object(Bucket=bucket, Key="k")
    assert answer["Body"].read() == b"".join(contents)
    told = [answer[name] for name in ("ContentType", "Metadata", "TagCount", "StorageClass", "ETag")]
    assert told == ["a/b", {"one": "1"}, 1, "STANDARD_IA", done["ETag"]]
    middle = s3.get_object(Bucket=bucket, Key="k", Range=f"bytes={PART - 1}-{PART}")
    assert middle["Body"].read() == b"ab"


def test_who_did_not_hear_that_it_is_complete_asks_again(s3, bucket):
    upload_id = begin(s3, bucket)
    parts = upload(s3, bucket, upload_id, [b"x"])
    assert complete(s3, bucket, upload_id, parts)["ETag"] == complete(s3, bucket, upload_id, parts)["ETag"]
    s3.put_object(Bucket=bucket, Key="k", Body=b"something else")
    with refused("NoSuchUpload", 404):
        complete(s3, bucket, upload_id, parts)


def test_a_part_sent_again_replaces_the_first(s3, bucket):
    upload_id = begin(s3, bucket)
    old = upload(s3, bucket, upload_id, [b"old" * PART])
    parts = upload(s3, bucket, upload_id, [b"new" * PART, b"end"])
    with refused("InvalidPart", 400):
        complete(s3, bucket, upload_id, [*old, parts[1]])
    complete(s3, bucket, upload_id, parts)
    assert s3.get_object(Bucket=bucket, Key="k", Range="bytes=0-2")["Body"].read() == b"new"


def test_only_the_parts_that_are_named_count(s3, bucket):
    upload_id = begin(s3, bucket)
    parts = upload(s3, bucket, upload_id, [b"a" * PART, b"b" * PART, b"c"])
    complete(s3, bucket, upload_id, [parts[0], parts[2]])
    assert s3.head_object(Bucket=bucket, Key="k")["ContentLength"] == PART + 1


def test_parts_that_do_not_fit_are_refused(s3, bucket):
    upload_id = begin(s3, bucket)
    parts = upload(s3, bucket, upload_id, [b"a" * 1024, b"b" * 1024])
    with refused("EntityTooSmall", 400):
        complete(s3, bucket, upload_id, parts)
    with refused("InvalidPartOrder", 400):
        complete(s3, bucket, upload_id, parts[::-1])
    for wrong in [{"PartNumber": 3, "ETag": parts[0]["ETag"]}, {"PartNumber": 1, "ETag": '"' + "f" * 32 + '"'}]:
        with refused("InvalidPart", 400):
            complete(s3, bucket, upload_id, [wrong])
    for nothing in [{}, {"MultipartUpload": {"Parts": []}}]:
        with refused("MalformedXML", 400):
            s3.complete_multipart_upload(Bucket=bucket, Key="k", UploadId=upload_id, **nothing)
    for number in (0, 10_001):
        with refused("InvalidArgument", 400):
            s3.upload_part(Bucket=bucket, Key="k", UploadId=upload_id, PartNumber=number, Body=b"x")


def test_an_upload_that_is_aborted_leaves_nothing(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"before")
    upload_id = begin(s3, bucket)
    upload(s3, bucket, upload_id, [b"x"])
    s3.abort_multipart_upload(Bucket=bucket, Key="k", UploadId=upload_id)
    for call in (s3.abort_multipart_upload, s3.list_parts):
        with refused("NoSuchUpload", 404):
            call(Bucket=bucket, Key="k", UploadId=upload_id)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"before"
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


def test_an_upload_belongs_to_its_key(s3, bucket):
    upload_id = begin(s3, bucket)
    with refused("NoSuchUpload", 404):
        upload(s3, bucket, upload_id, [b"x"], key="other")


def test_uploads_and_parts_are_listed_in_pages(s3, bucket):
    ids = {begin(s3, bucket, key) for key in ["a", "a", "b/1", "b/2", "c"]}
    pages = list(s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, PaginationConfig={"PageSize": 2}))
    found = [upload["UploadId"] for page in pages for upload in page.get("Uploads", [])]
    assert (len(found), set(found)) == (5, ids)
    rolled = s3.list_multipart_uploads(Bucket=bucket, Delimiter="/")
    assert [prefix["Prefix"] for prefix in rolled["CommonPrefixes"]] == ["b/"]
    upload_id = begin(s3, bucket)
    parts = upload(s3, bucket, upload_id, [b"x" * size for size in (1, 2, 3)])
    pages = list(
        s3.get_paginator("list_parts").paginate(
            Bucket=bucket, Key="k", UploadId=upload_id, PaginationConfig={"PageSize": 2}
        )
    )
    assert [page["IsTruncated"] for page in pages] == [True, False]
    found = [part for page in pages for part in page["Parts"]]
    assert [(part["PartNumber"], part["ETag"], part["Size"]) for part in found] == [
        (part["PartNumber"], part["ETag"], part["PartNumber"]) for part in parts
    ]


def test_parts_are_copied_from_ranges_of_objects(s3, bucket):
    content = bytes(range(256)) * (2 * PART // 256)
    s3.put_object(Bucket=bucket, Key="a b?", Body=content)
    upload_id, source, parts = begin(s3, bucket), {"Bucket": bucket, "Key": "a b?"}, []
    for number, range_ in enumerate([f"bytes=0-{PART - 1}", f"bytes={PART}-{PART + 9}"], 1):
        answer = s3.upload_part_copy(
            Bucket=bucket, Key="k", UploadId=upload_id, PartNumber=number, CopySource=source, CopySourceRange=range_
        )
        parts.append({"PartNumber": number, "ETag": answer["CopyPartResult"]["ETag"]})
    complete(s3, bucket, upload_id, parts)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == content[: PART + 10]


@pytest.mark.parametrize(
    "range_", ["0-2", "bytes=0", "bytes=a-b", "bytes=0-b", "bytes=a-", "bytes=-3", "bytes=0-2,3-5"]
)
def test_a_copied_range_names_its_first_and_last_byte(s3, bucket, range_):
    s3.put_object(Bucket=bucket, Key="source", Body=b"12345")
    upload_id = begin(s3, bucket)
    copy = {
        "Bucket": bucket,
        "Key": "k",
        "UploadId": upload_id,
        "PartNumber": 1,
        "CopySource": {"Bucket": bucket, "Key": "source"},
    }
    with refused("InvalidArgument", 400):
        s3.upload_part_copy(**copy, CopySourceRange=range_)
    with refused("InvalidRange", 416):
        s3.upload_part_copy(**copy, CopySourceRange="bytes=0-21")


def test_a_part_can_be_read_alone(s3, bucket):
    upload_id = begin(s3, bucket, ChecksumAlgorithm="CRC32")
    parts = upload(s3, bucket, upload_id, [b"a" * PART, b"b"], ChecksumAlgorithm="CRC32")
    complete(s3, bucket, upload_id, parts)
    answer = s3.get_object(Bucket=bucket, Key="k", PartNumber=2)
    assert (answer["Body"].read(), answer["PartsCount"], answer["ContentRange"]) == (
        b"b",
        2,
        f"bytes {PART}-{PART}/{PART + 1}",
    )
    assert (answer["ChecksumCRC32"], answer["ChecksumType"]) == (parts[1]["ChecksumCRC32"], "COMPOSITE")
    with refused("InvalidPartNumber", 416):
        s3.get_object(Bucket=bucket, Key="k", PartNumber=3)
    s3.put_object(Bucket=bucket, Key="plain", Body=b"x")
    answer = s3.get_object(Bucket=bucket, Key="plain", PartNumber=1)
    assert (answer["Body"].read(), "PartsCount" in answer) == (b"x", False)


# Checksums of the parts of an upload whose parts are 5 MiB of `A`, of `B` and of `C`, combined as the two types say.
@pytest.mark.parametrize(
    "algorithm, kind",
    [("CRC32", "COMPOSITE"), ("CRC32", "FULL_OBJECT"), ("SHA1", "COMPOSITE"), ("SHA256", "COMPOSITE")],
)
def test_the_checksum_of_an_upload_is_that_of_its_content_or_of_its_parts(s3, bucket, algorithm, kind):
    name, contents = f"Checksum{algorithm}", [letter * PART for letter in (b"A", b"B", b"C")]
    begun = s3.create_multipart_upload(Bucket=bucket, Key="k", ChecksumAlgorithm=algorithm, ChecksumType=kind)
    assert (begun["ChecksumAlgorithm"], begun["ChecksumType"]) == (algorithm, kind)
    upload_id = begun["UploadId"]
    parts = upload(s3, bucket, upload_id, contents, ChecksumAlgorithm=algorithm)
    whole = s3.put_object(Bucket=bucket, Key="whole", Body=b"".join(contents), ChecksumAlgorithm=algorithm)[name]
    with refused("InvalidRequest", 400):
        complete(s3, bucket, upload_id, parts, **{name: "bad"})
    if kind == "COMPOSITE":
        bare = [{key: part[key] for key in ("PartNumber", "ETag")} for part in parts]
        with refused("InvalidRequest", 400, "missing for part 1"):
            complete(s3, bucket, upload_id, bare)
        with refused("BadDigest", 400):
            complete(s3, bucket, upload_id, parts, **{name: whole})
    swapped = [part | {name: parts[0][name]} for part in parts]
    with refused("InvalidPart", 400):
        complete(s3, bucket, upload_id, swapped)
    done = complete(s3, bucket, upload_id, parts, ChecksumType=kind)
    assert done["ChecksumType"] == kind
    assert done[name] == whole if kind == "FULL_OBJECT" else done[name].endswith("-3")
    head = s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert (head[name], head["ChecksumType"]) == (done[name], kind)
    attributes = s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=ALL)
    assert attributes["Checksum"] == {name: done[name], "ChecksumType": kind}
    listed = [(part["PartNumber"], part["Size"], part[name]) for part in attributes["ObjectParts"]["Parts"]]
    assert listed == [(part["PartNumber"], PART, part[name]) for part in parts]


def test_the_parts_of_an_object_are_listed_in_pages(s3, bucket):
    upload_id = begin(s3, bucket, ChecksumAlgorithm="SHA256")
    parts = upload(s3, bucket, upload_id, [b"a" * PART, b"b" * PART, b"c"], ChecksumAlgorithm="SHA256")
    complete(s3, bucket, upload_id, parts)
    page = s3.get_object_attributes(
        Bucket=bucket, Key="k", ObjectAttributes=["ObjectParts"], MaxParts=1, PartNumberMarker=1
    )["ObjectParts"]
    assert [part["PartNumber"] for part in page["Parts"]] == [2]
    told = [
        page[name]
        for name in ("TotalPartsCount", "PartNumberMarker", "NextPartNumberMarker", "MaxParts", "IsTruncated")
    ]
    assert told == [3, 1, 2, 1, True]


@pytest.mark.parametrize(
    "algorithm, kind", [("SHA256", "FULL_OBJECT"), ("CRC64NVME", "COMPOSITE"), (None, "COMPOSITE")]
)
def test_some_checksums_cannot_be_combined(s3, bucket, algorithm, kind):
    options = {"ChecksumAlgorithm": algorithm} if algorithm else {}
    with refused("InvalidRequest", 400):
        begin(s3, bucket, ChecksumType=kind, **options)


def test_parts_bring_the_key_that_the_upload_began_with(s3, bucket):
    mine = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": KEY}
    upload_id = begin(s3, bucket, **mine)
    for options in [{}, mine | {"SSECustomerKey": OTHER_KEY}]:
        with refused("InvalidRequest", 400):
            upload(s3, bucket, upload_id, [b"x"], **options)
    complete(s3, bucket, upload_id, upload(s3, bucket, upload_id, [b"x"], **mine))
    assert s3.get_object(Bucket=bucket, Key="k", **mine)["Body"].read() == b"x"


def test_completing_depends_on_what_is_there(s3, bucket):
    upload_id = begin(s3, bucket)
    parts = upload(s3, bucket, upload_id, [b"x"])
    with refused("NoSuchKey", 404):
        complete(s3, bucket, upload_id, parts, IfMatch='"other"')
    s3.put_object(Bucket=bucket, Key="k", Body=b"y")
    with refused("PreconditionFailed", 412):
        complete(s3, bucket, upload_id, parts, IfNoneMatch="*")
    complete(s3, bucket, upload_id, parts, IfMatch=s3.head_object(Bucket=bucket, Key="k")["ETag"])


def test_a_versioned_bucket_gives_an_upload_a_version(s3, bucket):
    upload_id = begin(s3, bucket)
    assert "VersionId" not in complete(s3, bucket, upload_id, upload(s3, bucket, upload_id, [b"x"]))
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    upload_id = begin(s3, bucket)
    version = complete(s3, bucket, upload_id, upload(s3, bucket, upload_id, [b"y"]))["VersionId"]
    assert s3.get_object(Bucket=bucket, Key="k", VersionId=version)["Body"].read() == b"y"


def test_the_transfer_manager_moves_large_files(s3, bucket):
    content = bytes(range(256)) * (17 * MEGABYTE // 256)
    config = TransferConfig(multipart_threshold=PART, multipart_chunksize=PART, max_concurrency=4)
    s3.upload_fileobj(io.BytesIO(content), bucket, "k", Config=config, ExtraArgs={"ContentType": "a/b"})
    s3.copy({"Bucket": bucket, "Key": "k"}, bucket, "l", Config=config)
    for key in ("k", "l"):
        file = io.BytesIO()
        s3.download_fileobj(bucket, key, file, Config=config)
        assert file.getvalue() == content
        assert s3.head_object(Bucket=bucket, Key=key)["ETag"].endswith('-4"')
    assert s3.head_object(Bucket=bucket, Key="k")["ContentType"] == "a/b"
