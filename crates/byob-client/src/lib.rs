//! A typed client of the BYOB REST API.
//!
//! ```no_run
//! # async fn example() -> Result<(), byob_client::ClientError> {
//! let client = byob_client::Client::new("http://127.0.0.1:8080", "byob_…")?;
//! let answers = client.resolve(&byob_client::ResolveRequest::new(["s3://acme-images/team/cat.png"])).await?;
//! # Ok(())
//! # }
//! ```

pub mod check;

use std::{error::Error, fmt};

use reqwest::Url;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Speaks to one service with one token.
#[derive(Clone)]
pub struct Client {
    base_url: Url,
    token: String,
    http: reqwest::Client,
}

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// That is not the address of a service.
    #[error("`{given}` is not the address of a service: write scheme, host and port, such as `http://127.0.0.1:8080`")]
    NoAddress {
        /// What was given.
        given: String,
    },
    /// The service could not be reached.
    #[error("the service at {base_url} cannot be reached: {}", innermost(.cause))]
    Unreachable {
        /// Which service.
        base_url: String,
        /// Why.
        cause: reqwest::Error,
    },
    /// What answered is not a service of ours, or somebody on the way to it answered in its place.
    #[error(
        "what answers at {base_url} does not seem to be BYOB: it answered {status}, and not in the way of its API. Check the address; a proxy on \
         the way to it may have answered, too"
    )]
    Stranger {
        /// Who was asked.
        base_url: String,
        /// What it answered.
        status: reqwest::StatusCode,
    },
    /// The service answered something that cannot be read.
    #[error("the service at {base_url} gave an answer that cannot be read: {what}")]
    Unreadable {
        /// Which service.
        base_url: String,
        /// Why.
        what: String,
    },
    /// The service refused, and says why.
    #[error("{0}")]
    Refused(Box<Problem>),
}

/// An error of the API (RFC 9457).
#[derive(Debug, Clone, Deserialize)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// Stable and machine-readable.
    pub code: String,
    /// What happened.
    pub detail: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The request's ID, to quote.
    pub instance: String,
}

/// What is behind "error sending request".
fn innermost<'a>(mut error: &'a (dyn Error + 'static)) -> &'a dyn Error {
    while let Some(source) = error.source() {
        error = source;
    }
    error
}

/// Locators to resolve, and how.
#[derive(Debug, Clone, Serialize)]
pub struct ResolveRequest {
    /// 1 to 10,000 of them.
    pub locators: Vec<String>,
    /// How long the URLs may live, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u32>,
    /// `auto`, `inline` or `attachment`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disposition: Option<String>,
}

/// What one locator became. It has no `Debug`, so that URLs do not reach a log by accident.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Resolved {
    /// A URL that loads the object.
    Url {
        /// As sent.
        locator: String,
        /// The presigned URL.
        url: String,
        /// When it dies, in RFC 3339; `None` for a public object.
        expires_at: Option<String>,
        /// Who serves it.
        integration_id: String,
    },
    /// The reason why there is none.
    Error {
        /// As sent.
        locator: String,
        /// The reason.
        error: ItemProblem,
    },
}

/// Why one locator of many has no URL.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ItemProblem {
    /// Stable and machine-readable.
    pub code: String,
    /// What happened.
    pub detail: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl ResolveRequest {
    /// With the service's defaults for all but the locators.
    pub fn new<L: Into<String>>(locators: impl IntoIterator<Item = L>) -> Self {
        Self { locators: locators.into_iter().map(Into::into).collect(), expires_in: None, disposition: None }
    }
}

impl Client {
    /// `base_url` is scheme, host and port of the service. The token is kept out of every error and log.
    pub fn new(base_url: impl Into<String>, token: impl Into<String>) -> Result<Self, ClientError> {
        let given = base_url.into();
        let is_http = |url: &Url| matches!(url.scheme(), "http" | "https");
        let base_url = Url::parse(&given).ok().filter(is_http).ok_or(ClientError::NoAddress { given })?;
        // Another provider may be installed already; one is enough.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .user_agent(concat!("byob/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|cause| ClientError::Unreachable { base_url: base_url.to_string(), cause })?;
        Ok(Self { base_url, token: token.into(), http })
    }

