//! The configuration: defaults, a file, the environment, flags; the later wins.

use std::{
    fs,
    io::{ErrorKind, Write},
    net::SocketAddr,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use byob_aws::Credentials;
use byob_core::{
    CoreConfig, Error, Kind, Result, aws_io::platform::PlatformConfig, integration::Settings, runtime::Rng,
    vault::Vault,
};
use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// The annotated file that names every setting; also where the defaults come from.
pub const DEFAULT_FILE: &str = include_str!("config.default.toml");

/// Every setting; [`DEFAULT_FILE`] says what each is for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)] // Said once, in the default file.
pub struct Config {
    pub listen: SocketAddr,
    pub public_url: String,
    pub database_url: SecretString,
    pub encryption_key: Option<SecretString>,
    pub encryption_key_file: PathBuf,
    pub origins: Vec<String>,
    pub log: Log,
    pub aws: Aws,
    pub outbound: Outbound,
    pub check: Check,
    #[serde(default)]
    pub public_buckets: Vec<Settings>,
}

/// The settings and tables of [`Config`].
const SETTINGS: [&str; 11] = [
    "listen",
    "public_url",
    "database_url",
    "encryption_key",
    "encryption_key_file",
    "origins",
    "log",
    "aws",
    "outbound",
    "check",
    "public_buckets",
];

/// Other variables that begin like ours are none of our business: Kubernetes sets `BYOB_SERVICE_HOST` for a service of that name.
fn is_setting(variable: &str) -> bool {
    let variable = variable.to_ascii_lowercase();
    // What is set to nothing counts as not set, as a shell's `X=` commonly means.
    let empty =
        std::env::var_os(format!("BYOB_{}", variable.to_ascii_uppercase())).is_some_and(|value| value.is_empty());
    SETTINGS.contains(&variable.split("__").next().unwrap_or_default()) && !empty
}

/// What is logged, and how.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Log {
    pub format: LogFormat,
    pub filter: String,
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// The platform's own AWS identity.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Aws {
    pub region: String,
    pub access_key_id: Option<String>,
    pub secret_access_key: Option<SecretString>,
    pub session_token: Option<SecretString>,
    pub shared_principal_arn: Option<String>,
    pub account_id: Option<Digits>,
    pub sts_endpoint_url: Option<String>,
    pub principal_role_path: Option<String>,
    pub principal_role_boundary_arn: Option<String>,
    pub iam_endpoint_url: Option<String>,
    pub quick_create_template_url: Option<String>,
}

/// An account ID. From the environment it arrives as a number.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
#[allow(missing_docs)]
pub enum Digits {
    Text(String),
    Number(u64),
}

/// Where the service connects to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Outbound {
    pub allow: Vec<String>,
}

/// How connections are checked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Check {
    pub interval_seconds: u64,
    pub delay_seconds: u32,
}

/// Settings given as flags.
#[derive(Debug, Clone, Default, Serialize)]
#[allow(missing_docs)]
pub struct Flags {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_url: Option<String>,
}

impl Config {
    /// Reads all layers. Without `file`, `byob.toml` is read if it is there.
    pub fn load(file: Option<&Path>, flags: &Flags) -> Result<Self> {
        let figment = Figment::from(Toml::string(DEFAULT_FILE));
        let figment = match file {
            Some(file) => figment.merge(Toml::file_exact(file)),
            // Only here: a file of that name further up may be somebody else's.
            None if Path::new("byob.toml").is_file() => figment.merge(Toml::file_exact("byob.toml")),
            None => figment,
        };
        let variables = Env::prefixed("BYOB_").filter(|name| is_setting(name.as_str())).split("__");
        Self::read(&figment.merge(variables).merge(Serialized::defaults(flags)))
    }

    /// The defaults and the flags alone, whatever the machine is configured for.
    pub fn defaults(flags: &Flags) -> Result<Self> {
        Self::read(&Figment::from(Toml::string(DEFAULT_FILE)).merge(Serialized::defaults(flags)))
    }

    fn read(figment: &Figment) -> Result<Self> {
        figment.extract().map_err(|error| {
            Error::new(Kind::NotConfigured, "invalid_configuration", format!("The configuration is wrong: {error}."))
                .hint("`byob config` prints every setting with its meaning.")
        })
    }

    /// Where SQLite keeps the database; nothing for other databases, and for one in memory.
    pub fn database_file(&self) -> Option<PathBuf> {
        let file = self.database_url.expose_secret().strip_prefix("sqlite:")?.trim_start_matches("//");
        let file = file.split('?').next().unwrap_or_default();
        (!file.is_empty() && file != ":memory:").then(|| PathBuf::from(file))
    }

    /// What the core needs of it. With SQLite, a missing encryption key is made and kept in its file.
    pub fn core(&self) -> Result<CoreConfig> {
        let database_url = self.database_url.expose_secret().to_owned();
        known_scheme(&database_url)?;
        if let Some(file) = self.database_file() {
            make_parent(&file)?;
        }
        let expose = |secret: &SecretString| secret.expose_secret().to_owned();
        let aws = &self.aws;
        let credentials = match (&aws.access_key_id, &aws.secret_access_key) {
            (Some(id), Some(secret)) => {
                Some(Credentials::new(id, secret.expose_secret(), aws.session_token.as_ref().map(expose)))
            }
            (None, None) => None,
            _ => return Err(misconfigured("`aws.access_key_id` and `aws.secret_access_key` are set only together.")),
        };
        let mut origins = vec![origin(&self.public_url)?];
        for page in &self.origins {
            origins.push(origin(page)?);
        }
        origins.dedup();
        Ok(CoreConfig {
            encryption_key: self.key(&database_url)?.into(),
            database_url: self.database_url.clone(),
            platform: PlatformConfig {
                region: aws.region.clone(),
                sts_endpoint_url: aws.sts_endpoint_url.clone(),
                credentials,
                shared_principal_arn: aws.shared_principal_arn.clone(),
                account_id: aws.account_id.as_ref().map(|id| match id {
                    Digits::Text(id) => id.clone(),
                    Digits::Number(id) => format!("{id:012}"),
                }),
                principal_role_path: aws.principal_role_path.clone(),
                principal_role_boundary_arn: aws.principal_role_boundary_arn.clone(),
                iam_endpoint_url: aws.iam_endpoint_url.clone(),
            },
            allowed_addresses: self.outbound.allow.clone(),
            origins,
            quick_create_template_url: aws.quick_create_template_url.clone(),
            public_buckets: self.public_buckets.clone(),
            check_interval: self.check.interval_seconds,
            check_delay: self.check.delay_seconds,
        })
    }

