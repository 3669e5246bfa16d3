//! Keeps the service from being sent to addresses that are not meant for it (server-side request forgery).
//!
//! An endpoint URL comes from a customer. Without a guard it could name the cloud's metadata service or a database next door, and
//! the service would speak to it. So no private, loopback, link-local or otherwise special address is connected to, unless the
//! operator allowed exactly that `host:port`. Names are judged by the addresses that they resolve to at the moment of
//! connecting, so that a name which changes its address (DNS rebinding) gains nothing. Redirects are not followed, and no proxy of the
//! environment is used.

use std::{
    collections::HashSet,
    error::Error as StdError,
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::{
    client::{
        connector_metadata::ConnectorMetadata,
        dns::{DnsFuture, ResolveDns, ResolveDnsError},
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
            SharedHttpConnector,
        },
        orchestrator::HttpRequest,
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    shared::IntoShared,
};
use aws_smithy_types::body::SdkBody;
use byob_aws::Invalid;
use http_body_util::Limited;
use url::{Host, Url};

/// The rule: which addresses may be connected to.
#[derive(Debug, Clone)]
pub struct Guard {
    allowed: Arc<HashSet<(String, u16)>>,
}

/// The guard refused an address. It stands in the source chain of the SDK's error.
#[derive(Debug, Clone)]
pub struct AddressRefused(String);

impl fmt::Display for AddressRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is a private, loopback or otherwise special address, which the operator has not allowed",
            self.0
        )
    }
}

impl StdError for AddressRefused {}

impl Guard {
    /// `allow` lists what the operator permits in spite of the rule, each as `host:port`.
    pub fn new(allow: &[String]) -> Result<Self, Invalid> {
        let parse = |entry: &String| {
            let invalid = || {
                let detail = format!("`{entry}` is not `host:port`.");
                Invalid::new(
                    "invalid_allowed_address",
                    detail,
                    "Write host and port, such as `127.0.0.1:9000` or `[::1]:9000`.",
                )
            };
            let (host, port) = entry.rsplit_once(':').ok_or_else(invalid)?;
            let port: u16 = port.parse().map_err(|_| invalid())?;
            let host = Host::parse(host).map_err(|_| invalid())?;
            Ok((host.to_string(), port))
        };
        Ok(Self { allowed: Arc::new(allow.iter().map(parse).collect::<Result<_, _>>()?) })
    }

    /// The same rule, with the host and port of one more URL allowed: one that the operator configured.
    #[must_use]
    pub fn with_url(mut self, url: &str) -> Self {
        if let Some((host, port)) = Url::parse(url).ok().as_ref().and_then(host_and_port) {
            Arc::make_mut(&mut self.allowed).insert((host.to_string(), port));
        }
        self
    }

    /// Judges what can be judged without a look-up, to tell an admin early.
    pub fn check_url(&self, url: &str) -> Result<(), Invalid> {
        let parsed = Url::parse(url).ok();
        match parsed.as_ref().and_then(host_and_port) {
            Some((host, port)) if self.allows(&host, port) || !is_forbidden(&host) => Ok(()),
            _ => Err(Invalid::new(
                "address_refused",
                format!(
                    "The service does not connect to `{url}`: the address is private, loopback or otherwise special."
                ),
                "Use the store's public address, or ask the operator to allow this host and port (`outbound.allow`).",
            )),
        }
    }

    fn allows(&self, host: &Host<&str>, port: u16) -> bool {
        self.allowed.contains(&(host.to_string(), port))
    }
}

fn host_and_port(url: &Url) -> Option<(Host<&str>, u16)> {
    Some((url.host()?, url.port_or_known_default()?))
}

fn is_forbidden(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost")
        }
        Host::Ipv4(ip) => !is_public(IpAddr::V4(*ip)),
        Host::Ipv6(ip) => !is_public(IpAddr::V6(*ip)),
    }
}

