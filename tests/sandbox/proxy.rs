//! Files that come through the service.

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request},
};
use byob_core::audit::By;
use byob_core::{
    id::IntegrationId,
    resolve::{ResolveOptions, Resolved},
};
use byob_server::App;
use bytes::Bytes;
use futures::StreamExt;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tower::ServiceExt;

use crate::aws::{Aws, BUCKET};

const CONTENT: &str = "0123456789";

struct Proxied {
    aws: Aws,
    integration: IntegrationId,
}

struct Reply {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Reply {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Proxied {
    async fn start() -> Self {
        let aws = Aws::start().await;
        let integration = aws.connect("byob", |_, _| ()).await;
        let proxied = Self { aws, integration };
        proxied.put("digits.txt", CONTENT);
        proxied.set(None, json!({"delivery": "proxy"})).await;
        proxied
    }

    fn put(&self, key: &str, content: &'static str) {
        let now = self.aws.sandbox.clock().now();
        self.aws.sandbox.set_up_object(BUCKET, key, "text/plain", Bytes::from(content), now).unwrap();
    }

    async fn set(&self, enabled: Option<bool>, changes: Value) {
        let changes = changes.as_object().unwrap().clone();
        self.aws
            .core
            .update_integration(&self.aws.organization, &By::operator(), &self.integration, enabled, changes)
            .await
            .unwrap();
    }

    async fn resolve(&self, key: &str, options: &ResolveOptions) -> Resolved {
        let locators = [format!("s3://{BUCKET}/{key}")];
        let mut answers = self.aws.core.resolve(&self.aws.reach(), &locators, options).await.unwrap();
        answers.pop().unwrap().unwrap()
    }

    async fn url(&self, key: &str) -> String {
        self.resolve(key, &options(600)).await.url
    }

    async fn ask(&self, method: Method, url: &str, headers: &[(&str, &str)]) -> Reply {
        let path = url.strip_prefix(self.aws.core.origin()).expect("it is an address of the service");
        let request = headers
            .iter()
            .fold(Request::builder().method(method).uri(path), |request, (name, value)| request.header(*name, *value));
        let router = byob_server::router(App { core: self.aws.core.clone(), metrics: None });
        let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Reply { status, headers, body: String::from_utf8_lossy(&body).into_owned() }
    }

