//! Who may call what: every operation of the API's description, by every actor.

use std::collections::BTreeMap;

use byob_core::{id::OrganizationId, store::EntryFilter};
use byob_e2e::{Actor, Client, Reply, S3, Service, given};
use reqwest::Method;
use serde_json::{Value, json};

/// What each actor gets: anonymous, viewer, member, admin, admin of another organization, operator.
type Row = (&'static str, [u16; 6]);

const ROWS: &[Row] = &[
    ("create_organization", [401, 403, 403, 403, 403, 201]),
    ("list_organizations", [401, 403, 403, 403, 403, 200]),
    ("get_organization", [401, 403, 403, 403, 403, 200]),
    ("get_own_organization", [401, 200, 200, 200, 200, 403]),
    ("update_own_organization", [401, 403, 403, 200, 200, 403]),
    ("update_organization", [401, 403, 403, 403, 403, 200]),
    ("create_organization_link", [401, 403, 403, 403, 403, 201]),
    ("get_platform", [401, 403, 403, 403, 403, 200]),
    ("get_platform_health", [401, 403, 403, 403, 403, 200]),
    ("create_member", [401, 403, 403, 201, 201, 403]),
    ("list_members", [401, 403, 403, 200, 200, 403]),
    ("update_member", [401, 403, 403, 200, 404, 403]),
    ("delete_member", [401, 403, 403, 204, 404, 403]),
    ("create_member_link", [401, 403, 403, 201, 404, 403]),
    ("create_token", [401, 403, 403, 201, 201, 403]),
    ("list_tokens", [401, 403, 403, 200, 200, 403]),
    ("delete_token", [401, 403, 403, 204, 404, 403]),
    ("create_draft", [401, 403, 403, 201, 201, 403]),
    ("list_drafts", [401, 403, 403, 200, 200, 403]),
    ("get_draft", [401, 403, 403, 200, 404, 403]),
    ("update_draft", [401, 403, 403, 200, 404, 403]),
    ("delete_draft", [401, 403, 403, 204, 404, 403]),
    ("get_draft_documents", [401, 403, 403, 200, 404, 403]),
    ("check_draft", [401, 403, 403, 200, 404, 403]),
    ("get_draft_check", [401, 403, 403, 200, 404, 403]),
    ("check_integration", [401, 403, 403, 200, 404, 403]),
    ("list_integration_checks", [401, 403, 403, 200, 404, 403]),
    ("get_integration_check", [401, 403, 403, 200, 404, 403]),
    ("list_audit_entries", [401, 403, 403, 200, 200, 403]),
    ("verify_audit_log", [401, 403, 403, 200, 200, 403]),
    ("export_audit_log", [401, 403, 403, 200, 200, 403]),
    ("list_events", [401, 403, 403, 200, 200, 403]),
    ("create_integration", [401, 403, 403, 201, 404, 403]),
    ("list_integrations", [401, 403, 403, 200, 200, 403]),
    ("get_integration", [401, 403, 403, 200, 404, 403]),
    ("update_integration", [401, 403, 403, 200, 404, 403]),
    ("delete_integration", [401, 403, 403, 204, 404, 403]),
    ("get_integration_documents", [401, 403, 403, 200, 404, 403]),
    ("diagnose_policy", [401, 403, 403, 200, 200, 403]),
    ("list_objects", [401, 403, 200, 200, 404, 403]),
    ("list_object_versions", [401, 403, 200, 200, 404, 403]),
    ("get_file_details", [401, 200, 200, 200, 404, 403]),
    ("read_table", [401, 200, 200, 200, 404, 403]),
    ("resolve_locators", [401, 200, 200, 200, 200, 403]),
    ("resolve_locators_compactly", [401, 200, 200, 200, 200, 403]),
    ("diagnose_file", [401, 200, 200, 200, 404, 403]),
    ("open_locator", [401, 303, 303, 303, 404, 403]),
];

/// What an admin's token gets that is restricted to one integration: for that one, and for another. Whatever is not here is refused.
const RESTRICTED: &[(&str, u16, u16)] = &[
    ("check_integration", 200, 404),
    ("list_integration_checks", 200, 404),
    ("get_integration_check", 200, 404),
    ("list_integrations", 200, 200),
    ("get_integration", 200, 404),
    ("get_integration_documents", 200, 404),
    ("list_object_versions", 200, 404),
    ("get_file_details", 200, 404),
    ("read_table", 200, 404),
    ("list_objects", 200, 404),
    ("resolve_locators", 200, 200),
    ("resolve_locators_compactly", 200, 200),
    ("diagnose_file", 200, 404),
    ("open_locator", 303, 404),
];

#[test]
fn every_operation_has_a_row_and_every_row_an_operation() {
    let described: Vec<String> = operations().into_keys().collect();
    let mut expected: Vec<&str> = ROWS.iter().map(|(operation, _)| *operation).collect();
    expected.sort_unstable();

    assert_eq!(described, expected);
}

#[tokio::test]
async fn every_actor_gets_what_the_table_says() {
    let bench = Bench::start().await;
    let operations = operations();
    let mut wrong = Vec::new();
    for (operation, statuses) in ROWS {
        for (actor, expected) in Actor::ALL.into_iter().zip(*statuses) {
            let reply = bench.call(&operations[*operation], operation, actor).await;
            if reply.status != expected {
                wrong.push(format!("{operation} by {actor:?}: {} instead of {expected}: {}", reply.status, reply.body));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_restricted_token_gets_what_the_table_says() {
    let bench = Bench::start().await;
    let operations = operations();
    let mut wrong = Vec::new();
    for (operation, _) in ROWS.iter().filter(|(_, statuses)| statuses[3] != 403) {
        let (method, path) = &operations[*operation];
        let row = RESTRICTED.iter().find(|(name, ..)| name == operation);
        let (own, other) = row.map_or((403, 403), |(_, own, other)| (*own, *other));
        for (is_own, expected) in [(true, own), (false, other)] {
            let path = if path.contains("{id}") { bench.fill_in(path, operation).await } else { path.clone() };
            let named = path.strip_prefix("/api/v1/integrations/").and_then(|rest| rest.split('/').next());
            let named = named.unwrap_or(&bench.images);
            let body = bench.body(operation).await;
            let reach = if is_own { named.to_owned() } else { bench.other.clone() };
            let restricted = bench.restricted_to(&reach).await;
            let reply = bench.send_as(&restricted, method, &path, body).await;
            if reply.status != expected || (expected == 403 && !reply.body.contains("token_restricted")) {
                wrong
                    .push(format!("{operation}, own {is_own}: {} instead of {expected}: {}", reply.status, reply.body));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn another_organizations_thing_is_told_exactly_as_one_that_is_not_there() {
    let bench = Bench::start().await;
    for (operation, target) in operations() {
        let (method, path) = &target;
        if !path.contains("{id}") || path.starts_with("/api/v1/organizations") {
            continue;
        }
        let hidden = bench.call(&target, &operation, Actor::OtherOrganization).await;
        let kind = if path.contains("/tokens/") { "tok" } else { "int" };
        let path = path.replace("{id}", &format!("{kind}_01ke6jq3001a104qmqavxvx8xg"));
        let path = path.replace("{check_id}", "chk_01ke6jq3001a104qmqavxvx8xg");
        let missing = bench.send(method, &path, bench.body(&operation).await, Actor::OtherOrganization).await;
        assert_eq!(without_instance(&hidden), without_instance(&missing), "{operation}");
    }
}

#[tokio::test]
async fn health_and_description_need_no_token() {
    let service = Service::start().await;
    let anonymous = service.client(Actor::Anonymous);

    for path in ["/livez", "/readyz"] {
        assert_eq!(anonymous.get(path).await.body, "ok\n", "{path}");
    }
    let description = anonymous.get("/api/v1/openapi.json").await.json(200);
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1"), "{}", description["openapi"]);
}

/// A service with a bucket to list, and fresh things to call operations on.
pub(crate) struct Bench {
    service: Service,
    s3: S3,
    /// The integration that serves locators of `images`.
    images: String,
    /// One that has nothing to do with any call.
    other: String,
}

impl Bench {
    pub(crate) async fn start() -> Self {
        let s3 = S3::start().await;
        let service = Service::setup().allow(&[&s3.address()]).start().await;
        let images = given::with(given::bucket("images"), &json!({"endpoint_url": s3.url()}));
        let images = given::id(&service.admin().connect(&images).await).to_owned();
        let other = given::id(&service.admin().connect(&given::bucket("other")).await).to_owned();
        Self { service, s3, images, other }
    }

    pub(crate) fn admin(&self) -> Client {
        self.service.admin()
    }

    async fn call(&self, (method, path): &(Method, String), operation: &str, actor: Actor) -> Reply {
        let path = if path.contains("{id}") { self.fill_in(path, operation).await } else { path.clone() };
        self.send(method, &path, self.body(operation).await, actor).await
    }

    /// The newest entry of an organization's audit log.
    pub(crate) async fn newest_of(&self, organization: &str) -> Value {
        let id = OrganizationId::from_text(organization);
        let newest = self.service.core.list_audit(&id, &EntryFilter::default(), None, 1).await.unwrap();
        serde_json::to_value(&newest[0]).unwrap()
    }

    pub(crate) async fn send(&self, method: &Method, path: &str, body: Option<Value>, actor: Actor) -> Reply {
        self.send_as(&self.service.client(actor), method, path, body).await
    }

    async fn send_as(&self, client: &Client, method: &Method, path: &str, body: Option<Value>) -> Reply {
        let path = match path.rsplit('/').next() {
            Some("open" | "details") => format!("{path}?locator=s3://images/cat.png"),
            Some("table") => format!("{path}?locator=s3://images/cats.csv"),
            _ => path.to_owned(),
        };
        let request = client.request(method.clone(), &path);
        client.send(if let Some(body) = body { request.json(&body) } else { request }).await
    }

    /// An admin who reaches one integration.
    async fn restricted_to(&self, integration: &str) -> Client {
        let body = json!({"name": "Restricted", "role": "admin", "integration_ids": [integration]});
        let token = self.admin().post("/api/v1/tokens", &body).await.json(201);
        self.admin().showing(token["token"].as_str().unwrap())
    }

    /// The path of a fresh thing, with a check where the operation is about one.
    pub(crate) async fn fill_in(&self, path: &str, operation: &str) -> String {
        let id = self.thing_of(path).await;
        let path = path.replace("{id}", &id);
        if !matches!(operation, "get_draft_check" | "get_integration_check") {
            return path;
        }
        let things = if operation == "get_draft_check" { "drafts" } else { "integrations" };
        let report = self.admin().post(&format!("/api/v1/{things}/{id}/check"), &json!({})).await.json(200);
        path.replace("{check_id}", given::id(&report))
    }

    /// The ID of a fresh thing that the path is about.
    async fn thing_of(&self, path: &str) -> String {
        let made = match path.split('/').nth(3) {
            Some("organizations") => {
                let body = json!({"name": self.fresh("Org"), "admin_email": "eve@example.com"});
                let new = self.service.client(Actor::Operator).post("/api/v1/organizations", &body).await.json(201);
                return given::id(&new["organization"]).to_owned();
            }
            Some("members") => {
                let email = format!("{}@example.com", self.fresh("member"));
                self.admin().post("/api/v1/members", &json!({"email": email})).await.json(201)
            }
            Some("tokens") => self.admin().post("/api/v1/tokens", &json!({"name": "Fresh"})).await.json(201),
            Some("drafts") => self.admin().draft(&self.settings()).await,
            Some("integrations") => self.admin().connect(&self.settings()).await,
            other => panic!("say how to make one of {other:?}"),
        };
        given::id(&made).to_owned()
    }

    pub(crate) async fn body(&self, operation: &str) -> Option<Value> {
        let body = match operation {
            "create_organization" => json!({"name": self.fresh("Org"), "admin_email": "eve@example.com"}),
            "create_member" => json!({"email": format!("{}@example.com", self.fresh("member"))}),
            "update_organization" | "update_own_organization" => json!({"name": self.fresh("Org")}),
            "update_member" => json!({"role": "member"}),
            "create_token" | "create_draft" | "update_draft" => json!({"name": "Test"}),
            "create_integration" => json!({"draft_id": self.admin().draft(&self.settings()).await["id"]}),
            "update_integration" => json!({"enabled": false}),
            "diagnose_file" => json!({"locator": "s3://images/cat.png"}),
            "diagnose_policy" => json!({"kind": "trust", "text": "{}"}),
            "resolve_locators" | "resolve_locators_compactly" => json!({"locators": ["s3://images/cat.png"]}),
            _ => return None,
        };
        Some(body)
    }

    /// A bucket that no other integration serves.
    fn settings(&self) -> Value {
        given::with(
            given::bucket(&self.fresh("bucket")),
            &json!({"endpoint_url": self.s3.url(), "access": ["list", "read", "read_versions"]}),
        )
    }

    fn fresh(&self, what: &str) -> String {
        self.service.core.new_request_id().replace("req_", &format!("{what}-"))
    }
}

/// Method and path of every operation, by its ID.
pub(crate) fn operations() -> BTreeMap<String, (Method, String)> {
    let description = serde_json::to_value(byob_server::openapi()).unwrap();
    let paths = description["paths"].as_object().unwrap().iter();
    let of_path = |(path, methods): (&String, &Value)| {
        let of_method = |(method, operation): (&String, &Value)| {
            let id = operation["operationId"].as_str().expect("every operation has an ID").to_owned();
            (id, (method.to_uppercase().parse().unwrap(), path.clone()))
        };
        methods.as_object().unwrap().iter().map(of_method).collect::<Vec<_>>()
    };
    paths.flat_map(of_path).collect()
}

fn without_instance(reply: &Reply) -> Value {
    let mut problem = reply.problem(404, "not_found");
    problem["instance"].take();
    problem
}
