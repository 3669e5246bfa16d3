//! `GET /api/v1/open`: a redirect, so that `<img src>` just works.

use byob_e2e::{Answer, Presigned, Service, given};
use time::Duration;

fn max_age(reply: &byob_e2e::Reply) -> Duration {
    let header = reply.header("cache-control").unwrap();
    Duration::seconds(header.strip_prefix("private, max-age=").expect(header).parse().unwrap())
}

#[tokio::test]
async fn it_leads_to_the_url_and_is_kept_for_half_its_life_at_most() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    for (expires_in, advance) in [(600, 0), (600, 299), (60, 10), (1, 0)] {
        service.advance(advance);
        let reply =
            service.viewer().get(&format!("/api/v1/open?locator=s3://images/cat.png&expires_in={expires_in}")).await;

        assert_eq!(reply.status, 303, "{}", reply.body);
        let url = Presigned::parse(reply.header("location").unwrap());
        assert!(max_age(&reply) >= Duration::ZERO);
        assert!(max_age(&reply) * 2 <= url.expires_at() - service.clock().now(), "{expires_in} {advance}");
    }
}

#[tokio::test]
async fn the_redirect_has_no_body_and_tells_the_bucket_nothing_of_the_page() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;

    let reply = service.viewer().get("/api/v1/open?locator=s3://images/cat.png").await;

    assert_eq!((reply.body.as_str(), reply.header("referrer-policy")), ("", Some("no-referrer")));
}

#[tokio::test]
async fn it_leads_where_resolving_would() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;

    let path = "/api/v1/open?locator=s3%3A%2F%2Fimages%2Fa%20%26%2Bb.png&expires_in=600&disposition=attachment&content_type=image/webp";
    let opened = service.viewer().get(path).await;

    let request = serde_json::json!({
        "locators": ["s3://images/a &+b.png"], "expires_in": 600, "disposition": "attachment", "content_type": "image/webp",
    });
    let resolved = service.viewer().resolve_with(&request).await;
    assert_eq!(opened.header("location"), resolved[0]["url"].as_str());
}

#[tokio::test]
async fn a_public_object_is_opened_without_a_signature() {
    let service = Service::start().await;
    service.admin().connect(&given::public_bucket("open-data")).await;

    let reply = service.viewer().get("/api/v1/open?locator=s3://open-data/k").await;

    assert_eq!(reply.header("location"), Some("https://open-data.s3.eu-central-1.amazonaws.com/k"));
    assert_eq!(max_age(&reply), Duration::minutes(5));
}

#[tokio::test]
async fn what_cannot_be_opened_is_a_problem_and_leads_nowhere() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("broken")).await;
    service.sts().answer(Answer::ACCESS_DENIED);
    for (query, status, code) in [
        ("locator=s3://unknown/k", 404, "no_integration"),
        ("locator=s3://unknown", 422, "invalid_locator"),
        ("locator=s3://broken/k", 502, "role_not_assumable"),
        ("locator=s3://broken/k&expires_in=0", 422, "out_of_range"),
        ("locator=s3://broken/k&token=x", 422, "unknown_field"),
        ("", 422, "missing"),
    ] {
        let reply = service.viewer().get(&format!("/api/v1/open?{query}")).await;
        reply.problem(status, code);
        assert_eq!(reply.header("location"), None);
    }
}

#[tokio::test]
async fn while_aws_does_not_answer_the_client_is_told_to_come_back() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    service.sts().answer(Answer::THROTTLED);

    let reply = service.viewer().get("/api/v1/open?locator=s3://images/k").await;

    reply.problem(503, "aws_throttled");
    assert!(reply.header("retry-after").is_some());
}
