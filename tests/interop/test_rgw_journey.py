"""A customer connects a bucket with the generated documents, and its objects load by presigned URL: against Ceph RGW, with
boto3 as the customer's console and a bare HTTP client as the browser."""

import datetime
import json
import time

import pytest

import byob
from customer import ask_for_referer
from presign_cases import KEYS
from raw_http import load, split


@pytest.fixture(scope="module", params=["path", "virtual-hosted"])
def library(request, server, customer, gateway):
    """A connected bucket with every odd key."""
    organization = server.create_organization(f"library-{request.param}")
    bucket = customer.make_bucket(KEYS.values())
    if request.param == "path":
        customer.connect(organization, bucket)
    else:
        customer.connect(organization, bucket, endpoint_url=gateway.virtual_url, force_path_style=False)
    return organization, bucket, request.param


@pytest.mark.parametrize("name", KEYS)
def test_an_odd_key_loads_its_own_bytes(library, gateway, name):
    organization, bucket, style = library
    key = KEYS[name]
    # A key that holds `?versionId=` itself has to say that it means no version.
    url = organization.url(f"s3://{bucket}/{key}" + ("?versionId=" if "?versionId=" in key else ""))
    host = f"127.0.0.1:{gateway.port}" if style == "path" else f"{bucket}.s3.localhost:{gateway.port}"
    assert split(url)[1] == host
    answer = load(url)
    assert (answer.status, answer.body) == (200, key.encode())


def test_keys_below_a_prefix_load(organization, customer):
    bucket = customer.make_bucket(["team/in.txt", "team//a//b", "team/../x"])
    customer.connect(organization, bucket, prefix="team")
    for key in ("team/in.txt", "team//a//b", "team/../x"):
        assert load(organization.url(f"s3://{bucket}/{key}")).body == key.encode()


def test_a_role_made_first_is_connected_by_editing_its_trust_policy(organization, customer):
    bucket = customer.make_bucket(["k"])
    nobody = {"Effect": "Deny", "Principal": {"AWS": customer.user.arn}, "Action": "sts:AssumeRole"}
    access = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    role_name, role_arn = customer.make_role(*({"Version": "2012-10-17", "Statement": [one]} for one in (nobody, access)))

    authentication = {"type": "role", "role_arn": role_arn}
    draft = organization.post("/drafts", customer.draft(bucket, authentication=authentication, access=["read"]))
    documents = organization.get(f"/drafts/{draft['id']}/documents")
    customer.set_trust(role_name, ask_for_referer(documents["trust_policy"]))
    # The ID in the customer's hands must stay good, whatever else is changed.
    renamed = organization.patch(f"/drafts/{draft['id']}", {"name": "Renamed"})
    assert renamed["external_id"] == draft["external_id"] and draft["external_id"] in json.dumps(documents["trust_policy"])
    organization.post("/integrations", {"draft_id": draft["id"]})
    assert load(organization.url(f"s3://{bucket}/k")).body == b"k"


def test_each_version_loads_its_own_bytes(organization, customer):
    bucket = customer.make_bucket()
    customer.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    versions = {text: customer.put(bucket, "k ü.txt", text.encode()) for text in ("old", "new")}
    customer.connect(organization, bucket)
    locator = f"s3://{bucket}/k ü.txt"
    for text, version in versions.items():
        assert load(organization.url(f"{locator}?versionId={version}")).body == text.encode()
    assert load(organization.url(locator)).body == b"new"
    assert load(organization.url(f"{locator}?versionId=")).body == b"new"

    customer.s3.delete_object(Bucket=bucket, Key="k ü.txt")
    assert load(organization.url(locator)).status == 404
    assert load(organization.url(f"{locator}?versionId={versions['old']}")).body == b"old"


def test_all_permitted_buckets_are_served_by_one_role(organization, customer):
    buckets = [customer.make_bucket(["k"]) for _ in range(3)]
    customer.connect(organization, None, scope={"type": "all_permitted", "buckets": buckets[:2]})
    for bucket in buckets[:2]:
        assert load(organization.url(f"s3://{bucket}/k")).body == b"k"
    organization.error(f"s3://{buckets[2]}/k")


def test_an_access_key_serves_as_well_as_a_role_and_its_secret_never_comes_back(organization, customer):
    bucket = customer.make_bucket(["a//b"])
    secret = customer.user.secret_access_key
    key = {"type": "access_key", "access_key_id": customer.user.access_key_id, "secret_access_key": secret}
    draft = organization.post("/drafts", customer.draft(bucket, authentication=key))
    seen = [draft, organization.get(f"/drafts/{draft['id']}")]
    integration = organization.post("/integrations", {"draft_id": draft["id"]})
    seen += [integration, organization.get(f"/integrations/{integration['id']}"), organization.get("/integrations")]

    url = organization.url(f"s3://{bucket}/a//b")
    assert load(url).body == b"a//b"
    assert "X-Amz-Security-Token" not in url
    assert secret not in json.dumps(seen)


def test_a_public_bucket_needs_no_credentials_and_no_signature(organization, customer):
    bucket = customer.make_bucket(["a//b ü?.txt"])
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    customer.s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [everybody]}))
    draft = organization.post("/drafts", customer.draft(bucket, authentication={"type": "anonymous"}, access=["read"]))
    organization.post("/integrations", {"draft_id": draft["id"]})
    url = organization.url(f"s3://{bucket}/a//b ü?.txt")
    assert load(url).body == "a//b ü?.txt".encode()
    assert "X-Amz-" not in url


