"""Cross-origin requests: what a browser is told before and after."""

import pytest

from s3_help import code_of, refused, send
from sandbox import new_name

RULES = [
    {
        "AllowedMethods": ["GET", "HEAD"],
        "AllowedOrigins": ["https://*.example"],
        "ExposeHeaders": ["ETag"],
        "MaxAgeSeconds": 60,
    },
    {
        "AllowedMethods": ["PUT"],
        "AllowedOrigins": ["https://up.test"],
        "AllowedHeaders": ["Content-*", "x-amz-meta-one"],
    },
    {"AllowedMethods": ["DELETE"], "AllowedOrigins": ["*"]},
]
PAGE, UPLOADER = "https://a.example", "https://up.test"


@pytest.fixture(scope="module")
def s3(sandbox):
    return sandbox.customer.s3


@pytest.fixture(scope="module")
def bucket(s3):
    name = new_name("cors")
    s3.create_bucket(Bucket=name, ACL="public-read")
    s3.put_object(Bucket=name, Key="k", Body=b"x", ACL="public-read")
    s3.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": RULES})
    return name


def allowed(answer):
    return answer.headers["Access-Control-Allow-Origin"], answer.headers["Access-Control-Allow-Methods"]


def preflight(sandbox, path, origin, method, headers=None):
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    if headers:
        asked["Access-Control-Request-Headers"] = headers
    return send(sandbox, path, "OPTIONS", asked)


def test_rules_come_back_as_they_were(s3, bucket):
    assert s3.get_bucket_cors(Bucket=bucket)["CORSRules"] == RULES
    other = new_name("cors")
    s3.create_bucket(Bucket=other)
    for _ in range(2):
        with refused("NoSuchCORSConfiguration", 404):
            s3.get_bucket_cors(Bucket=other)
        s3.put_bucket_cors(Bucket=other, CORSConfiguration={"CORSRules": RULES})
        s3.delete_bucket_cors(Bucket=other)


@pytest.mark.parametrize(
    "rule",
    [
        {"AllowedMethods": ["PATCH"], "AllowedOrigins": ["*"]},
        {"AllowedMethods": ["GET"], "AllowedOrigins": ["https://*.*.example"]},
        {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "AllowedHeaders": ["*-*"]},
        {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "ExposeHeaders": ["x-*"]},
    ],
)
def test_rules_that_mean_nothing_are_refused(s3, bucket, rule):
    with refused("InvalidRequest", 400):
        s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})


def test_a_page_may_read_what_the_rules_let_it_read_errors_included(sandbox, bucket):
    for path, status in [("/k", 200), ("/none", 404), ("?policy", 403)]:
        answer = send(sandbox, f"/{bucket}{path}", headers={"Origin": PAGE})
        assert (answer.status, allowed(answer)) == (status, (PAGE, "GET, HEAD"))
        assert answer.headers["Access-Control-Expose-Headers"] == "ETag"
        assert "Origin" in answer.headers["Vary"]
    for origin in [None, "http://a.example", "https://example", UPLOADER]:
        answer = send(sandbox, f"/{bucket}/k", headers={"Origin": origin} if origin else {})
        assert (answer.status, allowed(answer)) == (200, (None, None))


def test_a_rule_for_everybody_sends_no_cookies(sandbox, bucket):
    answer = preflight(sandbox, f"/{bucket}/k", "https://anywhere.test", "DELETE")
    assert allowed(answer) == ("*", "DELETE")
    assert answer.headers["Access-Control-Allow-Credentials"] is None
    answer = preflight(sandbox, f"/{bucket}/k", PAGE, "GET")
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"


def test_a_preflight_is_allowed_when_one_rule_allows_all_of_it(sandbox, bucket):
    answer = preflight(sandbox, f"/{bucket}/k", UPLOADER, "PUT", "content-type, X-Amz-Meta-One")
    assert (answer.status, allowed(answer)) == (200, (UPLOADER, "PUT"))
    assert answer.headers["Access-Control-Allow-Headers"] == "content-type, x-amz-meta-one"
    answer = preflight(sandbox, f"/{bucket}", PAGE, "GET")
    assert (answer.status, answer.headers["Access-Control-Max-Age"]) == (200, "60")
    for origin, method, headers in [
        (UPLOADER, "GET", None),
        (PAGE, "PUT", None),
        (UPLOADER, "PUT", "x-amz-meta-two"),
        (PAGE, "GET", "range"),
    ]:
        answer = preflight(sandbox, f"/{bucket}/k", origin, method, headers)
        assert (code_of(answer), allowed(answer)) == ((403, "AccessForbidden"), (None, None))


def test_a_preflight_says_what_it_is_about(sandbox, s3, bucket):
    for headers in [{}, {"Origin": PAGE}, {"Origin": PAGE, "Access-Control-Request-Method": "NONSENSE"}]:
        assert code_of(send(sandbox, f"/{bucket}/k", "OPTIONS", headers)) == (400, "BadRequest")
    silent = new_name("silent")
    s3.create_bucket(Bucket=silent)
    for name in (silent, new_name("none")):
        assert code_of(preflight(sandbox, f"/{name}", PAGE, "GET")) == (403, "AccessForbidden")


def test_presigned_urls_are_preflighted_without_looking_at_them(sandbox, s3, bucket):
    url = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "k"})
    path = url.removeprefix(sandbox.url)
    assert preflight(sandbox, path, UPLOADER, "PUT", "content-type").status == 200
    answer = send(sandbox, path, "PUT", {"Origin": UPLOADER}, b"x")
    assert (answer.status, allowed(answer)) == (200, (UPLOADER, "PUT"))
    answer = send(sandbox, path + "0", "PUT", {"Origin": UPLOADER}, b"x")
    assert (answer.status, allowed(answer)) == (403, (UPLOADER, "PUT"))
