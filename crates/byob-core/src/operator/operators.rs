//! Who runs the platform: accounts to which a link of `byob admin create-link --operator` gave that.

use crate::{
    core::Core,
    error::{Error, Kind, Result},
};

impl Core {
    /// The addresses of those who may.
    pub async fn list_operators(&self) -> Result<Vec<String>> {
        self.store.operator_list().await
    }

    /// Takes it away from an account, also where a link that would give it is still out. The account stays, and so does what it is in
    /// organizations. Other replicas believe its sign-ins for a second.
    pub async fn remove_operator(&self, email: &str) -> Result<()> {
        // Addresses are kept in lower case.
        let email = email.trim().to_lowercase();
        if !self.store.operator_remove(&email).await? {
            let detail = format!("`{email}` does not run the platform, and has no link with which to.");
            return Err(Error::new(Kind::NotFound, "no_operator", detail)
                .hint("`byob admin list-operators` prints the addresses of those who do."));
        }
        self.forget_actors();
        Ok(())
    }
}
