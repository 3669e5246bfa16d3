//! The generated reference: written from what the program says of itself, so that it cannot be wrong.

use std::{fmt::Write, fs};

use anyhow::{Context, Result, bail};

use crate::shell::{command, output, root};

const COMMANDS: &[&str] = &[
    "",
    "demo",
    "sandbox",
    "serve",
    "admin",
    "admin create-organization",
    "admin list-organizations",
    "admin create-token",
    "admin create-link",
    "admin list-operators",
    "admin remove-operator",
    "admin verify-audit",
    "admin create-operator-token",
    "admin list-tokens",
    "admin revoke-token",
    "admin quick-create-template",
    "config",
    "openapi",
    "check",
    "resolve",
    "presign",
    "locator",
    "policy",
    "policy evaluate",
    "policy doctor",
];

/// Writes the files, or with `check` compares them.
pub fn run(check: bool) -> Result<()> {
    let openapi = byob(&["openapi"])?;
    let configuration = format!(
        "# Configuration\n\nEvery setting with its default, as `byob config` prints it.\n\n```toml\n{}```\n",
        byob(&["config"])?
    );
    for (name, text) in [
        ("openapi.json", openapi),
        ("configuration.md", configuration),
        ("command-line.md", command_line()?),
        ("checks.md", byob(&["check", "--explain"])?),
    ] {
        let file = root().join("docs/reference").join(name);
        if !check {
            fs::create_dir_all(file.parent().context("docs/reference")?)?;
            fs::write(&file, text)?;
        } else if fs::read_to_string(&file).ok().as_deref() != Some(&text) {
            bail!("docs/reference/{name} is not up to date: run `cargo xtask docs`, and commit what it writes");
        }
    }
    Ok(())
}

fn command_line() -> Result<String> {
    let mut text = String::from("# Command line\n\nAs `--help` prints it.\n");
    for name in COMMANDS {
        let mut words: Vec<&str> = name.split_whitespace().collect();
        words.push("--help");
        write!(text, "\n## `byob {name}`\n\n```text\n{}```\n", byob(&words)?)?;
    }
    Ok(text.replace("## `byob `", "## `byob`"))
}

fn byob(args: &[&str]) -> Result<String> {
    let mut cargo = command("cargo", ["run", "--quiet", "--package", "byob", "--"]);
    // The width of help and the defaults that it shows must not depend on who asks.
    cargo.args(args).env("COLUMNS", "100");
    for variable in ["AWS_REGION", "AWS_ENDPOINT_URL_S3", "BYOB_URL", "BYOB_TOKEN", "BYOB_CONFIG"] {
        cargo.env_remove(variable);
    }
    output(cargo)
}
