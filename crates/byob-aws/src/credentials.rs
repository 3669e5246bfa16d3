use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// An access key with its secret and, for temporary credentials, the session token.
///
/// The secret and the token are wiped from memory on drop and never printed: `Debug` shows the access key ID alone, which AWS
/// does not treat as secret (it is part of every presigned URL).
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Credentials {
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
}

impl Credentials {
    /// Takes the three parts as AWS hands them out; an empty session token counts as none.
    pub fn new(
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<String>,
        session_token: Option<String>,
    ) -> Self {
        Self {
            access_key_id: access_key_id.into(),
            secret_access_key: secret_access_key.into(),
            session_token: session_token.filter(|token| !token.is_empty()),
        }
    }

    /// The public half, such as `AKIA…` (long-lived) or `ASIA…` (a session).
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// The secret half. It must not reach a log, an error or a response.
    pub fn secret_access_key(&self) -> &str {
        &self.secret_access_key
    }

    /// Present for temporary credentials.
    pub fn session_token(&self) -> Option<&str> {
        self.session_token.as_deref()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_neither_secret_nor_token() {
        let credentials = Credentials::new("AKIDEXAMPLE", "the-secret", Some("the-token".into()));
        let shown = format!("{credentials:?}");
        assert!(
            shown.contains("AKIDEXAMPLE") && !shown.contains("the-secret") && !shown.contains("the-token"),
            "{shown}"
        );
    }
}
