"""A day with the AWS CLI."""

import json

import pytest

from s3_help import MEGABYTE, send
from sandbox import new_name


@pytest.fixture(scope="module")
def aws(sandbox):
    def run(*arguments, fails=None):
        done = sandbox.aws(sandbox.customer.credentials, *map(str, arguments))
        assert (done.returncode != 0) == bool(fails), done.stderr
        assert (fails or "") in done.stderr
        return json.loads(done.stdout) if arguments[0] == "s3api" and done.stdout else done.stdout

    return run


def test_files_go_to_a_bucket_and_come_back(aws, tmp_path):
    bucket = new_name("cli")
    aws("s3", "mb", f"s3://{bucket}")
    assert bucket in aws("s3", "ls")
    there, back = tmp_path / "there", tmp_path / "back"
    contents = {"a.txt": b"a", "b c+d/ä.bin": bytes(range(256)) * 40_000, "empty": b""}
    for name, content in contents.items():
        (there / name).parent.mkdir(parents=True, exist_ok=True)
        (there / name).write_bytes(content)
    aws("s3", "sync", there, f"s3://{bucket}/x", "--no-progress")
    # What is there already is not sent again.
    assert aws("s3", "sync", there, f"s3://{bucket}/x", "--no-progress") == ""
    listed = aws("s3", "ls", f"s3://{bucket}/x/", "--recursive", "--summarize")
    assert "Total Objects: 3" in listed and "x/b c+d/ä.bin" in listed
    assert "PRE b c+d/" in aws("s3", "ls", f"s3://{bucket}/x/")
    aws("s3", "cp", f"s3://{bucket}/x", back, "--recursive", "--no-progress")
    assert {str(path.relative_to(back)): path.read_bytes() for path in back.rglob("*") if path.is_file()} == contents
    (there / "a.txt").unlink()
    aws("s3", "sync", there, f"s3://{bucket}/x", "--delete", "--no-progress")
    aws("s3", "mv", f"s3://{bucket}/x/empty", f"s3://{bucket}/moved", "--no-progress")
    aws("s3", "cp", f"s3://{bucket}/x/b c+d/ä.bin", f"s3://{bucket}/copy", "--no-progress")
    assert [entry["Key"] for entry in aws("s3api", "list-objects-v2", "--bucket", bucket)["Contents"]] == [
        "copy",
        "moved",
        "x/b c+d/ä.bin",
    ]
    aws("s3", "rb", f"s3://{bucket}", fails="BucketNotEmpty")
    aws("s3", "rm", f"s3://{bucket}/x", "--recursive")
    aws("s3", "rb", f"s3://{bucket}", "--force")
    aws("s3api", "head-bucket", "--bucket", bucket, fails="404")


def test_large_files_go_in_parts(aws, tmp_path):
    bucket, file = new_name("cli"), tmp_path / "large"
    file.write_bytes(b"0123456789abcdef" * (17 * MEGABYTE // 16))
    aws("s3", "mb", f"s3://{bucket}")
    aws("s3", "cp", file, f"s3://{bucket}/large", "--no-progress")
    wanted = ["--object-attributes", "ObjectParts", "ObjectSize", "Checksum"]
    attributes = aws("s3api", "get-object-attributes", "--bucket", bucket, "--key", "large", *wanted)
    assert (attributes["ObjectSize"], attributes["ObjectParts"]["TotalPartsCount"]) == (17 * MEGABYTE, 3)
    aws("s3", "cp", f"s3://{bucket}/large", tmp_path / "back", "--no-progress")
    assert (tmp_path / "back").read_bytes() == file.read_bytes()
    part = tmp_path / "part"
    aws("s3api", "get-object", "--bucket", bucket, "--key", "large", "--range", "bytes=-5", part)
    assert part.read_bytes() == b"bcdef"


def test_urls_are_signed_for_others(sandbox, aws, tmp_path):
    bucket, file = new_name("cli"), tmp_path / "f"
    file.write_bytes(b"content")
    aws("s3", "mb", f"s3://{bucket}")
    aws("s3", "cp", file, f"s3://{bucket}/a b", "--no-progress", "--content-type", "a/b")
    url = aws("s3", "presign", f"s3://{bucket}/a b", "--expires-in", 60).strip()
    answer = send(sandbox, url.removeprefix(sandbox.url))
    assert (answer.body, answer.headers["Content-Type"]) == (b"content", "a/b")


def test_a_bucket_is_configured(aws):
    bucket = new_name("cli")
    aws("s3api", "create-bucket", "--bucket", bucket)
    for what, option, value in [
        ("bucket-versioning", "versioning-configuration", "Status=Enabled"),
        ("bucket-tagging", "tagging", "TagSet=[{Key=a,Value=b}]"),
        ("bucket-cors", "cors-configuration", '{"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}'),
        (
            "bucket-lifecycle-configuration",
            "lifecycle-configuration",
            '{"Rules": [{"Status": "Enabled", "Filter": {}, "Expiration": {"Days": 1}}]}',
        ),
        (
            "bucket-encryption",
            "server-side-encryption-configuration",
            '{"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}',
        ),
        ("public-access-block", "public-access-block-configuration", "BlockPublicPolicy=true"),
        ("bucket-ownership-controls", "ownership-controls", "Rules=[{ObjectOwnership=ObjectWriter}]"),
        ("bucket-request-payment", "request-payment-configuration", "Payer=Requester"),
        ("bucket-website", "website-configuration", '{"IndexDocument": {"Suffix": "index.html"}}'),
    ]:
        aws("s3api", f"put-{what}", "--bucket", bucket, f"--{option}", value)
        assert aws("s3api", f"get-{what}", "--bucket", bucket)
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws("s3api", "put-bucket-policy", "--bucket", bucket, "--policy", document, fails="AccessDenied")
    aws("s3api", "delete-public-access-block", "--bucket", bucket)
    aws("s3api", "put-bucket-policy", "--bucket", bucket, "--policy", document)
    status = aws("s3api", "get-bucket-policy-status", "--bucket", bucket)
    assert status == {"PolicyStatus": {"IsPublic": True}}
