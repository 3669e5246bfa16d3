//! Who may reach a bucket: Block Public Access, the bucket policy, CORS.

use axum::response::Response;
use byob_aws::iam::PolicyKind;
use maud::{Markup, html};

use super::{
    super::{
        Answer,
        done::Done,
        form::Form,
        link::Link,
        mistake::Mistake,
        parts::{Editor, dangerous, mistake},
        problem::Problem,
        trial::Trial,
        visit::Visit,
    },
    configure, cors, tabs,
};
use crate::{
    refusal::xml,
    s3::{
        admin,
        public_access::{self, PublicAccess},
    },
};

/// What the page shows.
struct Permissions {
    public: PublicAccess,
    policy: Option<String>,
    cors: Option<String>,
}

/// The page.
pub async fn page(visit: Visit) -> Answer {
    show(&visit, &Trial::default())
}

/// Saves the bucket policy.
pub async fn save_policy(visit: Visit, form: Form) -> Answer {
    let text = form.get("policy").to_owned();
    let iam = visit.iam();
    let saved = admin::set_policy(&mut visit.sandbox.write(), &visit.account, visit.param("bucket"), Some(&text));
    match saved {
        Ok(()) => Ok(here(&visit).after(Done::BUCKET_POLICY_SAVED)),
        Err(refusal) => {
            let mistake = Mistake::of_policy(refusal, &text, PolicyKind::Resource, &iam);
            show(&visit, &Trial::refused(form, "policy", mistake))
        }
    }
}

/// Deletes the bucket policy.
pub async fn delete_policy(visit: Visit, _: Form) -> Answer {
    admin::set_policy(&mut visit.sandbox.write(), &visit.account, visit.param("bucket"), None)?;
    Ok(here(&visit).after(Done::BUCKET_POLICY_DELETED))
}

/// Saves the CORS configuration; an empty one deletes it.
pub async fn save_cors(visit: Visit, form: Form) -> Answer {
    if form.get("cors").trim().is_empty() {
        configure(&visit, "cors", String::new())?;
        return Ok(here(&visit).after(Done::CORS_DELETED));
    }
    let saved = cors::to_stored(form.get("cors")).and_then(|xml| configure(&visit, "cors", xml).map_err(Mistake::from));
    match saved {
        Ok(()) => Ok(here(&visit).after(Done::CORS_SAVED)),
        Err(mistake) => show(&visit, &Trial::refused(form, "cors", mistake)),
    }
}

/// Saves Block Public Access.
pub async fn save_public_access(visit: Visit, form: Form) -> Answer {
    let xml = xml(&html! {
        PublicAccessBlockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/" {
            BlockPublicAcls { (form.is_checked("block_acls")) }
            IgnorePublicAcls { (form.is_checked("ignore_acls")) }
            BlockPublicPolicy { (form.is_checked("block_policy")) }
            RestrictPublicBuckets { (form.is_checked("restrict")) }
        }
    });
    match configure(&visit, "publicAccessBlock", xml) {
        Ok(()) => Ok(here(&visit).after(Done::PUBLIC_ACCESS_SAVED)),
        Err(refusal) => show(&visit, &Trial::refused(form, "public", refusal.into())),
    }
}

fn here(visit: &Visit) -> Link {
    visit.link("s3/permissions").with("bucket", visit.param("bucket"))
}

fn show(visit: &Visit, trial: &Trial) -> Result<Response, Problem> {
    let iam = visit.iam();
    let state = visit.sandbox.read();
    let bucket = visit.bucket(&state)?;
    let permissions = Permissions {
        public: public_access::of(bucket),
        policy: bucket.policy.as_ref().map(|policy| policy.in_force(&iam)),
        cors: bucket.configuration.get("cors").map(|xml| cors::to_json(xml)),
    };
    drop(state);
    Ok(visit.show_form(visit.param("bucket"), trial, &view(visit, &permissions, trial)))
}

fn view(visit: &Visit, permissions: &Permissions, trial: &Trial) -> Markup {
    html! {
        (tabs::view(visit, "s3/permissions"))
        (policy_form(visit, permissions.policy.as_deref(), trial))
        (cors_form(visit, permissions.cors.as_deref().unwrap_or_default(), trial))
        (public_form(visit, permissions.public, trial))
    }
}

fn policy_form(visit: &Visit, policy: Option<&str>, trial: &Trial) -> Markup {
    let arn = format!("arn:aws:s3:::{}", visit.param("bucket"));
    let hint = format!("JSON that names principals and what they may do with {arn} and {arn}/*.");
    let editor = Editor {
        name: "policy",
        label: "Policy",
        hint: &hint,
        text: trial.value("policy", policy.unwrap_or_default()),
        optional: false,
    };
    let form = |name: &str| visit.link(name).with("bucket", visit.param("bucket"));
    html! {
        h2 { "Bucket policy" }
        @if policy.is_none() { p { "This bucket has no policy: only identities of its own account reach it." } }
        form.stack method="post" action=(form("s3/permissions/policy")) {
            (editor.view(trial.mistake("policy")))
            p.actions { button.primary type="submit" { "Save bucket policy" } }
        }
        @if policy.is_some() {
            (dangerous(
                &form("s3/permissions/policy/delete"),
                "Delete bucket policy",
                "What only the policy allows is refused from then on.",
            ))
        }
    }
}

fn cors_form(visit: &Visit, cors: &str, trial: &Trial) -> Markup {
    let editor = Editor {
        name: "cors",
        label: "CORS configuration",
        hint: "A JSON list of rules with AllowedHeaders, AllowedMethods, AllowedOrigins, ExposeHeaders and MaxAgeSeconds. Save it empty to \
               delete it.",
        text: trial.value("cors", cors),
        optional: false,
    };
    html! {
        h2 { "Cross-origin resource sharing (CORS)" }
        p { "Which websites may read this bucket’s files in a browser." }
        form.stack method="post" action=(visit.link("s3/permissions/cors").with("bucket", visit.param("bucket"))) {
            (editor.view(trial.mistake("cors")))
            p.actions { button.primary type="submit" { "Save CORS configuration" } }
        }
    }
}

fn public_form(visit: &Visit, public: PublicAccess, trial: &Trial) -> Markup {
    let boxes = [
        ("block_acls", public.block_acls, "Refuse new access control lists that name everybody"),
        ("ignore_acls", public.ignore_acls, "Ignore all access control lists that name everybody"),
        ("block_policy", public.block_policy, "Refuse new bucket policies that name everybody"),
        ("restrict", public.restrict, "Let bucket policies that name everybody serve this account only"),
    ];
    html! {
        h2 { "Block Public Access" }
        p { "AWS turns all four on for new buckets. The sandbox leaves them off until you turn them on." }
        form.stack method="post" action=(visit.link("s3/permissions/public").with("bucket", visit.param("bucket"))) {
            (mistake(trial, "public"))
            fieldset {
                legend { "Settings" }
                @for (name, on, what) in boxes {
                    label.check { input type="checkbox" name=(name) checked[on]; " " (what) }
                }
            }
            p.actions { button type="submit" { "Save settings" } }
        }
    }
}
