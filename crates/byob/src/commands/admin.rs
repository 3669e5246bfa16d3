//! `byob admin`

use std::{path::PathBuf, process::ExitCode};

use anyhow::{anyhow, ensure};
use byob_aws::render::quick_create;
use byob_core::{
    Core, Error,
    audit::By,
    id::{OrganizationId, TokenId},
    organization::Role,
    store::TokenRow,
};
use byob_server::Config;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::{ConfigArgs, block_on, explained, start};

/// Make organizations and tokens, directly in the database, and what else only the operator does.
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
    #[command(flatten)]
    InDatabase(InDatabase),
    /// Print the template to upload to S3, so that customers get a link that makes the role (see `aws.quick_create_template_url`).
    QuickCreateTemplate,
}

#[derive(Subcommand)]
enum InDatabase {
    /// Make an organization with its first admin, and print that admin's token and link to the console. Makes the database if there is none.
    CreateOrganization {
        /// Its name, such as "Acme Robotics".
        name: String,
        /// The first admin's e-mail address.
        #[arg(long = "email", value_name = "ADDRESS")]
        email: String,
    },
    /// List organizations.
    ListOrganizations,
    /// Make a token of an organization's first admin, such as when all its tokens are lost.
    CreateToken {
        /// Whose: the organization's ID, as `list-organizations` prints it.
        #[arg(long, value_name = "ID", value_parser = organization)]
        organization: OrganizationId,
        /// What it may do.
        #[arg(long, value_enum, default_value = "admin")]
        role: RoleName,
        /// What it is for.
        #[arg(default_value = "Made by the operator")]
        name: String,
    },
    /// Make a link with which somebody sets a password for the console: a new one, or with `--operator` the first one of an operator.
    CreateLink {
        /// Their e-mail address.
        #[arg(long = "email", value_name = "ADDRESS")]
        email: String,
        /// They come to run the platform.
        #[arg(long)]
        operator: bool,
    },
    /// List who runs the platform in the console.
    ListOperators,
    /// Take the platform away from somebody, with the links that would give it back. Their account stays, and so does what they are in organizations.
    RemoveOperator {
        /// Their e-mail address.
        #[arg(long = "email", value_name = "ADDRESS")]
        email: String,
    },
    /// Look whether an organization's audit log is whole, and say where it is broken.
    #[command(after_help = "Exit code: 0 if it is whole, 1 if it is broken, 2 if it could not be looked at.")]
    VerifyAudit {
        /// Whose: the organization's ID, as `list-organizations` prints it.
        #[arg(value_name = "ID", value_parser = organization)]
        organization: OrganizationId,
    },
    /// Make a token for the operator's calls, such as making organizations.
    CreateOperatorToken {
        /// What it is for.
        #[arg(default_value = "Operator")]
        name: String,
    },
    /// List tokens: the operator's, or an organization's.
    ListTokens {
        /// Whose: the organization's ID, as `list-organizations` prints it; the operator's own without it.
        #[arg(long, value_name = "ID", value_parser = organization)]
        organization: Option<OrganizationId>,
    },
    /// Revoke a token.
    RevokeToken {
        /// Whose: the organization's ID, as `list-organizations` prints it; the operator's own without it.
        #[arg(long, value_name = "ID", value_parser = organization)]
        organization: Option<OrganizationId>,
        /// The token's ID, as `list-tokens` prints it.
        id: String,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum RoleName {
    Admin,
    Member,
    Viewer,
}

/// The most rows that a list prints.
const MOST: i64 = 10_000;

impl Admin {
    /// Works on the database and prints what is shown only once, or prints the template.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let command = match &self.command {
            Command::InDatabase(command) => command,
            Command::QuickCreateTemplate => {
                // It is the same whatever is configured, and needs no database.
                println!("{}", serde_json::to_string_pretty(&quick_create::template())?);
                return Ok(ExitCode::SUCCESS);
            }
        };
        let verifies = matches!(command, InDatabase::VerifyAudit { .. });
        match self.run_in_database(command) {
            // Not to be taken for a broken log.
            Err(error) if verifies => {
                eprintln!("byob: {error:#}");
                Ok(ExitCode::from(2))
            }
            done => done,
        }
    }

    fn run_in_database(&self, command: &InDatabase) -> anyhow::Result<ExitCode> {
        let config = self.config.load(None)?;
        let new = missing_database(&config)?;
        if let Some(file) = &new {
            ensure!(
                command.may_begin(),
                "there is no database: the file {} is missing. Run this where `byob serve` runs, or with its configuration \
                 (`--config`, `--database-url` or its environment). `byob admin create-organization` makes a new database.",
                file.display()
            );
        }
        block_on(async {
            let core = start(&config).await?;
            if let Some(file) = &new {
                eprintln!("byob: there was no database, so a new one was made: {}", file.display());
            }
            let done = command.run(&core).await.map_err(explained_here);
            core.store().close().await;
            let Answer { json, text, ending } = done?;
            println!("{}", if self.json { json.to_string() } else { text });
            Ok(ending)
        })
    }
}