def test_requester_pays_is_signed_in(organization, customer):
    bucket = customer.make_bucket(["paid/k", "unpaid/k"])
    payer = {"Payer": "Requester"}
    customer.s3.put_bucket_request_payment(Bucket=bucket, RequestPaymentConfiguration=payer)
    customer.connect(organization, bucket, prefix="paid", requester_pays=True)
    customer.connect(organization, bucket, prefix="unpaid")
    assert load(organization.url(f"s3://{bucket}/paid/k")).body == b"paid/k"
    # That the gateway asks for it is what makes the line above worth something.
    assert load(organization.url(f"s3://{bucket}/unpaid/k")).status == 403


def test_type_and_disposition_come_back_as_asked(organization, customer):
    bucket = customer.make_bucket(['Zürich "1".txt'])
    customer.connect(organization, bucket)
    locator = f's3://{bucket}/Zürich "1".txt'
    answer = load(organization.url(locator, content_type="text/plain; charset=utf-8", disposition="attachment"))
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment;")
    assert "filename*=UTF-8''Z%C3%BCrich%20%221%22.txt" in disposition


def test_a_web_page_comes_as_a_download_unless_asked_otherwise(organization, customer):
    bucket = customer.make_bucket()
    customer.put(bucket, "page.html", b"<script>alert(1)</script>", ContentType="text/html")
    customer.connect(organization, bucket)
    locator = f"s3://{bucket}/page.html"
    assert load(organization.url(locator)).headers["Content-Disposition"].startswith("attachment")
    asked = load(organization.url(locator, disposition="inline", content_type="text/html"))
    assert asked.headers["Content-Disposition"].startswith("inline")
    assert asked.headers["Content-Type"] == "text/html"


def test_a_url_loads_in_ranges(organization, customer):
    bucket = customer.make_bucket()
    customer.put(bucket, "film.mp4", b"0123456789")
    customer.connect(organization, bucket)
    url = organization.url(f"s3://{bucket}/film.mp4")
    for asked, expected in (("bytes=0-3", b"0123"), ("bytes=4-", b"456789"), ("bytes=-2", b"89")):
        answer = load(url, headers={"Range": asked})
        assert (answer.status, answer.body) == (206, expected)


def test_a_url_signed_for_head_gives_the_headers_alone(customer, gateway):
    bucket = customer.make_bucket(["a//b ü.txt"])
    now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    question = {
        "method": "HEAD",
        "bucket": bucket,
        "key": "a//b ü.txt",
        "region": "us-east-1",
        "endpoint_url": gateway.url,
        "force_path_style": True,
        "access_key_id": customer.user.access_key_id,
        "secret_access_key": customer.user.secret_access_key,
        "at": now,
        "expires_in": 60,
    }
    (signed,) = byob.ask("presign", [json.dumps(question)])
    answer = load(signed["url"], "HEAD")
    assert (answer.status, answer.headers["Content-Length"], answer.body) == (200, "11", b"")
    assert load(signed["url"], "GET").status == 403


def test_open_redirects_to_the_object(organization, customer):
    bucket = customer.make_bucket(["a+b ü.png"])
    customer.connect(organization, bucket)
    answer = organization.open(f"s3://{bucket}/a+b ü.png")
    assert answer.status == 303
    assert load(answer.headers["Location"]).body == "a+b ü.png".encode()


def test_the_same_locator_gives_the_identical_url_unless_turned_off(organization, customer):
    bucket = customer.make_bucket(["stable/k", "fresh/k"])
    customer.connect(organization, bucket, prefix="stable")
    customer.connect(organization, bucket, prefix="fresh", stable_urls=False)
    stable, fresh = set(), set()
    deadline = time.monotonic() + 10
    # A signature names its second: within one, even fresh URLs are the same.
    while len(fresh) < 3:
        assert time.monotonic() < deadline, "the same URL for seconds"
        stable.add(organization.url(f"s3://{bucket}/stable/k", expires_in=3600))
        fresh.add(organization.url(f"s3://{bucket}/fresh/k", expires_in=3600))
    # Two, if the run happens to cross the border of a window.
    assert len(stable) <= 2
    assert {load(url).body for url in stable | fresh} == {b"stable/k", b"fresh/k"}


def test_ten_thousand_locators_come_back_in_order_and_a_bad_one_fails_alone(organization, customer):
    bucket = customer.make_bucket(["image-0.png", "image-9999.png"])
    customer.connect(organization, bucket)
    locators = [f"s3://{bucket}/image-{number}.png" for number in range(10_000)]
    locators[5_000] = "s3:/no-locator"
    results = organization.resolve(*locators)
    assert [result["locator"] for result in results] == locators
    assert [index for index, result in enumerate(results) if "url" not in result] == [5_000]
    assert results[5_000]["error"]["code"] == "invalid_locator"
    assert all(f"/image-{index}.png?" in result["url"] for index, result in enumerate(results) if "url" in result)
    for index in (0, 9_999):
        assert load(results[index]["url"]).body == f"image-{index}.png".encode()


def test_ten_thousand_and_one_locators_are_too_many(organization):
    answer = organization.call("POST", "/resolve", {"locators": ["s3://bucket/k"] * 10_001})
    assert 400 <= answer.status < 500
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_the_generated_cors_and_lifecycle_documents_are_taken_as_they_stand(organization, customer):
    bucket = customer.make_bucket(["k"])
    draft = organization.post("/drafts", customer.draft(bucket))
    documents = organization.get(f"/drafts/{draft['id']}/documents")
    customer.s3.put_bucket_cors(Bucket=bucket, CORSConfiguration=documents["cors"])
    lifecycle = documents["lifecycle"]
    customer.s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration=lifecycle)
    assert len(customer.s3.get_bucket_cors(Bucket=bucket)["CORSRules"]) == len(documents["cors"]["CORSRules"])
    rules = customer.s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert {rule["ID"] for rule in rules} == {rule["ID"] for rule in lifecycle["Rules"]}
