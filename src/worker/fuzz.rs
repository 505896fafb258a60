//! Any bytes as what goes between the processes: for `crate::fuzz`.

use super::answer;
use super::frame::Inbox;
use super::setup::{Handed, Request, Setup, fences, ready};
use crate::content::{HashOptions, look_at_bytes};
use crate::hash::Algorithm;
use crate::view::{Effort, Enrolment};

/// Longest message of a stream here, in bytes; longer ones are to be refused.
const MOST: usize = 4096;

/// What a worker was asked, in four ways.
fn asked(way: usize) -> HashOptions {
    let effort = Effort::ALL[way % Effort::ALL.len()];
    HashOptions { effort, enrol: Some(Enrolment::Thorough), ..HashOptions::new(Algorithm::Pdq) }
}

/// What workers answer of a picture, to begin with.
pub fn answers(picture: &[u8]) -> Vec<Vec<u8>> {
    let ways = 0..Effort::ALL.len();
    ways.map(|way| answer::to_bytes(&look_at_bytes(picture, &asked(way)))).collect()
}

/// Reads any bytes as answers to all questions. Whatever is taken for one is what its own bytes
/// say, so nothing in it is out of the bounds of the format.
///
/// # Panics
/// When that does not hold.
pub fn answer_is_within_bounds_or_none(bytes: &[u8]) {
    for way in 0..Effort::ALL.len() {
        let options = asked(way);
        let Some(findings) = answer::from_bytes(bytes, &options) else { continue };
        let written = answer::to_bytes(&findings);
        assert!(written.len() <= answer::MOST_ANSWER, "{} bytes", written.len());
        assert_eq!(answer::from_bytes(&written, &options), Some(findings));
    }
}

/// Reads any bytes as what a worker is told: its setup, a request, what is handed over, a message
/// of a stream.
///
/// # Panics
/// When what was read is not written as it is read.
pub fn request_is_read_as_written(bytes: &[u8]) {
    if let Some(request) = Request::from_bytes(bytes) {
        assert_eq!(Request::from_bytes(&request.to_bytes()), Some(request));
    }
    if let Some(handed) = bytes.first_chunk() {
        let handed = Handed::from_bytes(*handed);
        assert_eq!(Handed::from_bytes(handed.to_bytes()), handed);
    }
    if let Some(said) = fences(bytes) {
        assert_eq!(fences(&ready(said)), Some(said));
    }
    if let Ok(message) = Inbox::new(bytes).receive(MOST, None) {
        assert!(message.len() <= MOST && bytes[4..].starts_with(message));
    }
    if let Ok(setup) = serde_json::from_slice::<Setup>(bytes) {
        drop(setup.options(1 << 20));
    }
}
