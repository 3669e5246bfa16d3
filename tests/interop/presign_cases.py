"""The questions of the presigning test: every odd key in every kind of place, with all options taking turns."""

from dataclasses import asdict, dataclass

ACCESS_KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET_ACCESS_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
# As long as real ones are, with every character of base64.
SESSION_TOKEN = "IQoJb3JpZ2luX2VjE+/=" * 40

KEYS = {
    "plain": "test.txt",
    "begins-with-bucket": "photos/photos",
    "nested": "some-folder/deep/image.png",
    "double-slash": "a//b",
    "only-slashes": "//",
    "leading-slash": "/lead.png",
    "two-leading-slashes": "//lead.png",
    "trailing-slash": "folder/",
    "dot-dot": "../x",
    "dot": "./y",
    "dots-inside": "a/../b/./c",
    "only-dots": "..",
    "mixture": "a+b%2F ü #?.png",
    "spaces": "  a  b  ",
    "plus": "1+1=2",
    "percent-25": "%25",
    "percent-alone": "100%",
    "looks-encoded": "%E4%BD%A0%2e%2E",
    "question-mark": "what?.txt",
    "version-inside": "a?versionId=b",
    "signature-inside": "a?X-Amz-Signature=0000&X-Amz-Expires=1",
    "hash": "#1/#2",
    "ampersand-equals": "a&b=c&d",
    "star": "*.png",
    "quote": "it's",
    "double-quote": 'say "hi"',
    "parentheses": "copy (1).png",
    "tilde": "~user/~",
    "unreserved": "A-Z_a.z~0",
    "reserved": "!$'()*,;:@[]",
    "brackets": "<a>{b}|c^d`e",
    "backslash": "a\\b\\..\\c",
    "latin": "Zürich/naïve.pdf",
    "decomposed": "Zu\u0308rich.pdf",
    "cjk": "写真/日本語.jpg",
    "emoji": "🪣/👩‍👩‍👧.png",
    "control": "tab\there\x01\x7f",
    "newline": "a\r\nb",
    "no-break-space": "a\u00a0b\u2028c",
    "longest": "k" * 1024,
    "longest-in-bytes": "é" * 512,
}


@dataclass(frozen=True)
class Place:
    """Where an object is: all that decides the host."""

    region: str
    bucket: str = "photos"
    endpoint_url: str | None = None
    force_path_style: bool = False
    dual_stack: bool = False
    fips: bool = False


ACCESS_POINT = "arn:aws:s3:us-west-2:123456789012:accesspoint/my-ap"

PLACES = {
    "us-east-1": Place("us-east-1"),
    "us-east-1-path": Place("us-east-1", force_path_style=True),
    "eu-central-1": Place("eu-central-1"),
    "ap-southeast-3": Place("ap-southeast-3"),
    "gov-cloud": Place("us-gov-west-1"),
    "gov-cloud-fips": Place("us-gov-west-1", fips=True),
    "china": Place("cn-north-1"),
    "china-path": Place("cn-north-1", force_path_style=True),
    "china-dual-stack": Place("cn-north-1", dual_stack=True),
    "dotted-bucket": Place("eu-central-1", bucket="img.example.com"),
    "dual-stack": Place("eu-central-1", dual_stack=True),
    "dual-stack-path": Place("us-east-1", dual_stack=True, force_path_style=True),
    "fips": Place("us-east-1", fips=True),
    "fips-dual-stack": Place("us-east-1", fips=True, dual_stack=True),
    "fips-dotted-bucket": Place("us-west-2", bucket="img.example.com", fips=True),
    "access-point": Place("us-west-2", bucket=ACCESS_POINT),
    "access-point-dual-stack": Place("us-west-2", bucket=ACCESS_POINT, dual_stack=True),
    "access-point-fips": Place("us-west-2", bucket=ACCESS_POINT, fips=True),
    "access-point-gov-cloud": Place("us-gov-west-1", bucket="arn:aws-us-gov:s3:us-gov-west-1:123456789012:accesspoint/my-ap"),
    "access-point-china": Place("cn-north-1", bucket="arn:aws-cn:s3:cn-north-1:123456789012:accesspoint/my-ap"),
    "access-point-alias": Place("us-west-2", bucket="my-ap-hrzrlukc5m36ft7okagglf3gmwluquse1b-s3alias"),
    "loopback-path": Place("us-east-1", endpoint_url="http://127.0.0.1:9000", force_path_style=True),
    # An address has no subdomains, so this is path style too.
    "loopback": Place("us-east-1", endpoint_url="http://127.0.0.1:9000"),
    "localhost": Place("us-east-1", endpoint_url="http://localhost:9000"),
    "localhost-dotted-bucket": Place("us-east-1", bucket="img.example.com", endpoint_url="http://localhost:9000"),
    "custom": Place("eu-central-1", endpoint_url="https://s3.example.com"),
    "custom-path": Place("eu-central-1", endpoint_url="https://s3.example.com", force_path_style=True),
    "custom-dotted-bucket": Place("eu-central-1", bucket="img.example.com", endpoint_url="https://s3.example.com"),
    "custom-trailing-slash": Place("eu-central-1", endpoint_url="https://s3.example.com/"),
    "default-port": Place("eu-central-1", endpoint_url="https://s3.example.com:443"),
    "default-port-http": Place("eu-central-1", endpoint_url="http://s3.example.com:80", force_path_style=True),
    "other-port": Place("eu-central-1", endpoint_url="https://s3.example.com:8443"),
    "base-path": Place("us-east-1", endpoint_url="https://gw.example.com/base"),
    "base-path-path": Place("us-east-1", endpoint_url="https://gw.example.com/base", force_path_style=True),
}

