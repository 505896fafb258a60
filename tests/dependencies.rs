//! What the program is built of: versions and features that change hashes, and licences.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// A package of the build, dependencies of the tests included.
struct Package {
    name: String,
    version: String,
    licence: String,
    features: Vec<String>,
}

fn run(program: &str, args: &[&str]) -> String {
    let mut command = Command::new(program);
    let output = command.args(args).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The packages for this machine, as cargo has resolved them, with the features that any of the
/// others switches on. Those for other machines may not have been downloaded.
fn packages() -> Vec<Package> {
    let compiler = run("rustc", &["-vV"]);
    let host = compiler.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let args = ["metadata", "--format-version", "1", "--offline", "--locked"];
    let metadata = run(env!("CARGO"), &[&args[..], &["--filter-platform", host]].concat());
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let features = |node: &Value| serde_json::from_value(node["features"].clone()).unwrap();
    let resolved: BTreeMap<&str, Vec<String>> =
        nodes.iter().map(|node| (node["id"].as_str().unwrap(), features(node))).collect();
    let packages = metadata["packages"].as_array().unwrap().iter();
    let of_this_machine = packages.filter_map(|package| {
        let features = resolved.get(package["id"].as_str().unwrap())?;
        let text = |key: &str| package[key].as_str().unwrap_or_default().to_owned();
        let (name, version, licence) = (text("name"), text("version"), text("license"));
        Some(Package { name, version, licence, features: features.clone() })
    });
    of_this_machine.collect()
}

fn named<'a>(packages: &'a [Package], name: &str) -> Vec<&'a Package> {
    packages.iter().filter(|package| package.name == name).collect()
}

#[test]
fn the_img_hash_family_is_made_by_one_pinned_version_without_its_unstable_resize() {
    let packages = packages();
    let hashers = named(&packages, "image_hasher");
    assert_eq!(hashers.len(), 1, "two versions would make two kinds of hashes");
    assert_eq!(hashers[0].version, "3.1.1", "its hashes may change with any release");
    assert_eq!(hashers[0].features, Vec::<String>::new(), "fast_resize_unstable changes hashes");
    // The features of the others are seen, so this test is not blind.
    assert!(named(&packages, "clap")[0].features.iter().any(|feature| feature == "derive"));
    assert_eq!(named(&packages, "img_hash").len(), 0, "it brings RUSTSEC-2023-0080");
}

/// Whether a licence leaves the choice of one without copyleft: `MIT OR LGPL-2.1` does,
/// `MIT AND LGPL-2.1` does not. (`/` is the old way to write `OR`.)
fn is_permissive(licence: &str) -> bool {
    let alternatives = licence.split(" OR ").flat_map(|part| part.split('/'));
    let free = |part: &str| !part.contains("GPL") && !part.trim().is_empty();
    if licence.contains(" AND ") || licence.contains('(') {
        return free(licence);
    }
    alternatives.into_iter().any(free)
}

#[test]
fn a_choice_of_licences_is_permissive_and_a_sum_is_not() {
    for licence in ["MIT", "MIT OR Apache-2.0 OR LGPL-2.1-or-later", "GPL-2.0/MIT"] {
        assert!(is_permissive(licence), "{licence}");
    }
    for licence in ["", "GPL-3.0-only", "AGPL-3.0", "MIT AND LGPL-2.1", "(MIT OR ISC) AND GPL-2.0"]
    {
        assert!(!is_permissive(licence), "{licence}");
    }
}

#[test]
fn no_package_has_a_licence_of_the_gpl_family_or_none() {
    let packages = packages();
    assert!(packages.len() > 100, "only {} packages were seen", packages.len());
    for package in packages {
        let Package { name, version, licence, .. } = package;
        assert!(is_permissive(&licence), "{name} {version}: '{licence}'");
    }
}

#[test]
fn no_package_talks_to_a_network() {
    let clients = ["curl", "hyper", "isahc", "native-tls", "quinn", "reqwest", "rustls", "ureq"];
    let runtimes = ["async-std", "mio", "smol", "socket2", "tokio"];
    let packages = packages();
    for name in clients.iter().chain(&runtimes) {
        assert_eq!(named(&packages, name).len(), 0, "{name}");
    }
}
