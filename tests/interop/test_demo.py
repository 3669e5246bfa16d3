"""`byob demo` is what its page promises: a visitor needs nothing but the binary."""

import hashlib
import urllib.parse

import boto3
import pytest
from botocore.config import Config

import raw_http
from demo import Demo

FRAMES = "frames/robot-07/"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(folder):
    demo = Demo(folder)
    yield demo
    demo.stop()


@pytest.fixture(scope="module")
def s3(demo):
    return client(demo)


def client(demo):
    return boto3.client(
        "s3",
        endpoint_url=demo.aws_url,
        region_name=demo.started["aws_region"],
        aws_access_key_id=demo.customer.access_key_id,
        aws_secret_access_key=demo.customer.secret_access_key,
        config=Config(s3={"addressing_style": "path"}),
    )


def keys_of(s3, bucket):
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [entry["Key"] for page in pages for entry in page.get("Contents", [])]


def test_the_connected_bucket_has_ten_thousand_frames_and_files_of_every_kind(demo, s3):
    keys = keys_of(s3, demo.bucket)
    assert sum(key.startswith(FRAMES) for key in keys) >= 10_000
    endings = {key.rpartition(".")[2] for key in keys}
    assert {"png", "jpg", "mp4", "webm", "wav", "pdf", "md", "txt", "json", "csv", "jsonl", "parquet"} <= endings


def test_every_file_loads_from_its_url_byte_for_byte_whatever_its_name(demo, s3):
    keys = [key for key in keys_of(s3, demo.bucket) if not key.startswith(FRAMES)] + [f"{FRAMES}000001.png"]
    assert len(keys) > 60
    # A key that holds `?versionId=` itself is told apart by an empty version behind it.
    locators = [f"{key}?versionId=" if "?versionId=" in key else key for key in keys]
    for key, answer in zip(keys, demo.resolve(*locators), strict=True):
        stored = s3.get_object(Bucket=demo.bucket, Key=key)["Body"].read()
        loaded = raw_http.load(answer["url"])
        assert loaded.status == 200, (key, loaded.body)
        assert hashlib.sha256(loaded.body).digest() == hashlib.sha256(stored).digest(), key


def test_ten_thousand_frames_are_resolved_in_one_call(demo):
    answers = demo.resolve(*(f"{FRAMES}{number:06}.png" for number in range(1, 10_001)))
    assert all("url" in answer for answer in answers)
    assert raw_http.load(answers[-1]["url"]).status == 200


def test_a_film_can_be_sought_in(demo, s3):
    film = next(key for key in keys_of(s3, demo.bucket) if key.endswith(".mp4"))
    url = demo.resolve(film)[0]["url"]
    tail = raw_http.load(url, headers={"Range": "bytes=-100"})
    assert (tail.status, len(tail.body)) == (206, 100)
    assert tail.headers["Content-Type"] == "video/mp4"


def test_a_file_has_versions(demo, s3):
    versions = s3.list_object_versions(Bucket=demo.bucket, Prefix="reports/calibration.json")["Versions"]
    assert len(versions) > 2
    locators = [f"reports/calibration.json?versionId={version['VersionId']}" for version in versions]
    bodies = {raw_http.load(answer["url"]).body for answer in demo.resolve(*locators)}
    assert len(bodies) == len(versions)


def test_pages_of_the_service_may_read_the_answers_of_the_bucket(demo):
    url = demo.resolve(f"{FRAMES}000001.png")[0]["url"]
    answer = raw_http.load(url, headers={"Origin": demo.url})
    assert answer.headers["Access-Control-Allow-Origin"] in (demo.url, "*")
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
    stranger = raw_http.load(url, headers={"Origin": "https://elsewhere.example"})
    assert "Access-Control-Allow-Origin" not in stranger.headers


def test_the_second_bucket_is_not_connected(demo, s3):
    assert keys_of(s3, demo.started["unconnected_bucket"])
    answer = demo.api("resolve", {"locators": [f"s3://{demo.started['unconnected_bucket']}/a"]})["results"][0]
    assert "error" in answer


def test_the_service_lists_what_the_bucket_has(demo):
    page = demo.api(f"integrations/{demo.started['integration_id']}/objects?delimiter={urllib.parse.quote('/')}")
    assert any(FRAMES.startswith(item.get("prefix", item.get("key", "?"))) for item in page["items"] + page.get("prefixes", []))


def test_what_its_operator_page_names_is_there(demo):
    assert raw_http.load(demo.url + "/readyz").status == 200
    metrics = raw_http.load(demo.url + "/metrics")
    assert metrics.status == 200
    assert b"byob_integrations{" in metrics.body


def test_memory_stays_below_300_mb(demo):
    demo.resolve(f"{FRAMES}000001.png")
    assert demo.peak_memory() < 300_000_000


def test_nothing_is_left_behind_unless_it_is_to_be_kept(tmp_path):
    temporary, kept = tmp_path / "temporary", tmp_path / "kept"
    temporary.mkdir()
    once = Demo(temporary)
    assert list(temporary.iterdir())
    assert once.stop() == 0
    assert list(temporary.iterdir()) == []

    first = Demo(temporary, "--keep", str(kept))
    client(first).put_object(Bucket=first.bucket, Key="mine.txt", Body=b"mine")
    assert first.stop() == 0
    second = Demo(temporary, "--keep", str(kept))
    assert second.started["integration_id"] == first.started["integration_id"]
    assert raw_http.load(second.resolve("mine.txt")[0]["url"]).body == b"mine"
    assert second.stop() == 0
