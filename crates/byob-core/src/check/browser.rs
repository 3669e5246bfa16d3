//! What a browser would meet: URLs without credentials, and pages of another origin.

use byob_aws::{Locator, policies::Access};
use serde_json::json;

use super::{
    fix::Known,
    judged::Judged,
    objects::{RANGE, is_folded},
    run::{Readable, Run},
    steps::StepName,
};
use crate::{
    aws_io::{
        fault::{Fault, FaultKind},
        web::{Reply, Request},
    },
    display::Disposition,
    error::{Error, Result},
    integration::{Spec, settings::Delivery},
    resolve::ResolveOptions,
    signer::{Signer, lifetime},
    window::{Validity, Window},
};

const FETCH: &str = "s3:GetObject";
const PREFLIGHT: &str = "s3:OPTIONS";

const FOLDED: &str =
    "Browsers fold `.` and `..` in paths, so that they cannot load keys with such segments; programs can.";

/// So many of the operator's pages are asked for.
const PAGES: usize = 3;

/// What rules of S3 name, the likely first.
const METHODS: [&str; 5] = ["GET", "HEAD", "PUT", "POST", "DELETE"];

impl Run<'_> {
    pub(super) async fn presigned_url_loads(&mut self) -> Judged {
        let Some(spec) = self.spec() else { return Judged::skipped("The settings are not right.") };
        if !spec.access.contains(&Access::Read) {
            return Judged::not_applicable("`read` is not declared.");
        }
        let Some(readable) = self.found.readable.clone() else {
            return Judged::skipped("It needs `object-readable`, which found nothing that can be read.");
        };
        if is_folded(readable.locator.key().as_str()) {
            return Judged::not_applicable(FOLDED);
        }
        let reply = match self.load(&readable, None, None).await {
            Ok(reply) => reply,
            Err(judged) => return judged,
        };
        if readable.exists && readable.size > 1024 && reply.status == 200 {
            return Judged::warned("range_ignored", self.facts.clone(), "The whole object came for a range of it.");
        }
        if let Some(age) = self.age_of_urls()
            && let Err(judged) = self.load(&readable, Some(age), None).await
        {
            if judged.inconclusive {
                return judged;
            }
            let facts = self.facts.clone().with("signature_age", age.to_string());
            let detail =
                format!("A URL that was signed just now loads; one that was signed {age} seconds ago does not.");
            return Judged::failed("old_urls_refused", facts, detail).offering(json!({ "stable_urls": false }));
        }
        Judged::passed(if readable.exists {
            format!("The URL of `{}` loads without credentials.", readable.locator.key())
        } else {
            "S3 accepts the URL; nothing is there yet to load.".to_owned()
        })
    }

    /// Fetches an object by URL as a browser would, perhaps for a page. The URL is signed as for serving files, or earlier.
    async fn load(
        &mut self,
        readable: &Readable,
        age: Option<i64>,
        origin: Option<&str>,
    ) -> std::result::Result<Reply, Judged> {
        let url = self.url_of(&readable.locator, age).map_err(|error| Judged::skipped(error.detail()))?;
        let mut headers = Vec::new();
        if readable.size > 0 {
            headers.push(("range", RANGE.to_owned()));
        }
        headers.extend(origin.map(|origin| ("origin", origin.to_owned())));
        let old = age.map(|age| format!(", signed {age} seconds ago")).unwrap_or_default();
        let page = origin.map(|origin| format!(", for the page {origin}")).unwrap_or_default();
        let asked = format!("of {} by presigned URL{old}{page}", readable.locator);
        let step = if origin.is_some() { StepName::BrowserCorsAllowed } else { StepName::PresignedUrlLoads };
        let reply = self.fetch(FETCH, asked, Request { method: "GET", url, headers }).await;
        let reply = reply.map_err(|fault| self.unfetched(step, &fault))?;
        let fault = reply.fault(FETCH);
        let is_missing = !readable.exists && fault.code() == "NoSuchKey";
        if reply.status < 300 || is_missing {
            return Ok(reply);
        }
        let resource = format!("`{}`", readable.locator);
        let facts = self.facts.clone().with("resource", resource).with("key", readable.locator.key().to_string());
        Err(self.refused(step, &fault, self.signs(), facts))
    }

    /// A URL as production makes it, but with the session of this check; `age` dates it so many seconds back.
    fn url_of(&self, locator: &Locator, age: Option<i64>) -> Result<String> {
        let Some(integration) = self.subject.integration.clone() else {
            return Err(Error::internal("settings that are not right"));
        };
        let options = options(&integration.spec);
        let now = self.core.clock.now().unix_timestamp();
        let session = self.found.session.clone();
        let lifetime = lifetime(&integration, &options);
        let validity = if let Some(age) = age {
            Validity { signed_at: now - age, expires_in: u32::try_from(lifetime).unwrap_or(1) }
        } else {
            let lifespan = session.as_ref().and_then(|session| session.lifespan());
            let validity = Window { start: now, lifetime }.validity(now, true, lifespan);
            validity.unwrap_or(Validity { signed_at: now, expires_in: 60 })
        };
        let endpoint = self.core.endpoint_for(&integration, locator.bucket())?;
        let signer = Signer::with(integration.into(), endpoint, session.as_deref(), validity)?;
        Ok(signer.sign(locator, &options)?.url)
    }

    /// How old URLs get before they are made anew, in seconds, where they stay the same for a while.
    fn age_of_urls(&self) -> Option<i64> {
        let integration = self.subject.integration.as_ref()?;
        self.found.session.as_ref()?;
        let age = lifetime(integration, &options(&integration.spec)) / 2;
        (integration.spec.stable_urls && age > 0).then_some(age)
    }

    /// A request without credentials, under the eyes of the witness.
    pub(super) async fn fetch(
        &mut self,
        operation: &'static str,
        asked: impl Into<String>,
        request: Request,
    ) -> std::result::Result<Reply, Fault> {
        let (web, witness) = (self.core.web.clone(), self.witness.clone());
        self.ask(operation, asked, web.fetch(operation, request, &witness), Fault::clone).await
    }

    pub(super) async fn browser_cors_allowed(&mut self) -> Judged {
        let Some(spec) = self.spec() else { return Judged::skipped("The settings are not right.") };
        let (reads, writes) = (spec.access.contains(&Access::Read), spec.access.contains(&Access::Write));
        if !reads && !writes {
            return Judged::not_applicable("Neither `read` nor `write` is declared.");
        }
        if spec.delivery == Delivery::Proxy {
            return Judged::not_applicable(
                "Files come through the service (`delivery` is `proxy`), so browsers do not ask the bucket.",
            );
        }
        let Some(locator) = self.found.readable.as_ref().map(|found| found.locator.clone()).or_else(|| self.missing())
        else {
            return Judged::skipped("There is no bucket.");
        };
        if is_folded(locator.key().as_str()) {
            return Judged::not_applicable(FOLDED);
        }
        let origins: Vec<String> = self.core.origins.iter().take(PAGES).cloned().collect();
        let Some(first) = origins.first().cloned() else {
            return Judged::not_applicable("The operator has configured no page.");
        };
        for origin in &origins {
            let method = if reads { "GET" } else { "PUT" };
            if let Err(judged) = self.preflighted(&locator, origin, method).await {
                return judged;
            }
        }
        if reads
            && writes
            && let Err(judged) = self.preflighted(&locator, &first, "PUT").await
        {
            return judged;
        }
        match self.found.readable.clone().filter(|_| reads) {
            Some(readable) => self.exposed(&readable, &first).await,
            None => Judged::passed(format!("Pages of {} may use the bucket.", origins.join(", "))),
        }
    }

    /// Asks as a browser does before it lets a page send a request.
    async fn preflighted(
        &mut self,
        locator: &Locator,
        origin: &str,
        method: &'static str,
    ) -> std::result::Result<(), Judged> {
        let wanted = if method == "GET" { "range" } else { "content-type" };
        let refused = match self.preflight(locator, origin, method, Some(wanted)).await? {
            reply if is_allowed(&reply, origin) => return Ok(()),
            reply => reply,
        };
        let fault = refused.fault(PREFLIGHT);
        if fault.is_inconclusive() {
            return Err(self.undecided(&fault));
        }
        let facts = self.facts.clone().with("origin", format!("`{origin}`")).with("method", format!("`{method}`"));
        let facts = facts.with("header", if method == "GET" { "`Range`" } else { "`Content-Type`" });
        if fault.message().contains("not enabled") || fault.code() == "NoSuchCORSConfiguration" {
            let detail = "The preflight was refused: CORS is not enabled for the bucket.";
            return Err(Judged::failed("cors_missing", facts, detail).knowing(Known::Absent));
        }
        let detail = format!("The preflight for {method} from {origin} was refused.");
        let without_headers = self.preflight(locator, origin, method, None).await?;
        if is_allowed(&without_headers, origin) {
            return Err(Judged::failed("cors_headers_not_allowed", facts, detail));
        }
        for other in METHODS.into_iter().filter(|other| *other != method) {
            if is_allowed(&self.preflight(locator, origin, other, None).await?, origin) {
                return Err(Judged::failed("cors_method_not_allowed", facts, detail));
            }
        }
        Err(Judged::failed("cors_origin_not_allowed", facts, detail))
    }

    async fn preflight(
        &mut self,
        locator: &Locator,
        origin: &str,
        method: &'static str,
        header: Option<&'static str>,
    ) -> std::result::Result<Reply, Judged> {
        let url = self.url_of(locator, None).map_err(|error| Judged::skipped(error.detail()))?;
        // The query, with the signature, is nothing that a preflight is judged by.
        let url = url.split('?').next().unwrap_or_default().to_owned();
        let mut headers = vec![("origin", origin.to_owned()), ("access-control-request-method", method.to_owned())];
        headers.extend(header.map(|header| ("access-control-request-headers", header.to_owned())));
        let with = header.map(|header| format!(" with `{header}`")).unwrap_or_default();
        let asked = format!("of {locator}: may {origin} send {method}{with}?");
        let reply = self.fetch(PREFLIGHT, asked, Request { method: "OPTIONS", url, headers }).await;
        reply.map_err(|fault| self.unfetched(StepName::BrowserCorsAllowed, &fault))
    }

    /// What it means that a browser's request got no answer.
    fn unfetched(&self, step: StepName, fault: &Fault) -> Judged {
        let elsewhere = self.spec().is_some_and(|spec| spec.browser_endpoint_url.is_some());
        if fault.kind == FaultKind::AddressRefused && elsewhere {
            // Browsers may well reach what the service must not.
            return Judged::not_applicable("The service may not connect to the address that browsers use.");
        }
        let theirs = self.spec().and_then(|spec| spec.browser_endpoint_url.clone());
        let facts = match theirs {
            Some(url) => self.facts.clone().with("endpoint", format!("`{url}`, where browsers look for it")),
            None => self.facts.clone(),
        };
        self.refused(step, fault, self.signs(), facts)
    }

    /// Whether a page sees what it needs of the answer.
    async fn exposed(&mut self, readable: &Readable, origin: &str) -> Judged {
        let reply = match self.load(readable, None, Some(origin)).await {
            Ok(reply) => reply,
            Err(judged) => return judged,
        };
        let facts = self.facts.clone().with("origin", format!("`{origin}`"));
        if !is_allowed_answer(&reply, origin) {
            let detail = "The answer to the GET lacks `Access-Control-Allow-Origin`.";
            return Judged::failed("cors_answer_lacks_headers", facts, detail);
        }
        let exposed = reply.header("access-control-expose-headers").unwrap_or_default();
        let exposed: Vec<String> =
            exposed.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
        let lacks = |needed: &&&str| !exposed.iter().any(|seen| seen == "*" || seen.eq_ignore_ascii_case(needed));
        let missing: Vec<String> =
            byob_aws::policies::cors::EXPOSED.iter().filter(lacks).map(|name| format!("`{name}`")).collect();
        if missing.is_empty() {
            return Judged::passed(format!(
                "Pages of {origin} may read the bucket and see all headers that viewers need."
            ));
        }
        let detail = format!("Not exposed: {}.", missing.join(", "));
        let facts = facts.with("missing_headers", missing.join(", "));
        Judged::warned("cors_headers_not_exposed", facts, detail).knowing(Known::Exposes(exposed))
    }
}

/// What is asked for in production where nobody says otherwise, for as long as the integration allows.
fn options(spec: &Spec) -> ResolveOptions {
    ResolveOptions { expires_in: spec.longest_url_lifetime, disposition: Disposition::Auto, content_type: None }
}

fn is_allowed(reply: &Reply, origin: &str) -> bool {
    reply.status < 300 && is_allowed_answer(reply, origin)
}

fn is_allowed_answer(reply: &Reply, origin: &str) -> bool {
    reply.header("access-control-allow-origin").is_some_and(|allowed| allowed == "*" || allowed == origin)
}
