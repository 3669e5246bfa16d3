//! The project's chores. `cargo xtask help` lists them.

mod docs;
mod postgres;
mod shell;
mod test;
mod tools;

use anyhow::Result;
use clap::{Parser, Subcommand, ValueEnum};

/// The project's chores.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Run all tests and checks, on real servers too. As root on Debian it installs what it needs.
    Test,
    /// Write the generated reference below `docs/reference/`.
    Docs {
        /// Change nothing; fail if the reference is not up to date.
        #[arg(long)]
        check: bool,
    },
    /// Take the pictures of the README and the guide anew, in Chromium.
    Screenshots,
    /// Measure against others' libraries.
    Bench {
        /// What to measure.
        #[arg(value_enum)]
        what: Bench,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Bench {
    /// Presigned URLs per second and core.
    Presign,
}

fn main() -> Result<()> {
    match Cli::parse().chore {
        Chore::Test => test::run(),
        Chore::Docs { check } => docs::run(check),
        Chore::Screenshots => test::screenshots(),
        Chore::Bench { what: Bench::Presign } => {
            shell::run("cargo", ["run", "--quiet", "--release", "--package", "byob-bench", "--bin", "presign"])
        }
    }
}
