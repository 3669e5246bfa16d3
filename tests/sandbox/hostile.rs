//! Whatever is sent, something is answered: AWS's error, never a panic and never a hang.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Method, Request, Uri},
};
use byob_sandbox::{Sandbox, clock::Clock};
use proptest::{collection::vec, prelude::*, sample::select};
use tower::ServiceExt;

use crate::aws::CUSTOMER;

/// Names that mean something, so that chance finds its way in.
const PARAMETERS: [&str; 24] = [
    "acl",
    "attributes",
    "cors",
    "delete",
    "encoding-type",
    "list-type",
    "location",
    "max-keys",
    "partNumber",
    "policy",
    "prefix",
    "tagging",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-Signature",
    "X-Amz-SignedHeaders",
    "Action",
];
const HEADERS: [&str; 18] = [
    "authorization",
    "content-encoding",
    "content-md5",
    "content-type",
    "host",
    "if-match",
    "if-none-match",
    "origin",
    "range",
    "x-amz-content-sha256",
    "x-amz-copy-source",
    "x-amz-date",
    "x-amz-decoded-content-length",
    "x-amz-security-token",
    "x-amz-tagging",
    "x-amz-acl",
    "x-amz-target",
    "access-control-request-method",
];
const VALUES: [&str; 14] = [
    "",
    "2",
    "-1",
    "0",
    "bytes=0-",
    "bytes=-0",
    "AWS4-HMAC-SHA256",
    "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00",
    "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "aws-chunked",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
    "bucket/%00",
    "99999999999999999999",
];
const BODIES: [&str; 8] = [
    "",
    "<",
    "<Delete><Object><Key>a</Key></Object></Delete>",
    "0\r\n\r\n",
    "ffffffffffffffff\r\n",
    "--x\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\na\r\n--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nb\r\n--x--",
    "Action=AssumeRole&Version=2011-06-15",
    "{}",
];

fn text(of: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop_oneof![4 => select(of).prop_map(str::to_owned), 1 => "\\PC{0,20}"]
}

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::in_memory(Clock::system());
    sandbox.account(CUSTOMER, "customer");
    sandbox.set_up_bucket(CUSTOMER, "bucket", "us-east-1");
    let open = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::bucket","arn:aws:s3:::bucket/*"]}]}"#;
    let iam = sandbox.read().iam.written().clone();
    // Everybody may do everything, so that strangers come as far as the operations.
    sandbox.write().buckets.get_mut("bucket").unwrap().policy =
        Some(byob_sandbox::state::iam::BoundPolicy::bind(open.to_owned(), &iam));
    sandbox
}

fn encoded(text: &str) -> String {
    byob_aws::encode::query(text).to_string()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    #[test]
    fn any_request_is_answered(
        method in select(&["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH"][..]),
        path in prop_oneof![Just("/".to_owned()), Just("/bucket".to_owned()), Just("/bucket/a".to_owned()), "/bucket/\\PC{0,8}", "/\\PC{0,8}"],
        query in vec((text(&PARAMETERS), text(&VALUES)), 0..5),
        headers in vec((select(&HEADERS[..]), text(&VALUES)), 0..6),
        body in prop_oneof![4 => select(&BODIES[..]).prop_map(|body| body.as_bytes().to_vec()), 1 => vec(any::<u8>(), 0..60)],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let query: Vec<String> = query.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        let path: String = byob_aws::encode::path(&path).to_string();
        let uri: Uri = format!("{path}?{}", query.join("&")).parse().unwrap();
        let mut request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(uri);
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
                request = request.header(HeaderName::from_static(name), value);
            }
        }
        let request = request.body(Body::from(body)).unwrap();
        let response = runtime.block_on(sandbox().router().oneshot(request)).unwrap();
        prop_assert!(response.status().as_u16() != 500, "{:?}", response);
    }
}
