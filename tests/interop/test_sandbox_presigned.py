"""Signed URLs and signed requests, in both versions of the signature, and requests that no SDK would send."""

import json
import random
import socket

import pytest

from s3_help import client, code_of, refused, send, with_headers
from sandbox import new_name, policy

KEY = "a b+ü/~//x"


@pytest.fixture(scope="module", params=["s3v4", "s3"])
def signer(request, sandbox):
    """boto3 signs URLs with Version 2 in the oldest region, unless told otherwise."""
    return client(sandbox, sandbox.customer.credentials, signature_version=request.param)


@pytest.fixture(scope="module")
def bucket(sandbox):
    return sandbox.customer.make_bucket(KEY)


def is_old(signer):
    return signer.meta.config.signature_version == "s3"


def path_of(sandbox, signer, operation, bucket, lifetime=600, **params):
    params = {"Bucket": bucket, "Key": KEY} | params
    url = signer.generate_presigned_url(operation, Params=params, ExpiresIn=lifetime)
    return url.removeprefix(sandbox.url)


def test_a_signed_url_reads_writes_and_removes(sandbox, signer, bucket):
    path = path_of(sandbox, signer, "get_object", bucket)
    assert send(sandbox, path).body == KEY.encode()
    assert send(sandbox, path, headers={"Range": "bytes=-2"}).body == b"/x"
    assert send(sandbox, path_of(sandbox, signer, "head_object", bucket), "HEAD").status == 200
    other = {"Key": "another"}
    assert send(sandbox, path_of(sandbox, signer, "put_object", bucket, **other), "PUT", body=b"x").status == 200
    assert send(sandbox, path_of(sandbox, signer, "get_object", bucket, **other)).body == b"x"
    assert send(sandbox, path_of(sandbox, signer, "delete_object", bucket, **other), "DELETE").status == 204
    assert code_of(send(sandbox, path_of(sandbox, signer, "get_object", bucket, **other))) == (404, "NoSuchKey")


def test_a_signed_url_says_how_the_answer_is_to_be_read(sandbox, signer, bucket):
    options = {"ResponseContentType": "a/b", "ResponseContentDisposition": 'attachment; filename="a b"'}
    answer = send(sandbox, path_of(sandbox, signer, "get_object", bucket, **options))
    assert [answer.headers[name] for name in ("Content-Type", "Content-Disposition")] == list(options.values())


def test_a_signed_url_is_for_one_method_and_one_key(sandbox, signer, bucket):
    path = path_of(sandbox, signer, "get_object", bucket)
    for changed, method in [(path, "PUT"), (path, "DELETE"), (path.replace("/~/", "/-/"), "GET"), (path[:-1], "GET")]:
        answer = send(sandbox, changed, method, body=b"")
        assert code_of(answer) in [(403, "SignatureDoesNotMatch"), (403, "AccessDenied"), (403, "InvalidAccessKeyId")]


def test_what_the_url_says_of_the_upload_the_upload_has_to_say_too(sandbox, signer, bucket):
    path = path_of(sandbox, signer, "put_object", bucket, Key="typed", ContentType="image/png", Metadata={"one": "1"})
    right = {"Content-Type": "image/png", "x-amz-meta-one": "1"}
    assert send(sandbox, path, "PUT", right, b"x").status == 200
    head = sandbox.customer.s3.head_object(Bucket=bucket, Key="typed")
    assert (head["ContentType"], head["Metadata"]) == ("image/png", {"one": "1"})
    for changed in [right | {"Content-Type": "image/gif"}, right | {"x-amz-meta-two": "2"}]:
        assert send(sandbox, path, "PUT", changed, b"x").status == 403


def test_a_url_ends(sandbox, signer, bucket):
    path = path_of(sandbox, signer, "get_object", bucket, lifetime=60)
    sandbox.control("clock", ahead_seconds=50)
    try:
        assert send(sandbox, path).status == 200
        sandbox.control("clock", ahead_seconds=70)
        answer = send(sandbox, path)
        assert code_of(answer) == (403, "AccessDenied")
        assert b"Request has expired" in answer.body
    finally:
        sandbox.control("clock", ahead_seconds=0)


