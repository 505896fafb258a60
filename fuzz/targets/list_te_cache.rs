#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| kinga::fuzz::run("list_te_cache", bytes));
