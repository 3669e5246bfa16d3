"""`byob demo`: the service, the sandbox, and a customer with a connected bucket, all in one process."""

import atexit
import json
import os
import select
import subprocess
from pathlib import Path

import raw_http
from byob import binary
from sandbox import Credentials


class Demo:
    """A running one, on free ports, whose temporary files lie below `folder`."""

    def __init__(self, folder, *arguments):
        command = ["setpriv", "--pdeathsig", "KILL", binary(), "demo", "--port", "0", "--sandbox-port", "0", "--json", *arguments]
        environment = {"PATH": os.environ["PATH"], "TMPDIR": str(folder)}
        self._process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        atexit.register(self.stop)
        readable, _, _ = select.select([self._process.stdout], [], [], 60)
        line = self._process.stdout.readline() if readable else ""
        if not line:
            self.stop()
            raise RuntimeError("byob demo did not say where it listens")
        started = json.loads(line)
        self.started = started
        self.url = started["url"]
        self.aws_url = started["aws_endpoint_url"]
        self.bucket = started["bucket"]
        self.customer = Credentials(started["access_key_id"], started["secret_access_key"])

    def stop(self):
        """Stops it as a visitor would, and gives back its exit status."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process.stdout.close()
        return self._process.returncode

    def peak_memory(self):
        """In bytes."""
        # `setpriv` becomes the program, so that the process is the demo itself.
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024

    def api(self, path, body=None):
        headers = {"Authorization": f"Bearer {self.started['token']}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        answer = raw_http.load(f"{self.url}/api/v1/{path}", "GET" if body is None else "POST", headers, data)
        assert answer.status == 200, answer.body
        return answer.json()

    def resolve(self, *keys, **options):
        """The answers for files of the connected bucket."""
        locators = [f"s3://{self.bucket}/{key}" for key in keys]
        return self.api("resolve", {"locators": locators, **options})["results"]
