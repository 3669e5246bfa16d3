//! Plain requests without credentials, as a browser makes them: through the guard, following nothing.

use std::{error::Error as StdError, fmt, time::Duration};

use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::{
    interceptors::context::{Error as AnyError, Output},
    orchestrator::{HttpRequest, HttpResponse, OrchestratorError},
    ser_de::DeserializeResponse,
};
use aws_smithy_types::{body::SdkBody, timeout::TimeoutConfig};
use http_body_util::BodyExt;
use url::Url;

use crate::aws_io::{
    fault::{Fault, FaultKind},
    guard::GuardedClient,
    witness::Witness,
};

/// Fetches where the guard permits, and nowhere else.
#[derive(Debug, Clone)]
pub struct Web(GuardedClient);

/// A request without a body. Its URL may be presigned, so it has no derived `Debug`.
pub struct Request {
    /// `GET` or `OPTIONS`.
    pub method: &'static str,
    /// Where to.
    pub url: String,
    /// Names in lower case.
    pub headers: Vec<(&'static str, String)>,
}

/// An answer, whatever its status.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// No more of an answer is read, in bytes.
const LARGEST: usize = 64 * 1024;

impl Web {
    /// A client over the guarded connections.
    pub fn new(http: GuardedClient) -> Self {
        Self(http)
    }

    /// Sends a request under the eyes of a witness.
    pub async fn fetch(&self, operation: &'static str, request: Request, witness: &Witness) -> Result<Reply, Fault> {
        let unreachable = || Fault::silent(operation, FaultKind::Unreachable);
        let url = Url::parse(&request.url).map_err(|_| unreachable())?;
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(3))
            .operation_timeout(Duration::from_secs(8))
            .build();
        let fetch = Operation::builder()
            .service_name("web")
            .operation_name("fetch")
            .http_client(self.0.clone())
            .endpoint_url(&url.origin().ascii_serialization())
            .no_auth()
            .no_retry()
            .timeout_config(timeouts)
            .interceptor(witness.clone())
            .serializer(|request: Request| request.written())
            .deserializer_impl::<HttpResponse, Never>(AsItComes)
            .build();
        let response = fetch.invoke(request).await.map_err(|error| Fault::unanswered(operation, &error))?;
        read(response).await.map_err(|_| unreachable())
    }
}

async fn read(response: HttpResponse) -> Result<Reply, Box<dyn StdError + Send + Sync>> {
    let status = response.status().as_u16();
    let headers = response.headers().iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let mut stream = response.into_body();
    let mut body = Vec::new();
    while body.len() < LARGEST
        && let Some(frame) = stream.frame().await
    {
        let data = frame?.into_data().unwrap_or_default();
        body.extend_from_slice(&data[..data.len().min(LARGEST - body.len())]);
    }
    Ok(Reply { status, headers, body })
}

impl Request {
    /// As the client sends it, whose endpoint adds scheme and host.
    fn written(self) -> Result<HttpRequest, Box<dyn StdError + Send + Sync>> {
        let url = Url::parse(&self.url)?;
        let mut request = HttpRequest::new(SdkBody::empty());
        request.set_method(self.method)?;
        request.set_uri(&url[url::Position::BeforePath..url::Position::AfterQuery])?;
        for (name, value) in self.headers {
            request.headers_mut().try_insert(name, value)?;
        }
        Ok(request)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("method", &self.method).finish_non_exhaustive()
    }
}

impl Reply {
    /// A header.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
    }

    /// The refusal that it is.
    pub fn fault(&self, operation: &'static str) -> Fault {
        Fault::of_document(operation, self.status, |name| self.header(name), &self.body)
    }
}

/// Takes the answer before its body is read: of a large object that came in spite of the range, only the beginning is wanted.
#[derive(Debug)]
struct AsItComes;

impl DeserializeResponse for AsItComes {
    fn deserialize_streaming(
        &self,
        response: &mut HttpResponse,
    ) -> Option<Result<Output, OrchestratorError<AnyError>>> {
        let status = response.status();
        Some(Ok(Output::erase(std::mem::replace(response, HttpResponse::new(status, SdkBody::taken())))))
    }

    fn deserialize_nonstreaming(&self, _: &HttpResponse) -> Result<Output, OrchestratorError<AnyError>> {
        Err(OrchestratorError::other("the answer was taken already"))
    }
}

/// No answer is an error here.
#[derive(Debug)]
pub(super) enum Never {}

impl fmt::Display for Never {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl StdError for Never {}
