//! An entry of the audit log: what it says, and the hash that binds it to the one before.

use serde::{Serialize, Serializer};
use serde_json::Value;
use sha2::{Digest, Sha256};
use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};

use crate::id::{AccountId, MemberId, OrganizationId};

/// Who does something, and by which request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    kind: &'static str,
    id: Option<String>,
    name: Option<String>,
    token: Option<(String, String)>,
    request_id: Option<String>,
}

impl By {
    /// A member of the organization.
    pub fn member(id: &MemberId, email: &str) -> Self {
        Self { id: Some(id.to_string()), name: Some(email.to_owned()), ..Self::of("member") }
    }

    /// Whoever runs the platform.
    pub fn operator() -> Self {
        Self::of("operator")
    }

    /// The same, signed in to the console.
    pub fn operator_signed_in(account: &AccountId, email: &str) -> Self {
        Self { id: Some(account.to_string()), name: Some(email.to_owned()), ..Self::operator() }
    }

    /// The service, of its own accord.
    pub fn service() -> Self {
        Self::of("service")
    }

    /// Somebody who has not shown who they are.
    pub fn nobody() -> Self {
        Self::of("nobody")
    }

    fn of(kind: &'static str) -> Self {
        Self { kind, id: None, name: None, token: None, request_id: None }
    }

    /// The same, by showing a token of theirs.
    #[must_use]
    pub fn with_token(self, id: &str, name: &str) -> Self {
        Self { token: Some((id.to_owned(), name.to_owned())), ..self }
    }

    /// The same, by a request.
    #[must_use]
    pub fn at(self, request_id: Option<String>) -> Self {
        Self { request_id, ..self }
    }
}

/// What is to be written down.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// Who did it.
    pub by: By,
    /// Such as `token.created`.
    pub action: &'static str,
    /// What kind of thing it was done to, such as `token`.
    pub object_kind: &'static str,
    /// The thing's ID.
    pub object_id: String,
    /// What people call it.
    pub object_name: Option<String>,
    /// More about it, an object. Never a secret, never an address.
    pub details: Value,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

/// An entry of the audit log.
///
/// Its JSON without `hash` is what the hash is made of: names sorted, no spaces, no escapes but those that JSON demands, in UTF-8. That is
/// also the form of RFC 8785.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = AuditEntry)]
pub struct EntryRow {
    /// The organization.
    #[schema(example = "org_01jd…")]
    pub organization_id: String,
    /// Its number in the organization: 1, 2, 3 and so on.
    pub number: i64,
    /// When, in UTC with milliseconds.
    #[serde(serialize_with = "rfc3339")]
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:00:00.000Z")]
    pub created_at: i64,
    /// `member`, `operator`, `service` for what it does of its own accord, or `nobody` for somebody who has not shown who they are.
    pub actor_kind: String,
    /// Which member; of an operator who was signed in, which account.
    #[schema(example = "mem_01jd…")]
    pub actor_id: Option<String>,
    /// Their e-mail address.
    pub actor_name: Option<String>,
    /// The token that was shown; `null` for somebody who was signed in, or worked on the command line.
    #[schema(example = "tok_01jd…")]
    pub token_id: Option<String>,
    /// What it was called.
    pub token_name: Option<String>,
    /// What was done.
    #[schema(example = "integration.turned_off")]
    pub action: String,
    /// To what kind of thing.
    #[schema(example = "integration")]
    pub object_kind: String,
    /// To which.
    #[schema(example = "int_01jd…")]
    pub object_id: String,
    /// What it was called.
    pub object_name: Option<String>,
    /// More about it, such as what was changed.
    #[serde(serialize_with = "as_json")]
    #[schema(value_type = Object)]
    pub details: String,
    /// The request, as its answer and the service's log name it.
    #[schema(example = "req_01jd…")]
    pub request_id: Option<String>,
    /// The hash of the entry before; empty for the first.
    pub previous_hash: String,
    /// SHA-256 of everything above, in hexadecimal digits.
    pub hash: String,
}

impl NewEntry {
    /// The entry at its place.
    pub(super) fn placed(&self, organization: &OrganizationId, number: i64, previous_hash: String) -> EntryRow {
        let By { kind, id, name, token, request_id } = self.by.clone();
        let (token_id, token_name) = token.unzip();
        let mut details = self.details.clone();
        details.sort_all_objects();
        let mut row = EntryRow {
            organization_id: organization.to_string(),
            number,
            created_at: self.created_at,
            actor_kind: kind.to_owned(),
            actor_id: id,
            actor_name: name,
            token_id,
            token_name,
            action: self.action.to_owned(),
            object_kind: self.object_kind.to_owned(),
            object_id: self.object_id.clone(),
            object_name: self.object_name.clone(),
            details: details.to_string(),
            request_id,
            previous_hash,
            hash: String::new(),
        };
        row.hash = row.computed_hash();
        row
    }
}

impl EntryRow {
    /// What the hash has to be.
    pub fn computed_hash(&self) -> String {
        // Only names that are no texts could not be written.
        let mut entry = serde_json::to_value(self).unwrap_or_default();
        if let Some(fields) = entry.as_object_mut() {
            fields.remove("hash");
        }
        entry.sort_all_objects();
        base16ct::lower::encode_string(&Sha256::digest(entry.to_string()))
    }
}

const MILLISECONDS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// Always with three digits, so that the text, which is hashed, never depends on a library's taste.
#[allow(clippy::trivially_copy_pass_by_ref)] // As serde calls it.
fn rfc3339<S: Serializer>(millis: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(*millis) * 1_000_000);
    let text = at.ok().and_then(|at| at.format(MILLISECONDS).ok());
    // Nobody but who tampers writes a time that there is not.
    serializer.serialize_str(&text.unwrap_or_else(|| millis.to_string()))
}

fn as_json<S: Serializer>(details: &str, serializer: S) -> Result<S::Ok, S::Error> {
    match serde_json::from_str::<Value>(details) {
        Ok(value) => value.serialize(serializer),
        // As well.
        Err(_) => serializer.serialize_str(details),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_hash_is_that_of_the_text_that_the_guide_describes() {
        let new = NewEntry {
            by: By::member(&MemberId::from_text("mem_1"), "ada@example.com").at(Some("req_1".into())),
            action: "token.created",
            object_kind: "token",
            object_id: "tok_1".into(),
            object_name: Some("Lübeck \"ü\" \u{1}\u{1f680}".into()),
            details: json!({"role": "viewer", "a": {"z": 1, "b": [true, null]}}),
            created_at: 1_767_600_000_001,
        };
        let row = new.placed(&OrganizationId::from_text("org_1"), 7, "ab".into());

        let text = r#"{"action":"token.created","actor_id":"mem_1","actor_kind":"member","actor_name":"ada@example.com","created_at":"2026-01-05T08:00:00.001Z","details":{"a":{"b":[true,null],"z":1},"role":"viewer"},"number":7,"object_id":"tok_1","object_kind":"token","object_name":"Lübeck \"ü\" \u0001🚀","organization_id":"org_1","previous_hash":"ab","request_id":"req_1","token_id":null,"token_name":null}"#;
        assert_eq!(row.hash, base16ct::lower::encode_string(&Sha256::digest(text)));
    }
}
