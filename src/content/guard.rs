//! The one place where a panic is caught.
//!
//! Decoders may panic on hostile files (image's own CHANGES.md says so). One such file must not end
//! the scan of a million others, so what touches a file's content runs in here, and so does
//! comparing what was made of it.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is doing work whose panic is caught and becomes a reason in a record. A
/// panic hook asks this, so as not to alarm people about it.
pub fn is_guarded() -> bool {
    GUARDED.get()
}

/// Does `work`.
///
/// # Errors
/// When it panics: what it said.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    let before = GUARDED.replace(true);
    // What `work` leaves half done is given up together with its result.
    let outcome = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(before);
    outcome.map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message").to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_its_message_and_the_guard_is_left() {
        assert_eq!(guarded(|| 7), Ok(7));
        let row: Vec<u8> = Vec::new();
        assert!(guarded(|| row[3]).unwrap_err().contains("index out of bounds"));
        assert!(!is_guarded());
    }
}
