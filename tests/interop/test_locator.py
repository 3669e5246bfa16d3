"""`byob locator` takes a key byte for byte: what boto3 calls a key is what a locator carries."""

import json

import pytest

import byob
from presign_cases import KEYS


def parse(*locators):
    return byob.ask("locator", [json.dumps({"locator": locator}) for locator in locators])


def test_every_odd_key_survives_with_and_without_a_version():
    expected = []
    for key in KEYS.values():
        # A key that holds `?versionId=` itself has to say that it means no version.
        plain = f"s3://photos/{key}" + ("?versionId=" if "?versionId=" in key else "")
        for locator, version in ((plain, None), (f"s3://photos/{key}?versionId=v1", "v1")):
            expected.append({"bucket": "photos", "key": key, "version_id": version, "canonical": locator})
    assert parse(*(answer["canonical"] for answer in expected)) == expected


@pytest.mark.parametrize(
    ("locator", "key", "version_id", "canonical"),
    [
        ("s3://photos/k.png?versionId=v1", "k.png", "v1", "s3://photos/k.png?versionId=v1"),
        ("s3://photos/k.png?versionId=", "k.png", None, "s3://photos/k.png"),
        ("s3://photos/a?versionId=b?versionId=c", "a?versionId=b", "c", "s3://photos/a?versionId=b?versionId=c"),
        ("s3://photos/a?versionId=b?versionId=", "a?versionId=b", None, "s3://photos/a?versionId=b?versionId="),
        ("s3://photos/a?versionid=b", "a?versionid=b", None, "s3://photos/a?versionid=b"),
        ("s3://photos//lead", "/lead", None, "s3://photos//lead"),
        ("s3://photos/a%20b", "a%20b", None, "s3://photos/a%20b"),
    ],
)
def test_the_last_version_id_splits_off(locator, key, version_id, canonical):
    (answer,) = parse(locator)
    assert answer == {"bucket": "photos", "key": key, "version_id": version_id, "canonical": canonical}


@pytest.mark.parametrize(
    "locator",
    [
        "",
        "photos/key",
        "s3:/photos/key",
        "s3:://photos/key",
        "https://photos/key",
        "s3://",
        "s3:///key",
        "s3://photos",
        "s3://photos/",
        "s3://photos/?versionId=v1",
        "s3://Bad_Bucket!/key",
        "s3://photos/" + "k" * 1025,
    ],
)
def test_what_names_no_object_is_refused_with_a_code(locator):
    (answer,) = parse(locator)
    assert answer["error"]["code"] and answer["error"]["detail"]


def test_a_line_that_is_no_question_is_answered_in_its_place():
    good = json.dumps({"locator": "s3://photos/k"})
    first, bad, last = byob.ask("locator", [good, "{", good])
    assert first == last and first["key"] == "k"
    assert set(bad) == {"error"}
