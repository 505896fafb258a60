//! kinga finds known images in folders, by perceptual hash, without anyone having to share them.
//!
//! A person whose intimate picture is spread without consent turns it into a hash on their own
//! machine. Only hashes are shared, in *hash lists*; whoever holds a pile of files can then look
//! for them. A hit is a *candidate for a human to look at*, never a verdict; a miss means "not in
//! these lists", never "harmless".
//!
//! The way of one file: [`walk`] numbers it as a candidate, [`scan`] has a [`worker`] open it and look at
//! its [`content`], where [`picture`] sniffs and decodes it to a [`luma`] plane, [`algorithm`] hashes
//! that and [`region`] its parts. Then [`index`] finds the entries of the [`list`]s that are near, and
//! the [`record`] of all this goes to a [`report`], and to a [`journal`] from which an interrupted run
//! goes on.
//!
//! ```
//! use kinga::algorithm::pdq;
//! use kinga::hash::{Algorithm, MaxDistance};
//! use kinga::index::HashIndex;
//! use kinga::list::{HashList, ReadOptions};
//! use kinga::luma::{Luma, Pixels};
//!
//! // A picture of 8 by 8 squares, each a little brighter than the one before.
//! let brightness = |k: usize| (k % 256 / 32 * 8 + k / 256 / 32) as u8 * 4;
//! let pixels = Pixels::Grey((0..256 * 256).map(brightness).collect());
//! let picture = Luma::new(256, 256, pixels).expect("as many bytes as pixels");
//! let (hash, quality) = pdq::hash(&picture);
//! assert_eq!(quality.0, 64);
//!
//! // A hash list with that one entry.
//! let text = format!("pdq,id\n{},K-1\n", Algorithm::Pdq.to_text(hash));
//! let list = HashList::read("example.csv", text.as_bytes(), &ReadOptions::default())?;
//! let index = HashIndex::new(vec![list], Some(MaxDistance::PDQ_DEFAULT))?;
//! let found = index.lookup(Algorithm::Pdq, hash);
//! assert_eq!(index.entry(found[0]).id.as_deref(), Some("K-1"));
//! assert_eq!(found[0].distance.0, 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod algorithm;
pub mod content;
pub mod edit;
pub mod eval;
#[doc(hidden)]
pub mod fuzz;
pub mod hash;
pub mod index;
pub mod journal;
pub mod list;
pub mod luma;
pub mod mapped;
pub mod orientation;
pub mod picture;
#[cfg(feature = "protect")]
pub mod protect;
pub mod record;
pub mod region;
pub mod report;
pub mod scan;
pub mod signing;
pub mod view;
pub mod walk;
pub mod worker;
