//! Buckets that everybody may read: connected by an organization, or offered by the operator.

use byob_e2e::{Actor, Service, given};
use serde_json::{Value, json};

#[tokio::test]
async fn an_anonymous_integration_gives_unsigned_urls_that_do_not_end() {
    let service = Service::start().await;
    let integration = service.admin().connect(&given::public_bucket("open-data")).await;

    let result = service.viewer().resolve(&["s3://open-data/a b.csv"]).await.remove(0);

    assert_eq!(
        result,
        json!({
            "locator": "s3://open-data/a b.csv",
            "url": "https://open-data.s3.eu-central-1.amazonaws.com/a%20b.csv",
            "expires_at": null,
            "integration_id": integration["id"],
        })
    );
    assert_eq!(service.sts().count(), 0);
}

#[tokio::test]
async fn the_operators_public_buckets_serve_every_organization() {
    let service = Service::setup().public_buckets([given::public_bucket("samples")]).start().await;

    for actor in [Actor::Viewer, Actor::OtherOrganization] {
        let result = service.client(actor).resolve(&["s3://samples/k"]).await.remove(0);
        assert_eq!(result["url"], "https://samples.s3.eu-central-1.amazonaws.com/k", "{actor:?}");
        assert_eq!(result["integration_id"], "public");
    }
}

#[tokio::test]
async fn an_organizations_own_integration_goes_before_the_operators() {
    let service = Service::setup().public_buckets([given::public_bucket("samples")]).start().await;
    let own = service.admin().connect(&given::buckets("any", &[])).await;

    let result = service.viewer().resolve(&["s3://samples/k"]).await.remove(0);

    assert_eq!(result["integration_id"], own["id"]);
}

#[tokio::test]
async fn the_operators_public_buckets_are_nobodys_to_see_or_change() {
    let service = Service::setup().public_buckets([given::public_bucket("samples")]).start().await;
    let admin = service.admin();

    assert_eq!(admin.get("/api/v1/integrations").await.json(200)["items"], json!([]));
    admin.get("/api/v1/integrations/public").await.problem(404, "not_found");
    admin.patch("/api/v1/integrations/public", &json!({"enabled": false})).await.problem(404, "not_found");
}

#[tokio::test]
async fn public_folders_of_buckets_of_the_same_name_in_two_stores_are_kept_apart() {
    let folder = |name: &str, prefix: &str| {
        let scope = json!({"type": "bucket", "bucket": "samples", "prefix": prefix});
        given::with(
            given::public_bucket(name),
            &json!({"scope": scope, "endpoint_url": format!("https://{name}.example.com")}),
        )
    };
    let service = Service::setup().public_buckets([folder("one", "a"), folder("two", "b")]).start().await;

    let results = service.viewer().resolve(&["s3://samples/a/k", "s3://samples/b/k"]).await;

    let urls: Vec<&Value> = results.iter().map(|result| &result["url"]).collect();
    assert_eq!(urls, ["https://samples.one.example.com/a/k", "https://samples.two.example.com/b/k"]);
}

#[tokio::test]
async fn a_public_bucket_that_needs_credentials_is_refused_at_the_start() {
    for settings in [given::bucket("samples"), given::bucket_by_key("samples", "AKIAKEY", "secret")] {
        let started = Service::setup().public_buckets([settings]).try_start().await;
        let error = started.err().expect("the service does not start");
        assert_eq!(error.kind(), byob_core::Kind::NotConfigured);
    }
}
