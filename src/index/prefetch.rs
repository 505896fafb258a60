//! The one place of the index that is not safe Rust: asking the processor to fetch memory that is
//! about to be read.

/// Asks for the cache line that holds the first byte of an item. A hint: nothing depends on it but
/// speed, and where the processor has no such instruction at hand, it does nothing.
#[inline]
pub(super) fn prefetch<T>(item: &T) {
    #[cfg(target_arch = "x86_64")]
    #[expect(unsafe_code, reason = "the intrinsic takes a raw pointer")]
    // SAFETY: prefetching reads nothing and cannot fault, whatever the address, and this address
    // is that of a live reference. SSE is part of every x86-64 processor.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(item).cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = item;
}
