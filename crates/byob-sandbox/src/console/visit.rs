//! Who looks at a page: somebody in an account.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use maud::Markup;
use time::OffsetDateTime;
use url::form_urlencoded;

use super::{done::Done, link::Link, problem::Problem, shell, trial::Trial};
use crate::{
    Sandbox,
    state::{Account, Bucket, Iam, State},
};

/// A request for a page of an account that there is, with the names in its query.
pub struct Visit {
    /// The world.
    pub sandbox: Sandbox,
    /// The account's ID.
    pub account: String,
    /// The page, such as `iam/roles`; empty for the account's own.
    pub page: String,
    params: BTreeMap<String, String>,
}

impl FromRequestParts<Sandbox> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, sandbox: &Sandbox) -> Result<Self, Problem> {
        let path = RawPathParams::from_request_parts(parts, sandbox).await;
        let account =
            path.ok().and_then(|path| path.iter().find(|(name, _)| *name == "account").map(|(_, id)| id.to_owned()));
        let account = account.unwrap_or_default();
        if !sandbox.read().iam.written().accounts.contains_key(&account) {
            return Err(Problem::new(404, "There is no such account", "The sandbox has no account of this number."));
        }
        // Below `/_console/123456789012/`; page names hold nothing that is encoded.
        let page = parts.uri.path().splitn(4, '/').nth(3).unwrap_or_default().to_owned();
        let params = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        Ok(Self { sandbox: sandbox.clone(), account, page, params })
    }
}

impl Visit {
    /// A parameter of the query; empty where there is none.
    pub fn param(&self, name: &str) -> &str {
        self.params.get(name).map_or("", String::as_str)
    }

    /// A page of the same account.
    pub fn link(&self, page: &str) -> Link {
        Link::to(&self.account, page)
    }

    /// Users, roles, policies and keys as they were written last: the console sees changes at once, as AWS's does.
    pub fn iam(&self) -> Arc<Iam> {
        Arc::clone(self.sandbox.read().iam.written())
    }

    /// The account itself.
    pub fn of<'a>(&self, iam: &'a Iam) -> Result<&'a Account, Problem> {
        iam.accounts.get(&self.account).ok_or_else(|| Problem::missing("account", &self.account))
    }

    /// The time in the sandbox.
    pub fn now(&self) -> OffsetDateTime {
        self.sandbox.clock().now()
    }

    /// The bucket that the query names, if it is the account's.
    pub fn bucket<'a>(&self, state: &'a State) -> Result<&'a Bucket, Problem> {
        let name = self.param("bucket");
        let bucket = state.buckets.get(name).filter(|bucket| bucket.account == self.account);
        bucket.ok_or_else(|| Problem::missing("bucket", name).back(self.link("s3"), "the buckets"))
    }

    /// What was just changed.
    pub fn done(&self) -> Option<Done> {
        Done::find(self.param("done"))
    }

    /// Shows a page of the account.
    pub fn show(&self, title: &str, body: &Markup) -> Response {
        shell::page(self, title, None, body).into_response()
    }

    /// Shows a page with a form on it that may have been refused.
    pub fn show_form(&self, title: &str, trial: &Trial, body: &Markup) -> Response {
        let status: StatusCode = trial.status();
        (status, shell::page(self, title, trial.wrong(), body)).into_response()
    }
}
