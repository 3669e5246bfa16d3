//! `byob sandbox`

use std::{
    collections::BTreeMap,
    io::{self, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::{Context, bail};
use byob_sandbox::{Credentials, clock::Clock};
use clap::Args;
use serde::Serialize;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use super::block_on;

/// Run an AWS of its own on this machine.
#[derive(Args)]
pub struct Sandbox {
    /// The port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 9444, value_name = "PORT")]
    port: u16,
    /// The address to listen on.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), value_name = "ADDRESS")]
    host: IpAddr,
    /// Listen on an address that other machines reach. The sandbox is made for tests: it has no rate limits, no TLS, and controls that
    /// need no password.
    #[arg(long)]
    allow_remote: bool,
    /// Keep everything in this folder; without it, everything is gone when the sandbox stops.
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// An account to make, as twelve digits and a name. May be given several times; the first start makes two without it.
    #[arg(long = "account", value_name = "ID=NAME", value_parser = account)]
    accounts: Vec<(String, String)>,
    /// Print what there is as one line of JSON instead of a page for people.
    #[arg(long)]
    json: bool,
}

/// The accounts that there are when nothing else is asked for.
pub const PLATFORM: (&str, &str) = ("111111111111", "platform");
/// See [`PLATFORM`].
pub const CUSTOMER: (&str, &str) = ("222222222222", "customer");

impl Sandbox {
    /// Those of a folder that was used before and those that are asked for, by ID; the two of a new world where there are none.
    fn accounts(&self, sandbox: &byob_sandbox::Sandbox) -> anyhow::Result<BTreeMap<String, String>> {
        let state = sandbox.read();
        let known = state.iam.written().accounts.values().map(|account| (account.id.clone(), account.name.clone()));
        let mut accounts: BTreeMap<String, String> = known.collect();
        for (id, name) in &self.accounts {
            match accounts.insert(id.clone(), name.clone()) {
                Some(other) if other != *name => {
                    bail!("the account {id} is called {other} already; it cannot be {name}, too")
                }
                _ => {}
            }
        }
        if accounts.is_empty() {
            accounts.extend([PLATFORM, CUSTOMER].map(|(id, name)| (id.to_owned(), name.to_owned())));
        }
        Ok(accounts)
    }
}

#[derive(Serialize)]
struct Started {
    endpoint_url: String,
    console_url: String,
    region: &'static str,
    accounts: Vec<Account>,
}

#[derive(Serialize)]
struct Account {
    id: String,
    name: String,
    canonical_id: String,
    access_key_id: String,
    secret_access_key: String,
}

impl Sandbox {
    /// Runs until SIGTERM or Ctrl-C.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        if !self.host.is_loopback() && !self.allow_remote {
            bail!(
                "{} can be reached by other machines, and the sandbox is made for this one alone: its controls need no password. \
                 Take 127.0.0.1, or say `--allow-remote` if that is what you want.",
                self.host
            );
        }
        block_on(async {
            let sandbox = match &self.data {
                None => byob_sandbox::Sandbox::in_memory(Clock::system()),
                Some(folder) => byob_sandbox::Sandbox::in_folder(folder.clone(), Clock::system())
                    .with_context(|| format!("the folder {} cannot be used", folder.display()))?,
            };
            let accounts = self.accounts(&sandbox)?;
            let keys: Vec<Credentials> = accounts.iter().map(|(id, name)| sandbox.account(id, name)).collect();
            let address = SocketAddr::new(self.host, self.port);
            let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
            let address = listener.local_addr()?;
            let started = describe(&sandbox, address, &accounts, &keys);
            // Who reads the line may stop the sandbox at once.
            let stop = stopped()?;
            let text = if self.json { serde_json::to_string(&started)? } else { for_people(&started) };
            // Who has read enough may close the pipe; the sandbox goes on.
            let _ = writeln!(io::stdout(), "{text}");
            sandbox.serve(listener, stop).await.context("the sandbox had to stop")?;
            Ok(ExitCode::SUCCESS)
        })
    }
}

fn describe(
    sandbox: &byob_sandbox::Sandbox,
    address: SocketAddr,
    accounts: &BTreeMap<String, String>,
    keys: &[Credentials],
) -> Started {
    let state = sandbox.read();
    let canonical_id =
        |id: &str| state.iam.written().accounts.get(id).map(|account| account.canonical_id.clone()).unwrap_or_default();
    Started {
        endpoint_url: format!("http://{address}"),
        console_url: format!("http://{address}/_console/"),
        region: "us-east-1",
        accounts: accounts
            .iter()
            .zip(keys)
            .map(|((id, name), key)| Account {
                id: id.clone(),
                name: name.clone(),
                canonical_id: canonical_id(id),
                access_key_id: key.access_key_id.clone(),
                secret_access_key: key.secret_access_key.clone(),
            })
            .collect(),
    }
}

fn for_people(started: &Started) -> String {
    use std::fmt::Write as _;
    let Started { endpoint_url, console_url, region, accounts } = started;
    let mut text = format!(
        "An AWS of your own listens on {endpoint_url}: S3, STS, IAM and KMS of every region.\n\
         Its console, in a browser: {console_url}\n\n\
         Accounts, each with a user `admin` who may do everything in it:\n\n"
    );
    for Account { id, name, access_key_id, secret_access_key, .. } in accounts {
        let _ = writeln!(text, "  {id}  {name:<10}  {access_key_id}  {secret_access_key}");
    }
    if let Some(Account { access_key_id, secret_access_key, .. }) = accounts.last() {
        let _ = write!(
            text,
            "\nThe AWS CLI, boto3 and every other SDK:\n\n\
             \x20 export AWS_ENDPOINT_URL={endpoint_url} AWS_REGION={region} AWS_DEFAULT_REGION={region}\n\
             \x20 export AWS_ACCESS_KEY_ID={access_key_id} AWS_SECRET_ACCESS_KEY={secret_access_key}\n\
             \x20 aws s3 mb s3://my-bucket\n\n\
             Terraform:\n\n\
             \x20 provider \"aws\" {{\n\
             \x20   region                      = \"{region}\"\n\
             \x20   s3_use_path_style           = true\n\
             \x20   skip_requesting_account_id  = true\n\
             \x20   skip_metadata_api_check     = true\n\
             \x20   endpoints {{\n\
             \x20     s3  = \"{endpoint_url}\"\n\
             \x20     iam = \"{endpoint_url}\"\n\
             \x20     sts = \"{endpoint_url}\"\n\
             \x20     kms = \"{endpoint_url}\"\n\
             \x20   }}\n\
             \x20 }}\n\n\
             Ctrl-C stops it."
        );
    }
    text
}

/// Waits for SIGTERM or Ctrl-C.
fn stopped() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let deaf = "signals cannot be received";
    let mut terminate = signal(SignalKind::terminate()).context(deaf)?;
    let mut interrupt = signal(SignalKind::interrupt()).context(deaf)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

fn account(text: &str) -> Result<(String, String), String> {
    let (id, name) = text.split_once('=').unwrap_or((text, ""));
    if id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit()) && !name.is_empty() {
        Ok((id.to_owned(), name.to_owned()))
    } else {
        Err("an account is twelve digits and a name, such as 333333333333=partner".to_owned())
    }
}
