//! Lists, one page at a time.

use byob_aws::Invalid;
use byob_core::Error;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::problem::Failure;

const LONGEST: i64 = 200;

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many items: 1 to 200.
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    pub limit: i64,
    /// `next_cursor` of the page before.
    #[serde(default)]
    pub cursor: String,
}

pub(crate) fn default_limit() -> i64 {
    50
}

/// One page.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items, oldest first unless the call says otherwise.
    pub items: Vec<T>,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
}

/// The first page.
impl Default for PageQuery {
    fn default() -> Self {
        Self { limit: default_limit(), cursor: String::new() }
    }
}

impl PageQuery {
    /// The same for a list whose cursors are IDs.
    pub fn fetch_limit_after<Id>(&self, parse: impl Fn(&str) -> byob_core::Result<Id>) -> Result<i64, Failure> {
        if !self.cursor.is_empty() && parse(&self.cursor).is_err() {
            return Err(invalid_cursor());
        }
        self.fetch_limit()
    }

    /// One more than fits, so that a next page is noticed.
    pub fn fetch_limit(&self) -> Result<i64, Failure> {
        if (1..=LONGEST).contains(&self.limit) {
            return Ok(self.limit + 1);
        }
        let hint = format!("Ask for 1 to {LONGEST}.");
        Err(Failure(Error::field(
            "limit",
            &Invalid::new("out_of_range", format!("A page of {} is not offered.", self.limit), hint),
        )))
    }

    /// Cuts what was fetched to a page; `id` gives an item's cursor.
    pub fn page<T>(&self, mut items: Vec<T>, id: impl Fn(&T) -> String) -> Page<T> {
        let limit = usize::try_from(self.limit).unwrap_or(0);
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = items.last().filter(|_| more).map(id);
        Page { items, next_cursor }
    }
}

pub(crate) fn invalid_cursor() -> Failure {
    let invalid =
        Invalid::new("invalid_cursor", "That is not a cursor of this list.", "Use `next_cursor` of the page before.");
    Failure(Error::field("cursor", &invalid))
}
