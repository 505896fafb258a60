//! The digests of a record as the index takes them.

use crate::index::Digest;
use crate::record::Digests;

/// The digests of a record, for searching. Text that is no digest (in a record that came from
/// elsewhere) is an error.
pub(super) fn parse(digests: &Digests) -> Result<Vec<(&'static str, Digest)>, hex::FromHexError> {
    let mut parsed = Vec::new();
    if let Some(text) = &digests.md5 {
        parsed.push(("md5", Digest::Md5(bytes(text)?)));
    }
    if let Some(text) = &digests.sha1 {
        parsed.push(("sha1", Digest::Sha1(bytes(text)?)));
    }
    if let Some(text) = &digests.sha256 {
        parsed.push(("sha256", Digest::Sha256(bytes(text)?)));
    }
    if let Some(text) = &digests.sha512 {
        let [first, _second] = bytemuck::cast::<[u8; 64], [[u8; 32]; 2]>(bytes(text)?);
        parsed.push(("sha512", Digest::Sha512(first)));
    }
    Ok(parsed)
}

fn bytes<const N: usize>(text: &str) -> Result<[u8; N], hex::FromHexError> {
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes)?;
    Ok(bytes)
}
