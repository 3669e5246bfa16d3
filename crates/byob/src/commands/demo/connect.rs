//! Connects the sample bucket as a customer would: a draft, its documents, a role made of them, and saved.

use byob_aws::policies::cors::CorsConfiguration;
use byob_core::{
    Core,
    audit::By,
    id::{IntegrationId, OrganizationId},
    integration::{Settings, documents::Documents},
    organization::{Reach, Role},
};
use byob_sandbox::Sandbox;
use maud::html;
use serde_json::{Map, Value, json};

use super::{
    customer::{REGION, ROLE},
    files::{ARCHIVE_BUCKET, BUCKET},
};
use crate::commands::{explained, sandbox::CUSTOMER};

/// The organization of the demo, and its admin's token.
pub struct Connected {
    /// Of Acme Robotics.
    pub organization: OrganizationId,
    /// Its admin's.
    pub token: String,
    /// With which that admin signs in to the console.
    pub password: String,
    /// The connected bucket.
    pub integration: IntegrationId,
}

const ORGANIZATION: &str = "Acme Robotics";

/// Its admin.
pub const EMAIL: &str = "admin@acme-robotics.example";

/// Makes the organization and connects its bucket, or finds both from an earlier start and tells the integration where the sandbox
/// is now.
pub async fn connect(core: &Core, sandbox: &Sandbox, aws_url: &str) -> anyhow::Result<Connected> {
    let organizations = core.store().organization_list("", 1).await.map_err(explained)?;
    let Some(known) = organizations.first() else { return connect_anew(core, sandbox, aws_url).await };
    let organization = OrganizationId::parse(&known.id).map_err(explained)?;
    let token =
        core.create_admin_token(&organization, &By::operator(), "Demo", Role::Admin).await.map_err(explained)?;
    let integrations = core.list_integrations(&Reach::all(&organization), "", 1).await.map_err(explained)?;
    let Some(integration) = integrations.first().map(|record| record.id.clone()) else {
        anyhow::bail!("the kept folder has no integration any more: start with another folder");
    };
    let moved = changes(&json!({ "endpoint_url": aws_url }));
    core.update_integration(&organization, &By::operator(), &integration, None, moved).await.map_err(explained)?;
    let password = set_password(core).await?;
    Ok(Connected { organization, token: token.secret.clone(), password, integration })
}

/// The admin's password. In the demo they run the platform as well, so that one person can look at everything.
async fn set_password(core: &Core) -> anyhow::Result<String> {
    let link = core.create_link(&By::operator(), EMAIL, true).await.map_err(explained)?;
    let password = core.new_password();
    core.accept(&link.secret, &password.as_str().into(), None).await.map_err(explained)?;
    Ok(password)
}

async fn connect_anew(core: &Core, sandbox: &Sandbox, aws_url: &str) -> anyhow::Result<Connected> {
    let new = core.create_organization(&By::operator(), ORGANIZATION, EMAIL).await.map_err(explained)?;
    let organization = OrganizationId::parse(&new.organization.id).map_err(explained)?;
    let by = By::member(&new.member_id, EMAIL);
    let settings: Settings = serde_json::from_value(json!({
        "name": "Robot data",
        "authentication": { "type": "role" },
        "scope": { "type": "bucket", "bucket": BUCKET },
        "region": REGION,
        "endpoint_url": aws_url,
        "force_path_style": true,
        "access": ["list", "read", "read_versions", "write", "delete"],
    }))?;
    let draft = core.create_draft(&organization, &by, settings).await.map_err(explained)?;
    let documents = core.documents(&draft).map_err(explained)?;
    let role_arn = make_role(sandbox, &documents)?;
    for bucket in [BUCKET, ARCHIVE_BUCKET] {
        sandbox.set_up_configuration(bucket, "cors", cors_xml(&documents.cors));
    }
    let role = changes(&json!({ "authentication": { "type": "role", "role_arn": role_arn } }));
    core.update_draft(&organization, &by, &draft.id, role).await.map_err(explained)?;
    let saved = core.save_draft(&organization, &by, &draft.id).await.map_err(explained)?;
    let password = set_password(core).await?;
    let (_, link) = core.invite_again(&organization, &By::operator(), &new.member_id).await.map_err(explained)?;
    core.accept(&link.secret, &password.as_str().into(), None).await.map_err(explained)?;
    Ok(Connected { organization, token: new.token.secret.clone(), password, integration: saved.id })
}

/// What the customer's administrator does in the IAM console.
fn make_role(sandbox: &Sandbox, documents: &Documents) -> anyhow::Result<String> {
    let (Some(trust), Some(access)) = (&documents.trust_policy, &documents.access_policy) else {
        anyhow::bail!("the documents of the sample bucket are incomplete");
    };
    let made = sandbox.set_up_role(
        CUSTOMER.0,
        ROLE,
        &serde_json::to_string_pretty(trust)?,
        &serde_json::to_string_pretty(access)?,
    );
    made.map_err(|refusal| anyhow::anyhow!("{}: {}", refusal.code, refusal.message))
}

/// The CORS configuration as S3's API takes it.
fn cors_xml(cors: &CorsConfiguration) -> String {
    html! {
        CORSConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/" {
            @for rule in &cors.cors_rules {
                CORSRule {
                    ID { (rule.id) }
                    @for header in &rule.allowed_headers { AllowedHeader { (header) } }
                    @for method in &rule.allowed_methods { AllowedMethod { (method) } }
                    @for origin in &rule.allowed_origins { AllowedOrigin { (origin) } }
                    @for header in &rule.expose_headers { ExposeHeader { (header) } }
                    MaxAgeSeconds { (rule.max_age_seconds) }
                }
            }
        }
    }
    .into_string()
}

fn changes(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}
