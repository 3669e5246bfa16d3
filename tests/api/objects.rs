//! What lies in a bucket.

use byob_e2e::{Client, S3, Service, given, s3};
use serde_json::{Value, json};

struct Bench {
    service: Service,
    s3: S3,
    path: String,
}

async fn bench(settings: Value) -> Bench {
    let s3 = S3::start().await;
    let service = Service::setup().allow(&[&s3.address()]).start().await;
    let integration = service.admin().connect(&given::with(settings, &json!({"endpoint_url": s3.url()}))).await;
    let path = format!("{}/objects", given::integration_path(&integration));
    Bench { service, s3, path }
}

impl Bench {
    fn member(&self) -> Client {
        self.service.client(byob_e2e::Actor::Member)
    }
}

#[tokio::test]
async fn a_page_has_folders_and_files_with_locators_to_resolve() {
    let bench = bench(given::bucket("images")).await;

    let page = bench.member().get(&format!("{}?delimiter=/", bench.path)).await.json(200);

    let locator = format!("s3://images/{}", s3::FILE);
    assert_eq!(page["items"][0], json!({"type": "folder", "prefix": s3::FOLDER}));
    assert_eq!((&page["items"][1]["key"], &page["items"][1]["locator"]), (&json!(s3::FILE), &json!(locator)));
    assert_eq!(page["next_cursor"], "the next page");
    bench.service.viewer().url(&locator, 600).await;
}

#[tokio::test]
async fn listing_uses_the_same_session_as_resolving() {
    let bench = bench(given::bucket("images")).await;

    bench.service.viewer().url("s3://images/k", 600).await;
    bench.member().get(&bench.path).await.json(200);

    let session = bench.service.sts().issued().remove(0);
    assert_eq!(bench.s3.requests()[0].access_key_id.as_deref(), Some(session.access_key_id.as_str()));
    assert_eq!(bench.service.sts().count(), 1);
}

#[tokio::test]
async fn an_integration_for_a_folder_lists_that_folder_only() {
    let bench = bench(given::folder("images", "team")).await;

    bench.member().get(&bench.path).await.json(200);
    bench.member().get(&format!("{}?prefix=team/deep/", bench.path)).await.json(200);
    for outside in ["team2/", "team", "other/", "/team/"] {
        let reply = bench.member().get(&format!("{}?prefix={outside}", bench.path)).await;
        assert_eq!(reply.problem(422, "outside_scope")["errors"][0]["field"], "prefix", "{outside}");
    }

    let prefixes: Vec<_> = bench.s3.requests().into_iter().map(|request| request.query["prefix"].clone()).collect();
    assert_eq!(prefixes, ["team/", "team/deep/"]);
}

#[tokio::test]
async fn a_session_that_s3_calls_expired_is_replaced_once() {
    let bench = bench(given::bucket("images")).await;
    bench.member().get(&bench.path).await.json(200);
    bench.service.advance(10);

    bench.s3.fail_once(400, "ExpiredToken");
    bench.member().get(&bench.path).await.json(200);

    let keys: Vec<_> = bench.s3.requests().into_iter().map(|request| request.access_key_id.unwrap()).collect();
    assert_eq!(keys.len(), 3);
    assert!(keys[0] == keys[1] && keys[1] != keys[2], "{keys:?}");
}

#[tokio::test]
async fn what_s3_refuses_is_told_with_its_code() {
    let bench = bench(given::bucket("images")).await;
    bench.s3.fail_once(403, "AccessDenied");

    let problem = bench.member().get(&bench.path).await.problem(502, "access_denied");

    assert_eq!(problem["detail"], "S3 refused `s3:ListBucket`.", "as policies name it");
    assert_eq!(problem["aws"]["code"], "AccessDenied");
    assert_eq!(problem["aws"]["operation"], "s3:ListObjectsV2");
}

/// S3 has one code for whatever is wrong with a query; only with a cursor it is the cursor.
#[tokio::test]
async fn a_cursor_that_s3_did_not_give_is_refused_with_its_field() {
    let bench =
        bench(given::with(given::bucket("images"), &json!({"access": ["read", "list", "read_versions"]}))).await;
    let versions = bench.path.replace("/objects", "/versions");
    for path in [&bench.path, &versions] {
        // `["key", "version"]`, as cursors of versions are.
        for cursor in ["WyJrZXkiLCJ2ZXJzaW9uIl0", "WyJrZXkiLCJ2ZXJzaW9uIl0&delimiter=/"] {
            bench.s3.fail_once(400, "InvalidArgument");
            let reply = bench.member().get(&format!("{path}?cursor={cursor}")).await;
            assert_eq!(reply.problem(422, "invalid_cursor")["errors"][0]["field"], "cursor", "{path}");
        }
        bench.s3.fail_once(400, "InvalidArgument");
        bench.member().get(path).await.problem(502, "s3_refused");
        bench.s3.fail_once(403, "AccessDenied");
        bench.member().get(&format!("{path}?cursor=WyJrZXkiLCJ2ZXJzaW9uIl0")).await.problem(502, "access_denied");
    }
}

#[tokio::test]
async fn listing_has_to_be_declared_and_turned_on() {
    let bench = bench(given::with(given::bucket("images"), &json!({"access": ["read"]}))).await;
    bench.member().get(&bench.path).await.problem(409, "access_not_declared");

    let integration = bench.path.replace("/objects", "");
    bench.service.admin().patch(&integration, &json!({"enabled": false, "access": ["list"]})).await.json(200);

    bench.member().get(&bench.path).await.problem(409, "integration_disabled");
    assert!(bench.s3.requests().is_empty());
}
