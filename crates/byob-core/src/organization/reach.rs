//! How far an actor reaches: a whole organization, or some integrations of it.

use std::{fmt, sync::Arc};

use crate::{
    error::{Error, Kind, Result},
    id::{IntegrationId, OrganizationId},
};

/// An organization as an actor sees it: with all that is in it, or with some of its integrations and nothing else.
///
/// What is about integrations asks for a reach, and gets the organization out of it for an integration that is reached. What is about the
/// organization asks for the organization, which nobody gets out of a reach that is not [`whole`](Self::whole). So neither can be
/// forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    organization: OrganizationId,
    /// In order; without it, all.
    only: Option<Arc<[IntegrationId]>>,
}

impl Reach {
    /// All of an organization, also what comes later.
    pub fn all(organization: &OrganizationId) -> Self {
        Self { organization: organization.clone(), only: None }
    }

    /// These integrations of an organization alone; there may be none left.
    pub fn only(organization: &OrganizationId, integrations: impl IntoIterator<Item = IntegrationId>) -> Self {
        let mut integrations: Vec<IntegrationId> = integrations.into_iter().collect();
        integrations.sort_unstable();
        Self { organization: organization.clone(), only: Some(integrations.into()) }
    }

    /// The organization, for what is about all of it.
    pub fn whole(&self) -> Result<&OrganizationId> {
        if self.only.is_none() {
            return Ok(&self.organization);
        }
        let detail = "The token reaches some integrations alone; this is about the whole organization.";
        Err(Error::new(Kind::Forbidden, "token_restricted", detail)
            .hint("Use a token that is not restricted to integrations."))
    }

    /// The organization, to look for an integration in it. One that is not reached does not exist.
    pub(crate) fn to(&self, integration: &IntegrationId) -> Result<&OrganizationId> {
        if self.covers(integration) { Ok(&self.organization) } else { Err(Error::not_found("integration")) }
    }

    /// Whether the integration is reached, if it is one of the organization's.
    pub(crate) fn covers(&self, integration: &IntegrationId) -> bool {
        self.only.as_ref().is_none_or(|only| only.binary_search(integration).is_ok())
    }

    /// Whose it is, to choose among its integrations; [`covers`](Self::covers) is asked of what was chosen.
    pub(crate) fn organization(&self) -> &OrganizationId {
        &self.organization
    }
}

/// Whose it is, for the log.
impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.organization.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u32) -> IntegrationId {
        IntegrationId::from_text(format!("int_{number}"))
    }

    #[test]
    fn a_reach_covers_what_it_names_and_no_more() {
        let acme = OrganizationId::from_text("org_acme");
        let (all, two, none) =
            (Reach::all(&acme), Reach::only(&acme, [id(3), id(1)]), Reach::only(&acme, std::iter::empty()));

        let covered = |reach: &Reach| (1..=3).filter(|number| reach.covers(&id(*number))).collect::<Vec<_>>();

        assert_eq!((covered(&all), covered(&two), covered(&none)), (vec![1, 2, 3], vec![1, 3], vec![]));
        assert_eq!(all.whole().unwrap(), &acme);
        assert_eq!(two.whole().unwrap_err().code(), "token_restricted");
        assert_eq!(none.whole().unwrap_err().code(), "token_restricted");
    }
}
