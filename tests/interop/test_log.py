"""The server's log tells what happened and gives nothing away."""

import rgw


def test_the_log_holds_no_url_token_or_secret(organization, customer, server, sts, platform, gateway):
    """Whatever the other tests did before is in the same log; this one makes sure that there is something to leak."""
    bucket, broken = customer.make_bucket(["k"]), customer.make_bucket(["k"])
    connection = customer.connect(organization, bucket)
    key = rgw.User("", "INTEROPACCESSKEY", "interop-secret-access-key-0123456789")
    authentication = {"type": "access_key", "access_key_id": key.access_key_id, "secret_access_key": key.secret_access_key}
    draft = organization.post("/drafts", customer.draft(broken, authentication=authentication))
    organization.post("/integrations", {"draft_id": draft["id"]})
    urls = [organization.url(f"s3://{name}/k") for name in (bucket, broken)]
    urls.append(organization.open(f"s3://{bucket}/k").headers["Location"])
    # Refused ones are where secrets slip out.
    organization.call("POST", "/drafts", {**customer.draft(bucket, authentication=authentication), "no_such_field": 1})
    organization.call("POST", "/resolve", {"locators": urls})

    call = sts.calls(connection.role_arn)[-1]
    secrets = {
        "the platform's secret access key": platform.secret_access_key,
        "an integration's secret access key": key.secret_access_key,
        "the customer's secret access key": customer.user.secret_access_key,
        "a session's secret access key": call.session.secret_access_key,
        "a session token": call.session_token,
        "an API token": organization.token,
        "the encryption key": server.encryption_key,
        "a signature's name": "X-Amz-Signature",
        "a token's name": "X-Amz-Security-Token",
        **{f"presigned URL {number}": url for number, url in enumerate(urls)},
        **{f"signature {number}": url.rpartition("X-Amz-Signature=")[2][:64] for number, url in enumerate(urls)},
    }
    log = server.log()
    assert log, "an empty log proves nothing"
    assert [name for name, secret in secrets.items() if secret in log] == []
