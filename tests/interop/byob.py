"""The product under test: the `byob` binary, its server, and a small client of its API."""

import atexit
import base64
import json
import os
import secrets
import signal
import subprocess
import time
import urllib.parse
from pathlib import Path

import raw_http
import rgw

_REPOSITORY = Path(__file__).resolve().parents[2]


def binary():
    path = Path(os.environ.get("BYOB_BIN", _REPOSITORY / "target/debug/byob"))
    if not os.access(path, os.X_OK):
        raise RuntimeError(f"{path} is not there: run `cargo build`, or set BYOB_BIN to the binary to test")
    return path


def ask(command, lines):
    """Sends lines to `byob COMMAND --jsonl` and gives back the answers, which must be as many."""
    done = subprocess.run(
        [binary(), command, "--jsonl"],
        input="".join(line + "\n" for line in lines),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == 0, f"byob {command} --jsonl ended with {done.returncode}: {done.stderr}"
    # Not splitlines(), which takes characters that JSON may hold for line ends.
    answers = [json.loads(line) for line in done.stdout.removesuffix("\n").split("\n")]
    assert len(answers) == len(lines), f"{len(lines)} lines asked, {len(answers)} answered"
    return answers


class Server:
    """`byob serve` with everything it needs in its environment."""

    def __init__(self, directory: Path, database_url, platform, sts, reachable, **settings):
        """`platform` is the gateway's user that the product acts as, `reachable` what its outbound guard must let through:
        it forbids loopback unless told otherwise. `settings` are more environment variables."""
        self.address = f"127.0.0.1:{rgw.free_port()}"
        self.url = f"http://{self.address}"
        self.encryption_key = base64.b64encode(secrets.token_bytes(32)).decode()
        self._log = directory / "byob.log"
        self._directory = directory
        self._process = None
        self._environment = {
            # Nothing of the developer's own: no AWS profile, no proxy, no BYOB_ settings.
            "PATH": os.environ["PATH"],
            "HOME": str(directory),
            "BYOB_LISTEN": self.address,
            "BYOB_DATABASE_URL": database_url,
            "BYOB_ENCRYPTION_KEY": self.encryption_key,
            "BYOB_AWS__REGION": rgw.REGION,
            "BYOB_AWS__ACCESS_KEY_ID": platform.access_key_id,
            "BYOB_AWS__SECRET_ACCESS_KEY": platform.secret_access_key,
            "BYOB_AWS__SHARED_PRINCIPAL_ARN": platform.arn,
            "BYOB_AWS__STS_ENDPOINT_URL": sts.url,
            "BYOB_OUTBOUND__ALLOW": json.dumps(reachable),
            **settings,
        }

    def start(self):
        with open(self._log, "ab") as log:
            # It ends with this process, even one that was killed.
            command = ["setpriv", "--pdeathsig", "KILL", binary(), "serve"]
            self._process = subprocess.Popen(command, env=self._environment, cwd=self._directory, stdout=log, stderr=log)
        atexit.register(self.stop)
        deadline = time.monotonic() + 30
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"byob serve did not become ready:\n{self.log()}")
            time.sleep(0.05)

    def _is_ready(self):
        try:
            return raw_http.load(self.url + "/readyz").status == 200
        except OSError:
            return False

    def stop(self):
        """Stops it as an operator would, and gives back its exit status."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        return self._process.returncode

    def log(self):
        return self._log.read_text(errors="replace")

    def create_organization(self, name):
        done = subprocess.run(
            [binary(), "admin", "create-organization", name, "--email", f"{name}@example.com", "--json"],
            env=self._environment,
            cwd=self._directory,
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert done.returncode == 0, done.stderr
        return Organization(self.url, json.loads(done.stdout)["token"])


class Organization:
    """The API, with the token of an organization's admin."""

    def __init__(self, url, token):
        self._url = url + "/api/v1"
        self.token = token

    def call(self, method, path, body=None):
        headers = {"Authorization": f"Bearer {self.token}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body).encode()
        return raw_http.load(self._url + path, method, headers, body)

    def get(self, path):
        return self._expect(200, self.call("GET", path))

    def post(self, path, body, status=201):
        return self._expect(status, self.call("POST", path, body))

    def patch(self, path, body):
        return self._expect(200, self.call("PATCH", path, body))

    def delete(self, path):
        answer = self.call("DELETE", path)
        assert answer.status in (200, 204), answer.body

    def resolve(self, *locators, expires_in=900, **options):
        """The results of a batch, in order."""
        body = {"locators": list(locators), "expires_in": expires_in, "disposition": None, "content_type": None, **options}
        return self.post("/resolve", body, 200)["results"]

    def url(self, locator, **options):
        """The presigned URL of one locator, which must have one."""
        (result,) = self.resolve(locator, **options)
        assert "url" in result, result
        return result["url"]

    def error(self, locator, **options):
        """The error of one locator, which must have one, and which must be of use to its reader."""
        (result,) = self.resolve(locator, **options)
        assert "url" not in result, "a URL was handed out"
        error = result["error"]
        assert error["code"] and error["detail"] and "hint" in error, error
        return error

    def open(self, locator):
        return self.call("GET", "/open?locator=" + urllib.parse.quote(locator, safe=""))

    @staticmethod
    def _expect(status, answer):
        assert answer.status == status, f"{answer.status} instead of {status}: {answer.body.decode(errors='replace')}"
        return answer.json()
