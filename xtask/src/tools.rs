//! What the tests need of the system: found, installed where that is possible, or named.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::shell::{command, output, root, run, run_command};

/// Programs, and the Debian packages that have them.
const NEEDED: [(&str, &str); 8] = [
    ("initdb", "postgresql"),
    ("postgres", "postgresql"),
    ("ceph-mon", "ceph-mon"),
    ("ceph-osd", "ceph-osd"),
    ("monmaptool", "ceph-common"),
    ("radosgw", "radosgw"),
    ("setpriv", "util-linux"),
    ("curl", "curl"),
];

/// Installs what is missing, as root on Debian; elsewhere says what to install.
pub fn install_missing() -> Result<()> {
    let mut packages: Vec<&str> =
        NEEDED.iter().filter(|(program, _)| find(program).is_none()).map(|(_, package)| *package).collect();
    if output(command("python3", ["-c", "import ensurepip, venv"])).is_err() {
        packages.push("python3-venv");
    }
    packages.dedup();
    if packages.is_empty() {
        return Ok(());
    }
    let by_hand = format!("apt-get install --no-install-recommends {}", packages.join(" "));
    ensure!(is_root()? && find("apt-get").is_some(), "the tests need more programs; on Debian: {by_hand}");
    // Installing a server must not start it.
    let policy = Path::new("/usr/sbin/policy-rc.d");
    let ours = !policy.exists();
    if ours {
        std::fs::write(policy, "#!/bin/sh\nexit 101\n")?;
        run("chmod", ["755", "/usr/sbin/policy-rc.d"])?;
    }
    run("apt-get", ["update", "--quiet=2"])?;
    let mut install = command("apt-get", ["install", "--quiet=2", "--yes", "--no-install-recommends"]);
    install.args(&packages).env("DEBIAN_FRONTEND", "noninteractive");
    let installed = run_command(install);
    if ours {
        std::fs::remove_file(policy)?;
    }
    installed
}

/// A program of the path, or of the newest PostgreSQL, which Debian keeps elsewhere.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    folders.sort();
    folders.reverse();
    folders.extend(std::env::split_paths(&path));
    folders.extend(["/usr/sbin", "/sbin"].map(PathBuf::from));
    folders.into_iter().map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Whether this runs as root.
pub fn is_root() -> Result<bool> {
    Ok(output(command("id", ["--user"]))?.trim() == "0")
}

/// A Python with the packages of `tests/interop/requirements.txt`, made anew when that file changes.
pub fn python() -> Result<PathBuf> {
    let wanted = root().join("tests/interop/requirements.txt");
    let venv = root().join("target/interop-venv");
    let installed = venv.join("requirements.txt");
    let python = venv.join("bin/python");
    let wanted_text = std::fs::read_to_string(&wanted).context("tests/interop/requirements.txt")?;
    if std::fs::read_to_string(&installed).ok().as_deref() != Some(&wanted_text) {
        run_command(command("python3", [Path::new("-m"), Path::new("venv"), Path::new("--clear"), &venv]))?;
        let mut pip =
            command(&python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
        pip.arg(&wanted);
        run_command(pip)?;
        std::fs::write(installed, wanted_text)?;
    }
    Ok(python)
}
