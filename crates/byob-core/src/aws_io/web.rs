//! Plain requests without credentials, as a browser makes them: through the guard, following nothing.

use std::{sync::Arc, time::Duration};

use reqwest::{
    Method,
    dns::{Addrs, Name, Resolve, Resolving},
    header::HeaderMap,
};
use url::Url;

use crate::aws_io::{
    cause,
    fault::{Fault, FaultKind},
    guard::{AddressRefused, Guard, public_addresses},
};

/// Fetches where the [`Guard`] permits, and nowhere else.
#[derive(Debug, Clone)]
pub struct Web {
    guard: Guard,
    open: reqwest::Client,
    guarded: reqwest::Client,
}

/// An answer, whatever its status.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The beginning of the body.
    pub body: Vec<u8>,
}

/// No more of an answer is read, in bytes.
const LARGEST: usize = 64 * 1024;

impl Web {
    /// A client with connections of its own.
    pub fn new(guard: Guard) -> Self {
        // Another provider may be installed already; one is enough.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = || {
            reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .connect_timeout(Duration::from_secs(3))
                .timeout(Duration::from_secs(8))
        };
        // Building fails only where the system's certificates cannot be read at all, which the AWS clients would not survive either.
        let open = builder().build().unwrap_or_default();
        let guarded = builder().dns_resolver(Arc::new(PublicNames)).build().unwrap_or_default();
        Self { guard, open, guarded }
    }

    /// Sends a request without a body. The URL may be presigned, so it is in no error.
    pub async fn fetch(
        &self,
        operation: &'static str,
        method: Method,
        url: &str,
        headers: &[(&'static str, String)],
    ) -> Result<Reply, Fault> {
        let fault = |kind| Fault::silent(operation, kind);
        let url = Url::parse(url).map_err(|_| fault(FaultKind::Unreachable))?;
        let client = match self.guard.door(&url) {
            Some(true) => &self.open,
            Some(false) => &self.guarded,
            None => return Err(fault(FaultKind::AddressRefused)),
        };
        let mut request = client.request(method, url);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let failed = |error: reqwest::Error| {
            let kind = if cause::<AddressRefused>(&error).is_some() {
                FaultKind::AddressRefused
            } else if error.is_timeout() {
                FaultKind::TimedOut
            } else {
                FaultKind::Unreachable
            };
            fault(kind)
        };
        let mut response = request.send().await.map_err(failed)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            body.extend_from_slice(&chunk[..chunk.len().min(LARGEST - body.len())]);
            if body.len() == LARGEST {
                break;
            }
        }
        Ok(Reply { status, headers, body })
    }
}

impl Reply {
    /// A header as text.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    }

    /// The refusal that it is.
    pub fn fault(&self, operation: &'static str) -> Fault {
        Fault::of_document(operation, self.status, |name| self.header(name), &self.body)
    }
}

#[derive(Debug)]
struct PublicNames;

impl Resolve for PublicNames {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let public = public_addresses(name.as_str()).await?;
            Ok(Box::new(public.into_iter().map(|ip| (ip, 0_u16).into())) as Addrs)
        })
    }
}