def test_only_the_new_signature_has_a_longest_life(sandbox, signer, bucket):
    answer = send(sandbox, path_of(sandbox, signer, "get_object", bucket, lifetime=604_801))
    expected = (200, None) if is_old(signer) else (400, "AuthorizationQueryParametersError")
    assert code_of(answer) == expected


def test_a_url_is_worth_what_its_signer_may(sandbox, bucket):
    user = sandbox.customer.make_user(policy("s3:GetObject", f"arn:aws:s3:::{bucket}/other"))
    path = path_of(sandbox, client(sandbox, user.credentials, signature_version="s3v4"), "get_object", bucket)
    assert code_of(send(sandbox, path)) == (403, "AccessDenied")


def test_the_age_of_a_signature_can_be_limited(sandbox, bucket):
    aged = policy("s3:*", effect="Deny", Condition={"NumericGreaterThan": {"s3:signatureAge": "30000"}})
    user = sandbox.customer.make_user(policy("s3:*"))
    sandbox.customer.iam.put_user_policy(UserName=user.name, PolicyName="aged", PolicyDocument=aged)
    path = path_of(sandbox, client(sandbox, user.credentials, signature_version="s3v4"), "get_object", bucket)
    assert send(sandbox, path).status == 200
    sandbox.control("clock", ahead_seconds=40)
    try:
        assert code_of(send(sandbox, path)) == (403, "AccessDenied")
    finally:
        sandbox.control("clock", ahead_seconds=0)


def test_both_signatures_sign_whole_sessions(sandbox, signer, bucket):
    signer.put_object(Bucket=bucket, Key="session", Body=b"x", Metadata={"a": "b  c"}, Tagging="a=b")
    listed = signer.list_objects_v2(Bucket=bucket, Prefix="ses", Delimiter="/")
    assert [entry["Key"] for entry in listed["Contents"]] == ["session"]
    name = new_name("signed")
    signer.create_bucket(Bucket=name)
    signer.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    version = signer.put_object(Bucket=name, Key="k", Body=b"x")["VersionId"]
    signer.delete_object(Bucket=name, Key="k", VersionId=version)
    signer.delete_bucket(Bucket=name)


def test_strangers_and_wrong_secrets_are_told_apart(sandbox):
    right = sandbox.customer.credentials
    for credentials, code in [
        (type(right)("AKIAEXAMPLEEXAMPLE", right.secret_access_key), "InvalidAccessKeyId"),
        (type(right)(right.access_key_id, "wrong"), "SignatureDoesNotMatch"),
    ]:
        with refused(code, 403):
            client(sandbox, credentials).list_buckets()


@pytest.mark.parametrize(
    "date, code",
    [
        ("Bad Date", "AccessDenied"),
        ("", "AccessDenied"),
        ("Tue, 07 Jul 1950 21:53:04 GMT", "AccessDenied"),
        ("Wed, 07 Jul 2010 21:53:04 GMT", "RequestTimeTooSkewed"),
        ("Wed, 07 Jul 9999 21:53:04 GMT", "RequestTimeTooSkewed"),
    ],
)
def test_a_request_is_of_this_hour(sandbox, bucket, date, code):
    s3 = client(sandbox, sandbox.customer.credentials, signature_version="s3")
    with refused(code, 403):
        with_headers(s3, "PutObject", {"x-amz-date": date}).put_object(Bucket=bucket, Key="dated", Body=b"x")


@pytest.mark.parametrize("name, value", [("Expect", "200"), ("Expect", ""), ("User-Agent", ""), ("x-amz-unknown", "1")])
def test_headers_that_mean_nothing_do_no_harm(sandbox, signer, bucket, name, value):
    s3 = client(sandbox, sandbox.customer.credentials, signature_version=signer.meta.config.signature_version)
    with_headers(s3, "PutObject", {name: value}).put_object(Bucket=bucket, Key="odd", Body=b"x")


# Requests that no SDK would send


def test_a_bucket_can_be_in_the_host(sandbox, bucket):
    port = sandbox.url.rpartition(":")[2]
    for host in [f"{bucket}.localhost:{port}", f"{bucket}.s3.localhost:{port}", f"{bucket}.s3.us-east-1.amazonaws.com"]:
        answer = exchange(sandbox, f"GET /none HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 403") and f"<Resource>/{bucket}/none</Resource>".encode() in answer