/// Whether an address is one of the public internet.
///
/// Source: the special-purpose registries, <https://www.iana.org/assignments/iana-ipv4-special-registry> and
/// <https://www.iana.org/assignments/iana-ipv6-special-registry>.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local() // 169.254.169.254, the metadata service, among them
        || ip.is_documentation()
        || a == 0
        || (a == 100 && (64..128).contains(&b)) // shared by carriers
        || (a == 192 && b == 0 && c == 0) // protocol assignments
        || (a == 192 && b == 88 && c == 99) // 6to4 relays
        || (a == 198 && (b == 18 || b == 19)) // benchmarks
        || a >= 224; // multicast, reserved, broadcast
    !special
}

/// Only global unicast (`2000::/3`), less what carries an IPv4 address inside or is reserved for protocols and examples. That
/// leaves out `::1`, `fe80::/10`, `fc00::/7`, IPv4-mapped and NAT64 addresses without naming each.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    let special = (a == 0x2001 && (b < 0x0200 || b == 0x0db8)) || a == 0x2002 || (a == 0x3fff && b < 0x1000);
    (0x2000..0x4000).contains(&a) && !special
}

/// The HTTP client under every AWS client: it connects where the [`Guard`] permits, and nowhere else.
#[derive(Debug, Clone)]
pub struct GuardedClient {
    guard: Guard,
    open: SharedHttpClient,
    guarded: SharedHttpClient,
    is_bounded: bool,
}

impl GuardedClient {
    /// A client with a connection pool of its own.
    pub fn new(guard: Guard) -> Self {
        let builder = || Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
        Self {
            guard,
            open: builder().build_https(),
            guarded: builder().build_with_resolver(PublicAddresses),
            is_bounded: true,
        }
    }

    /// The client for answers that are passed on as they come, and so may be of any size.
    #[must_use]
    pub fn unbounded(self) -> Self {
        Self { is_bounded: false, ..self }
    }

    /// The client without its guard, for the operator's own credentials: they may come from the metadata service.
    pub fn unguarded(&self) -> SharedHttpClient {
        self.open.clone()
    }
}

impl HttpClient for GuardedClient {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        GuardedConnector {
            guard: self.guard.clone(),
            open: self.open.http_connector(settings, components),
            guarded: self.guarded.http_connector(settings, components),
            is_bounded: self.is_bounded,
        }
        .into_shared()
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.open.connector_metadata()
    }
}

#[derive(Debug)]
struct GuardedConnector {
    guard: Guard,
    open: SharedHttpConnector,
    guarded: SharedHttpConnector,
    is_bounded: bool,
}

impl HttpConnector for GuardedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = self.connect(request);
        if !self.is_bounded {
            return answer;
        }
        HttpConnectorFuture::new(async move { Ok(answer.await?.map(bounded)) })
    }
}

/// The largest answer that is read as a whole: a listing of a thousand keys of the longest kind has a few megabytes.
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;

/// A customer's endpoint may answer without end; reading it fails at the bound instead of filling the memory.
fn bounded(body: SdkBody) -> SdkBody {
    SdkBody::from_body_1_x(Limited::new(body, LARGEST_ANSWER))
}

impl GuardedConnector {
    fn connect(&self, request: HttpRequest) -> HttpConnectorFuture {
        let url = Url::parse(request.uri()).ok();
        match url.as_ref().and_then(host_and_port) {
            Some((host, port)) if self.guard.allows(&host, port) => self.open.call(request),
            // An address written as a literal is connected to without asking the resolver, so it is judged here.
            Some((host, _)) if !is_forbidden(&host) => self.guarded.call(request),
            host => {
                let host = host.map(|(host, port)| format!("{host}:{port}")).unwrap_or_default();
                HttpConnectorFuture::ready(Err(ConnectorError::user(AddressRefused(host).into())))
            }
        }
    }
}

/// Resolves names to public addresses only.
#[derive(Debug, Clone)]
struct PublicAddresses;

