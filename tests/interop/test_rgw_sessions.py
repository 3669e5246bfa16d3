"""How often STS is asked, and what happens when it does not answer."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from raw_http import load


def test_two_hundred_callers_at_once_cost_one_assume_role(organization, customer, sts):
    bucket = customer.make_bucket([f"image-{number}.png" for number in range(3)])
    connection = customer.connect(organization, bucket)
    with ThreadPoolExecutor(200) as pool:
        urls = list(pool.map(lambda number: organization.url(f"s3://{bucket}/image-{number % 3}.png"), range(200)))
    # Per external ID and session policy: a connection check may ask with a wrong ID, or none, on its own account.
    asked = Counter((call.external_id, call.session_policy) for call in sts.calls(connection.role_arn))
    assert [count for (external_id, _), count in asked.items() if external_id == connection.external_id] == [1]
    assert load(urls[0]).body == b"image-0.png"


def test_a_cached_session_outlasts_an_sts_outage(organization, customer, sts):
    bucket = customer.make_bucket(["k", "other"])
    customer.connect(organization, bucket)
    organization.url(f"s3://{bucket}/k")
    sts.available = False
    try:
        assert load(organization.url(f"s3://{bucket}/other")).body == b"other"
    finally:
        sts.available = True


def test_a_restarted_server_goes_on_with_the_session_it_had(start_server, customer, sts):
    server = start_server()
    organization = server.create_organization("restarted")
    bucket = customer.make_bucket(["k", "other"])
    customer.connect(organization, bucket)
    organization.url(f"s3://{bucket}/k")
    assert server.stop() == 0, "SIGTERM is the orderly way to stop it"
    sts.available = False
    try:
        server.start()
        assert load(organization.url(f"s3://{bucket}/other")).body == b"other"
    finally:
        sts.available = True


def test_an_outage_without_a_session_is_an_error_in_place_and_heals_by_itself(organization, customer, sts):
    bucket = customer.make_bucket(["k"])
    customer.connect(organization, bucket)
    sts.available = False
    try:
        code = organization.error(f"s3://{bucket}/k")["code"]
    finally:
        sts.available = True
    # STS not answering is not the customer's mistake, and is not called one.
    assert code != "role_not_assumable"
    # A failure is remembered briefly, so that callers do not queue up behind an STS that is down.
    deadline = time.monotonic() + 60
    while "url" not in (result := organization.resolve(f"s3://{bucket}/k")[0]):
        assert time.monotonic() < deadline, result
        time.sleep(0.5)
    assert load(result["url"]).body == b"k"


def test_a_slow_sts_for_one_integration_does_not_slow_another(organization, customer, sts):
    slow, quick = customer.make_bucket(["k"]), customer.make_bucket(["k"])
    connection = customer.connect(organization, slow)
    customer.connect(organization, quick)
    gate = sts.hold(connection.role_arn)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(organization.url, f"s3://{slow}/k")
        try:
            gate.wait_until_reached()
            assert load(organization.url(f"s3://{quick}/k")).body == b"k"
            assert not waiting.done()
        finally:
            gate.open()
        assert load(waiting.result(60)).body == b"k"
