//! The console as a browser sees it.

mod breakage;
mod editing;
mod guards;
mod pages;

use axum::{
    body::Body,
    http::{Request, Response, StatusCode, header},
};
use http_body_util::BodyExt;
use tower::ServiceExt;
use url::form_urlencoded;

use crate::{Sandbox, clock::Clock};

const PLATFORM: &str = "111111111111";
const CUSTOMER: &str = "222222222222";
const HOST: &str = "localhost:9444";
const TRUST: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
    "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "e-1"}}}]}"#;
const ACCESS: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::photos"},
    {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::photos/*"}]}"#;

/// A page as it came.
struct Page {
    status: StatusCode,
    location: String,
    text: String,
}

/// A sandbox of a platform and a customer with a bucket.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::in_memory(Clock::system());
    sandbox.account(PLATFORM, "platform");
    sandbox.account(CUSTOMER, "customer");
    sandbox.set_up_bucket(CUSTOMER, "photos", "eu-central-1");
    sandbox
}

/// The same with a role that may read the bucket.
fn with_role() -> Sandbox {
    let sandbox = sandbox();
    sandbox.set_up_role(CUSTOMER, "reader", TRUST, ACCESS).unwrap();
    sandbox
}

fn at(page: &str) -> String {
    format!("/_console/{CUSTOMER}/{page}")
}

async fn send(sandbox: &Sandbox, request: Request<Body>) -> Response<Body> {
    sandbox.router().oneshot(request).await.unwrap()
}

async fn read(response: Response<Body>) -> Page {
    let status = response.status();
    let location = response.headers().get(header::LOCATION).map_or("", |value| value.to_str().unwrap()).to_owned();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    Page { status, location, text: String::from_utf8_lossy(&body).into_owned() }
}

async fn get(sandbox: &Sandbox, path: &str) -> Page {
    let request = Request::get(path).header(header::HOST, HOST).body(Body::empty()).unwrap();
    read(send(sandbox, request).await).await
}

/// Sends a form as a page of the console does.
async fn post(sandbox: &Sandbox, path: &str, fields: &[(&str, &str)]) -> Page {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = Request::post(path)
        .header(header::HOST, HOST)
        .header(header::ORIGIN, format!("http://{HOST}"))
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    read(send(sandbox, request.body(Body::from(body)).unwrap()).await).await
}

/// Sends a form that has to be taken.
async fn change(sandbox: &Sandbox, path: &str, fields: &[(&str, &str)]) -> Page {
    let page = post(sandbox, path, fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}: {}", page.text);
    get(sandbox, &page.location).await
}
