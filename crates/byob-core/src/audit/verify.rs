//! Whether the log is as it was written.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{core::Core, error::Result, id::OrganizationId};

/// So many entries are looked at in one go.
const PAGE: i64 = 500;

/// What became of looking through a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Verified {
    /// Every entry is there, and is as it was written.
    pub whole: bool,
    /// How many entries are so, from the first on.
    pub entries: i64,
    /// The hash of the last of them. Whoever has noted down an earlier one can look whether that entry still has it; empty if there is none.
    pub hash: String,
    /// The first entry that does not fit; `null` if all do.
    pub broken: Option<Broken>,
}

/// An entry that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Broken {
    /// Its number.
    pub number: i64,
    /// What is wrong with it.
    pub flaw: Flaw,
}

/// What is wrong with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// There is none of that number.
    Missing,
    /// Entries are numbered from 1 on, and this one stands before the first.
    Added,
    /// It does not have the hash that its contents have.
    Changed,
    /// It does not follow the entry before it: that one, or this, was replaced.
    Unlinked,
    /// The organization does not know it as its last one, or knows of none of that number.
    NotTheEnd,
}

impl Flaw {
    /// As a sentence.
    pub fn detail(self) -> &'static str {
        match self {
            Self::Missing => "It is missing.",
            Self::Added => "It was added: entries are numbered from 1 on.",
            Self::Changed => "Its contents are not those that its hash was made of.",
            Self::Unlinked => "It does not follow the entry before it.",
            Self::NotTheEnd => "The log ends otherwise than it was written.",
        }
    }
}

impl Core {
    /// Looks through the organization's whole log, page by page. What is written meanwhile is looked at, too.
    ///
    /// It finds whatever was changed, removed, added or moved afterwards without the entries that follow being made anew. Who can write to the
    /// database can make all of them anew: that is found by comparing with a hash that was noted down elsewhere.
    pub async fn verify_audit(&self, organization: &OrganizationId) -> Result<Verified> {
        let (mut entries, mut hash) = (0, String::new());
        if let Some(added) = self.store.audit_list_after(organization, i64::MIN, 1).await?.first()
            && added.number < 1
        {
            let broken = Some(Broken { number: added.number, flaw: Flaw::Added });
            return Ok(Verified { whole: false, entries, hash, broken });
        }
        let broken = loop {
            let page = self.store.audit_list_after(organization, entries, PAGE).await?;
            let flaw = page.iter().find_map(|entry| {
                let flaw = if entry.number != entries + 1 {
                    Flaw::Missing
                } else if entry.previous_hash != hash {
                    Flaw::Unlinked
                } else if entry.hash != entry.computed_hash() {
                    Flaw::Changed
                } else {
                    (entries, hash) = (entry.number, entry.hash.clone());
                    return None;
                };
                Some(flaw)
            });
            if let Some(flaw) = flaw {
                break Some(Broken { number: entries + 1, flaw });
            }
            if !page.is_empty() {
                continue;
            }
            let head = self.store.audit_head(organization).await?;
            if head.number == entries {
                break (head.hash != hash).then_some(Broken { number: entries, flaw: Flaw::NotTheEnd });
            }
            if head.number < entries {
                break Some(Broken { number: head.number + 1, flaw: Flaw::NotTheEnd });
            }
            // What the head counts is there by now, unless it never comes.
            if self.store.audit_list_after(organization, entries, 1).await?.is_empty() {
                break Some(Broken { number: entries + 1, flaw: Flaw::Missing });
            }
        };
        Ok(Verified { whole: broken.is_none(), entries, hash, broken })
    }
}
