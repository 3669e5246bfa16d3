//! Which integrations an organization has, kept in memory for as long as the database says that nothing changed.

use std::{sync::Arc, time::Duration};

use byob_aws::Locator;
use moka::future::Cache;

use super::{Integration, Spec, scope::Scope, select::Selection};
use crate::{
    error::{Error, Kind, Result},
    id::{IntegrationId, OrganizationId},
    organization::Reach,
    store::{IntegrationRow, Safety, Store},
};

/// How long a change on another replica may go unseen.
const STALENESS: Duration = Duration::from_secs(1);

/// The integrations of many organizations.
#[derive(Debug, Clone)]
pub struct Directory {
    store: Store,
    /// What is believed without asking.
    fresh: Cache<OrganizationId, Arc<Listing>>,
    /// What is believed once the revision was compared.
    known: Cache<OrganizationId, Arc<Listing>>,
    public: Arc<Selection<Arc<Integration>>>,
}

/// The integrations of one organization at one revision.
#[derive(Debug)]
pub struct Listing {
    revision: i64,
    own: Selection<Entry>,
    public: Arc<Selection<Arc<Integration>>>,
}

impl Directory {
    /// `public` are the operator's public buckets, which serve what no integration of an organization does.
    pub fn new(store: Store, public: Vec<Integration>) -> Self {
        let public = public.into_iter().map(|integration| (integration.spec.scope.clone(), Arc::new(integration)));
        Self {
            store,
            fresh: Cache::builder().max_capacity(10_000).time_to_live(STALENESS).build(),
            known: Cache::builder().max_capacity(10_000).time_to_idle(Duration::from_hours(1)).build(),
            public: Arc::new(Selection::new(public)),
        }
    }

    /// The organization's integrations, at most a second old.
    pub async fn of(&self, organization: &OrganizationId) -> Result<Arc<Listing>> {
        let load = self.load(organization);
        self.fresh.try_get_with_by_ref(organization, load).await.map_err(|error: Arc<Error>| Error::clone(&error))
    }

    /// Makes a change of this replica visible at once.
    pub async fn forget(&self, organization: &OrganizationId) {
        self.fresh.invalidate(organization).await;
    }

    async fn load(&self, organization: &OrganizationId) -> Result<Arc<Listing>> {
        let revision = self.store.integration_revision(organization).await?;
        if let Some(known) = self.known.get(organization).await.filter(|known| known.revision == revision) {
            return Ok(known);
        }
        let rows = self.store.integration_list_saved(organization).await?;
        let mut integrations = Vec::with_capacity(rows.len());
        for row in rows {
            integrations.extend(entry(organization, row));
        }
        let listing = Arc::new(Listing { revision, own: Selection::new(integrations), public: self.public.clone() });
        self.known.insert(organization.clone(), listing.clone()).await;
        Ok(listing)
    }
}

/// An integration, or what is left of one whose settings today's rules refuse: it still stands for its scope.
#[derive(Debug)]
enum Entry {
    Ready(Arc<Integration>),
    Unreadable { id: IntegrationId, name: String },
}

impl Entry {
    fn id(&self) -> &IntegrationId {
        match self {
            Self::Ready(integration) => &integration.id,
            Self::Unreadable { id, .. } => id,
        }
    }
}

fn entry(organization: &OrganizationId, row: IntegrationRow) -> Option<(Scope, Entry)> {
    let (id, name) = (IntegrationId::from_text(&row.id), row.name.clone().unwrap_or_default());
    let scope = serde_json::from_str(&row.settings).ok().and_then(|settings| Spec::scope_of(&settings));
    match Integration::from_row(organization, row) {
        Ok(integration) => Some((integration.spec.scope.clone(), Entry::Ready(Arc::new(integration)))),
        Err(error) => {
            tracing::error!(%organization, integration = %id, cause = %error.causes(), "an integration cannot be read");
            Some((scope?, Entry::Unreadable { id, name }))
        }
    }
}

/// Credentials of a role that anybody could have assumed through us are not used. In what way it is unsafe is for admins, whom the check tells.
pub(crate) fn unsafe_role(name: &str) -> Error {
    let detail = format!("The role of the integration `{name}` is not safe, so it is not used.");
    Error::new(Kind::NotServed, "role_unsafe", detail)
        .hint("An admin checks the connection: the report says why, and has the trust policy that mends it.")
}

fn nobody_serves(locator: &Locator) -> Error {
    let detail = format!("No integration serves `{}` at this key.", locator.bucket());
    Error::new(Kind::NotServed, "no_integration", detail)
        .hint("An admin can connect the bucket, or widen the scope of an integration.")
}

impl Listing {
    /// The integration that serves a locator.
    ///
    /// One that is turned off serves nothing, and nothing broader serves in its place: turning off means off. One that is not reached
    /// does not either, and is told as if there was none. The operator's public buckets are reached by who reaches all.
    pub fn select(&self, reach: &Reach, locator: &Locator) -> Result<&Arc<Integration>> {
        let integration = match self.own.choose(locator) {
            Some(entry) if !reach.covers(entry.id()) => return Err(nobody_serves(locator)),
            Some(Entry::Ready(integration)) => integration,
            Some(Entry::Unreadable { name, .. }) => {
                let detail = format!(
                    "The integration `{name}`, which serves this locator, has settings that are no longer right."
                );
                return Err(Error::new(Kind::NotServed, "integration_unreadable", detail)
                    .hint("An admin saves its settings again; the answer says which field to mend."));
            }
            None => {
                let public = self.public.choose(locator).filter(|public| reach.covers(&public.id));
                public.ok_or_else(|| nobody_serves(locator))?
            }
        };
        if integration.safety == Safety::Unsafe {
            return Err(unsafe_role(&integration.spec.name));
        }
        if !integration.enabled {
            return Err(Error::new(
                Kind::NotServed,
                "integration_disabled",
                format!("The integration `{}`, which serves this locator, is turned off.", integration.spec.name),
            )
            .hint("An admin can turn it on again."));
        }
        Ok(integration)
    }
}
