//! Resolves locators through a running service.
//!
//! ```sh
//! BYOB_TOKEN=byob_… cargo run --example resolve -- s3://acme-images/team/cat.png
//! ```

use std::{env, error::Error};

use byob_client::{Client, ResolveRequest, Resolved};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = env::var("BYOB_URL").unwrap_or_else(|_| "http://127.0.0.1:8080".to_owned());
    let client = Client::new(url, env::var("BYOB_TOKEN")?)?;
    for answer in client.resolve(&ResolveRequest::new(env::args().skip(1))).await? {
        match answer {
            Resolved::Url { url, .. } => println!("{url}"),
            Resolved::Error { locator, error } => eprintln!("{locator}: {}", error.detail),
        }
    }
    Ok(())
}
