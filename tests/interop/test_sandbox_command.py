"""`byob sandbox` as a command: what it prints, what it refuses, and what it keeps."""

import socket
import stat
import subprocess

from byob import binary
from sandbox import Sandbox


def run(*arguments):
    command = [binary(), "sandbox", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30)


def test_it_listens_on_this_machine_alone_unless_told_otherwise():
    for host in ("0.0.0.0", "::", "192.0.2.1"):
        done = run("--port", "0", "--host", host)
        assert done.returncode != 0
        assert "--allow-remote" in done.stderr and host in done.stderr
        assert done.stdout == ""


def test_a_port_that_is_taken_is_named(sandbox):
    port = sandbox.url.rpartition(":")[2]
    done = run("--port", port)
    assert done.returncode != 0
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr


def test_an_account_is_twelve_digits_and_a_name():
    done = run("--account", "12=short")
    assert done.returncode != 0
    assert "twelve digits" in done.stderr


def test_what_is_in_a_folder_is_there_at_the_next_start_with_the_same_keys(tmp_path):
    arguments = ["--data", str(tmp_path / "aws"), "--account", "333333333333=partner", "--account", "444444444444=other"]
    first = Sandbox(*arguments)
    bucket = first.platform.make_bucket("../odd//key", "plain.txt")
    assert first.stop() == 0

    second = Sandbox("--data", str(tmp_path / "aws"))
    assert [account.id for account in second.accounts] == ["333333333333", "444444444444"]
    assert second.platform.credentials == first.platform.credentials
    body = second.platform.s3.get_object(Bucket=bucket, Key="../odd//key")["Body"].read()
    assert body == b"../odd//key"
    assert second.stop() == 0


def test_a_folder_that_holds_something_else_is_refused(tmp_path):
    (tmp_path / "sandbox.json").write_text("[]")
    done = run("--port", "0", "--data", str(tmp_path))
    assert done.returncode != 0
    assert str(tmp_path) in done.stderr


def test_a_folder_belongs_to_one_sandbox_at_a_time(tmp_path):
    first = Sandbox("--data", str(tmp_path / "aws"))
    done = run("--port", "0", "--data", str(tmp_path / "aws"))
    assert done.returncode != 0
    assert "another sandbox uses it" in done.stderr
    assert first.stop() == 0


def test_the_keys_in_a_folder_are_for_its_owner_alone(tmp_path):
    folder = tmp_path / "aws"
    sandbox = Sandbox("--data", str(folder))
    sandbox.platform.make_bucket("a")
    assert sandbox.stop() == 0
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "sandbox.json").stat().st_mode) == 0o600


def test_it_stops_while_somebody_has_not_finished_asking():
    sandbox = Sandbox()
    host, _, port = sandbox.url.removeprefix("http://").rpartition(":")
    with socket.create_connection((host, int(port))) as half:
        half.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX-")
        assert sandbox.stop() == 0


def test_an_account_has_one_name():
    done = run("--port", "0", "--account", "333333333333=a", "--account", "333333333333=b")
    assert done.returncode != 0
    assert "333333333333" in done.stderr
