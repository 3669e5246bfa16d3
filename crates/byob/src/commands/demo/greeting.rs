//! What the demo prints when it is ready.

use std::fmt;

use serde::Serialize;

use super::{
    connect::{Connected, EMAIL},
    customer::{Customer, REGION},
    files::{ARCHIVE_BUCKET, BUCKET},
};

/// Addresses and keys, and what to do with them.
#[derive(Serialize)]
pub struct Greeting {
    url: String,
    token: String,
    email: &'static str,
    password: String,
    organization_id: String,
    integration_id: String,
    aws_endpoint_url: String,
    aws_console_url: String,
    aws_region: &'static str,
    access_key_id: String,
    secret_access_key: String,
    bucket: &'static str,
    unconnected_bucket: &'static str,
}

/// A picture that everybody may look at first.
const FIRST: &str = "frames/robot-07/000042.png";

impl Greeting {
    /// Everything that a visitor needs.
    pub fn new(url: &str, aws_url: &str, connected: &Connected, customer: &Customer) -> Self {
        Self {
            url: url.to_owned(),
            token: connected.token.clone(),
            email: EMAIL,
            password: connected.password.clone(),
            organization_id: connected.organization.to_string(),
            integration_id: connected.integration.to_string(),
            aws_endpoint_url: aws_url.to_owned(),
            aws_console_url: format!("{aws_url}/_console/"),
            aws_region: REGION,
            access_key_id: customer.admin.access_key_id.clone(),
            secret_access_key: customer.admin.secret_access_key.clone(),
            bucket: BUCKET,
            unconnected_bucket: ARCHIVE_BUCKET,
        }
    }
}

impl fmt::Display for Greeting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let program = program();
        let Self {
            url,
            token,
            email,
            password,
            aws_endpoint_url,
            aws_console_url,
            aws_region,
            access_key_id,
            secret_access_key,
            ..
        } = self;
        write!(
            f,
            "BYOB and an AWS of its own are running on this machine.\n\n\
             \x20 BYOB          {url}\n\
             \x20               sign in as {email} with the password {password}\n\
             \x20               (its menu at the top left also has the operator's pages)\n\
             \x20 AWS console   {aws_console_url} (play the customer, Acme Robotics, and break things)\n\n\
             Acme Robotics has connected s3://{BUCKET}: 10,000 frames of a robot's camera, pictures, video, audio, reports\n\
             and tables. Turn a locator into a URL and fetch it; nothing but the URL goes to the bucket:\n\n\
             \x20 export BYOB_URL={url} BYOB_TOKEN={token}\n\
             \x20 curl -so frame.png \"$({program} resolve s3://{BUCKET}/{FIRST})\"\n\n\
             See what is there:\n\n\
             \x20 curl -s \"$BYOB_URL/api/v1/integrations/{}/objects?delimiter=/\" -H \"Authorization: Bearer $BYOB_TOKEN\"\n\n\
             Check the connection; break something in the AWS console, and check again:\n\n\
             \x20 {program} check {}\n\n\
             Undo it, and check once more: BYOB knows only by a check whether a role is safe to use.\n\n\
             s3://{ARCHIVE_BUCKET} in {aws_region} waits to be connected: in BYOB, \"Connect a bucket\"; under\n\
             \"A store that is not AWS, or no role\" give the endpoint {aws_endpoint_url},\n\
             and tick \"The bucket's name stands in the path\". As Acme's administrator, with the AWS CLI:\n\n\
             \x20 export AWS_ENDPOINT_URL={aws_endpoint_url} AWS_REGION={aws_region} AWS_DEFAULT_REGION={aws_region}\n\
             \x20 export AWS_ACCESS_KEY_ID={access_key_id} AWS_SECRET_ACCESS_KEY={secret_access_key}\n\
             \x20 aws s3 ls s3://{ARCHIVE_BUCKET}/\n\n\
             Ctrl-C stops everything.",
            self.integration_id, self.integration_id
        )
    }
}

/// How to call this program again, as the visitor could type it.
fn program() -> String {
    let path = std::env::current_exe().ok();
    let here = std::env::current_dir().ok();
    let short = path
        .as_ref()
        .zip(here)
        .and_then(|(path, here)| path.strip_prefix(here).ok().map(|short| format!("./{}", short.display())));
    short.or_else(|| path.map(|path| path.display().to_string())).unwrap_or_else(|| "byob".to_owned())
}
