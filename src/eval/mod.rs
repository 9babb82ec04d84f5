//! Benchmarks: their problems, the samples that a model gives, and whether these are right.
//!
//! [`suite`] names the benchmarks, [`problem`] reads their problems from [`data`]; a model's answer to one is a
//! [`sample::Sample`], and a [`score::Score`] says whether it is right.

pub mod answer;
pub mod compare;
pub mod data;
pub mod holes;
pub mod judge;
pub mod page;
pub mod paper;
pub mod problem;
pub mod program;
pub mod prompt;
pub mod record;
pub mod report;
pub mod sample;
pub mod sandbox;
pub mod score;
pub mod stats;
pub mod suite;
pub mod tools;
