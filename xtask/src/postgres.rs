//! A throw-away PostgreSQL on loopback, for the tests of the database.

use std::{
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::{
    shell::{command, run_command},
    tools::{find, is_root},
};

/// Runs until it is dropped; the kernel ends it if this process is killed.
pub struct Postgres {
    server: Child,
    folder: PathBuf,
    port: u16,
}

impl Postgres {
    /// Makes a cluster and waits until it answers.
    pub fn start() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("byob-postgres-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let root = is_root()?;
        if root {
            run_command(command("chown", ["postgres".as_ref(), folder.as_os_str()]))?;
        }
        let data = folder.join("data");
        let mut initdb = unprivileged(root, "initdb")?;
        initdb.args(["--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--pgdata"]).arg(&data);
        run_command(quiet(initdb))?;

        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut server = unprivileged(root, "postgres")?;
        server.arg("-D").arg(&data).args([
            "-p",
            &port.to_string(),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "fsync=off",
        ]);
        server.args(["-c", "max_connections=300", "-c"]).arg(format!("unix_socket_directories={}", folder.display()));
        let server = quiet(server).spawn().context("PostgreSQL cannot be started")?;
        let mut started = Self { server, folder, port };
        started.wait()?;
        Ok(started)
    }

    /// Where it is, with a user who may make databases.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn wait(&mut self) -> Result<()> {
        for _ in 0..200 {
            if let Some(status) = self.server.try_wait()? {
                bail!("PostgreSQL stopped at once ({status})");
            }
            if std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return Ok(());
            }
            sleep(Duration::from_millis(100));
        }
        bail!("PostgreSQL did not answer within 20 seconds")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Nothing of it is kept, so it need not shut down in order.
        let _ = self.server.kill();
        let _ = self.server.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// PostgreSQL refuses to run as root. In either case it dies with this process.
fn unprivileged(root: bool, program: &str) -> Result<Command> {
    let program = find(program).with_context(|| format!("{program} is missing"))?;
    let mut command = command("setpriv", ["--pdeathsig=KILL"]);
    if root {
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]);
    }
    command.arg(program).current_dir("/");
    Ok(command)
}

fn quiet(mut command: Command) -> Command {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}