impl ResolveDns for PublicAddresses {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            let found = tokio::net::lookup_host((name, 0)).await.map_err(ResolveDnsError::new)?;
            let public: Vec<IpAddr> = found.map(|address| address.ip()).filter(|ip| is_public(*ip)).collect();
            if public.is_empty() { Err(ResolveDnsError::new(AddressRefused(name.to_owned()))) } else { Ok(public) }
        })
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use serde_json::json;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;
    use crate::{
        aws_io::{cause, s3},
        error::Error,
        integration::Spec,
    };

    #[test]
    fn special_addresses_are_not_public() {
        for special in [
            "127.0.0.1",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "::1",
            "::",
            "fe80::1",
            "fd00:ec2::254",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "ff02::1",
            "3fff::1",
        ] {
            assert!(!is_public(special.parse().unwrap()), "{special}");
        }
        for public in ["52.216.0.1", "172.32.0.1", "100.128.0.1", "2600:1f00::1", "2a05:d000::1"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn literals_are_judged_however_they_are_written() {
        let guard =
            Guard::new(&["127.0.0.1:9000".to_owned(), "minio.internal:9000".to_owned(), "[::1]:9000".to_owned()])
                .unwrap();
        for refused in [
            "http://127.0.0.1",
            "http://127.0.0.1:9001",
            "http://2130706433/",
            "http://0x7f.1",
            "http://[::ffff:127.0.0.1]:9000",
            "http://localhost:9000",
            "http://a.localhost",
            "http://LOCALHOST.",
            "http://169.254.169.254/latest",
            "not a url",
        ] {
            assert_eq!(guard.check_url(refused).unwrap_err().code(), "address_refused", "{refused}");
        }
        for allowed in [
            "http://127.0.0.1:9000",
            "http://2130706433:9000",
            "http://[::1]:9000",
            "http://minio.internal:9000",
            "https://s3.example.com",
        ] {
            assert!(guard.check_url(allowed).is_ok(), "{allowed}");
        }
    }

    #[test]
    fn an_unusable_allowance_is_refused() {
        for bad in ["127.0.0.1", "host:", ":80", "host:99999", "::1:80x"] {
            assert!(Guard::new(&[bad.to_owned()]).is_err(), "{bad}");
        }
    }

    #[tokio::test]
    async fn names_are_judged_by_what_they_resolve_to() {
        let error = PublicAddresses.resolve_dns("localhost").await.unwrap_err();
        assert!(cause::<AddressRefused>(&error).is_some(), "{error:?}");
    }

    /// Lists a bucket at a loopback port, as the service does with a customer's endpoint URL.
    async fn list(port: u16, guard: Guard) -> Error {
        let settings = json!({
            "name": "Images", "region": "us-east-1", "force_path_style": true, "authentication": {"type": "anonymous"},
            "scope": {"type": "bucket", "bucket": "images"}, "endpoint_url": format!("http://127.0.0.1:{port}"),
        });
        let spec = Spec::read(&serde_json::from_value(settings).unwrap()).unwrap();
        let client = s3::client(&spec, None, GuardedClient::new(guard));
        s3::explain("s3:ListObjectsV2", client.list_objects_v2().bucket("images").send().await.unwrap_err())
    }

    #[tokio::test]
    async fn a_refused_address_is_never_connected_to() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let error = list(listener.local_addr().unwrap().port(), Guard::new(&[]).unwrap()).await;
        assert_eq!(error.code(), "address_refused");
        assert!(listener.accept().now_or_never().is_none());
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let (first, second) =
            (TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
        let (from, to) = (first.local_addr().unwrap(), second.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = first.accept().await.unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await.unwrap();
            let answer =
                format!("HTTP/1.1 307 Temporary Redirect\r\nLocation: http://{to}/images\r\nContent-Length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
        });
        let error = list(from.port(), Guard::new(&[from.to_string(), to.to_string()]).unwrap()).await;
        assert_eq!(error.code(), "wrong_region");
        assert!(second.accept().now_or_never().is_none());
    }
}
