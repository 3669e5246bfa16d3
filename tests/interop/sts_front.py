"""The STS that the product is pointed at: RGW's own, behind a front that makes up for one gap and lets tests look and meddle.

The gap: RGW 16.2 evaluates the conditions of a trust policy, but never fills `sts:ExternalId`, so that even the right ID is
refused. It does fill `aws:Referer`, from a header that no signature covers. The front copies the one to the other, and the
customer of these tests asks for `aws:Referer` where the generated trust policy says `sts:ExternalId`. RGW itself still verifies
the signature, the principal and that the ID is the one the role asks for; that the condition key is spelled right is proven
elsewhere, against the sandbox.
"""

import http.client
import threading
import urllib.parse
import xml.etree.ElementTree as xml
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import rgw

HELD_AT_MOST = 30
UNAVAILABLE = (
    b'<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Receiver</Type>'
    b"<Code>ServiceUnavailable</Code><Message>switched off by a test</Message></Error>"
    b"<RequestId>0</RequestId></ErrorResponse>"
)


@dataclass(frozen=True)
class AssumeRole:
    """One AssumeRole that reached the front, and the session credentials it led to, if any."""

    role_arn: str
    external_id: str | None
    session_policy: str | None
    session: rgw.User | None
    session_token: str | None


class StsFront:
    def __init__(self, gateway):
        self._gateway_port = gateway.port
        self._calls = []
        self._gates = {}
        self._lock = threading.Lock()
        self.available = True
        self._server = ThreadingHTTPServer(("127.0.0.1", rgw.free_port()), _handler(self))
        self._server.daemon_threads = True
        self.address = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.address}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def calls(self, role_arn):
        """Every AssumeRole asked for this role so far, refused ones included."""
        with self._lock:
            return [call for call in self._calls if call.role_arn == role_arn]

    def hold(self, role_arn):
        """From now on AssumeRole of this role waits at the gate that is returned."""
        gate = self._gates[role_arn] = Gate()
        return gate

    def answer(self, path, headers, body):
        """What STS says to one request: status, headers, body."""
        form = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
        if form.get("Action") != "AssumeRole":
            return self._forward(path, headers, body)
        if gate := self._gates.get(form["RoleArn"]):
            gate.wait()
        if not self.available:
            answer = 503, [("Content-Type", "text/xml")], UNAVAILABLE
        else:
            external_id = form.get("ExternalId")
            referer = [("Referer", external_id)] if external_id is not None else []
            answer = self._forward(path, headers + referer, body)
        status, _, content = answer
        session, token = _session(content) if status == 200 else (None, None)
        with self._lock:
            self._calls.append(AssumeRole(form["RoleArn"], form.get("ExternalId"), form.get("Policy"), session, token))
        return answer

    def _forward(self, path, headers, body):
        upstream = http.client.HTTPConnection("127.0.0.1", self._gateway_port, timeout=30)
        try:
            # With the caller's Host: it is signed.
            upstream.putrequest("POST", path, skip_host=True, skip_accept_encoding=True)
            for name, value in headers:
                upstream.putheader(name, value)
            upstream.endheaders(body)
            response = upstream.getresponse()
            return response.status, response.getheaders(), response.read()
        finally:
            upstream.close()


class Gate:
    """Closed until a test opens it, and never for long."""

    def __init__(self):
        self._reached = threading.Event()
        self._opened = threading.Event()

    def wait(self):
        self._reached.set()
        self._opened.wait(HELD_AT_MOST)

    def wait_until_reached(self):
        assert self._reached.wait(HELD_AT_MOST), "no AssumeRole came"

    def open(self):
        self._opened.set()


def _session(content):
    fields = {element.tag.rpartition("}")[2]: element.text for element in xml.fromstring(content).iter()}
    return rgw.User(fields["Arn"], fields["AccessKeyId"], fields["SecretAccessKey"]), fields["SessionToken"]


# Belong to one connection, of which there are two here; and a Referer of the caller's own would be a way around the front.
_NOT_FORWARDED = ("connection", "content-length", "transfer-encoding", "referer")


def _handler(front):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            length = [("Content-Length", str(len(body)))]
            status, headers, content = front.answer(self.path, _forwarded(self.headers.items()) + length, body)
            self.send_response(status)
            for name, value in _forwarded(headers) + [("Content-Length", str(len(content)))]:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            """Requests are told by `calls`, not on the screen."""

    return Handler


def _forwarded(headers):
    return [(name, value) for name, value in headers if name.lower() not in _NOT_FORWARDED]
