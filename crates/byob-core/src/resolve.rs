//! The main path: locators become presigned URLs.

use std::{collections::HashMap, sync::Arc};

use byob_aws::{Bucket, Invalid, Locator, policies::Access, presign::LONGEST_EXPIRES};
use futures::{StreamExt, stream};
use time::OffsetDateTime;

use crate::{
    core::Core,
    display::{Disposition, is_media_type},
    error::{Error, Kind, Result},
    id::IntegrationId,
    integration::Integration,
    organization::Reach,
    signer::Signer,
};

/// The most locators of one call.
pub const MOST_LOCATORS: usize = 10_000;

/// How many customers' roles one call asks for at a time.
const CONCURRENT_SESSIONS: usize = 64;

/// What a caller wants of the URLs.
#[derive(Debug, Clone)]
pub struct ResolveOptions {
    /// Seconds; the URL may live shorter, never longer.
    pub expires_in: u32,
    /// How browsers are to show the files.
    pub disposition: Disposition,
    /// In place of the type that the key suggests.
    pub content_type: Option<String>,
}

/// A URL that loads.
#[derive(Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The presigned URL. Whoever has it can read the object: it must not reach a log.
    pub url: String,
    /// When it dies; `None` for a public object's URL, which has no signature.
    pub expires_at: Option<OffsetDateTime>,
    /// Who serves it.
    pub integration_id: IntegrationId,
}

impl Core {
    /// Answers every locator in its place, with a URL or the reason why there is none.
    pub async fn resolve(
        &self,
        reach: &Reach,
        locators: &[String],
        options: &ResolveOptions,
    ) -> Result<Vec<Result<Resolved>>> {
        options.check()?;
        let listing = self.directory.of(reach.organization()).await?;
        let mut groups = Groups::default();
        let chosen: Vec<Result<(Locator, usize)>> = locators
            .iter()
            .map(|text| {
                let locator = Locator::parse(text)?;
                let integration = listing.select(reach, &locator)?;
                permit(integration, &locator)?;
                let group = groups.number_of(integration, locator.bucket());
                Ok((locator, group))
            })
            .collect();
        groups.list.iter().for_each(|(integration, _)| self.note_use_of(integration));
        let signers: Vec<Result<Signer>> = stream::iter(groups.list)
            .map(|(integration, bucket)| async move { self.signer(integration, &bucket, options).await })
            .buffered(CONCURRENT_SESSIONS)
            .collect()
            .await;
        for error in signers.iter().filter_map(|signer| signer.as_ref().err()).filter(|error| error.is_ours()) {
            tracing::error!(code = error.code(), cause = %error.causes(), "locators have no URLs");
        }
        let answer = |(locator, group): (Locator, usize)| match &signers[group] {
            Ok(signer) => signer.sign(&locator, options),
            Err(error) => Err(error.clone()),
        };
        Ok(chosen.into_iter().map(|chosen| chosen.and_then(answer)).collect())
    }
}

/// The locators of one call by integration and bucket: what shares a signer.
#[derive(Default)]
struct Groups {
    list: Vec<(Arc<Integration>, Bucket)>,
    numbers: HashMap<(IntegrationId, Bucket), usize>,
}

impl Groups {
    fn number_of(&mut self, integration: &Arc<Integration>, bucket: &Bucket) -> usize {
        // Locators of one call mostly share their bucket with the one before.
        if let Some((last, of)) = self.list.last()
            && Arc::ptr_eq(last, integration)
            && of == bucket
        {
            return self.list.len() - 1;
        }
        *self.numbers.entry((integration.id.clone(), bucket.clone())).or_insert_with(|| {
            self.list.push((integration.clone(), bucket.clone()));
            self.list.len() - 1
        })
    }
}

/// Reading has to be declared, versions apart.
pub(crate) fn permit(integration: &Integration, locator: &Locator) -> Result<()> {
    let (needed, what) = match locator.version_id() {
        Some(_) => (Access::ReadVersions, "reading versions"),
        None => (Access::Read, "reading"),
    };
    if integration.spec.access.contains(&needed) {
        return Ok(());
    }
    let detail = format!("The integration `{}` is not declared for {what}.", integration.spec.name);
    let hint = format!("An admin can add `{}` to its access, and update the role's access policy.", needed.as_str());
    Err(Error::new(Kind::NotServed, "access_not_declared", detail).hint(hint))
}

impl ResolveOptions {
    fn check(&self) -> Result<()> {
        let fault = |field: &str, code, detail, hint| Err(Error::field(field, &Invalid::new(code, detail, hint)));
        if !(1..=LONGEST_EXPIRES).contains(&self.expires_in) {
            let hint = "Ask for 1 to 604800 seconds (7 days).";
            return fault("expires_in", "out_of_range", "The URLs' life is out of range.", hint);
        }
        if self.content_type.as_deref().is_some_and(|wish| !is_media_type(wish)) {
            let hint = "Write one type, such as `image/png`.";
            return fault("content_type", "invalid_content_type", "That is not a media type.", hint);
        }
        Ok(())
    }
}
