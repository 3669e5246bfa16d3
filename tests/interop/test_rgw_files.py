"""Files through the API: patterns, versions, details, and tables that Apache's own library has written."""

import datetime
import decimal
import gzip
import io
import json
from urllib.parse import urlencode

import pyarrow
import pyarrow.parquet
import pytest


def get(organization, path, **query):
    return organization.get(f"/{path}?{urlencode(query)}")


def table(organization, locator, rows=100):
    return get(organization, "files/table", locator=locator, rows=rows)


def keys_of(page):
    return [item.get("key") or item["prefix"] for item in page["items"]]


def test_a_pattern_finds_the_same_names_whatever_the_pages(organization, customer):
    names = [f"{folder}{number:02}.{kind}" for folder in ("", "a/", "a/b/", "a+ü/") for number in range(9) for kind in ("csv", "png")]
    bucket = customer.make_bucket(names)
    connection = customer.connect(organization, bucket)
    path = f"integrations/{connection.integration_id}/objects"
    for glob, delimiter, expected in [
        ("*.csv", "/", [name for name in names if name.endswith(".csv") and "/" not in name]),
        ("a*", "/", ["a+ü/", "a/"]),
        ("**/*.png", "/", [name for name in names if name.endswith(".png")]),
        ("a/*/0[1-3].{csv,png}", None, [name for name in names if name.startswith("a/b/") and name[4:6] in ("01", "02", "03")]),
        ("none*", "/", []),
    ]:
        found, cursor = [], None
        while True:
            query = {"glob": glob, "limit": 3, **({"delimiter": delimiter} if delimiter else {}), **({"cursor": cursor} if cursor else {})}
            page = get(organization, path, **query)
            assert len(page["items"]) <= 3
            found += keys_of(page)
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert found == sorted(expected, key=str.encode), glob


def test_versions_are_listed_and_can_be_read(organization, customer):
    bucket = customer.make_bucket()
    customer.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    written = [customer.put(bucket, "x y.txt", content) for content in (b"one", b"two", b"three")]
    customer.put(bucket, "x y.txt2", b"another")
    customer.s3.delete_object(Bucket=bucket, Key="x y.txt")
    connection = customer.connect(organization, bucket)
    path = f"integrations/{connection.integration_id}/versions"
    found, cursor = [], None
    while True:
        page = get(organization, path, prefix="x y", limit=2, **({"cursor": cursor} if cursor else {}))
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert [item["type"] for item in found] == ["delete_marker", "version", "version", "version", "version"]
    assert [item["version_id"] for item in found[1:4]] == written[::-1]
    assert [item["is_latest"] for item in found] == [True, False, False, False, True]
    details = get(organization, "files/details", locator=found[3]["locator"])
    assert (details["size"], details["version_id"]) == (3, written[0])


def test_details_are_what_was_written(organization, customer):
    bucket = customer.make_bucket()
    customer.put(bucket, "cat.png", b"12345", ContentType="image/x-cat", CacheControl="max-age=60", Metadata={"camera": "left"})
    customer.connect(organization, bucket)
    details = get(organization, "files/details", locator=f"s3://{bucket}/cat.png")
    assert (details["size"], details["content_type"], details["cache_control"]) == (5, "image/x-cat", "max-age=60")
    assert details["metadata"] == {"camera": "left"}
    missing = organization.call("GET", "/files/details?" + urlencode({"locator": f"s3://{bucket}/dog.png"}))
    assert (missing.status, missing.json()["code"]) == (404, "no_such_object")


COLUMNS = {
    "whole": [1, None, 9007199254740993],
    "small": pyarrow.array([1, 2, None], pyarrow.uint8()),
    "single": pyarrow.array([0.1, None, -2.5], pyarrow.float32()),
    "double": [0.1, 1e300, None],
    "truth": [True, False, None],
    "text": ["ü", None, "a,b"],
    "category": pyarrow.array(["x", "y", "x"]).dictionary_encode(),
    "bytes": [b"\x00\x01", None, b""],
    "day": [datetime.date(2026, 3, 2), None, datetime.date(1969, 12, 31)],
    "moment": pyarrow.array([datetime.datetime(2026, 3, 2, 6), None, datetime.datetime(1969, 12, 31)], pyarrow.timestamp("us", tz="UTC")),
    "money": [decimal.Decimal("1.20"), None, decimal.Decimal("-0.05")],
    "list": [[1, 2], [], None],
    "group": [{"a": 1, "b": "x"}, None, {"a": None, "b": "y"}],
}
KINDS = {
    "whole": "integer", "small": "integer", "single": "number", "double": "number", "truth": "boolean", "text": "text", "category": "text",
    "bytes": "binary", "day": "date", "moment": "timestamp", "money": "decimal", "list": "list", "group": "object",
}  # fmt: skip


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "brotli", "lz4", "zstd"])
def test_parquet_is_read_as_apache_wrote_it(organization, customer, compression):
    file = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(COLUMNS), file, compression=compression)
    bucket = customer.make_bucket()
    customer.put(bucket, "t.parquet", file.getvalue())
    customer.connect(organization, bucket)
    found = table(organization, f"s3://{bucket}/t.parquet")
    assert {column["name"]: column["kind"] for column in found["columns"]} == KINDS
    assert (found["format"], found["row_count"], found["has_more"]) == ("parquet", 3, False)
    first = dict(zip(COLUMNS, found["rows"][0]))
    assert (first["whole"], first["small"], first["single"], first["double"], first["truth"]) == (1, 1, 0.1, 0.1, True)
    assert (first["text"], first["category"], first["money"]) == ("ü", "x", "1.20")
    assert first["day"].startswith("2026-03-02") and first["moment"].startswith("2026-03-02 06:00:00")
    assert (first["list"], first["group"]) == ([1, 2], {"a": 1, "b": "x"})
    assert found["rows"][2][0] == 9007199254740993
    assert all(value is None for name, value in zip(COLUMNS, found["rows"][1]) if name not in ("small", "double", "truth", "category", "list"))


