//! All tests and checks, in the order in which they fail fastest.

use std::process::Command;

use anyhow::Result;

use crate::{
    docs,
    postgres::Postgres,
    shell::{self, command, run_command},
    tools,
};

/// Writes the pictures where the README and the guide look for them.
pub fn screenshots() -> Result<()> {
    shell::run("cargo", ["build", "--quiet"])?;
    let mut test = browser_test()?;
    test.arg(shell::root().join("tests/browser/screenshots.test.mjs"));
    test.env("BYOB_SCREENSHOTS", shell::root().join("docs/guide/images"));
    run_command(test)
}

/// Node, ready to run tests in a browser.
fn browser_test() -> Result<Command> {
    let mut tests = command("node", ["--test", "--test-reporter=spec"]);
    tests.env("BYOB_BROWSER_PACKAGES", tools::node_packages("browser")?);
    tests.env("BYOB_BROWSER_OUTPUT", shell::root().join("target/browser"));
    tests.env("BYOB_PROGRAM", shell::root().join("target/debug/byob"));
    Ok(tests)
}

/// The console, as people use it. A failed test leaves a trace in `target/browser`.
fn in_a_browser() -> Result<()> {
    let folder = std::fs::read_dir(shell::root().join("tests/browser"))?;
    let files = folder.filter_map(|entry| Some(entry.ok()?.path()));
    let mut files: Vec<_> = files.filter(|file| file.to_string_lossy().ends_with(".test.mjs")).collect();
    files.sort();
    let mut tests = browser_test()?;
    tests.args(files);
    run_command(tests)
}

/// Runs everything; the first failure ends it.
pub fn run() -> Result<()> {
    tools::install_missing()?;
    shell::run("cargo", ["fmt", "--all", "--check"])?;
    shell::run("cargo", ["clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"])?;

    let postgres = Postgres::start()?;
    let mut tests = command("cargo", ["test", "--workspace", "--quiet"]);
    tests.env("BYOB_TEST_POSTGRES_URL", postgres.url());
    run_command(tests)?;

    let mut documentation = command("cargo", ["doc", "--workspace", "--no-deps", "--quiet"]);
    documentation.env("RUSTDOCFLAGS", "--deny warnings");
    run_command(documentation)?;

    shell::run("cargo", ["build", "--quiet"])?;
    docs::run(true)?;
    in_a_browser()?;
    let mut interop = command(tools::python()?, ["-m", "pytest", "tests/interop", "--quiet"]);
    interop.env("BYOB_TEST_POSTGRES_URL", postgres.url());
    interop.env("BYOB_IAM_SIMULATE", tools::node_packages("interop")?);
    interop.env("BYOB_AWS_CLI", tools::aws_cli()?);
    run_command(interop)
}
