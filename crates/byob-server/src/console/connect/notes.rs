//! What is noted beside the settings of a draft: with what somebody began, and what they typed and have not saved.

use std::collections::BTreeMap;

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use byob_core::integration::{Record, drafts};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Draft,
    steps::{Order, Step},
};
use crate::{
    console::{Answer, form::Form},
    router::App,
};

/// Other pages may note something, too.
const OURS: &str = "console";

/// Fields that are typed anew: secrets, and where people paste them by mistake.
const SECRET: [&str; 2] = ["authentication.secret_access_key", "authentication.access_key_id"];

/// Fields by name, with what stands in each; nothing does where no box is ticked.
pub type Fields = BTreeMap<String, Vec<String>>;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Notes {
    pub began_with: Order,
    /// The role, while another way in is chosen: whoever comes back to it finds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// By step, the fields that differ from the settings.
    typed: BTreeMap<String, Fields>,
}

impl Notes {
    pub fn of(draft: &Record) -> Self {
        draft.notes().map(|all| Self::among(&all)).unwrap_or_default()
    }

    /// Whoever else writes there has made nothing that is missed.
    fn among(all: &drafts::Notes) -> Self {
        all.get(OURS).cloned().and_then(|ours| serde_json::from_value(ours).ok()).unwrap_or_default()
    }

    /// Makes a change among all that is noted.
    pub fn change(all: &mut drafts::Notes, change: impl FnOnce(&mut Self)) {
        let mut notes = Self::among(all);
        change(&mut notes);
        all.insert(OURS.to_owned(), json!(notes));
    }

    /// What was typed at a step and is not saved.
    pub fn typed(&self, step: Step) -> Option<&Fields> {
        self.typed.get(step.path())
    }

    /// What stands at a step in place of the settings; of secrets nothing does.
    pub fn set_typed(&mut self, step: Step, mut fields: Fields) {
        fields.retain(|name, _| !SECRET.contains(&name.as_str()));
        if fields.is_empty() {
            self.typed.remove(step.path());
        } else {
            self.typed.insert(step.path().to_owned(), fields);
        }
    }

    /// Forgets what was typed in place of a setting that was set otherwise since.
    pub fn forget(&mut self, setting: &str) {
        for fields in self.typed.values_mut() {
            fields.retain(|name, _| name.split('.').next() != Some(setting));
        }
        self.typed.retain(|_, fields| !fields.is_empty());
    }
}

/// Notes what somebody types while they type it, as scripts send it: the fields that were touched, named by `touched`.
pub async fn note(step: Step, State(app): State<App>, draft: Draft, sent: Form) -> Answer {
    let touched: Fields =
        sent.all("touched").map(|name| (name.to_owned(), sent.all(name).map(str::to_owned).collect())).collect();
    draft.keep(&app, step, &draft.form(step).with(&touched)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
