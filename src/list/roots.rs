//! Where a run of kinga's began, as far as it takes that to tell its pictures apart.

use std::path::Path;

use serde_json::{Map, Value};

/// The roots of a run; none where it had only one, since there paths alone tell its pictures apart.
#[derive(Default)]
pub(super) struct Roots(Vec<Root>);

struct Root {
    /// What goes before the paths of its records, or in their place.
    path: String,
    kind: String,
}

impl Roots {
    /// Those that the first line of a report names.
    pub(super) fn of(run: &Map<String, Value>) -> Self {
        let roots = run.get("roots").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let text = |root: &Value, key| root.get(key).and_then(Value::as_str).map(str::to_owned);
        let root = |root| {
            let [path, kind] = ["path", "kind"].map(|key| text(root, key).unwrap_or_default());
            Root { path, kind }
        };
        Self(if roots.len() > 1 { roots.iter().map(root).collect() } else { Vec::new() })
    }

    /// The path of a record with its root's in front, if there are several roots: two may hold
    /// files of the same name. The same as the id in a table of such a run.
    pub(super) fn locate(&self, record: &Map<String, Value>) -> Option<String> {
        let number = record.get("root").and_then(Value::as_u64)?;
        let root = self.0.get(usize::try_from(number).unwrap_or(usize::MAX))?;
        let path = record.get("path").and_then(Value::as_str)?;
        match root.kind.as_str() {
            "folder" => Some(Path::new(&root.path).join(path).to_string_lossy().into_owned()),
            "file" => Some(root.path.clone()),
            // In a list, paths are whole.
            _ => Some(path.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(text: &str) -> Map<String, Value> {
        serde_json::from_str(text).unwrap()
    }

    fn located(roots: &str, root: usize) -> Option<String> {
        let run = object(&format!("{{\"roots\":[{roots}]}}"));
        Roots::of(&run).locate(&object(&format!("{{\"root\":{root},\"path\":\"x/y.jpg\"}}")))
    }

    #[test]
    fn of_several_roots_each_goes_before_its_paths_and_one_alone_does_not() {
        let folder = r#"{"path":"a","kind":"folder"}"#;
        let file = r#"{"path":"b/y.jpg","kind":"file"}"#;
        let list = r#"{"path":"c.txt","kind":"list"}"#;
        let all = [folder, file, list].join(",");
        let told = [0, 1, 2, 3].map(|root| located(&all, root));
        let told = told.each_ref().map(Option::as_deref);
        assert_eq!(told, [Some("a/x/y.jpg"), Some("b/y.jpg"), Some("x/y.jpg"), None]);
        assert_eq!(located(folder, 0), None);
        assert_eq!(Roots::default().locate(&object(r#"{"root":0,"path":"x"}"#)), None);
    }
}