    fn key(&self, database_url: &str) -> Result<String> {
        if let Some(key) = &self.encryption_key {
            return Ok(key.expose_secret().to_owned());
        }
        if !database_url.starts_with("sqlite:") {
            return Err(misconfigured("Replicas that share a database must share `encryption_key`, which is not set."));
        }
        let file = &self.encryption_key_file;
        let unusable = |error: std::io::Error| {
            misconfigured(&format!("The encryption key's file `{}` cannot be used: {error}.", file.display()))
        };
        match fs::read_to_string(file) {
            Ok(key) => Ok(key.trim().to_owned()),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                make_parent(file)?;
                let key = Vault::new_key(&Rng);
                // Only the owner may read it, from the first moment on.
                let mut made =
                    fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map_err(unusable)?;
                made.write_all(key.as_bytes()).map_err(unusable)?;
                Ok(key)
            }
            Err(error) => Err(unusable(error)),
        }
    }
}

fn misconfigured(detail: &str) -> Error {
    Error::new(Kind::NotConfigured, "invalid_configuration", detail)
        .hint("`byob config` prints every setting with its meaning.")
}

/// Only the scheme of another URL is repeated: the rest may hold a password.
fn known_scheme(database_url: &str) -> Result<()> {
    if ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| database_url.starts_with(scheme)) {
        return Ok(());
    }
    let detail = match database_url.split_once(':') {
        Some((scheme, _)) if scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b)) => {
            format!("`database_url` begins with `{scheme}:`, which is no database that BYOB can use.")
        }
        _ => "`database_url` does not say which database it is.".to_owned(),
    };
    Err(misconfigured(&detail).hint("Write `sqlite:FILE` or `postgres://USER:PASSWORD@HOST/NAME`."))
}

/// `scheme://host[:port]` of a page, as browsers send it in `Origin`.
fn origin(page: &str) -> Result<String> {
    let url = url::Url::parse(page).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let url = url.ok_or_else(|| {
        misconfigured(&format!("`{page}` is not the address of a page, such as `https://app.example.com`."))
    })?;
    Ok(url.origin().ascii_serialization())
}

/// Only the owner may look into a folder that is made for data.
fn make_parent(file: &Path) -> Result<()> {
    let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| misconfigured(&format!("The folder `{}` cannot be made: {error}.", folder.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_annotated_file_is_complete() {
        let config = Config::load(Some(Path::new("/dev/null")), &Flags::default()).unwrap();
        assert_eq!(config.listen.port(), 8080);
        assert!(config.outbound.allow.is_empty());
    }

    #[test]
    fn a_flag_overrides_and_a_misspelt_setting_is_named() {
        let flags = Flags { listen: Some("127.0.0.1:1".parse().unwrap()), database_url: None };
        assert_eq!(Config::load(Some(Path::new("/dev/null")), &flags).unwrap().listen.port(), 1);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("byob.toml");
        fs::write(&file, "listne = 1").unwrap();
        let error = Config::load(Some(&file), &Flags::default()).unwrap_err();
        assert!(error.detail().contains("listne"), "{error}");
    }

    #[test]
    fn a_database_that_is_unknown_is_named_without_its_password() {
        let with = |url: &str| Config::defaults(&Flags { listen: None, database_url: Some(url.to_owned()) }).unwrap();
        for (url, named) in [("mysql://me:s3cret@db/x", "`mysql:`"), ("postgres:x", "`postgres:`"), ("s3cret", "which")]
        {
            let error = with(url).core().unwrap_err();
            assert_eq!(error.code(), "invalid_configuration");
            assert!(error.detail().contains(named) && !error.detail().contains("s3cret"), "{error}");
            assert!(error.hint_text().unwrap().contains("`sqlite:FILE`"));
        }
    }

    #[test]
    fn the_file_of_the_database_is_what_sqlite_opens() {
        let file = |url: &str| {
            let config = Config::defaults(&Flags { listen: None, database_url: Some(url.to_owned()) }).unwrap();
            config.database_file().map(|file| file.display().to_string())
        };
        for url in ["sqlite:data/byob.db", "sqlite://data/byob.db", "sqlite:data/byob.db?mode=rwc"] {
            assert_eq!(file(url).as_deref(), Some("data/byob.db"), "{url}");
        }
        assert_eq!(file("sqlite:///data/byob.db").as_deref(), Some("/data/byob.db"));
        assert_eq!((file("sqlite::memory:"), file("postgres://db/byob")), (None, None));
    }

    #[test]
    fn the_key_is_made_once_and_only_for_sqlite() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::load(Some(Path::new("/dev/null")), &Flags::default()).unwrap();
        config.encryption_key_file = folder.path().join("deep/key");
        let first = config.key("sqlite:x").unwrap();
        assert_eq!(config.key("sqlite:x").unwrap(), first);
        assert_eq!(config.key("postgres://x").unwrap_err().code(), "invalid_configuration");
    }
}
