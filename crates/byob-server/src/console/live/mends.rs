//! What can be mended at a click: settings that a check has found.

use byob_core::{Error, check::Report};
use maud::{Markup, html};
use serde_json::{Map, Value};

use super::report::settings;
use crate::console::form::Form;

/// The settings that were found, to be taken over one after the other. `action` is where that is done.
pub fn offers(report: &Report, action: &str) -> Markup {
    let offers = report.steps.iter().filter_map(|step| Some((step, step.finding.as_ref()?.settings.as_ref()?)));
    html! {
        @for (step, found) in offers {
            form .note .row method="post" action=(action) {
                input type="hidden" name="step" value=(step.name);
                p { "The check found what would mend it: " (settings(found)) }
                button { "Take over" }
            }
        }
    }
}

/// What was chosen of it.
pub fn chosen(report: &Report, form: &Form) -> Result<Map<String, Value>, Error> {
    let step = report.steps.iter().find(|step| step.name.as_str() == form.get("step"));
    let settings = step.and_then(|step| step.finding.as_ref()?.settings.as_ref()?.as_object().cloned());
    settings.ok_or_else(|| Error::not_found("finding"))
}