NAME = """attachment; filename="Zürich's \\"best\\".pdf"; filename*=UTF-8''Z%C3%BCrich.pdf"""
OPTIONS = [
    {},
    {"method": "HEAD"},
    {"version_id": "3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY+MTRCxf3vjVBH40Nr8X8gdRQBpUMLUo"},
    {"response_content_type": "text/plain; charset=utf-8"},
    {"response_content_disposition": NAME},
    {"requester_pays": True},
    {"method": "HEAD", "version_id": "null", "requester_pays": True},
    {"response_content_type": "image/svg+xml", "response_content_disposition": "inline"},
    {
        "version_id": "v 1&=?",
        "response_content_type": "テキスト",
        "response_content_disposition": NAME,
        "requester_pays": True,
    },
]
TIMES = ["2026-11-21T10:00:00Z", "2013-05-24T00:00:00Z", "2028-02-29T23:59:59Z", "2027-01-01T00:00:00Z"]
LIFETIMES = [1, 900, 3600, 86_400, 604_800]

# What AWS's endpoint rules refuse. In all but the last two botocore drops the option without a word, and hands out a URL that
# is not what was asked for; AWS's other SDKs refuse.
IMPOSSIBLE_PLACES = {
    "custom-dual-stack": Place("us-east-1", endpoint_url="https://s3.example.com", dual_stack=True),
    "custom-fips": Place("us-east-1", endpoint_url="https://s3.example.com", fips=True),
    "access-point-path": Place("us-west-2", bucket=ACCESS_POINT, force_path_style=True),
    "access-point-of-another-partition": Place("us-west-2", bucket="arn:aws-cn:s3:cn-north-1:123456789012:accesspoint/my-ap"),
    "china-fips": Place("cn-north-1", fips=True),
}


def question(place, **changes):
    """A plain question about a place, as `byob presign --jsonl` reads it."""
    return {
        "method": "GET",
        "key": "test.txt",
        "access_key_id": ACCESS_KEY_ID,
        "secret_access_key": SECRET_ACCESS_KEY,
        "session_token": None,
        "at": TIMES[0],
        "expires_in": 3600,
        **asdict(place),
        **changes,
    }


def _cases():
    # 41 keys, 9 options, 4 times, 5 lifetimes, and a token in two of three: each advances at its own pace, so that over the
    # places every key meets every option.
    for number, (place, key) in enumerate((place, key) for place in PLACES for key in KEYS):
        yield (
            f"{place}-{key}",
            question(
                PLACES[place],
                key=KEYS[key],
                session_token=SESSION_TOKEN if number % 3 else None,
                at=TIMES[number % len(TIMES)],
                expires_in=LIFETIMES[number % len(LIFETIMES)],
                **OPTIONS[number % len(OPTIONS)],
            ),
        )


CASES = dict(_cases())
