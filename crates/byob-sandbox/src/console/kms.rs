//! KMS keys: the list, new ones, and switching them off.

use axum::{
    Router,
    response::Response,
    routing::{get, post},
};
use maud::{Markup, html};

use super::{
    Answer,
    done::Done,
    form::Form,
    parts::{Field, button, copyable, empty, moment, table},
    problem::Problem,
    s3::regions,
    trial::Trial,
    visit::Visit,
};
use crate::{
    Sandbox,
    iam::names,
    kms, random,
    refusal::Refusal,
    state::{Account, KmsKey, iam::BoundPolicy},
};

/// `…/kms`.
pub fn router() -> Router<Sandbox> {
    Router::new()
        .route("/_console/{account}/kms", get(page).post(create))
        .route("/_console/{account}/kms/switch", post(switch))
}

async fn page(visit: Visit) -> Answer {
    show(&visit, &Trial::default())
}

/// Makes a key with the key policy of KMS's console.
async fn create(visit: Visit, form: Form) -> Answer {
    let now = visit.now();
    let made = visit.sandbox.change_iam(|iam| {
        names::check_description(form.get("description"))?;
        let region = byob_aws::Region::parse(form.get("region"));
        region.map_err(|_| Refusal::new(400, "ValidationException", "There is no such region."))?;
        let key = KmsKey {
            id: random::uuid(),
            region: form.get("region").to_owned(),
            description: form.get("description").to_owned(),
            policy: BoundPolicy::bind(kms::default_policy(&visit.account), iam),
            created: now,
            enabled: true,
            deletion: None,
        };
        let account = iam.accounts.get_mut(&visit.account).ok_or_else(Refusal::internal)?;
        account.keys.insert(key.id.clone(), key);
        Ok(())
    });
    match made {
        Ok(()) => Ok(visit.link("kms").after(Done::KMS_CREATED)),
        Err(refusal) => show(&visit, &Trial::refused(form, "description", Refusal::into(refusal))),
    }
}

/// Switches a key on or off; one that is to be deleted stays off.
async fn switch(visit: Visit, _: Form) -> Answer {
    let enabled = visit.param("enabled") == "true";
    visit.sandbox.change_iam(|iam| {
        let key = iam.accounts.get_mut(&visit.account).and_then(|account| account.keys.get_mut(visit.param("key")));
        let key = key.ok_or_else(|| Problem::missing("key", visit.param("key")).back(visit.link("kms"), "the keys"))?;
        if key.deletion.is_some() {
            let message = "The key is pending deletion. Cancel that first, with the AWS CLI.";
            return Err(Problem::from(Refusal::new(400, "KMSInvalidStateException", message))
                .back(visit.link("kms"), "the keys"));
        }
        key.enabled = enabled;
        Ok(())
    })?;
    Ok(visit.link("kms").after(if enabled { Done::KMS_ENABLED } else { Done::KMS_DISABLED }))
}

fn show(visit: &Visit, trial: &Trial) -> Result<Response, Problem> {
    let iam = visit.iam();
    Ok(visit.show_form("Keys", trial, &view(visit, visit.of(&iam)?, trial)))
}

fn view(visit: &Visit, account: &Account, trial: &Trial) -> Markup {
    let description = Field {
        name: "description",
        label: "Description",
        hint: "What the key is for.",
        value: trial.value("description", ""),
        kind: "text",
        optional: true,
    };
    let rows = html! { @for key in account.keys.values() { (row(visit, account, key)) } };
    html! {
        p.lead { "Keys of KMS, for buckets that encrypt with one. The sandbox encrypts nothing; it demands the permissions." }
        @if account.keys.is_empty() {
            (empty("This account has no keys yet.", &html! {}))
        } @else {
            (table("Keys", &["ARN", "Description", "Status", "Created", ""], &rows))
        }
        h2 { "Create a key" }
        form.stack method="post" action=(visit.link("kms")) {
            div.field {
                label for="region" { "Region" }
                (regions(trial.value("region", "eu-central-1")))
                p.hint { "A bucket can use keys of its own region only." }
            }
            (description.view(trial.mistake("description")))
            p.actions { button.primary type="submit" { "Create key" } }
        }
    }
}

fn row(visit: &Visit, account: &Account, key: &KmsKey) -> Markup {
    let switch = |enabled: &str| visit.link("kms/switch").with("key", &key.id).with("enabled", enabled);
    html! {
        tr {
            th scope="row" { (copyable(&account.key_arn(key))) }
            td { @if key.description.is_empty() { "—" } @else { (key.description) } }
            td {
                @match (key.deletion, key.enabled) {
                    (Some(_), _) => span.badge.bad { "Pending deletion" },
                    (None, true) => span.badge.good { "Enabled" },
                    (None, false) => span.badge.bad { "Disabled" },
                }
            }
            td { (moment(key.created)) }
            td.buttons {
                @if key.deletion.is_none() {
                    @if key.enabled {
                        (button(&switch("false"), "Disable"))
                    } @else {
                        (button(&switch("true"), "Enable"))
                    }
                }
            }
        }
    }
}
