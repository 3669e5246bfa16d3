//! API tokens: random, shown once, stored as a hash.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use byob_aws::Invalid;
use sha2::{Digest, Sha256};

use super::Role;
use crate::{
    core::Core,
    error::{Error, Result},
    id::{MemberId, OrganizationId, TokenId},
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

/// Who a token speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bearer {
    /// Somebody of an organization.
    Member {
        /// Whose.
        organization: OrganizationId,
        /// Who.
        member: MemberId,
        /// What the token may do.
        role: Role,
    },
    /// Whoever runs the platform.
    Operator,
}

/// The longest life that can be asked for: ten years, in seconds.
const LONGEST_LIFE: i64 = 10 * 365 * 24 * 3600;

impl Core {
    /// Makes a token for a member. `expires_in` is in seconds; without it the token lives until it is revoked.
    pub async fn create_token(
        &self,
        organization: &OrganizationId,
        member: &MemberId,
        name: &str,
        role: Role,
        expires_in: Option<i64>,
    ) -> Result<NewToken> {
        let name = crate::id::name(name).map_err(|invalid| Error::field("name", &invalid))?;
        if expires_in.is_some_and(|seconds| !(1..=LONGEST_LIFE).contains(&seconds)) {
            let hint = format!("Use 1 to {LONGEST_LIFE} seconds, or leave it out.");
            return Err(Error::field(
                "expires_in",
                &Invalid::new("out_of_range", "The token's life is out of range.", hint),
            ));
        }
        let (token, hash) = self.new_token(Some((organization, member)), name, role.as_str(), expires_in);
        self.store.token_create(&token.row, &hash).await?;
        Ok(token)
    }

    /// Makes a token of the operator.
    pub async fn create_operator_token(&self, name: &str) -> Result<NewToken> {
        let name = crate::id::name(name).map_err(|invalid| Error::field("name", &invalid))?;
        let (token, hash) = self.new_token(None, name, OPERATOR, None);
        self.store.token_create(&token.row, &hash).await?;
        Ok(token)
    }

    /// A token for the organization's first admin: the way back in when all tokens are lost.
    pub async fn create_admin_token(&self, organization: &OrganizationId, name: &str, role: Role) -> Result<NewToken> {
        let admin =
            self.store.member_find_first_admin(organization).await?.ok_or_else(|| Error::not_found("organization"))?;
        self.create_token(organization, &MemberId::from_text(admin.id), name, role, None).await
    }

    /// A token and its hash, not stored yet.
    pub(super) fn new_token(
        &self,
        member: Option<(&OrganizationId, &MemberId)>,
        name: String,
        role: &str,
        expires_in: Option<i64>,
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
            expires_at: expires_in.map(|seconds| created_at + seconds * 1000),
            member_role: None,
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
    pub async fn revoke_token(&self, organization: &OrganizationId, id: &TokenId) -> Result<()> {
        self.store.token_delete(organization, id).await?;
        self.bearers.invalidate_all();
        Ok(())
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
        let found = self.store.token_find_by_hash(&hash, self.clock.now_millis()).await?;
        let bearer = found.and_then(|row| match (row.organization_id, row.member_id, Role::from_name(&row.role)) {
            (Some(organization), Some(member), Some(role)) => Some(Bearer::Member {
                organization: OrganizationId::from_text(organization),
                member: MemberId::from_text(member),
                // A token is worth no more than its member, who may have been an admin when it was made.
                role: role.min(row.member_role.as_deref().and_then(Role::from_name).unwrap_or(Role::Viewer)),
            }),
            (None, None, None) if row.role == OPERATOR => Some(Bearer::Operator),
            _ => None,
        });
        if let Some(bearer) = &bearer {
            self.bearers.insert(hash, bearer.clone());
        }
        Ok(bearer)
    }
}

/// A token has 256 random bits, so that a plain hash cannot be reversed by guessing.
pub(super) fn hash(token: &str) -> String {
    base16ct::lower::encode_string(&Sha256::digest(token.as_bytes()))
}
