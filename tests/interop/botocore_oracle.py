"""What botocore, AWS's own signer for Python, makes of a presigning question."""

import datetime
from functools import cache
from unittest import mock

import boto3
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials


def presign(case):
    at = datetime.datetime.strptime(case["at"], "%Y-%m-%dT%H:%M:%SZ")
    # botocore has no parameter for the time; its signers ask this function for it.
    with mock.patch("botocore.auth.get_current_datetime", return_value=at):
        if case.get("requester_pays"):
            return _with_requester_pays(case)
        return _plain(case)


def _plain(case):
    parameters = {"Bucket": case["bucket"], "Key": case["key"]}
    for ours, theirs in (
        ("version_id", "VersionId"),
        ("response_content_type", "ResponseContentType"),
        ("response_content_disposition", "ResponseContentDisposition"),
    ):
        if case.get(ours) is not None:
            parameters[theirs] = case[ours]
    client = _client(*(case[name] for name in _DECIDES_THE_CLIENT))
    operation = "head_object" if case["method"] == "HEAD" else "get_object"
    return client.generate_presigned_url(operation, Params=parameters, ExpiresIn=case["expires_in"])


def _with_requester_pays(case):
    """botocore's generate_presigned_url signs RequestPayer as a header, which no browser would send along. S3 takes it from the
    query too, and there botocore's signer is asked directly, over the URL that it makes without it."""
    address, query = _plain({**case, "requester_pays": False}).split("?", 1)
    # What the operation asked for, without what the signer added.
    wanted = "&".join(pair for pair in query.split("&") if not pair.startswith("X-Amz-"))
    request = AWSRequest(case["method"], f"{address}?{wanted}", params={"x-amz-request-payer": "requester"})
    credentials = Credentials(case["access_key_id"], case["secret_access_key"], case["session_token"])
    S3SigV4QueryAuth(credentials, "s3", case["region"], expires=case["expires_in"]).add_auth(request)
    return request.url


_DECIDES_THE_CLIENT = (
    "region",
    "endpoint_url",
    "force_path_style",
    "dual_stack",
    "fips",
    "access_key_id",
    "secret_access_key",
    "session_token",
)


@cache
def _client(region, endpoint_url, force_path_style, dual_stack, fips, access_key_id, secret_access_key, session_token):
    return _session().client(
        "s3",
        region_name=region,
        endpoint_url=endpoint_url,
        aws_access_key_id=access_key_id,
        aws_secret_access_key=secret_access_key,
        aws_session_token=session_token,
        config=Config(
            signature_version="s3v4",
            use_dualstack_endpoint=dual_stack,
            use_fips_endpoint=fips,
            s3={
                "addressing_style": "path" if force_path_style else "virtual",
                # Otherwise us-east-1 gets the old global host, which answers for buckets elsewhere with redirects.
                "us_east_1_regional_endpoint": "regional",
            },
        ),
    )


@cache
def _session():
    return boto3.Session()