    async fn get(&self, url: &str, headers: &[(&str, &str)]) -> Reply {
        self.ask(Method::GET, url, headers).await
    }
}

fn options(expires_in: u32) -> ResolveOptions {
    ResolveOptions { expires_in, disposition: byob_core::display::Disposition::Auto, content_type: None }
}

#[tokio::test]
async fn files_come_whole_or_by_any_range() {
    let proxied = Proxied::start().await;
    let url = proxied.url("digits.txt").await;

    let whole = proxied.get(&url, &[]).await;
    assert_eq!((whole.status, whole.body.as_str(), whole.header("content-length")), (200, CONTENT, "10"));
    assert_eq!(whole.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!((whole.header("accept-ranges"), whole.header("access-control-allow-origin")), ("bytes", "*"));
    let tag = whole.header("etag").to_owned();
    for (range, expected, content_range) in [
        ("bytes=0-0", "0", "bytes 0-0/10"),
        ("bytes=3-5", "345", "bytes 3-5/10"),
        ("bytes=7-", "789", "bytes 7-9/10"),
        ("bytes=-4", "6789", "bytes 6-9/10"),
        ("bytes=5-99", "56789", "bytes 5-9/10"),
    ] {
        let part = proxied.get(&url, &[("range", range)]).await;
        assert_eq!((part.status, part.body.as_str(), part.header("content-range")), (206, expected, content_range));
    }
    let beyond = proxied.get(&url, &[("range", "bytes=10-")]).await;
    assert_eq!((beyond.status, beyond.header("content-range"), beyond.body.as_str()), (416, "bytes */10", ""));
    let head = proxied.ask(Method::HEAD, &url, &[]).await;
    assert_eq!((head.status, head.header("content-length"), head.body.as_str()), (200, "10", ""));

    let same = proxied.get(&url, &[("if-none-match", &tag)]).await;
    assert_eq!((same.status, same.body.as_str(), same.header("etag")), (304, "", tag.as_str()));
    assert_eq!(proxied.get(&url, &[("if-match", "\"other\"")]).await.status, 412);
    let resumed = proxied.get(&url, &[("range", "bytes=8-"), ("if-range", &tag)]).await;
    assert_eq!((resumed.status, resumed.body.as_str()), (206, "89"));
    for stale in ["\"other\"", "W/\"weak\"", "Mon, 02 Mar 2026 06:00:00 GMT"] {
        let anew = proxied.get(&url, &[("range", "bytes=8-"), ("if-range", stale)]).await;
        assert_eq!((anew.status, anew.body.as_str()), (200, CONTENT), "{stale}");
    }
}

/// RFC 9110, 13.2.2: `If-Range` is looked at last, and 14.2: without it, or if it does not fit, there is no range.
#[tokio::test]
async fn conditions_are_looked_at_before_ranges() {
    let proxied = Proxied::start().await;
    let url = proxied.url("digits.txt").await;
    let whole = proxied.get(&url, &[]).await;
    let (tag, written) = (whole.header("etag"), whole.header("last-modified"));
    let (early, other) = ("Thu, 01 Jan 1970 00:00:00 GMT", "\"other\"");
    for (status, range, if_range, condition) in [
        (412, "bytes=0-1", other, ("if-match", other)),
        (412, "bytes=0-1", tag, ("if-match", other)),
        (412, "bytes=10-", other, ("if-match", other)),
        (412, "bytes=0-1", written, ("if-match", other)),
        (412, "bytes=0-1", tag, ("if-unmodified-since", early)),
        (304, "bytes=0-1", tag, ("if-none-match", tag)),
        (304, "bytes=0-1", other, ("if-none-match", tag)),
        (206, "bytes=0-1", tag, ("if-match", tag)),
        (206, "bytes=0-1", tag, ("if-none-match", other)),
        (200, "bytes=0-1", other, ("if-match", tag)),
        (200, "bytes=0-1", written, ("if-match", tag)),
        (200, "bytes=10-", other, ("if-match", tag)),
        (416, "bytes=10-", tag, ("if-match", tag)),
    ] {
        let reply = proxied.get(&url, &[("range", range), ("if-range", if_range), condition]).await;
        assert_eq!(reply.status, status, "{range} {if_range} {condition:?}");
        assert_eq!(reply.header("content-range") == "bytes */10", status == 416);
    }
}

#[tokio::test]
async fn a_range_of_an_empty_file_is_all_of_it() {
    let proxied = Proxied::start().await;
    proxied.put("empty.txt", "");
    let url = proxied.url("empty.txt").await;
    for range in ["bytes=0-", "bytes=0-1023", "bytes=-5"] {
        let reply = proxied.get(&url, &[("range", range)]).await;
        assert_eq!((reply.status, reply.header("content-length"), reply.body.as_str()), (200, "0", ""), "{range}");
    }
}

#[tokio::test]
async fn any_key_comes_through() {
    let proxied = Proxied::start().await;
    for key in ["a//b", "../x", "a+b %2F ü?#.txt", "x?versionId=", "\u{1F600}"] {
        let key_of = key.strip_suffix("?versionId=").unwrap_or(key);
        proxied.put(key_of, "here");
        let url = proxied.url(key).await;
        assert_eq!(proxied.get(&url, &[]).await.body, "here", "{key}");
        assert!(url.bytes().all(|byte| byte.is_ascii_graphic()), "{url}");
    }
}

#[tokio::test]
async fn nothing_of_a_customer_runs_in_our_origin() {
    let proxied = Proxied::start().await;
    proxied.put("code.js", "alert(1)");
    assert_eq!(
        proxied.get(&proxied.url("code.js").await, &[]).await.header("content-type"),
        "text/plain; charset=utf-8"
    );
    for key in ["page.html", "drawing.svg", "unknown", "page.xhtml"] {
        proxied.put(key, "<script>alert(1)</script>");
        let inline = ResolveOptions { disposition: byob_core::display::Disposition::Inline, ..options(600) };
        let reply = proxied.get(&proxied.resolve(key, &inline).await.url, &[]).await;
        assert!(reply.header("content-security-policy").ends_with("; sandbox"), "{key}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        let reply = proxied.get(&proxied.url(key).await, &[]).await;
        assert!(reply.header("content-disposition").starts_with("attachment"), "{key}");
    }
}

#[tokio::test]
async fn what_is_permitted_is_looked_at_on_each_request() {
    let proxied = Proxied::start().await;
    let url = proxied.url("digits.txt").await;
    assert_eq!(proxied.get(&url, &[]).await.status, 200);

    proxied.set(Some(false), json!({})).await;
    let refused = proxied.get(&url, &[]).await;
    assert_eq!((refused.status, refused.body.contains("integration_disabled")), (404, true), "{}", refused.body);
    proxied.set(Some(true), json!({"access": ["list"]})).await;
    assert!(proxied.get(&url, &[]).await.body.contains("access_not_declared"));
    proxied.set(None, json!({"access": ["list", "read"], "delivery": "direct"})).await;
    assert!(proxied.get(&url, &[]).await.body.contains("url_outdated"));
    proxied.set(None, json!({"delivery": "proxy"})).await;
    assert_eq!(proxied.get(&url, &[]).await.status, 200);

    let gone = proxied.get(&proxied.url("gone.txt").await, &[]).await;
    assert_eq!((gone.status, gone.body.contains("no_such_object")), (404, true));
}

#[tokio::test]
async fn an_address_is_good_unchanged_and_until_it_expires() {
    let proxied = Proxied::start().await;
    let url = proxied.url("digits.txt").await;
    assert_eq!(url, proxied.url("digits.txt").await, "browsers can cache");
    let (address, tag) = url.rsplit_once('.').unwrap();
    let other = proxied.url("cat.png").await;
    let (_, tag_of_other) = other.rsplit_once('.').unwrap();
    for changed in [
        format!("{address}.{tag_of_other}"),
        format!("{address}A.{tag}"),
        format!("{address}."),
        address.to_owned(),
        format!("{}/content/x.y", proxied.aws.core.origin()),
    ] {
        let refused = proxied.get(&changed, &[]).await;
        assert_eq!((refused.status, refused.body.contains("invalid_url")), (403, true), "{changed}");
        assert_eq!(refused.header("access-control-allow-origin"), "*", "a page may read why");
    }
    let resolved = proxied.resolve("digits.txt", &options(1)).await;
    let dies = resolved.expires_at.unwrap();
    while proxied.aws.core.clock().now() < dies {
        tokio::task::yield_now().await;
    }
    let expired = proxied.get(&resolved.url, &[]).await;
    assert_eq!((expired.status, expired.body.contains("url_expired")), (410, true), "{}", expired.body);
}

#[tokio::test]
async fn a_file_of_any_size_comes_as_it_is_taken() {
    let proxied = Proxied::start().await;
    // A bucket with a file of a terabyte: who waited for all of it would wait for ever.
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let bucket = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 8192]).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\nETag: \"e\"\r\n\r\n").await.unwrap();
        let mut sent = 0_u64;
        while let Ok(length) = stream.write(&[b'x'; 16 * 1024]).await {
            sent += length as u64;
        }
        sent
    });
    let core = byob_core::Core::start(
        byob_core::CoreConfig {
            allowed_addresses: vec![proxied.aws.config.allowed_addresses[0].clone(), address.to_string()],
            ..proxied.aws.config.clone()
        },
        byob_core::runtime::Clock::system(),
        byob_core::runtime::Rng,
    )
    .await
    .unwrap();
    let settings = json!({
        "name": "Large", "region": "us-east-1", "force_path_style": true, "endpoint_url": format!("http://{address}"), "delivery": "proxy",
        "authentication": {"type": "anonymous"}, "scope": {"type": "bucket", "bucket": "large"},
    });
    let organization = &proxied.aws.organization;
    let draft =
        core.create_draft(organization, &By::operator(), serde_json::from_value(settings).unwrap()).await.unwrap();
    core.save_draft(organization, &By::operator(), &draft.id).await.unwrap();
    let locators = ["s3://large/file.bin".to_owned()];
    let url = core.resolve(&proxied.aws.reach(), &locators, &options(600)).await.unwrap().pop().unwrap().unwrap().url;

    let path = url.strip_prefix(core.origin()).unwrap().to_owned();
    let router = byob_server::router(App { core, metrics: None });
    let response = router.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.headers()["content-length"], "1099511627776");
    let mut taken = 0;
    let mut frames = response.into_body().into_data_stream();
    while taken < 32 * 1024 * 1024 {
        taken += frames.next().await.unwrap().unwrap().len();
    }
    drop(frames);

    // What lies between the two in buffers of the system is some megabytes.
    let sent = bucket.await.unwrap();
    assert!(sent < 2 * taken as u64, "{sent} bytes were fetched for {taken}");
}

#[tokio::test]
async fn whoever_has_an_address_is_told_nothing_of_the_integration() {
    let proxied = Proxied::start().await;
    let url = proxied.url("digits.txt").await;
    proxied.set(Some(false), json!({})).await;

    let off = proxied.get(&url, &[]).await;

    assert_eq!(off.status, 404);
    assert!(off.body.contains("cannot be loaded at the moment"), "{}", off.body);
    let name =
        proxied.aws.core.get_integration(&proxied.aws.reach(), &proxied.integration).await.unwrap().settings.name;
    assert!(!off.body.contains(&name.unwrap()), "{}", off.body);
}
