//! A customer with a bucket, a role made of the documents, and a draft that names it: to be spoiled, then checked.

use std::fmt::Write;

use byob_core::{
    audit::By,
    check::{
        CheckOptions, Report,
        report::{Outcome, Step},
        steps::StepName,
    },
    id::IntegrationId,
    integration::documents::Documents,
};
use serde_json::{Value, json};

use crate::aws::{Aws, BUCKET, CUSTOMER};

/// The name of the role.
pub const ROLE: &str = "byob";

/// A draft that is ready to be checked, unless it is spoiled.
pub struct Connection {
    pub aws: Aws,
    pub id: IntegrationId,
    pub documents: Documents,
}

impl Connection {
    /// With the whole bucket, listing and reading.
    pub async fn healthy() -> Self {
        Self::with(json!({})).await
    }

    /// With other settings.
    pub async fn with(changes: Value) -> Self {
        Self::made(changes, |_, _| ()).await
    }

    /// With other settings, and a role whose trust policy and access policy are not quite the documents.
    pub async fn made(changes: Value, spoil: impl Fn(&mut Value, &mut Value)) -> Self {
        Self::on(Aws::start().await, changes, spoil).await
    }

    /// The same, in this world.
    pub async fn on(aws: Aws, changes: Value, spoil: impl Fn(&mut Value, &mut Value)) -> Self {
        let mut settings = json!({
            "name": "Images",
            "authentication": { "type": "role" },
            "scope": { "type": "bucket", "bucket": BUCKET },
            "region": "eu-central-1",
            "endpoint_url": aws.url,
            "force_path_style": true,
        });
        for (name, value) in changes.as_object().unwrap() {
            settings[name] = value.clone();
        }
        // `"role": "none"` leaves the role to be made by nobody.
        let nobody = settings.as_object_mut().unwrap().remove("role").is_some();
        let authentication = &settings["authentication"];
        let named = nobody || authentication["type"] != "role" || authentication["role_arn"].is_string();
        let draft = aws
            .core
            .create_draft(&aws.organization, &By::operator(), serde_json::from_value(settings).unwrap())
            .await
            .unwrap();
        let documents = aws.core.documents(&draft).unwrap();
        let connection = Self { aws, id: draft.id, documents };
        connection.set_cors(&serde_json::to_value(&connection.documents.cors.cors_rules).unwrap());
        if !named {
            connection.make_role(spoil).await;
        }
        connection
    }

    async fn make_role(&self, spoil: impl Fn(&mut Value, &mut Value)) {
        let mut trust = serde_json::to_value(self.documents.trust_policy.as_ref().unwrap()).unwrap();
        let mut access = serde_json::to_value(self.documents.access_policy.as_ref().unwrap()).unwrap();
        spoil(&mut trust, &mut access);
        let arn = self.aws.sandbox.set_up_role(CUSTOMER, ROLE, &trust.to_string(), &access.to_string()).unwrap();
        self.change(json!({ "authentication": { "type": "role", "role_arn": arn } })).await;
    }

    /// Changes the draft.
    pub async fn change(&self, changes: Value) {
        let changes = changes.as_object().unwrap().clone();
        self.aws.core.update_draft(&self.aws.organization, &By::operator(), &self.id, changes).await.unwrap();
    }

    /// Replaces the bucket's CORS rules; none deletes them.
    pub fn set_cors(&self, rules: &Value) {
        let mut xml = String::from("<CORSConfiguration>");
        for rule in rules.as_array().unwrap() {
            xml += "<CORSRule>";
            for (field, element) in [
                ("AllowedHeaders", "AllowedHeader"),
                ("AllowedMethods", "AllowedMethod"),
                ("AllowedOrigins", "AllowedOrigin"),
                ("ExposeHeaders", "ExposeHeader"),
            ] {
                for value in rule[field].as_array().into_iter().flatten() {
                    write!(xml, "<{element}>{}</{element}>", value.as_str().unwrap()).unwrap();
                }
            }
            xml += "</CORSRule>";
        }
        self.aws.sandbox.set_up_configuration(BUCKET, "cors", xml + "</CORSConfiguration>");
    }

    /// The report of a check.
    pub async fn check(&self) -> Report {
        self.check_with(CheckOptions::default()).await
    }

    /// The same, made otherwise.
    pub async fn check_with(&self, options: CheckOptions) -> Report {
        let (core, organization) = (&self.aws.core, &self.aws.organization);
        core.draft_check(organization, &By::operator(), &self.id, &options).await.unwrap().run(None).await.unwrap()
    }

    /// The keys that are in the bucket.
    pub fn keys(&self) -> Vec<String> {
        let state = self.aws.sandbox.read();
        let objects = &state.buckets[BUCKET].objects;
        let live =
            objects.iter().filter(|(_, versions)| versions.last().is_some_and(|version| version.object.is_some()));
        live.map(|(key, _)| key.clone()).collect()
    }
}

/// One step of a report.
pub fn step(report: &Report, name: StepName) -> &Step {
    report.step(name).unwrap()
}

/// The steps that did not pass, in short.
pub fn not_passed(report: &Report) -> Vec<String> {
    let steps = report.steps.iter().filter(|step| step.outcome != Outcome::Passed);
    steps.map(|step| format!("{}: {:?}: {} {:?}", step.name, step.outcome, step.detail, step.finding)).collect()
}
