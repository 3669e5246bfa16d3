//! API tokens: random, shown once, stored as a hash.

use std::{collections::BTreeSet, fmt};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use byob_aws::Invalid;
use sha2::{Digest, Sha256};

use serde_json::json;

use super::{Reach, Role};
use crate::{
    audit::{Action, By},
    core::Core,
    error::{Error, Result},
    id::{IntegrationId, MemberId, OrganizationId, TokenId},
    store::TokenRow,
};

/// What every token begins with, so that secret scanners can find a leaked one.
pub const PREFIX: &str = "byob_";

/// The role of the operator's tokens, which belong to no organization.
pub const OPERATOR: &str = "operator";

/// A token that was just made.
pub struct NewToken {
    /// What is stored of it.
    pub row: TokenRow,
    /// The token itself, which cannot be shown again.
    pub secret: String,
}

impl fmt::Debug for NewToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewToken").field("row", &self.row).finish_non_exhaustive()
    }
}

/// What a new token is to be.
#[derive(Debug, Clone, Copy)]
pub struct TokenRequest<'a> {
    /// What people call it.
    pub name: &'a str,
    /// What it may do.
    pub role: Role,
    /// In seconds; without it, the token lives until it is revoked.
    pub expires_in: Option<i64>,
    /// The only integrations that it reaches; without it, all, also those to come.
    pub integrations: Option<&'a [String]>,
}

/// Who a token speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bearer {
    /// Somebody of an organization.
    Member {
        /// What the token reaches.
        reach: Reach,
        /// Who.
        member: MemberId,
        /// What the token may do.
        role: Role,
        /// Who, as the audit log names them.
        by: By,
    },
    /// Whoever runs the platform.
    Operator(By),
}

/// The longest life that can be asked for: ten years, in seconds.
const LONGEST_LIFE: i64 = 10 * 365 * 24 * 3600;

/// More integrations than that need no token that names each.
const MOST_INTEGRATIONS: usize = 200;

/// When a token was last used is known to the minute, in milliseconds.
const USE_PRECISION: i64 = 60_000;

impl Core {
    /// Makes a token for a member.
    pub async fn create_token(
        &self,
        organization: &OrganizationId,
        by: &By,
        member: &MemberId,
        request: TokenRequest<'_>,
    ) -> Result<NewToken> {
        let TokenRequest { name, role, expires_in, integrations } = request;
        let name = crate::id::name(name).map_err(|invalid| Error::field("name", &invalid))?;
        if expires_in.is_some_and(|seconds| !(1..=LONGEST_LIFE).contains(&seconds)) {
            let hint = format!("Use 1 to {LONGEST_LIFE} seconds, or leave it out.");
            return Err(Error::field(
                "expires_in",
                &Invalid::new("out_of_range", "The token's life is out of range.", hint),
            ));
        }
        let (mut token, hash) = self.new_token(Some((organization, member)), name, role.as_str());
        token.row.expires_at = expires_in.map(|seconds| token.row.created_at + seconds * 1000);
        token.row.restricted = integrations.is_some();
        token.row.integration_ids = integrations.map(named).transpose()?.unwrap_or_default();
        let only = token.row.restricted.then_some(&token.row.integration_ids);
        let details = json!({"role": role, "member_id": member, "expires_in": expires_in, "integration_ids": only});
        let entry = self.entry(by, Action::TokenCreated, token.row.named(), details);
        self.store.token_create(organization, &token.row, &hash, &entry).await?;
        Ok(token)
    }

    /// Makes a token of the operator.
    pub async fn create_operator_token(&self, name: &str) -> Result<NewToken> {
        let name = crate::id::name(name).map_err(|invalid| Error::field("name", &invalid))?;
        let (token, hash) = self.new_token(None, name, OPERATOR);
        self.store.token_create_operator(&token.row, &hash).await?;
        Ok(token)
    }

    /// A token for the organization's first admin: the way back in when all tokens are lost.
    pub async fn create_admin_token(
        &self,
        organization: &OrganizationId,
        by: &By,
        name: &str,
        role: Role,
    ) -> Result<NewToken> {
        let admin =
            self.store.member_find_first_admin(organization).await?.ok_or_else(|| Error::not_found("organization"))?;
        let request = TokenRequest { name, role, expires_in: None, integrations: None };
        self.create_token(organization, by, &MemberId::from_text(admin.id), request).await
    }

