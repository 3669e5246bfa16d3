//! What is noted beside the settings of a draft: with what somebody began, and what they typed and is not right yet.

use std::collections::BTreeMap;

use byob_core::{
    Error,
    integration::{Record, drafts},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::steps::{Order, Step};
use crate::{
    console::{form::Form, here::Here},
    router::App,
};

/// Other pages may note something, too.
const OURS: &str = "console";

/// Fields that are typed again.
const SECRET: [&str; 1] = ["authentication.secret_access_key"];

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Notes {
    pub began_with: Order,
    /// By step.
    typed: BTreeMap<String, Form>,
}

impl Notes {
    pub fn began_with(began_with: Order) -> Self {
        Self { began_with, typed: BTreeMap::new() }
    }

    pub fn of(draft: &Record) -> Self {
        let ours = all(draft).remove(OURS).unwrap_or_default();
        // Whoever else writes there has made nothing that is missed.
        serde_json::from_value(ours).unwrap_or_default()
    }

    /// What was typed at a step and is not right yet.
    pub fn typed(&self, step: Step) -> Option<&Form> {
        self.typed.get(step.path())
    }

    pub fn keep(&mut self, step: Step, form: &Form) {
        self.typed.insert(step.path().to_owned(), form.without(&SECRET));
    }

    /// Forgets what was typed at a step; whether there was anything.
    pub fn forget(&mut self, step: Step) -> bool {
        self.typed.remove(step.path()).is_some()
    }

    /// Stores them.
    pub async fn store(&self, app: &App, here: &Here, draft: &Record) -> Result<(), Error> {
        let mut notes = all(draft);
        notes.insert(OURS.to_owned(), json!(self));
        app.core.note_draft(here.organization(), &draft.id, &drafts::Notes::parse(&Value::Object(notes))?).await?;
        Ok(())
    }
}

fn all(draft: &Record) -> Map<String, Value> {
    draft.row.notes.as_deref().and_then(|notes| serde_json::from_str(notes).ok()).unwrap_or_default()
}
