//! A stand-in for S3 that lists one folder and one file, or no versions, whatever it is asked, or fails as it is told.

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::{Query, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use tokio::{net::TcpListener, task::JoinSet};

/// The folder of every listing.
pub const FOLDER: &str = "team/a+b/";

/// The file of every listing: a key of characters that XML or URLs write otherwise.
pub const FILE: &str = "team/ü & +1.png";

/// One request that arrived.
#[derive(Debug, Clone)]
pub struct ListObjects {
    /// The decoded query.
    pub query: HashMap<String, String>,
    /// Whose signature it bears.
    pub access_key_id: Option<String>,
}

/// The stand-in, on a port of its own.
pub struct S3 {
    address: SocketAddr,
    inner: Arc<Inner>,
    _server: JoinSet<()>,
}

#[derive(Default)]
struct Inner {
    requests: Mutex<Vec<ListObjects>>,
    faults: Mutex<VecDeque<(u16, &'static str)>>,
}

impl S3 {
    /// Starts one.
    pub async fn start() -> Self {
        let inner = Arc::<Inner>::default();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("there is a free port");
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(list).with_state(inner.clone());
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, inner, _server: server }
    }

    /// `host:port`, for the operator to allow.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Where it is, for an integration.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<ListObjects> {
        self.inner.requests.lock().unwrap().clone()
    }

    /// It fails the next request with this status and error code.
    pub fn fail_once(&self, status: u16, code: &'static str) {
        self.inner.faults.lock().unwrap().push_back((status, code));
    }
}

async fn list(
    State(inner): State<Arc<Inner>>,
    Query(query): Query<HashMap<String, String>>,
    request: Request,
) -> Response {
    let authorization = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let access_key_id = authorization.and_then(|value| value.split("Credential=").nth(1)?.split('/').next());
    let access_key_id = access_key_id.map(str::to_owned);
    let asks_for_versions = query.contains_key("versions");
    inner.requests.lock().unwrap().push(ListObjects { query, access_key_id });
    let fault = inner.faults.lock().unwrap().pop_front();
    let (status, body) = match fault {
        Some((status, code)) => (status, format!("<Error><Code>{code}</Code><Message>No.</Message></Error>")),
        None if asks_for_versions => (200, "<ListVersionsResult/>".to_owned()),
        None => (200, listing()),
    };
    (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, "application/xml")], body).into_response()
}

/// Encoded as S3 does it for `encoding-type=url`: a space becomes `+`.
fn listing() -> String {
    let encoded = |key: &str| url::form_urlencoded::byte_serialize(key.as_bytes()).collect::<String>();
    format!(
        r#"<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><EncodingType>url</EncodingType>
        <IsTruncated>true</IsTruncated><NextContinuationToken>the next page</NextContinuationToken>
        <Contents><Key>{}</Key><Size>7</Size><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"e"</ETag>
        <StorageClass>STANDARD</StorageClass></Contents>
        <CommonPrefixes><Prefix>{}</Prefix></CommonPrefixes></ListBucketResult>"#,
        encoded(FILE),
        encoded(FOLDER)
    )
}
