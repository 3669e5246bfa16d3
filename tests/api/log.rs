//! What is logged tells what happened and gives nothing away. The filter is that of `byob serve`, with our own crates at their
//! most talkative.

use std::{
    io,
    sync::{Arc, Mutex},
};

use byob_e2e::{Answer, Client, PLATFORM_SECRET, Service, given};
use serde_json::json;
use tracing::{Level, Subscriber};
use tracing_subscriber::{Layer, filter::filter_fn, fmt::MakeWriter, layer::SubscriberExt};

const SECRET: &str = "secret-of-the-customer";

/// Everything logged on this thread, which is the only one of its test.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn subscriber(&self) -> impl Subscriber + Send + Sync + use<> {
        let talkative = filter_fn(|event| event.target().starts_with("byob") || *event.level() <= Level::WARN);
        let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(self.clone());
        tracing_subscriber::registry().with(lines.with_filter(talkative))
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// What people do in a day, well and badly; the URLs that they got.
async fn a_day(service: &Service, admin: &Client) -> Vec<String> {
    admin.connect(&given::bucket("images")).await;
    admin.connect(&given::bucket_by_key("keyed", "AKIAKEY", SECRET)).await;
    admin.connect(&given::bucket("broken")).await;
    service.sts().answer_for(&given::role_arn("broken"), Answer::ACCESS_DENIED);
    let broken = service.viewer().resolve(&["s3://broken/k"]).await;
    assert_eq!(broken[0]["error"]["code"], "role_not_assumable");

    let mut urls =
        vec![service.viewer().url("s3://images/k", 600).await, service.viewer().url("s3://keyed/k", 600).await];
    let open = service.viewer().get("/api/v1/open?locator=s3://images/k").await;
    urls.push(open.header("location").unwrap().to_owned());
    // Refused requests are where secrets slip out.
    let url_as_locator = service.viewer().resolve(&[&urls[0]]).await;
    assert_eq!(url_as_locator[0]["error"]["code"], "invalid_locator");
    let misplaced = json!({"name": "x", "authentication": {"type": "role", "secret_access_key": SECRET}});
    admin.post("/api/v1/drafts", &misplaced).await.problem(422, "unknown_field");
    let swapped = given::bucket_by_key("swapped", "secret/of+the=customer", SECRET);
    admin.post("/api/v1/drafts", &swapped).await.problem(422, "invalid_access_key_id");
    let endpoint = json!({"endpoint_url": format!("https://ada:{SECRET}@s3.example.com")});
    admin.post("/api/v1/drafts", &endpoint).await.problem(422, "invalid_endpoint_url");
    urls
}

#[tokio::test]
async fn neither_secrets_nor_tokens_nor_urls_reach_the_log() {
    let log = Log::default();
    let _logging = tracing::subscriber::set_default(log.subscriber());
    let service = Service::start().await;
    let admin = service.admin();
    let urls = a_day(&service, &admin).await;

    let text = log.text();
    let issued = service.sts().issued().remove(0);
    let mut secrets =
        vec![SECRET, PLATFORM_SECRET, "secret/of+the=customer", "X-Amz-Signature", service.encryption_key()];
    let (viewer, admin) = (service.viewer(), service.admin());
    secrets.extend([viewer.token(), admin.token(), &issued.secret_access_key, &issued.session_token]);
    secrets.extend(urls.iter().map(|url| &url[url.len() - 64..]));
    let leaked: Vec<_> = secrets.into_iter().filter(|secret| text.contains(secret)).collect();
    assert!(leaked.is_empty(), "{leaked:?} in\n{text}");
}

#[tokio::test]
async fn every_request_is_one_line_with_its_id_and_without_what_people_look_at() {
    let log = Log::default();
    let _logging = tracing::subscriber::set_default(log.subscriber());
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;

    let reply = service.viewer().get("/api/v1/open?locator=s3://images/private-name.png").await;

    let text = log.text();
    let id = reply.header("x-request-id").unwrap();
    let lines: Vec<_> = text.lines().filter(|line| line.contains(id)).collect();
    assert_eq!(lines.len(), 1, "{text}");
    assert!(lines[0].contains("/api/v1/open") && lines[0].contains("303"), "{}", lines[0]);
    assert!(!text.contains("private-name"), "{text}");
}

#[tokio::test]
async fn a_failure_of_aws_is_logged_with_its_cause() {
    let log = Log::default();
    let _logging = tracing::subscriber::set_default(log.subscriber());
    let service = Service::start().await;
    let integration = service.admin().connect(&given::bucket("images")).await;
    service.sts().answer(Answer::ACCESS_DENIED);

    service.viewer().resolve(&["s3://images/k"]).await;

    let text = log.text();
    let line = text.lines().find(|line| line.contains("role_not_assumable")).expect("the failure is logged");
    assert!(line.contains(given::id(&integration)) && line.contains("AccessDenied"), "{line}");
}
