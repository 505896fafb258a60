//! Notes the commit that is built, for `kinga --version` and for reports.

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=.git/HEAD");
    println!("cargo::rerun-if-changed=.git/logs/HEAD");
    let git = Command::new("git").args(["rev-parse", "--short=12", "HEAD"]).output();
    let commit = match git {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        }
        // A source archive, or no git: the version alone must do.
        _ => "unknown".to_owned(),
    };
    println!("cargo::rustc-env=KINGA_COMMIT={commit}");
}
