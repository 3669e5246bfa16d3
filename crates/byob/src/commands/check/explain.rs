//! The reference of the check, from its own tables.

use std::fmt::{Result, Write};

use byob_core::check::{
    causes::CAUSES,
    report::DocumentKind,
    steps::{STEPS, StepName},
};

/// Every step and every cause, as Markdown.
pub fn reference() -> String {
    let mut text = String::new();
    // Writing to a text cannot fail.
    let _ = write(&mut text);
    text
}

fn write(text: &mut String) -> Result {
    text.push_str(
        "# The connection check\n\n\
         As `byob check --explain` prints it.\n\n\
         ## Steps\n\n\
         Each name is a claim that is true exactly when the step passed. A step whose needs failed is skipped, and says so.\n",
    );
    for info in &STEPS {
        write!(text, "\n### `{}`\n\n{}\n\n", info.step, info.claim)?;
        writeln!(text, "- How: {}", info.does)?;
        if !info.needs.is_empty() {
            writeln!(text, "- Needs: {}", names(info.needs))?;
        }
        let causes: Vec<&str> =
            CAUSES.iter().filter(|cause| cause.steps.contains(&info.step)).map(|cause| cause.name).collect();
        if !causes.is_empty() {
            let causes: Vec<String> = causes.iter().map(|name| format!("[`{name}`](#{name})")).collect();
            writeln!(text, "- Causes of its own: {}", causes.join(", "))?;
        }
    }
    text.push_str(
        "\n## Causes\n\n\
         The first whose step and sign fit is named, in this order. Words in braces are filled in with the facts.\n",
    );
    for cause in CAUSES {
        write!(text, "\n### `{}`\n\n{}\n\n", cause.name, cause.means)?;
        writeln!(text, "- Sign: {}.", cause.sign)?;
        let steps = if cause.steps.is_empty() { "any step".to_owned() } else { names(cause.steps) };
        writeln!(text, "- Of: {steps}")?;
        writeln!(text, "- To do: {}", cause.fix)?;
        if let Some(kind) = cause.document {
            let document = match kind {
                DocumentKind::AccessPolicy => "the access policy",
                DocumentKind::TrustPolicy => "the trust policy",
                DocumentKind::Cors => "the CORS configuration",
            };
            writeln!(text, "- Comes with: {document}")?;
        }
    }
    Ok(())
}

fn names(steps: &[StepName]) -> String {
    steps.iter().map(|step| format!("`{step}`")).collect::<Vec<_>>().join(", ")
}
