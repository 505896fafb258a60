//! kinga finds known non-consensual intimate images in folders by perceptual hash.

pub mod algorithm;
pub mod hash;
pub mod index;
pub mod list;
pub mod luma;
pub mod orientation;
pub mod picture;
pub mod record;
pub mod report;
pub mod scan;
pub mod walk;
