//! Who is signed in, by the cookie.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::request::Parts,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use byob_core::{
    Core,
    organization::accounts::{NewSignIn, SignedIn},
};
use time::OffsetDateTime;

use crate::{problem::Failure, router::App};

/// With this prefix, browsers take the cookie from this host alone, and only by TLS.
const SECURE: &str = "__Host-byob";
const PLAIN: &str = "byob";

fn is_secure(core: &Core) -> bool {
    core.origin().starts_with("https://")
}

fn name(core: &Core) -> &'static str {
    if is_secure(core) { SECURE } else { PLAIN }
}

/// What the cookie holds.
pub fn secret(core: &Core, parts: &Parts) -> Option<String> {
    let jar = CookieJar::from_headers(&parts.headers);
    jar.get(name(core)).map(|cookie| cookie.value().to_owned()).filter(|secret| !secret.is_empty())
}

/// The cookie of somebody who has just signed in.
pub fn cookie(core: &Core, sign_in: NewSignIn) -> Cookie<'static> {
    let expires = OffsetDateTime::from_unix_timestamp(sign_in.expires_at / 1000).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    Cookie::build((name(core), sign_in.secret))
        .path("/")
        .http_only(true)
        .secure(is_secure(core))
        // Links from elsewhere lead in; requests that other sites send do not carry it.
        .same_site(SameSite::Lax)
        .expires(expires)
        .build()
}

/// Takes the cookie away.
pub fn no_cookie(core: &Core) -> Cookie<'static> {
    Cookie::build((name(core), "")).path("/").secure(is_secure(core)).removal().build()
}

/// Somebody who is signed in. Others are asked to sign in first, and then come back.
pub struct Visitor(pub Arc<SignedIn>);

impl FromRequestParts<App> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        match of(parts, app).await {
            Ok(Some(signed_in)) => Ok(Self(signed_in)),
            Ok(None) => Err(Redirect::to(&sign_in_first(parts)).into_response()),
            Err(failure) => Err(failure.into_response()),
        }
    }
}

/// Who is signed in, if somebody is.
pub async fn of(parts: &Parts, app: &App) -> Result<Option<Arc<SignedIn>>, Failure> {
    match secret(&app.core, parts) {
        Some(secret) => Ok(app.core.signed_in(&secret).await?),
        None => Ok(None),
    }
}

/// The sign-in page, which leads back here; from a form that was sent, to the page with it, for it is not sent again.
fn sign_in_first(parts: &Parts) -> String {
    let here = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    if here == "/" {
        return "/sign-in".to_owned();
    }
    let next: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", here).finish();
    format!("/sign-in?{next}")
}
