//! All tests and checks, in the order in which they fail fastest.

use anyhow::Result;

use crate::{
    docs,
    postgres::Postgres,
    shell::{self, command, run_command},
    tools,
};

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
    let mut interop = command(tools::python()?, ["-m", "pytest", "tests/interop", "--quiet"]);
    interop.env("BYOB_TEST_POSTGRES_URL", postgres.url());
    interop.env("BYOB_IAM_SIMULATE", tools::node_packages()?);
    interop.env("BYOB_AWS_CLI", tools::aws_cli()?);
    run_command(interop)
}
