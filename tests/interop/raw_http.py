"""HTTP with nothing added: a URL is sent as it stands, without credentials, as a browser would, but its path is not normalised,
no redirect is followed and no name looked up: every host of these tests is a name for loopback."""

import http.client
import json
from dataclasses import dataclass

TIMEOUT = 60


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self):
        return json.loads(self.body)


def split(url):
    """Scheme, host with port, and the rest with its leading slash: no more than a wire needs."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return scheme, host, slash + path


def load(url, method="GET", headers=None, body=None):
    scheme, host, path = split(url)
    assert scheme == "http", f"the servers of these tests speak plain HTTP on loopback, not {scheme}"
    connection = http.client.HTTPConnection("127.0.0.1", int(host.rpartition(":")[2]), timeout=TIMEOUT)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", host)
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()
