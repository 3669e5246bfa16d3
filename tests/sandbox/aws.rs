//! A platform and a customer with a bucket and a role, in process, and the service between them.

use std::net::SocketAddr;

use axum::{body::Body, http::Request};
use byob_core::{
    Core, CoreConfig,
    audit::By,
    aws_io::platform::PlatformConfig,
    display::Disposition,
    id::{IntegrationId, OrganizationId},
    integration::documents::Documents,
    organization::Reach,
    resolve::ResolveOptions,
    runtime::{Clock, Rng},
    store::Store,
    vault::Vault,
};
use byob_e2e::Database;
use byob_sandbox::{Sandbox, clock};
use byob_server::App;
use bytes::Bytes;
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet};
use tower::ServiceExt;

pub const PLATFORM: &str = "111111111111";
pub const CUSTOMER: &str = "222222222222";
pub const BUCKET: &str = "customer-images";
/// What a platform with the principal `shared` is permitted.
const SHARED_POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::*:role/*"}]}"#;

/// Everything that runs.
pub struct Aws {
    pub sandbox: Sandbox,
    pub core: Core,
    pub organization: OrganizationId,
    pub url: String,
    pub config: CoreConfig,
    token: String,
    http: reqwest::Client,
    _database: Database,
    _server: JoinSet<()>,
}

impl Aws {
    pub async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    /// With a configuration that is not quite right.
    pub async fn start_with(change: impl FnOnce(&mut CoreConfig)) -> Self {
        Self::start_as(SHARED_POLICY, change).await
    }

    /// With a platform that is permitted this much.
    pub async fn start_as(platform_policy: &str, change: impl FnOnce(&mut CoreConfig)) -> Self {
        let sandbox = Sandbox::in_memory(clock::Clock::system());
        sandbox.account(CUSTOMER, "customer");
        sandbox.account(PLATFORM, "platform");
        sandbox.set_up_bucket(CUSTOMER, BUCKET, "eu-central-1");
        let now = sandbox.clock().now();
        for key in ["cat.png", "team/dog.png", "other/secret.png"] {
            sandbox.set_up_object(BUCKET, key, "image/png", Bytes::from(key), now).unwrap();
        }
        let platform = sandbox.set_up_user(PLATFORM, "byob", platform_policy).unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address: SocketAddr = listener.local_addr().unwrap();
        let mut server = JoinSet::new();
        let serving = sandbox.clone();
        server.spawn(async move { serving.serve(listener, std::future::pending()).await.unwrap() });
        let database = Database::sqlite();
        let url = format!("http://{address}");
        let mut config = CoreConfig {
            database_url: database.url().into(),
            encryption_key: Vault::new_key(&Rng).into(),
            platform: PlatformConfig {
                region: "us-east-1".into(),
                sts_endpoint_url: Some(url.clone()),
                credentials: Some(byob_aws::Credentials::new(
                    &platform.access_key_id,
                    &platform.secret_access_key,
                    None,
                )),
                shared_principal_arn: Some(format!("arn:aws:iam::{PLATFORM}:user/byob")),
                account_id: Some(PLATFORM.into()),
                principal_role_path: Some("/byob/".into()),
                principal_role_boundary_arn: None,
                iam_endpoint_url: Some(url.clone()),
            },
            allowed_addresses: vec![address.to_string()],
            origins: vec!["https://console.example.com".into()],
            quick_create_template_url: None,
            public_buckets: Vec::new(),
            check_interval: 3600,
            check_delay: 0,
        };
        change(&mut config);
        let core = Core::start(config.clone(), Clock::system(), Rng).await.unwrap();
        let acme = core.create_organization(&By::operator(), "Acme", "ada@acme.example").await.unwrap();
        let organization = OrganizationId::from_text(acme.organization.id);
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let token = acme.token.secret;
        Self { sandbox, core, organization, url, config, token, http, _database: database, _server: server }
    }

    /// The service's rules once more, over the same database.
    pub async fn replica(&self) -> Core {
        Core::start(self.config.clone(), Clock::system(), Rng).await.unwrap()
    }

    /// What the API answers the organization's admin, as text.
    pub async fn get(&self, path: &str, metrics: Option<PrometheusHandle>) -> String {
        let router = byob_server::router(App { core: self.core.clone(), metrics });
        let request = Request::get(path).header("authorization", format!("Bearer {}", self.token));
        let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    /// Makes every job due that nobody has. The clock cannot be moved for it: requests to AWS are signed with the machine's time.
    pub async fn time_passes(&self) {
        let Store::Sqlite(pool) = self.core.store() else { panic!("it is SQLite") };
        sqlx::query("UPDATE jobs SET run_at = 0").execute(pool).await.unwrap();
    }

    /// A draft with its documents, before the customer has done anything.
    pub async fn draft(&self, scope: Value) -> (IntegrationId, Documents) {
        let settings = json!({
            "name": "Images",
            "authentication": { "type": "role" },
            "scope": scope,
            "region": "eu-central-1",
            "endpoint_url": self.url,
            "force_path_style": true,
        });
        let draft = self
            .core
            .create_draft(&self.organization, &By::operator(), serde_json::from_value(settings).unwrap())
            .await
            .unwrap();
        let documents = self.core.documents(&draft).unwrap();
        (draft.id, documents)
    }

    /// The whole bucket, connected by a role of this name that trusts and may do what the documents say, unless they are changed.
    pub async fn connect(&self, role: &str, change: impl Fn(&mut String, &mut String)) -> IntegrationId {
        self.connect_scope(role, json!({ "type": "bucket", "bucket": BUCKET }), change).await
    }

    pub async fn connect_scope(
        &self,
        role: &str,
        scope: Value,
        change: impl Fn(&mut String, &mut String),
    ) -> IntegrationId {
        let (id, documents) = self.draft(scope).await;
        let mut trust = serde_json::to_string(&documents.trust_policy.unwrap()).unwrap();
        let mut access = serde_json::to_string(&documents.access_policy.unwrap()).unwrap();
        change(&mut trust, &mut access);
        let arn = self.sandbox.set_up_role(CUSTOMER, role, &trust, &access).unwrap();
        let named = json!({ "authentication": { "type": "role", "role_arn": arn } });
        self.core
            .update_draft(&self.organization, &By::operator(), &id, named.as_object().unwrap().clone())
            .await
            .unwrap();
        self.core.save_draft(&self.organization, &By::operator(), &id).await.unwrap().id
    }

    /// All of the organization.
    pub fn reach(&self) -> Reach {
        Reach::all(&self.organization)
    }

    /// The URL of one object, or the error.
    pub async fn resolve(&self, key: &str) -> Result<String, byob_core::Error> {
        let options = ResolveOptions { expires_in: 600, disposition: Disposition::Auto, content_type: None };
        let locators = [format!("s3://{BUCKET}/{key}")];
        let mut answers = self.core.resolve(&self.reach(), &locators, &options).await.unwrap();
        answers.pop().unwrap().map(|resolved| resolved.url)
    }

    /// Fetches as a browser would: status and text.
    pub async fn fetch(&self, url: &str) -> (u16, String) {
        let response = self.http.get(url).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// Resolves and fetches.
    pub async fn load(&self, key: &str) -> (u16, String) {
        let url = self.resolve(key).await.unwrap();
        self.fetch(&url).await
    }

    /// Sets what is broken, through the control that other people's tests use.
    pub async fn control(&self, what: &str, value: Value) {
        let url = format!("{}/_sandbox/{what}", self.url);
        let text = value.to_string();
        let request = self.http.put(url).header("content-type", "application/json").body(text);
        assert_eq!(request.send().await.unwrap().status(), 200);
    }

    /// How often an operation was asked for.
    pub fn calls(&self, operation: &str) -> u64 {
        self.sandbox.calls().get(operation).copied().unwrap_or_default()
    }
}