/// The file of the database, if it is not there yet.
fn missing_database(config: &Config) -> anyhow::Result<Option<PathBuf>> {
    match config.database_file() {
        Some(file) if !file.exists() => Ok(Some(std::path::absolute(file)?)),
        _ => Ok(None),
    }
}

/// An ID is told from a name before anything is looked up.
fn organization(text: &str) -> Result<OrganizationId, String> {
    OrganizationId::parse(text).map_err(|_| {
        "that is not the ID of an organization, which begins with `org_`: `byob admin list-organizations` prints all".to_owned()
    })
}

/// An error as a terminal shows it. The operator has no token of an organization that could be the wrong one.
#[allow(clippy::needless_pass_by_value)] // Made for `map_err`.
fn explained_here(error: Error) -> anyhow::Error {
    if error.code() == "not_found" {
        return anyhow!(
            "{error} `byob admin list-organizations` and `byob admin list-tokens` print the IDs that there are."
        );
    }
    explained(error)
}

/// What was done, for programs and for people.
struct Answer {
    json: Value,
    text: String,
    ending: ExitCode,
}

impl InDatabase {
    /// Whether it may be the first that is done with a database.
    fn may_begin(&self) -> bool {
        matches!(self, Self::CreateOrganization { .. } | Self::CreateLink { operator: true, .. })
    }

    async fn run(&self, core: &Core) -> byob_core::Result<Answer> {
        let mut ending = ExitCode::SUCCESS;
        let (json, text) = match self {
            Self::CreateOrganization { name, email } => {
                let new = core.create_organization(&By::operator(), name, email).await?;
                let (organization, token) = (&new.organization, &new.token.secret);
                let (_, invitation) = core
                    .invite_again(&OrganizationId::parse(&organization.id)?, &By::operator(), &new.member_id)
                    .await?;
                let link = core.link(&invitation);
                let json = json!({"organization_id": organization.id, "member_id": new.member_id, "token": token, "link": link});
                let title = format!("Organization {} ({})\nThe admin's token", organization.name, organization.id);
                (json, format!("{}\n\n{}", once(&title, token), for_a_week(email, &link)))
            }
            Self::ListOrganizations => {
                let rows = core.store().organization_list("", MOST).await?;
                let lines: Vec<String> = rows.iter().map(|row| format!("{}  {}", row.id, row.name)).collect();
                (rows.iter().map(|row| json!({"id": row.id, "name": row.name})).collect(), lines.join("\n"))
            }
            Self::CreateToken { organization, role, name } => {
                let role = match role {
                    RoleName::Admin => Role::Admin,
                    RoleName::Member => Role::Member,
                    RoleName::Viewer => Role::Viewer,
                };
                let new = core.create_admin_token(organization, &By::operator(), name, role).await?;
                (json!({"token_id": new.row.id, "token": new.secret}), once("The token", &new.secret))
            }
            Self::CreateLink { email, operator } => {
                let link = core.link(&core.create_link(&By::operator(), email, *operator).await?);
                (json!({"link": link}), for_a_week(email, &link))
            }
            Self::ListOperators => {
                let emails = core.list_operators().await?;
                (json!(emails), emails.join("\n"))
            }
            Self::RemoveOperator { email } => {
                core.remove_operator(email).await?;
                (json!({"removed": email}), format!("{email} does not run the platform any more."))
            }
            Self::VerifyAudit { organization } => {
                let verified = core.verify_audit(organization).await?;
                let text = match &verified.broken {
                    None => {
                        format!("The log is whole. Entries: {}. Hash of the last: {}", verified.entries, verified.hash)
                    }
                    Some(broken) => format!("The log is broken at entry {}. {}", broken.number, broken.flaw.detail()),
                };
                if !verified.whole {
                    ending = ExitCode::FAILURE;
                }
                (json!(verified), text)
            }
            Self::CreateOperatorToken { name } => {
                let new = core.create_operator_token(name).await?;
                (json!({"token_id": new.row.id, "token": new.secret}), once("The operator's token", &new.secret))
            }
            Self::ListTokens { organization } => {
                let rows = match organization {
                    Some(id) => core.store().token_list(id, "", MOST).await?,
                    None => core.store().token_list_operator().await?,
                };
                let line = |row: &TokenRow| format!("{}  {:8}  {}", row.id, row.role, row.name);
                let json = rows.iter().map(|row| json!({"id": row.id, "name": row.name, "role": row.role})).collect();
                (json, rows.iter().map(line).collect::<Vec<_>>().join("\n"))
            }
            Self::RevokeToken { organization, id } => {
                let id = TokenId::parse(id)?;
                match organization {
                    Some(organization) => {
                        core.revoke_token(organization, &By::operator(), &id).await?;
                    }
                    None => core.store().token_delete_operator(&id).await?,
                }
                (json!({"revoked": id}), format!("Revoked {id}."))
            }
        };
        Ok(Answer { json, text, ending })
    }
}

fn for_a_week(email: &str, link: &str) -> String {
    format!("With this link, which works once and for a week, {email} sets a password for the console:\n\n{link}")
}

fn once(title: &str, token: &str) -> String {
    format!("{title}, which is shown this once:\n\n{token}")
}
