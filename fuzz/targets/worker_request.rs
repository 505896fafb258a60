#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| kinga::fuzz::run("worker_request", bytes));
