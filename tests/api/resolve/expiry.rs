//! `expires_at` is the truth: no URL dies before it.

use byob_e2e::{Presigned, Service, given};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

fn expires_at(result: &Value) -> OffsetDateTime {
    OffsetDateTime::parse(result["expires_at"].as_str().unwrap(), &Rfc3339).unwrap()
}

fn url(result: &Value) -> Presigned {
    Presigned::parse(result["url"].as_str().unwrap())
}

/// A bucket with these limits and without stable URLs, so that a URL's life begins with the request.
fn limited(longest_url_lifetime: u32, session_duration: u32) -> Value {
    let limits = json!({
        "longest_url_lifetime": longest_url_lifetime, "session_duration": session_duration, "stable_urls": false,
    });
    given::with(given::bucket("images"), &limits)
}

#[tokio::test]
async fn a_url_lives_as_long_as_the_least_of_what_limits_it() {
    for (asked, longest, session, expected, why) in [
        (600, 3600, 3600, 600, "what was asked for"),
        (1, 3600, 3600, 1, "the shortest"),
        (7200, 1800, 3600, 1800, "the integration's longest"),
        (7200, 7200, 3600, 3540, "the session, less a minute"),
        (7200, 7200, 900, 840, "a short session, less a minute"),
        (43_200, 43_200, 43_200, 43_140, "a long session, less a minute"),
    ] {
        let service = Service::start().await;
        service.admin().connect(&limited(longest, session)).await;

        let request = json!({"locators": ["s3://images/k"], "expires_in": asked});
        let result = service.viewer().resolve_with(&request).await.remove(0);

        assert_eq!(expires_at(&result), service.clock().now() + Duration::seconds(expected), "{why}");
        assert_eq!(expires_at(&result), url(&result).expires_at(), "{why}");
    }
}

#[tokio::test]
async fn an_hour_is_asked_for_unless_something_else_is() {
    let service = Service::start().await;
    service.admin().connect(&limited(86_400, 43_200)).await;

    let result = service.viewer().resolve(&["s3://images/k"]).await.remove(0);

    assert_eq!(expires_at(&result), service.clock().now() + Duration::hours(1));
}

#[tokio::test]
async fn an_access_key_has_no_session_that_ends() {
    let service = Service::start().await;
    let settings = given::with(limited(604_800, 3600), &given::bucket_by_key("images", "AKIAKEY", "secret"));
    service.admin().connect(&settings).await;

    let request = json!({"locators": ["s3://images/k"], "expires_in": 604_800});
    let result = service.viewer().resolve_with(&request).await.remove(0);

    assert_eq!(expires_at(&result), service.clock().now() + Duration::days(7));
}

/// Whatever the moment: the clock goes on by a prime number of seconds, through windows and sessions.
#[tokio::test]
async fn at_every_moment_the_answer_tells_when_its_url_dies() {
    let service = Service::start().await;
    for (name, stable_urls) in [("stable", true), ("fresh", false)] {
        let changes = json!({"session_duration": 900, "stable_urls": stable_urls});
        service.admin().connect(&given::with(given::bucket(name), &changes)).await;
    }
    for asked in [30, 600, 840, 3600] {
        for _ in 0..12 {
            service.advance(137);
            let now = service.clock().now();
            let request = json!({"locators": ["s3://stable/k", "s3://fresh/k"], "expires_in": asked});
            for result in service.viewer().resolve_with(&request).await {
                let (dies, url) = (expires_at(&result), url(&result));
                let life = Duration::seconds(asked.min(840));
                assert_eq!(dies, url.expires_at(), "{asked} at {now}");
                assert!(url.signed_at() <= now, "{asked} at {now}: signed at {}", url.signed_at());
                assert!(dies <= now + life && dies >= now + life / 2, "{asked} at {now}: dies at {dies}");
            }
        }
    }
}

#[tokio::test]
async fn a_url_outlives_no_session_and_predates_none() {
    let service = Service::start().await;
    service.admin().connect(&given::with(given::bucket("images"), &json!({"session_duration": 900}))).await;
    let mut sessions: Vec<(String, OffsetDateTime)> = Vec::new();
    for _ in 0..20 {
        service.advance(211);
        let url = Presigned::parse(&service.viewer().url("s3://images/k", 600).await);
        let issued = service.sts().issued();
        while sessions.len() < issued.len() {
            sessions.push((issued[sessions.len()].access_key_id.clone(), service.clock().now()));
        }

        let (_, issued_at) = sessions.iter().find(|(id, _)| id == url.access_key_id()).unwrap();
        assert!(url.signed_at() >= *issued_at);
        assert!(url.expires_at() <= *issued_at + Duration::seconds(840));
    }
    assert!(sessions.len() > 3, "there was more than one session to get wrong");
}