    /// A token and its hash, not stored yet. It reaches everything, and lives until it is revoked.
    pub(super) fn new_token(
        &self,
        member: Option<(&OrganizationId, &MemberId)>,
        name: String,
        role: &str,
    ) -> (NewToken, String) {
        let (secret, hash) = self.new_secret(PREFIX);
        let created_at = self.clock.now_millis();
        let row = TokenRow {
            id: TokenId::new(&self.clock, &self.rng).to_string(),
            organization_id: member.map(|(organization, _)| organization.to_string()),
            member_id: member.map(|(_, member)| member.to_string()),
            name,
            role: role.to_owned(),
            created_at,
            expires_at: None,
            last_used_at: None,
            member_role: None,
            restricted: false,
            integration_ids: Vec::new(),
            member_email: None,
        };
        (NewToken { row, secret }, hash)
    }

    /// Something that only its holder knows, and the hash by which it is found again.
    pub(super) fn new_secret(&self, prefix: &str) -> (String, String) {
        let secret = format!("{prefix}{}", URL_SAFE_NO_PAD.encode(self.rng.bytes::<32>()));
        let hash = hash(&secret);
        (secret, hash)
    }

    /// Revokes a token. Replicas that saw it last go on believing it for a second at most.
    pub async fn revoke_token(&self, organization: &OrganizationId, by: &By, id: &TokenId) -> Result<()> {
        let entry = |row: &TokenRow| {
            self.entry(by, Action::TokenRevoked, row.named(), json!({"role": row.role, "member_id": row.member_id}))
        };
        self.store.token_delete(organization, id, entry).await?;
        self.bearers.invalidate_all();
        Ok(())
    }

    /// Notes that a token is used, beside the request that shows it: once a minute, whichever replica comes first.
    fn note_use(&self, row: &TokenRow) {
        let now = self.clock.now_millis();
        let before = now - USE_PRECISION;
        if row.last_used_at.is_some_and(|at| at > before) {
            return;
        }
        let (store, id) = (self.store.clone(), TokenId::from_text(&row.id));
        tokio::spawn(async move {
            if let Err(error) = store.token_note_use(&id, now, before).await {
                tracing::warn!(token = %id, cause = %error.causes(), "the use of a token was not noted");
            }
        });
    }

    /// Who a token speaks for, or `None` if there is no such token any more.
    pub async fn bearer(&self, token: &str) -> Result<Option<Bearer>> {
        if !token.starts_with(PREFIX) {
            return Ok(None);
        }
        let hash = hash(token);
        if let Some(bearer) = self.bearers.get(&hash) {
            return Ok(Some(bearer));
        }
        let Some(row) = self.store.token_find_by_hash(&hash, self.clock.now_millis()).await? else { return Ok(None) };
        self.note_use(&row);
        let bearer = Bearer::of(&row);
        if let Some(bearer) = &bearer {
            self.bearers.insert(hash, bearer.clone());
        }
        Ok(bearer)
    }
}

impl Bearer {
    fn of(row: &TokenRow) -> Option<Self> {
        match (&row.organization_id, &row.member_id, Role::from_name(&row.role)) {
            (Some(organization), Some(member), Some(role)) => Some(Self::Member {
                reach: reach(&OrganizationId::from_text(organization), row),
                by: By::member(&MemberId::from_text(member), row.member_email.as_deref().unwrap_or_default())
                    .with_token(&row.id, &row.name),
                member: MemberId::from_text(member),
                // A token is worth no more than its member, who may have been an admin when it was made.
                role: role.min(row.member_role.as_deref().and_then(Role::from_name).unwrap_or(Role::Viewer)),
            }),
            (None, None, None) if row.role == OPERATOR => {
                Some(Self::Operator(By::operator().with_token(&row.id, &row.name)))
            }
            _ => None,
        }
    }
}

fn reach(organization: &OrganizationId, row: &TokenRow) -> Reach {
    if row.restricted {
        Reach::only(organization, row.integration_ids.iter().map(IntegrationId::from_text))
    } else {
        Reach::all(organization)
    }
}

/// The integrations that a client names, each once.
fn named(ids: &[String]) -> Result<Vec<String>> {
    let fault =
        |code, detail: &str, hint: &str| Err(Error::field("integration_ids", &Invalid::new(code, detail, hint)));
    if ids.is_empty() {
        return fault(
            "missing",
            "No integration is named.",
            "Name one or more, or let it reach all by leaving this out.",
        );
    }
    let ids: BTreeSet<&String> = ids.iter().collect();
    if ids.len() > MOST_INTEGRATIONS {
        let hint = format!("Name at most {MOST_INTEGRATIONS}, or leave the field out for all.");
        return fault("too_many", "That are too many integrations for one token.", &hint);
    }
    Ok(ids.into_iter().cloned().collect())
}

/// A token has 256 random bits, so that a plain hash cannot be reversed by guessing.
pub(super) fn hash(token: &str) -> String {
    base16ct::lower::encode_string(&Sha256::digest(token.as_bytes()))
}