def test_of_a_large_parquet_file_only_the_beginning_is_read(organization, customer):
    rows = 400_000
    columns = {"number": list(range(rows)), "text": [f"row {number} {number * 7919 % 1000003}" for number in range(rows)]}
    file = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), file, compression="zstd", row_group_size=100_000)
    bucket = customer.make_bucket()
    customer.put(bucket, "large.parquet", file.getvalue())
    customer.connect(organization, bucket)
    found = table(organization, f"s3://{bucket}/large.parquet", rows=1000)
    assert found["rows"][999] == [999, columns["text"][999]]
    assert (found["row_count"], found["size"], found["has_more"]) == (rows, len(file.getvalue()), True)
    assert found["bytes_read"] < found["size"] / 2, found["bytes_read"]


def test_what_is_no_parquet_is_told(organization, customer):
    bucket = customer.make_bucket()
    file = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({"a": list(range(1000))}), file)
    whole = file.getvalue()
    damaged = whole[:100] + bytes(len(whole) - 150) + whole[-50:]
    for key, content in {"empty": b"", "text": b"no parquet at all", "cut": whole[:-20], "damaged": damaged}.items():
        customer.put(bucket, f"{key}.parquet", content)
    customer.connect(organization, bucket)
    for key in ("empty", "text", "cut", "damaged"):
        answer = organization.call("GET", "/files/table?" + urlencode({"locator": f"s3://{bucket}/{key}.parquet"}))
        assert (answer.status, answer.json()["code"]) == (422, "damaged_table"), (key, answer.body)


def test_lines_are_read_as_far_as_they_are_needed(organization, customer):
    bucket = customer.make_bucket()
    csv = "id;name\n" + "".join(f"{number};\"name; {number}\"\n" for number in range(300_000))
    lines = "".join(json.dumps({"id": number, "tags": ["x"]}) + "\n" for number in range(1000))
    customer.put(bucket, "large.csv", csv.encode())
    customer.put(bucket, "large.csv.gz", gzip.compress(csv.encode()))
    customer.put(bucket, "lines.jsonl", lines.encode())
    customer.put(bucket, "empty.csv", b"")
    customer.connect(organization, bucket)
    for name in ("large.csv", "large.csv.gz"):
        found = table(organization, f"s3://{bucket}/{name}", rows=500)
        assert found["columns"] == [{"name": "id", "kind": "integer"}, {"name": "name", "kind": "text"}]
        assert (len(found["rows"]), found["rows"][499], found["has_more"]) == (500, ["499", "name; 499"], True)
        assert found["bytes_read"] <= 256 * 1024 < found["size"], name
    found = table(organization, f"s3://{bucket}/lines.jsonl", rows=1000)
    assert (found["rows"][999], found["has_more"]) == ([999, ["x"]], False)
    assert table(organization, f"s3://{bucket}/empty.csv")["columns"] == []


def test_a_small_file_that_says_much_is_cut_short(organization, customer):
    bucket = customer.make_bucket()
    file = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({"a": ["x" * 1_000_000] * 400}), file, compression="zstd")
    customer.put(bucket, "repeats.parquet", file.getvalue())
    file = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({"a": ["x" * 300_000_000]}), file, compression="zstd", use_dictionary=False)
    customer.put(bucket, "bomb.parquet", file.getvalue())
    customer.put(bucket, "wide.csv.gz", gzip.compress(b"," * (15 << 20)))
    customer.connect(organization, bucket)
    found = table(organization, f"s3://{bucket}/repeats.parquet", rows=400)
    assert len(found["rows"][0][0]) < 20_000 and found["rows"][0][0].endswith("…")
    answer = organization.call("GET", "/files/table?" + urlencode({"locator": f"s3://{bucket}/bomb.parquet"}))
    assert (answer.status, answer.json()["code"]) == (422, "damaged_table"), answer.body[:300]
    answer = organization.call("GET", "/files/table?" + urlencode({"locator": f"s3://{bucket}/wide.csv.gz"}))
    assert answer.status == 200 and len(answer.body) < 100_000
