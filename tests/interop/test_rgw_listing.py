"""Listings through the API: what S3 has below the integration's scope, and nothing else."""

import pytest

from presign_cases import KEYS
from urllib.parse import urlencode


def listing(organization, connection, **query):
    return organization.get(f"/integrations/{connection.integration_id}/objects?{urlencode(query)}")


def keys(page):
    return [item["key"] for item in page["items"] if item["type"] == "file"]


def test_every_key_is_listed_as_it_is_and_resolves(organization, customer):
    odd = list(KEYS.values())
    bucket = customer.make_bucket(odd)
    connection = customer.connect(organization, bucket)
    page = listing(organization, connection)
    assert sorted(keys(page)) == sorted(odd)
    assert all(item["locator"].startswith(f"s3://{bucket}/") for item in page["items"])


def test_folders_are_cut_at_the_delimiter(organization, customer):
    bucket = customer.make_bucket(["team/a/1", "team/a/2", "team/b", "other"])
    connection = customer.connect(organization, bucket, prefix="team")
    page = listing(organization, connection, delimiter="/")
    assert page["items"][0] == {"type": "folder", "prefix": "team/a/"}
    assert keys(page) == ["team/b"]
    assert keys(listing(organization, connection, prefix="team/a/", delimiter="/")) == ["team/a/1", "team/a/2"]


def test_pages_follow_each_other_without_loss(organization, customer):
    names = [f"k{number:02}" for number in range(25)]
    bucket = customer.make_bucket(names)
    connection = customer.connect(organization, bucket)
    found, cursor = [], None
    for _ in range(10):
        page = listing(organization, connection, limit=10, **({"cursor": cursor} if cursor else {}))
        found += keys(page)
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == names


@pytest.mark.parametrize("query, field", [({"prefix": "other"}, "prefix"), ({"bucket": "stranger"}, "bucket"), ({"limit": 0}, "limit")])
def test_what_lies_outside_the_scope_is_refused_by_name(organization, customer, query, field):
    bucket = customer.make_bucket(["team/x"])
    connection = customer.connect(organization, bucket, prefix="team")
    answer = organization.call("GET", f"/integrations/{connection.integration_id}/objects?{urlencode(query)}")
    assert answer.status == 422
    assert answer.json()["errors"][0]["field"] == field


def test_a_role_that_may_not_list_is_explained(organization, customer):
    bucket = customer.make_bucket(["x"])
    connection = customer.connect(organization, bucket)
    customer.withdraw_access(connection.role_name)
    answer = organization.call("GET", f"/integrations/{connection.integration_id}/objects")
    assert answer.json()["code"] == "access_denied"
    assert answer.json()["aws"]["operation"] == "s3:ListObjectsV2"
