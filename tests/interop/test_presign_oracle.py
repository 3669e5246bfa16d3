"""`byob presign` gives the URLs that botocore gives: same host, path, query and signature."""

import datetime
import json

import pytest

import botocore_oracle
import byob
import raw_http
from presign_cases import ACCESS_KEY_ID, CASES, IMPOSSIBLE_PLACES, SECRET_ACCESS_KEY, Place, question


def parts(url):
    """A URL without what two right answers may differ in: the order of the query, and a port that is the scheme's own, which
    is on the wire or not but never in the Host that is signed."""
    scheme, host, rest = raw_http.split(url)
    path, _, query = rest.partition("?")
    host = host.removesuffix({"http": ":80", "https": ":443"}[scheme])
    return {"scheme": scheme, "host": host, "path": path, "query": sorted(query.split("&"))}


def presign(*questions):
    return byob.ask("presign", [json.dumps(question) for question in questions])


def refusal(**changes):
    """What is said to a question with something wrong in it."""
    (answer,) = presign({**question(Place("us-east-1")), **changes})
    assert set(answer) == {"error"}, answer
    return json.dumps(answer["error"])


@pytest.fixture(scope="module")
def answers():
    """All questions in one run of the binary."""
    return dict(zip(CASES, presign(*CASES.values()), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_a_url_is_the_one_that_botocore_signs(name, answers):
    case, answer = CASES[name], answers[name]
    assert "url" in answer, answer
    assert parts(answer["url"]) == parts(botocore_oracle.presign(case))
    expected = datetime.datetime.fromisoformat(case["at"]) + datetime.timedelta(seconds=case["expires_in"])
    assert datetime.datetime.fromisoformat(answer["expires_at"]) == expected


def test_the_example_that_aws_publishes_is_reproduced():
    place = Place("us-east-1", bucket="examplebucket", endpoint_url="https://s3.amazonaws.com")
    (answer,) = presign(question(place, at="2013-05-24T00:00:00Z", expires_in=86_400))
    assert parts(answer["url"]) == {
        "scheme": "https",
        "host": "examplebucket.s3.amazonaws.com",
        "path": "/test.txt",
        "query": [
            "X-Amz-Algorithm=AWS4-HMAC-SHA256",
            "X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request",
            "X-Amz-Date=20130524T000000Z",
            "X-Amz-Expires=86400",
            "X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
            "X-Amz-SignedHeaders=host",
        ],
    }


def test_fields_left_out_mean_none():
    """Only what a URL cannot do without."""
    needed = {
        "method": "GET",
        "bucket": "photos",
        "key": "test.txt",
        "region": "eu-central-1",
        "access_key_id": ACCESS_KEY_ID,
        "secret_access_key": SECRET_ACCESS_KEY,
        "at": "2026-11-21T10:00:00Z",
        "expires_in": 900,
    }
    (short,) = presign(needed)
    (long,) = presign(question(Place("eu-central-1"), expires_in=900))
    assert short == long and "url" in short


@pytest.mark.parametrize("name", IMPOSSIBLE_PLACES)
def test_options_that_exclude_each_other_are_refused_and_not_dropped(name):
    (answer,) = presign(question(IMPOSSIBLE_PLACES[name]))
    assert set(answer) == {"error"}, answer


@pytest.mark.parametrize("seconds", [-1, 0, 604_801])
def test_a_lifetime_that_s3_would_refuse_is_refused(seconds):
    refusal(expires_in=seconds)


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "get", ""])
def test_only_reading_is_signed(method):
    refusal(method=method)


@pytest.mark.parametrize("bucket", ["", "a", "Bad_Bucket!", "../b", "192.168.0.1", "b" * 64, "bücher", "b?x", "b#x", "b..c"])
def test_a_name_that_no_bucket_can_have_is_refused(bucket):
    refusal(bucket=bucket)


@pytest.mark.parametrize("key", ["", "k" * 1025, "é" * 513])
def test_a_key_that_no_object_can_have_is_refused(key):
    refusal(key=key)


def test_a_multi_region_access_point_is_refused_with_the_reason():
    reason = refusal(bucket="arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap")
    assert "multi-region" in reason.lower()


def test_a_directory_bucket_is_refused_with_the_reason():
    reason = refusal(bucket="name--usw2-az1--x-s3", region="us-west-2")
    assert "directory" in reason.lower()


def test_an_unknown_field_is_refused_by_name():
    assert "expiresIn" in refusal(expiresIn=60)


@pytest.mark.parametrize("line", ["{", "[]", "null", '"text"', "{}"])
def test_a_line_that_is_no_question_is_answered_in_its_place(line):
    good = json.dumps(question(Place("us-east-1")))
    first, bad, last = byob.ask("presign", [good, line, good])
    assert first == last and "url" in first
    assert set(bad) == {"error"}


def test_a_refusal_does_not_repeat_the_secret():
    assert SECRET_ACCESS_KEY not in refusal(expires_in=0)
    assert SECRET_ACCESS_KEY not in refusal(unknown="field")
