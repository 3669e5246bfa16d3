//! What the tests need of the system: found, installed where that is possible, or named.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::shell::{command, output, root, run, run_command};

/// Programs, and the Debian packages that have them.
const NEEDED: [(&str, &str); 11] = [
    ("initdb", "postgresql"),
    ("postgres", "postgresql"),
    ("ceph-mon", "ceph-mon"),
    ("ceph-osd", "ceph-osd"),
    ("monmaptool", "ceph-common"),
    ("radosgw", "radosgw"),
    ("setpriv", "util-linux"),
    ("curl", "curl"),
    ("chromium", "chromium"),
    ("node", "nodejs"),
    ("npm", "npm"),
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

/// A Python with the packages of `tests/interop/requirements.txt`.
pub fn python() -> Result<PathBuf> {
    Ok(virtual_environment("requirements.txt", "interop-venv")?.join("bin/python"))
}

/// The AWS CLI. Apart from the other packages, for it wants a botocore of its own.
pub fn aws_cli() -> Result<PathBuf> {
    Ok(virtual_environment("aws-cli.txt", "aws-cli-venv")?.join("bin/aws"))
}

/// A folder below `target` with the Python packages of a file in `tests/interop`, made anew when that file changes.
fn virtual_environment(requirements: &str, name: &str) -> Result<PathBuf> {
    let wanted = root().join("tests/interop").join(requirements);
    let venv = root().join("target").join(name);
    let installed = venv.join(requirements);
    let wanted_text = std::fs::read_to_string(&wanted).with_context(|| wanted.display().to_string())?;
    if std::fs::read_to_string(&installed).ok().as_deref() != Some(&wanted_text) {
        run_command(command("python3", [Path::new("-m"), Path::new("venv"), Path::new("--clear"), &venv]))?;
        let quietly = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
        let mut pip = command(venv.join("bin/python"), quietly);
        pip.arg(&wanted);
        run_command(pip)?;
        std::fs::write(installed, wanted_text)?;
    }
    Ok(venv)
}

/// The folder below `target` with the packages of these tests' `package.json`, installed anew when that file changes.
pub fn node_packages(tests: &str) -> Result<PathBuf> {
    let wanted = root().join("tests").join(tests).join("package.json");
    let folder = root().join("target").join(format!("{tests}-npm"));
    let installed = folder.join("installed.json");
    let wanted_text = std::fs::read_to_string(&wanted).with_context(|| wanted.display().to_string())?;
    if std::fs::read_to_string(&installed).ok().as_deref() != Some(&wanted_text) {
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("package.json"), &wanted_text)?;
        let mut npm = command("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]);
        npm.current_dir(&folder);
        run_command(npm)?;
        std::fs::write(installed, wanted_text)?;
    }
    Ok(folder)
}
