//! Looking at files in processes of their own. A picture can be made to take over the program that
//! decodes it; here that program is a worker, which holds nothing but that picture, can do nothing but
//! answer, and whose answer is taken for hostile.
//!
//! A worker is this program, started twice again. One process opens files and touches nothing that is
//! in them ([`serve_opening`]); where a file system hangs, it hangs in its place. The other one is told
//! how to look, confines itself ([`Fences`]), and is then handed the open files, one after the other
//! ([`serve_looking`]). It never sees a hash list, a path, the environment or another worker. The
//! [`Pool`] starts workers, waits for their answers no longer than a time limit, and replaces each
//! that did anything odd.

#[cfg(unix)]
mod answer;
mod confine;
#[cfg(not(unix))]
mod elsewhere;
#[cfg(unix)]
mod frame;
#[cfg(unix)]
#[doc(hidden)]
pub mod fuzz;
#[cfg(unix)]
mod gate;
#[cfg(unix)]
mod line;
#[cfg(unix)]
mod pool;
#[cfg(unix)]
mod process;
#[cfg(unix)]
mod serve;
#[cfg(unix)]
mod setup;
#[cfg(unix)]
mod wire;

pub use confine::Fences;
#[cfg(not(unix))]
pub use elsewhere::{Line, Patience, Pool, PoolError, serve_looking, serve_opening};
#[cfg(unix)]
pub use line::Line;
#[cfg(unix)]
pub use pool::{Patience, Pool, PoolError};
#[cfg(unix)]
pub use serve::{confine_for_test, serve_looking, serve_opening};
