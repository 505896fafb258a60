//! The hash algorithms: one function from pixels to hashes for all of them.

mod classic;
pub mod pdq;

use crate::hash::{Algorithm, Hash, Quality};
use crate::luma::Luma;
use crate::orientation::Orientation;

/// The hashes of one picture by one algorithm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashes {
    /// Who made them.
    pub algorithm: Algorithm,
    /// PDQ's quality of the picture as a viewer shows it; the other algorithms have none.
    pub quality: Option<Quality>,
    /// The hash of the picture as a viewer shows it, then, if they were asked for, those of the
    /// picture turned from there in the other seven ways.
    pub turned: Vec<(Orientation, Hash)>,
}

impl Hashes {
    /// The hash of the picture as a viewer shows it.
    pub fn upright(&self) -> Hash {
        self.turned[0].1
    }
}

/// Which orientations of a picture are hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turns {
    /// Only the one that a viewer shows.
    Upright,
    /// All eight.
    All,
}

/// The code that makes hashes of this algorithm, with its version: two versions may differ.
pub fn made_by(algorithm: Algorithm) -> String {
    match algorithm {
        Algorithm::Pdq => concat!("kinga ", env!("CARGO_PKG_VERSION")).to_owned(),
        Algorithm::Classic(_) => classic::MADE_BY.to_owned(),
    }
}

/// Hashes a picture that a viewer shows turned by `shown` (from its EXIF orientation).
pub fn hashes(picture: &Luma, shown: Orientation, algorithm: Algorithm, turns: Turns) -> Hashes {
    match algorithm {
        Algorithm::Pdq => pdq_hashes(picture, shown, turns),
        Algorithm::Classic(classic) => {
            let wanted = wanted(turns);
            let hashes =
                classic::hashes(picture, classic, wanted.iter().map(|&turn| shown.then(turn)));
            Hashes {
                algorithm,
                quality: None,
                turned: wanted.iter().copied().zip(hashes).collect(),
            }
        }
    }
}

fn wanted(turns: Turns) -> &'static [Orientation] {
    match turns {
        Turns::Upright => &Orientation::ALL[..1],
        Turns::All => &Orientation::ALL,
    }
}

fn pdq_hashes(picture: &Luma, shown: Orientation, turns: Turns) -> Hashes {
    if turns == Turns::Upright && shown == Orientation::Upright {
        let (hash, quality) = pdq::hash(picture);
        let turned = vec![(Orientation::Upright, hash)];
        return Hashes { algorithm: Algorithm::Pdq, quality: Some(quality), turned };
    }
    let stored = pdq::hash_all(picture);
    let of = |turn: Orientation| stored[shown.then(turn) as usize];
    Hashes {
        algorithm: Algorithm::Pdq,
        quality: Some(of(Orientation::Upright).1),
        turned: wanted(turns).iter().map(|&turn| (turn, of(turn).0)).collect(),
    }
}
