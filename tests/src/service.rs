//! The real service in process: the router on a port of its own, a fresh database, a clock that tests move, and a stand-in for STS.

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::{extract::Request, middleware::Next};
use byob_aws::Credentials;
use byob_core::{
    Core, CoreConfig,
    audit::By,
    aws_io::platform::PlatformConfig,
    display::Disposition,
    id::OrganizationId,
    organization::{Reach, Role, tokens::TokenRequest},
    resolve::ResolveOptions,
    runtime::{Clock, Rng},
    vault::Vault,
};
use serde_json::Value;
use time::macros::datetime;
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use crate::{
    actor::Actor,
    client::{self, Client},
    crowd::patiently,
    database::Database,
    sts::Sts,
};

/// One replica of the service, with what it shares with the others.
pub struct Service {
    /// The rules, without their doors.
    pub core: Core,
    /// The organization of `viewer`, `member` and `admin`.
    pub organization: OrganizationId,
    world: Arc<World>,
    http: reqwest::Client,
    base_url: String,
    arrived: watch::Receiver<usize>,
    server: JoinSet<()>,
}

/// What replicas share.
struct World {
    config: CoreConfig,
    clock: Clock,
    sts: Sts,
    encryption_key: String,
    tokens: HashMap<Actor, String>,
    // Dropped last: the others may still write to it.
    database: Database,
}

/// What the operator has configured.
pub struct Setup {
    database: Option<Database>,
    shared_principal_arn: Option<String>,
    account_id: Option<String>,
    public_buckets: Vec<Value>,
    allowed_addresses: Vec<String>,
    check_interval: u64,
    quick_create_template_url: Option<String>,
}

/// The platform's own secret access key.
pub const PLATFORM_SECRET: &str = "the-secret-access-key-of-the-platform";

impl Setup {
    /// Runs on this database.
    #[must_use]
    pub fn on(self, database: Database) -> Self {
        Self { database: Some(database), ..self }
    }

    /// Offers these principals to trust policies.
    #[must_use]
    pub fn principals(self, shared: Option<&str>, account_id: Option<&str>) -> Self {
        let (shared_principal_arn, account_id) = (shared.map(str::to_owned), account_id.map(str::to_owned));
        Self { shared_principal_arn, account_id, ..self }
    }

    /// Lets everybody on the platform read these buckets.
    #[must_use]
    pub fn public_buckets(self, public_buckets: impl IntoIterator<Item = Value>) -> Self {
        Self { public_buckets: public_buckets.into_iter().collect(), ..self }
    }

    /// Lets the service connect to these private addresses.
    #[must_use]
    pub fn allow(self, addresses: &[&str]) -> Self {
        Self { allowed_addresses: addresses.iter().map(|&address| address.to_owned()).collect(), ..self }
    }

    /// Checks integrations that often, in seconds.
    #[must_use]
    pub fn check_interval(self, check_interval: u64) -> Self {
        Self { check_interval, ..self }
    }

    /// Hosts the template of quick-create links here.
    #[must_use]
    pub fn quick_create_template(self, url: &str) -> Self {
        Self { quick_create_template_url: Some(url.to_owned()), ..self }
    }

    /// Starts the first replica, and makes the organizations and actors.
    pub async fn start(self) -> Service {
        self.try_start().await.expect("the configuration is right")
    }

    /// The same, for configurations that may be wrong.
    pub async fn try_start(self) -> byob_core::Result<Service> {
        let clock = Clock::manual(datetime!(2026-01-05 08:00 UTC));
        let sts = Sts::start(clock.clone()).await;
        let database = match self.database {
            Some(database) => database,
            None => Database::of_this_run().await,
        };
        let encryption_key = Vault::new_key(&Rng);
        let settings = self.public_buckets.into_iter().map(serde_json::from_value);
        let config = CoreConfig {
            database_url: database.url().into(),
            encryption_key: encryption_key.clone().into(),
            platform: PlatformConfig {
                region: "us-east-1".into(),
                sts_endpoint_url: Some(sts.url()),
                credentials: Some(Credentials::new("AKIAPLATFORM", PLATFORM_SECRET, None)),
                shared_principal_arn: self.shared_principal_arn,
                account_id: self.account_id,
                principal_role_path: None,
                principal_role_boundary_arn: None,
                iam_endpoint_url: None,
            },
            allowed_addresses: self.allowed_addresses,
            origins: vec!["https://console.example.com".into()],
            quick_create_template_url: self.quick_create_template_url,
            public_buckets: settings.collect::<Result<_, _>>().expect("public buckets are settings"),
            check_interval: self.check_interval,
            check_delay: 0,
        };
        let core = Core::start(config.clone(), clock.clone(), Rng).await?;
        let (organization, tokens) = people(&core).await;
        let world = Arc::new(World { config, clock, sts, encryption_key, tokens, database });
        Ok(Service::serve(core, organization, world).await)
    }
}

