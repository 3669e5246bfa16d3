//! `byob admin`

use std::process::ExitCode;

use byob_aws::render::quick_create;
use byob_core::{
    Core,
    audit::By,
    id::{OrganizationId, TokenId},
    organization::Role,
    store::TokenRow,
};
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
    /// Make an organization with its first admin, and print that admin's token and link to the console.
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
        /// Whose.
        #[arg(long, value_name = "ID")]
        organization: String,
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
    VerifyAudit {
        /// Whose.
        #[arg(value_name = "ID")]
        organization: String,
    },
    /// Make a token for the operator's calls, such as making organizations.
    CreateOperatorToken {
        /// What it is for.
        #[arg(default_value = "Operator")]
        name: String,
    },
    /// List tokens: the operator's, or an organization's.
    ListTokens {
        /// Whose; the operator's own without it.
        #[arg(long, value_name = "ID")]
        organization: Option<String>,
    },
    /// Revoke a token.
    RevokeToken {
        /// Whose; the operator's own without it.
        #[arg(long, value_name = "ID")]
        organization: Option<String>,
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
        let command = match self.command {
            Command::InDatabase(command) => command,
            Command::QuickCreateTemplate => {
                // It is the same whatever is configured, and needs no database.
                println!("{}", serde_json::to_string_pretty(&quick_create::template())?);
                return Ok(ExitCode::SUCCESS);
            }
        };
        let config = self.config.load(None)?;
        block_on(async {
            let core = start(&config).await?;
            let done = command.run(&core).await.map_err(explained);
            core.store().close().await;
            let (json, text) = done?;
            println!("{}", if self.json { json.to_string() } else { text });
            Ok(ExitCode::SUCCESS)
        })
    }
}

impl InDatabase {
    /// What was done, for programs and for people.
    async fn run(&self, core: &Core) -> byob_core::Result<(Value, String)> {
        Ok(match self {
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
                let new =
                    core.create_admin_token(&OrganizationId::parse(organization)?, &By::operator(), name, role).await?;
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
                let verified = core.verify_audit(&OrganizationId::parse(organization)?).await?;
                let text = match &verified.broken {
                    None => {
                        format!("The log is whole. Entries: {}. Hash of the last: {}", verified.entries, verified.hash)
                    }
                    Some(broken) => format!("The log is broken at entry {}. {}", broken.number, broken.flaw.detail()),
                };
                (json!(verified), text)
            }
            Self::CreateOperatorToken { name } => {
                let new = core.create_operator_token(name).await?;
                (json!({"token_id": new.row.id, "token": new.secret}), once("The operator's token", &new.secret))
            }
            Self::ListTokens { organization } => {
                let rows = match organization {
                    Some(id) => core.store().token_list(&OrganizationId::parse(id)?, "", MOST).await?,
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
                        core.revoke_token(&OrganizationId::parse(organization)?, &By::operator(), &id).await?;
                    }
                    None => core.store().token_delete_operator(&id).await?,
                }
                (json!({"revoked": id}), format!("Revoked {id}."))
            }
        })
    }
}

fn for_a_week(email: &str, link: &str) -> String {
    format!("With this link, which works once and for a week, {email} sets a password for the console:\n\n{link}")
}

fn once(title: &str, token: &str) -> String {
    format!("{title}, which is shown this once:\n\n{token}")
}