@pytest.mark.parametrize(
    "method, path, headers, expected",
    [
        ("PUT", "/{bucket}/k", {}, (411, "MissingContentLength")),
        ("PUT", "/{bucket}/k", {"Transfer-Encoding": "chunked"}, (501, "NotImplemented")),
        ("PUT", "/new-bucket", {"Authorization": ""}, (403, "AccessDenied")),
        ("PUT", "/new-bucket", {"Authorization": "AWS nonsense"}, (400, "InvalidArgument")),
        ("PUT", "/new-bucket", {"Authorization": "Bearer nonsense"}, (400, "InvalidRequest")),
        ("GET", "/{bucket}", {"Authorization": "AWS4-HMAC-SHA256 nonsense"}, (400, "AuthorizationHeaderMalformed")),
        ("GET", "/{bucket}/k?X-Amz-Signature=1", {}, (400, "AuthorizationQueryParametersError")),
        ("GET", "/{bucket}/k?AWSAccessKeyId=a&Signature=b", {}, (403, "AccessDenied")),
        ("GET", "/{bucket}/k?AWSAccessKeyId=a&Signature=b&Expires=never", {}, (403, "AccessDenied")),
        ("GET", "/{bucket}/k?AWSAccessKeyId=a&Signature=b&Expires=9223372036854775807", {}, (403, "AccessDenied")),
        ("GET", "/{bucket}/k?X-Amz-Algorithm=a", {"Authorization": "AWS4-HMAC-SHA256 a"}, (400, "InvalidArgument")),
        ("GET", "/{bucket}/%zz", {}, (400, "InvalidURI")),
        ("GET", "/{bucket}/%ff", {}, (400, "InvalidURI")),
        ("GET", "/{bucket}/" + "k" * 1_025, {}, (400, "KeyTooLongError")),
        ("GET", "/{bucket}/k?versionId=", {}, (400, "InvalidArgument")),
        ("PATCH", "/{bucket}/k", {}, (405, "MethodNotAllowed")),
        ("POST", "/{bucket}/k", {"Content-Length": "0"}, (405, "MethodNotAllowed")),
        ("POST", "/{bucket}?delete", {"Content-Length": "0"}, (400, "InvalidRequest")),
        ("DELETE", "/", {}, (405, "MethodNotAllowed")),
        ("PUT", "/{bucket}/k", {"Content-Length": "0", "x-amz-content-sha256": "nonsense"}, (400, "InvalidArgument")),
        (
            "PUT",
            "/{bucket}/k",
            {"Content-Length": "0", "x-amz-content-sha256": "STREAMING-NONSENSE"},
            (501, "NotImplemented"),
        ),
        (
            "PUT",
            "/{bucket}/k",
            {"Content-Length": "0", "x-amz-content-sha256": "0" * 64},
            (400, "XAmzContentSHA256Mismatch"),
        ),
    ],
)
def test_what_cannot_be_understood_gets_the_answer_of_aws(sandbox, bucket, method, path, headers, expected):
    head = f"{method} {path.format(bucket=bucket)} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    answer = exchange(sandbox, head.encode() + b"\r\n0\r\n\r\n" * ("Transfer-Encoding" in headers) + b"\r\n")
    status, code = expected
    assert answer.startswith(f"HTTP/1.1 {status} ".encode()), answer
    assert f"<Code>{code}</Code>".encode() in answer, answer


def test_a_body_that_ends_too_early_is_refused_and_kept_by_nobody(sandbox, signer, bucket):
    path = path_of(sandbox, signer, "put_object", bucket, Key="short")
    head = f"PUT {path} HTTP/1.1\r\nHost: {sandbox.url.removeprefix('http://')}\r\nContent-Length: 10\r\n\r\nabc"
    exchange(sandbox, head.encode(), end=True)
    with refused("404"):
        sandbox.customer.s3.head_object(Bucket=bucket, Key="short")


