//! `byob admin`

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{ConfigArgs, block_on, explained, start};

/// Make organizations and tokens, directly in the database.
#[derive(Args)]
pub struct Admin {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    config: ConfigArgs,
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Make an organization with its first admin, and print that admin's token.
    CreateOrganization {
        /// Its name, such as "Acme Robotics".
        name: String,
        /// The first admin's e-mail address.
        #[arg(long = "email", value_name = "ADDRESS")]
        email: String,
    },
    /// Make a token for the operator's calls, such as making organizations.
    CreateOperatorToken {
        /// What it is for.
        #[arg(default_value = "Operator")]
        name: String,
    },
}

impl Admin {
    /// Writes to the database, and prints what is shown only once.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.config.load(None)?;
        block_on(async {
            let core = start(&config).await?;
            let (json, text) = match &self.command {
                Command::CreateOrganization { name, email } => {
                    let new = core.create_organization(name, email).await.map_err(explained)?;
                    let organization = &new.organization;
                    (
                        json!({"organization_id": organization.id, "member_id": new.member_id, "token": new.token.secret}),
                        format!(
                            "Organization {} ({})\nThe admin's token, which is shown this once:\n\n{}",
                            organization.name, organization.id, new.token.secret
                        ),
                    )
                }
                Command::CreateOperatorToken { name } => {
                    let new = core.create_operator_token(name).await.map_err(explained)?;
                    (
                        json!({"token_id": new.row.id, "token": new.secret}),
                        format!("The operator's token, which is shown this once:\n\n{}", new.secret),
                    )
                }
            };
            core.store().close().await;
            println!("{}", if self.json { json.to_string() } else { text });
            Ok(ExitCode::SUCCESS)
        })
    }
}
