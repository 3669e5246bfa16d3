//! Checks that leave something behind, and those that nobody asks for.

mod events;
mod history;
mod schedule;

use byob_core::work::Worker;
use byob_e2e::{S3, Service, given};
use serde_json::{Value, json};

/// A service with a bucket whose stand-in makes every check fail at some step.
pub struct Bench {
    pub service: Service,
    s3: S3,
}

impl Bench {
    async fn start() -> Self {
        let s3 = S3::start().await;
        let service = Service::setup().allow(&[&s3.address()]).start().await;
        Self { service, s3 }
    }

    fn settings(&self, name: &str) -> Value {
        given::with(given::bucket(name), &json!({"endpoint_url": self.s3.url()}))
    }

    async fn connect(&self, name: &str) -> Value {
        self.service.admin().connect(&self.settings(name)).await
    }

    fn worker(&self) -> Worker {
        self.service.core.worker()
    }

    /// The report of a check that is asked for, as it was sent.
    async fn check(&self, integration: &Value) -> String {
        let reply = self.service.admin().post(&path(integration, "check"), &json!({})).await;
        reply.json(200);
        reply.body
    }

    async fn get(&self, path: &str) -> Value {
        self.service.admin().get(path).await.json(200)
    }

    async fn now(&self, integration: &Value) -> Value {
        self.get(&given::integration_path(integration)).await
    }

    async fn checks(&self, integration: &Value) -> Vec<Value> {
        self.get(&path(integration, "checks")).await["items"].as_array().unwrap().clone()
    }

    async fn events(&self) -> Vec<Value> {
        self.get("/api/v1/events").await["items"].as_array().unwrap().clone()
    }
}

/// Where something of an integration is.
fn path(integration: &Value, below: &str) -> String {
    format!("{}/{below}", given::integration_path(integration))
}
