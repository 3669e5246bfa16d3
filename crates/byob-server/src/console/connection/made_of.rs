//! Of which settings a form was made, so that one from before somebody saved undoes nothing.

use byob_core::{Error, Kind};
use maud::{Markup, html};

use crate::console::form::{Faults, Form};

/// The field that says it.
pub const MADE_OF: &str = "made_of";

/// The field, in a form that is made of what is saved.
pub fn field(saved: &Form) -> Markup {
    html! { input type="hidden" name=(MADE_OF) value=(saved.fingerprint()); }
}

/// What is said of a form that would undo what was saved since it was made. Whoever does not say of which settings it was made knows what they do.
pub fn stale(sent: &Form, saved: &Form, what: &str) -> Faults {
    let made_of = sent.get(MADE_OF);
    if made_of.is_empty() || made_of == saved.fingerprint() {
        return Faults::default();
    }
    let detail = format!("{what} meanwhile, in another tab or by somebody else.");
    let hint = "What you typed stands here and is not saved: look it over, and save it again if it is to count.";
    Faults::general(Error::new(Kind::Conflict, "changed_meanwhile", detail).hint(hint))
}