impl Service {
    /// What an operator configures without special wishes.
    pub fn setup() -> Setup {
        Setup {
            database: None,
            shared_principal_arn: Some("arn:aws:iam::111122223333:role/byob-platform".into()),
            account_id: Some("111122223333".into()),
            public_buckets: Vec::new(),
            allowed_addresses: Vec::new(),
            check_interval: 3600,
            quick_create_template_url: None,
        }
    }

    /// The service without special wishes.
    pub async fn start() -> Self {
        Self::setup().start().await
    }

    /// Another replica over the same database.
    pub async fn replica(&self) -> Self {
        Self::serve(self.world.core().await, self.organization.clone(), self.world.clone()).await
    }

    /// The same service after a stop and a start: nothing is left but the database.
    pub async fn restart(self) -> Self {
        self.restart_with(|_| ()).await
    }

    /// The same, with a changed configuration.
    pub async fn restart_with(mut self, change: impl FnOnce(&mut CoreConfig)) -> Self {
        self.server.shutdown().await;
        self.core.store().close().await;
        let mut config = self.world.config.clone();
        change(&mut config);
        let core = Core::start(config, self.world.clock.clone(), Rng).await.expect("it started before");
        Self::serve(core, self.organization, self.world).await
    }

    async fn serve(core: Core, organization: OrganizationId, world: Arc<World>) -> Self {
        let (counter, arrived) = watch::channel(0);
        let count = move |request: Request, next: Next| {
            counter.send_modify(|arrived| *arrived += 1);
            next.run(request)
        };
        world.sts.learn(core.store().clone());
        let router = byob_server::router(byob_server::App { core: core.clone(), metrics: None })
            .layer(axum::middleware::from_fn(count));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("there is a free port");
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { core, organization, world, http: client::http(), base_url, arrived, server }
    }

    /// Calls as this actor.
    pub fn client(&self, actor: Actor) -> Client {
        Client::new(&self.http, &self.base_url, self.world.tokens.get(&actor).map(String::as_str))
    }

    /// Calls as the organization's admin.
    pub fn admin(&self) -> Client {
        self.client(Actor::Admin)
    }

    /// Calls as a viewer of the organization.
    pub fn viewer(&self) -> Client {
        self.client(Actor::Viewer)
    }

    /// The stand-in for STS.
    pub fn sts(&self) -> &Sts {
        &self.world.sts
    }

    /// The database.
    pub fn database(&self) -> &Database {
        &self.world.database
    }

    /// The key that seals secrets in the database.
    pub fn encryption_key(&self) -> &str {
        &self.world.encryption_key
    }

    /// The time.
    pub fn clock(&self) -> &Clock {
        &self.world.clock
    }

    /// Moves the time on.
    pub fn advance(&self, seconds: u64) {
        self.world.clock.advance(Duration::from_secs(seconds));
    }

    /// Returns when this replica has seen that many requests.
    pub async fn wait_for_requests(&self, count: usize) {
        let mut arrived = self.arrived.clone();
        let come = arrived.wait_for(|arrived| *arrived >= count);
        patiently(&format!("{count} requests came"), come).await.unwrap();
    }

    /// How many requests this replica has seen.
    pub fn requests(&self) -> usize {
        *self.arrived.borrow()
    }

    /// The URL of one object, in process, or the code of the reason why there is none.
    pub fn resolve_in_process(&self, locator: &str) -> impl Future<Output = Result<String, &'static str>> + use<> {
        let (core, organization, locators) = (self.core.clone(), self.organization.clone(), [locator.to_owned()]);
        let options = ResolveOptions { expires_in: 600, disposition: Disposition::Auto, content_type: None };
        async move {
            let mut answers =
                core.resolve(&Reach::all(&organization), &locators, &options).await.expect("the call itself is right");
            let answer = answers.pop().expect("one locator gets one answer");
            answer.map(|resolved| resolved.url).map_err(|error| error.code())
        }
    }
}

impl World {
    async fn core(&self) -> Core {
        Core::start(self.config.clone(), self.clock.clone(), Rng).await.expect("it started before")
    }
}

/// Two organizations, the people of the one, the admin of the other, and the operator.
async fn people(core: &Core) -> (OrganizationId, HashMap<Actor, String>) {
    let acme = core.create_organization(&By::operator(), "Acme", "ada@acme.example").await.unwrap();
    let other = core.create_organization(&By::operator(), "Other", "otto@other.example").await.unwrap();
    let organization = OrganizationId::from_text(acme.organization.id);
    let token = async |role| {
        let request = TokenRequest { name: "Test", role, expires_in: None, integrations: None };
        core.create_token(&organization, &By::operator(), &acme.member_id, request).await.unwrap().secret
    };
    let tokens = HashMap::from([
        (Actor::Viewer, token(Role::Viewer).await),
        (Actor::Member, token(Role::Member).await),
        (Actor::Admin, acme.token.secret),
        (Actor::OtherOrganization, other.token.secret),
        (Actor::Operator, core.create_operator_token("Test").await.unwrap().secret),
    ]);
    (organization, tokens)
}
