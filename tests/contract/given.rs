//! Rows to write.

use byob_core::{
    check::report::Health,
    id::{IntegrationId, OrganizationId},
    organization::Role,
    store::{
        CheckRow, IntegrationRow, MemberRow, OrganizationRow, Safety, SessionKey, SessionRow, State, Store, TokenRow,
    },
};
pub use byob_e2e::given::entry;

/// The time of every row that does not say otherwise, in milliseconds since 1970.
pub const NOW: i64 = 1_800_000_000_000;

/// An organization of this name, with an ID that says so.
pub fn organization_row(name: &str) -> OrganizationRow {
    OrganizationRow { id: format!("org_{name}"), name: name.to_owned(), created_at: NOW }
}

/// The first admin of the organization of this name.
pub fn admin_row(organization: &str) -> MemberRow {
    MemberRow {
        id: format!("mem_{organization}"),
        email: format!("admin@{organization}.example"),
        role: Role::Admin.to_string(),
        created_at: NOW,
        account_id: None,
    }
}

/// An organization in the database, with its admin and that admin's token.
pub async fn organization(store: &Store, name: &str) -> OrganizationId {
    let id = OrganizationId::from_text(format!("org_{name}"));
    let (token, hash) = (token_row(&format!("first_of_{name}"), &id), first_hash(name));
    let token = Some((&token, hash.as_str()));
    store.organization_create(&organization_row(name), &admin_row(name), token, &entry()).await.unwrap();
    id
}

/// The hash of the first token of the organization of this name.
pub fn first_hash(organization: &str) -> String {
    format!("hash of {organization}'s first token")
}

/// A token of that organization's admin.
pub fn token_row(id: &str, organization: &OrganizationId) -> TokenRow {
    TokenRow {
        id: format!("tok_{id}"),
        organization_id: Some(organization.to_string()),
        member_id: Some(organization.as_str().replace("org_", "mem_")),
        name: "Test".into(),
        role: Role::Viewer.to_string(),
        created_at: NOW,
        expires_at: None,
        last_used_at: None,
        member_role: None,
        restricted: false,
        integration_ids: Vec::new(),
        member_email: None,
    }
}

/// A draft that lives for 30 days. Its external ID is unique if its ID is.
pub fn draft_row(id: &str) -> IntegrationRow {
    IntegrationRow {
        id: format!("int_{id}"),
        state: State::Draft.as_str().into(),
        version: 1,
        enabled: true,
        name: Some(format!("Bucket {id}")),
        external_id: format!("external-{id}"),
        principal_arn: Some("arn:aws:iam::111122223333:role/byob".into()),
        settings: r#"{"scope":"ü"}"#.into(),
        sealed_secret: None,
        created_at: NOW,
        updated_at: NOW,
        expires_at: Some(NOW + 30 * 24 * 3600 * 1000),
        safety: Safety::Unproven.as_str().into(),
        health: Health::Unknown.as_str().to_owned(),
        checked_at: None,
        good_at: None,
        last_used_at: None,
        granted_settings: None,
        granted_principal_arn: None,
        granted_at: None,
        notes: None,
    }
}

/// A saved integration.
pub fn saved_row(id: &str) -> IntegrationRow {
    IntegrationRow { state: State::Saved.as_str().into(), expires_at: None, ..draft_row(id) }
}

/// A row in the database.
pub async fn integration(store: &Store, organization: &OrganizationId, row: IntegrationRow) -> IntegrationId {
    store.integration_create(organization, &row, &entry()).await.unwrap();
    IntegrationId::from_text(row.id)
}

/// The row as it is in the database.
pub async fn found(store: &Store, organization: &OrganizationId, id: &IntegrationId) -> IntegrationRow {
    store.integration_find(organization, id).await.unwrap().expect("the row is there")
}

/// Where the sessions of an integration's version are kept.
pub fn session_key(organization: &OrganizationId, integration: &IntegrationId, version: i64) -> SessionKey {
    SessionKey {
        organization_id: organization.clone(),
        integration_id: integration.clone(),
        integration_version: version,
        session_policy_hash: "hash".into(),
    }
}

/// A session of an hour.
pub fn session_row(issued_at: i64) -> SessionRow {
    SessionRow { issued_at, expires_at: issued_at + 3_600_000, sealed_credentials: format!("sealed at {issued_at}") }
}

/// A check of an integration at its first version. Checks sort by their IDs.
pub fn check_row(integration: &IntegrationId, number: usize, health: Health) -> CheckRow {
    CheckRow {
        id: format!("chk_{number:03}"),
        integration_id: integration.to_string(),
        integration_version: 1,
        occasion: "schedule".into(),
        started_at: NOW,
        duration_ms: 5,
        outcome: "passed".into(),
        health: health.as_str().into(),
        steps: "[]".into(),
    }
}

/// An integration in the database that is due to be checked.
pub async fn due(store: &Store, organization: &OrganizationId, id: &str) -> IntegrationId {
    let id = integration(store, organization, draft_row(id)).await;
    let saved = IntegrationRow {
        state: State::Saved.as_str().into(),
        expires_at: None,
        ..found(store, organization, &id).await
    };
    store.integration_update(organization, &saved, &[], |_| Ok(())).await.unwrap();
    id
}