def test_who_expects_to_be_asked_for_the_body_is_asked_or_hears_the_end(sandbox, signer, bucket):
    path = path_of(sandbox, signer, "put_object", bucket, Key="expected")
    head = f"PUT {path} HTTP/1.1\r\nHost: {sandbox.url.removeprefix('http://')}\r\nExpect: 100-continue\r\n"
    answer = exchange(sandbox, f"{head}Connection: close\r\nContent-Length: 3\r\n\r\nabc".encode())
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 ")
    # Nothing is asked for that is not there. The AWS CLI then needs another connection, so that this one is closed.
    answer = exchange(sandbox, f"{head}Content-Length: 0\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_every_refusal_names_its_request(sandbox, bucket):
    answer = send(sandbox, f"/{bucket}/none")
    assert f"<RequestId>{answer.headers['x-amz-request-id']}</RequestId>".encode() in answer.body
    assert f"<HostId>{answer.headers['x-amz-id-2']}</HostId>".encode() in answer.body
    head = send(sandbox, f"/{bucket}/none", "HEAD")
    assert (head.status, head.body) == (403, b"")


def test_noise_is_answered_and_harms_nobody(sandbox, bucket):
    noise = random.Random(7)
    names = [
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Date",
        "X-Amz-Expires",
        "X-Amz-SignedHeaders",
        "X-Amz-Signature",
        "AWSAccessKeyId",
        "Signature",
        "Expires",
        "uploads",
        "uploadId",
        "partNumber",
        "versionId",
        "acl",
        "tagging",
        "list-type",
        "max-keys",
        "marker",
        "delimiter",
        "prefix",
        "encoding-type",
        "cors",
        "lifecycle",
        "policy",
        "delete",
        "versions",
        "location",
        "attributes",
    ]
    values = [
        "",
        "1",
        "-1",
        "99999999999999999999",
        "%00",
        "%ff",
        "é",
        "AWS4-HMAC-SHA256",
        "a/20130524/us-east-1/s3/aws4_request",
        "20130524T000000Z",
        "99991231T235959Z",
        "host",
        ";;",
        "a" * 300,
        "url",
        "2",
        "%",
        "+",
    ]
    headers = [
        "Range",
        "If-Match",
        "If-Modified-Since",
        "x-amz-copy-source",
        "x-amz-copy-source-range",
        "Content-MD5",
        "x-amz-acl",
        "x-amz-tagging",
        "x-amz-checksum-crc32",
        "x-amz-date",
        "Authorization",
        "Origin",
        "Access-Control-Request-Method",
        "x-amz-content-sha256",
        "x-amz-decoded-content-length",
        "Content-Type",
        "x-amz-metadata-directive",
        "x-amz-storage-class",
    ]
    texts = values + [
        "bytes=-",
        "bytes=0-99999999999999999999",
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "AWS a:b",
        "multipart/form-data; boundary=",
        f"{bucket}/{KEY}",
        "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=, Signature=",
    ]
    open_ = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::*"}],
    }
    victim = sandbox.customer.make_bucket("k")
    sandbox.customer.s3.put_bucket_policy(Bucket=victim, Policy=json.dumps(open_))
    for _ in range(600):
        query = "&".join(f"{noise.choice(names)}={noise.choice(values)}" for _ in range(noise.randrange(5)))
        path = noise.choice(["/", f"/{victim}", f"/{victim}/k", f"/{victim}//", "/none/k"]) + (
            f"?{query}" if query else ""
        )
        fields = "".join(f"{noise.choice(headers)}: {noise.choice(texts)}\r\n" for _ in range(noise.randrange(4)))
        body = noise.randbytes(noise.randrange(40))
        method = noise.choice(["GET", "PUT", "POST", "HEAD", "DELETE", "OPTIONS"])
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {len(body)}\r\n{fields}\r\n"
        )
        answer = exchange(sandbox, head.encode() + body)
        assert answer.startswith(b"HTTP/1.1 ") and not answer.startswith(b"HTTP/1.1 500"), (head, answer)
    assert sandbox.customer.s3.list_buckets()["Buckets"]


def exchange(sandbox, sent, end=False):
    """Sends bytes, and gives back all that comes."""
    with socket.create_connection(("127.0.0.1", int(sandbox.url.rpartition(":")[2])), timeout=10) as connection:
        connection.sendall(sent)
        if end:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
    return answer