    /// Turns locators into URLs, in the same order.
    pub async fn resolve(&self, request: &ResolveRequest) -> Result<Vec<Resolved>, ClientError> {
        #[derive(Deserialize)]
        struct Response {
            results: Vec<Resolved>,
        }
        let response: Response = self.post(&["resolve"], request).await?;
        Ok(response.results)
    }

    async fn post<T: DeserializeOwned>(&self, path: &[&str], body: &impl Serialize) -> Result<T, ClientError> {
        let response = self.send(self.http.post(self.url(path)).json(body)).await?;
        let status = response.status();
        response.json().await.map_err(|source| self.no_answer(status, source))
    }

    /// Sends a request; an answer that is no success becomes an error.
    async fn send(&self, request: reqwest::RequestBuilder) -> Result<reqwest::Response, ClientError> {
        let response = request.bearer_auth(&self.token).send().await.map_err(|source| self.unreachable(source))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        match response.json().await {
            Ok(problem) => Err(ClientError::Refused(Box::new(problem))),
            Err(source) => Err(self.no_answer(status, source)),
        }
    }

    /// An answer that came but is not of the API, or one that did not come whole.
    fn no_answer(&self, status: reqwest::StatusCode, cause: reqwest::Error) -> ClientError {
        if cause.is_decode() {
            ClientError::Stranger { base_url: self.base_url.to_string(), status }
        } else {
            self.unreachable(cause)
        }
    }

    /// The URL of a call. A segment may be anything that somebody typed.
    fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base_url.clone();
        // URLs of http always have segments.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["api", "v1"]).extend(path);
        }
        url
    }

    fn unreachable(&self, cause: reqwest::Error) -> ClientError {
        ClientError::Unreachable { base_url: self.base_url.to_string(), cause }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.detail)?;
        if let Some(hint) = &self.hint {
            write!(f, " {hint}")?;
        }
        write!(f, " ({}, {}, request {})", self.status, self.code, self.instance)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    #[test]
    fn an_address_without_a_scheme_is_told_as_that() {
        for given in ["localhost:8080", "127.0.0.1:8080", "", "ftp://files.example"] {
            let error = Client::new(given, "token").err().unwrap().to_string();
            assert!(error.contains("`http://127.0.0.1:8080`"), "{error}");
        }
    }

    #[tokio::test]
    async fn another_server_is_told_from_one_that_cannot_be_reached() {
        for status in ["400 Bad Request", "404 Not Found", "200 OK"] {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            let client = Client::new(format!("http://{}", listener.local_addr().unwrap()), "token").unwrap();
            let answering = std::thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = [0; 4096];
                let mut read = 0;
                while !request[..read].ends_with(b"]}") {
                    read += stream.read(&mut request[read..]).unwrap();
                }
                let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 15\r\n\r\n<h1>Hello!</h1>");
                stream.write_all(answer.as_bytes()).unwrap();
            });
            let error = client.resolve(&ResolveRequest::new(["s3://b/k"])).await.err().unwrap().to_string();
            answering.join().unwrap();
            assert!(error.contains("does not seem to be BYOB") && error.contains(status), "{error}");
        }
        let error = Client::new("http://127.0.0.1:1", "token").unwrap();
        let error = error.resolve(&ResolveRequest::new(["s3://b/k"])).await.err().unwrap().to_string();
        assert!(error.contains("cannot be reached"), "{error}");
    }

    #[test]
    fn what_is_typed_stays_one_segment_of_the_path() {
        let client = Client::new("https://byob.example/behind/", "token").unwrap();
        let url = client.url(&["drafts", "a/b?c#d", "check"]);
        assert_eq!(url.as_str(), "https://byob.example/behind/api/v1/drafts/a%2Fb%3Fc%23d/check");
    }
}
