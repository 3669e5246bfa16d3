//! Presigns many objects of one bucket: what they share is prepared once.
//!
//! ```sh
//! AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… cargo run --example presign_batch -- eu-central-1 s3://bucket/a.png s3://bucket/b.png
//! ```

use std::{env, error::Error};

use byob_aws::{
    Credentials, Locator,
    presign::{Endpoint, Method, Presigner, ResponseOptions},
};
use time::OffsetDateTime;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let region = arguments.next().ok_or("the first argument is the region")?;
    let locators = arguments.map(|text| Locator::parse(&text)).collect::<Result<Vec<_>, _>>()?;
    let bucket = locators.first().ok_or("locators follow the region")?.bucket();

    let credentials = Credentials::new(
        env::var("AWS_ACCESS_KEY_ID")?,
        env::var("AWS_SECRET_ACCESS_KEY")?,
        env::var("AWS_SESSION_TOKEN").ok(),
    );
    let endpoint = Endpoint::new(&format!("https://{bucket}.s3.{region}.amazonaws.com"), &region, "s3")?;
    #[allow(clippy::disallowed_methods)] // A program's outermost edge is where time comes from.
    let now = OffsetDateTime::now_utc();
    let presigner = Presigner::new(&endpoint, &credentials, now, 3600)?;

    let mut url = String::new();
    for locator in &locators {
        url.clear();
        presigner.append_url(&mut url, Method::Get, locator.key(), locator.version_id(), &ResponseOptions::default());
        println!("{url}");
    }
    Ok(())
}
